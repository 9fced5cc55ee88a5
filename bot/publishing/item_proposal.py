"""Says which text a village's item proposes for publication: its class, its subject, and who reviews it first."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import Connection

from bot.language.labels import Labels
from bot.publishing.item_adoption import first_reviewers, proposed_manifest
from bot.publishing.texts import text_duty
from bot.services.app import OfficeApp
from bot.services.villages.item_records import current_manifest
from config.declarations.keys import DISCLOSURE_FIELD, SUBJECT_FIELD
from config.declarations.villages.item_fields import BY_FIELD
from storage.events.case import Case
from storage.events.manifest import Manifest


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
    stage, people = first_reviewers(app, text, writers)
    who = "、".join(person.post for person in people) or "—"
    return say(
        "card.proposal", origin=labels.place(text.origin), named="，".join(named), stage=stage.name, who=who
    )
