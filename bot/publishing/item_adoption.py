"""Adopts a village's item: one press opens the text that was proposed, and what became of it stands on the item.

The text has the item's words and photographs, the village as its origin, and a class and a subject that are proposed.
It lies before the secrecy review and the three reviews as it stands, or as it was edited first. Whoever wrote the
item signs nothing of it. Once the text is found on the website, the program records the adoption at the town's level.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from bot.language.labels import Labels
from bot.publishing.submission import Draft, TransactionFactory, release_step, submit_text
from bot.publishing.texts import text_duty
from bot.services.app import OfficeApp
from bot.services.villages.item_records import current_manifest, receive_item
from config.declarations.keys import (
    ADDRESS_FIELD,
    DISCLOSURE_FIELD,
    ITEM_FIELD,
    LEVEL_FIELD,
    SUBJECT_FIELD,
    TITLE_FIELD,
)
from config.declarations.villages.item_fields import (
    ADOPTED,
    BY_FIELD,
    PUBLICATION_FIELD,
    SUBJECT_WORDS,
    TAKEN_UP,
    TOWN_LEVEL,
)
from config.errors import Refusal
from config.office.model import Person, Stage
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import stage_holders
from storage.events.case import Case, int_field
from storage.events.manifest import Manifest

PROPOSED_CLASS = "proactive"  # news of a village is made to be published; a reviewer can class it otherwise


class TakenUpAlready(Refusal):
    """Item {item} is being published already: case {case}. Open that text to change it."""


def proposed_manifest(app: OfficeApp, item: Manifest) -> Manifest:
    """The publication text that an item proposes: its words and files, origin, class and subject."""
    return replace(
        item,
        disclosure=PROPOSED_CLASS,
        subject=propose_subject(f"{item.title}\n{item.text}"),
        decision=release_step(text_duty(app)),
    )


def propose_subject(words: str) -> str:
    """The subject of art. 20 or 21 whose words occur in a text; empty where none does."""
    return next((key for key, known in SUBJECT_WORDS.items() if any(word in words for word in known)), "")


def proposed_text(connection: Connection, app: OfficeApp, item: Case) -> Manifest:
    """The text that an item proposes as it stands. NotKept where its words were erased."""
    return proposed_manifest(app, current_manifest(connection, app, item))


def proposal_line(app: OfficeApp, labels: Labels, item: Case, text: Manifest, clerk: str) -> str:
    """One line: from where, of which class, about which subject, and who reviews it first if ``clerk`` adopts it."""
    say, duty = labels.book.say, text_duty(app)
    chosen = {DISCLOSURE_FIELD: text.disclosure, SUBJECT_FIELD: text.subject}
    named = [
        labels.choice(field, value) for key, value in chosen.items() if value and (field := duty.field(key))
    ]
    writers: AbstractSet[str] = {clerk, str(item.facts.get(BY_FIELD, ""))}
    stage, people = _first_reviewers(app, text, writers)
    who = "、".join(person.post for person in people) or "—"
    return say(
        "card.proposal", origin=labels.place(text.origin), named="，".join(named), stage=stage.name, who=who
    )


def _first_reviewers(
    app: OfficeApp, manifest: Manifest, writers: AbstractSet[str]
) -> tuple[Stage, list[Person]]:
    """The first stage of the text that an item proposes, and who can sign it: nobody who wrote any of it."""
    stage = app.office.chain(text_duty(app).chain).stages[0]
    holders = stage_holders(stage, app.office, manifest.description)
    return stage, [person for person in holders if person.id not in writers]


def take_up_item(
    app: OfficeApp, sit: TransactionFactory, item: Case, draft: Draft, *, by: str, original: Manifest
) -> int:
    """Open the publication text of an item and lay it before its reviewers. Returns the number of its case.

    ``draft`` is the text as it is laid. Where its words differ from the ``original``, which are the item's own, the
    original is laid as its first version. Raises TakenUpAlready and every refusal of the recorder.
    """
    author = str(item.facts.get(BY_FIELD, ""))
    authors = [author] if app.office.find_person(author) else []
    first = replace(
        draft.manifest, title=original.title, text=original.text, attachments=original.attachments
    )
    with sit() as uow:
        number = _open_text(app, uow, item, draft.manifest)
    if first.digest != draft.manifest.digest:
        submit_text(sit, Draft(manifest=first), case=number, by=by, authors=authors)
    submit_text(sit, draft, case=number, by=by, authors=authors)
    return number


def _open_text(app: OfficeApp, uow: UnitOfWork, item: Case, manifest: Manifest) -> int:
    """Open the case of the text and link the item to it; the item is received with it where it was not before."""
    duty, title = text_duty(app), manifest.title
    if known := live_publication(app, uow, item.number):
        raise TakenUpAlready(item=item.number, case=known)
    is_taken = bool(uow.context.index.find(duty.kind, [title]))
    reference = f"{title}（案件 {uow.context.next_case}）" if is_taken else title
    described: dict[str, str | int] = {TITLE_FIELD: title, **manifest.description, ITEM_FIELD: item.number}
    facts = {key: value for key, value in described.items() if duty.field(key)}
    number = uow.cases.open(duty.kind, reference, uow.context.said_on, facts)
    receive_item(uow, item.number)
    uow.cases.step(item.number, TAKEN_UP, uow.context.said_on, {PUBLICATION_FIELD: reference})
    return number


def live_publication(app: OfficeApp, uow: UnitOfWork, item: int) -> int:
    """The number of the text that an item became; 0 where it became none, or one that was rejected or withdrawn."""
    duty = text_duty(app)
    for step in uow.context.case(item).steps_taken(TAKEN_UP):
        reference = str(step.facts.get(PUBLICATION_FIELD, ""))
        number = uow.context.index.find(duty.kind, [reference]).get(reference, 0)
        case = uow.context.case(number) if number else None
        if case and case.opening and (case.closing is None or case.closing.outcome not in _ended_badly(app)):
            return number
    return 0


def _ended_badly(app: OfficeApp) -> frozenset[str]:
    """The outcomes of a text that was not published."""
    duty = text_duty(app)
    return frozenset(outcome.key for outcome in duty.outcomes if not outcome.needs)


def record_town_adoption(uow: UnitOfWork, publication: Case, address: str, seen_on: date) -> None:
    """Record, as the program's own finding, that the town published an item: its text was found at this address."""
    item = uow.context.case(int_field(publication.facts, ITEM_FIELD)) if publication.opening else None
    if item is None or item.opening is None or item.closing is None:
        return
    known = [step for step in item.steps_taken(ADOPTED) if step.facts.get(LEVEL_FIELD) == TOWN_LEVEL]
    key = f"adopted {item.number} {TOWN_LEVEL} {publication.number}"
    if not known and not uow.context.log.known_keys([key]):
        facts = {LEVEL_FIELD: TOWN_LEVEL, ADDRESS_FIELD: address}
        uow.cases.step(item.number, ADOPTED, seen_on, facts, key=key)
