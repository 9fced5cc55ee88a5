"""A text is written and laid before those who sign it; what the checks find is shown first, and what would fall.

A text is laid down only by the button below its own findings: that button carries its fingerprint, and of anything
else (a word changed meanwhile, another file) the findings are shown first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from bot.channels.web.request.forms import Form, NotFilled, TooLong, read_facts, read_text
from bot.channels.web.request.request import NoSuchPage, Upload, Visit
from bot.channels.web.request.submission import MEANS, ONCE
from bot.channels.web.request.viewer import Sight, looking
from bot.channels.web.texts.draft_forms import KEEP, PREPARED, described_fields, existing_form, new_form
from bot.dialog.permissions import may_write, villages_of
from bot.language.finding_lines import proofread_lines
from bot.publishing.generated_papers import prepared, prepares
from bot.publishing.submission import (
    Draft,
    Foreseen,
    lay_down,
    letters_of,
    looked_through,
    released_by,
    version_before,
)
from bot.publishing.texts import reference_of, text_duty
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import Sitting
from scheduler.signoff.approval_state import Standing, standing_in
from scheduler.signoff.refusals import OtherText
from storage.content.content_store import LARGEST, MEGABYTE, FileTooLarge
from storage.eventlog.log import MovedOn
from storage.events.case import Case, chain_kind
from storage.events.manifest import Attachment, Manifest, attachment, described_by

LAY = "lay"
LONGEST_BODY = 100_000  # characters: no text of a township comes near


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a draft is written for: a case with what stands in it, or none yet."""

    duty: Duty
    case: Case | None = None
    at: Standing | None = None
    before: Manifest | None = None
    """The last version, whose files can be kept."""
    places: tuple[tuple[str, str], ...] = ()


def blank_new(visit: Visit) -> Response:
    """A new text for the website."""
    return _shown(visit, _new_desk(visit))


def write_new(visit: Visit) -> Response:
    """Look through it; and open its case and lay it down in one, once its findings were seen."""
    return _sent(visit, _new_desk(visit))


def blank_draft(visit: Visit) -> Response:
    """Another version of a case's text, or its first."""
    return _shown(visit, _case_desk(visit))


def write_draft(visit: Visit) -> Response:
    """The same for a case that is there."""
    return _sent(visit, _case_desk(visit))


def _new_desk(visit: Visit) -> Desk:
    duty = text_duty(visit.works)
    with looking(visit) as sight:
        return Desk(duty=duty, places=_places_of(sight))


def _case_desk(visit: Visit) -> Desk:
    with looking(visit) as sight:
        case, duty = sight.case(visit.number("number"))
        if not chain_kind(case, duty) or not may_write(sight.turn, case, duty):
            raise NoSuchPage
        before = version_before(sight.turn.connection, visit.works, case)
    return Desk(duty=duty, case=case, at=standing_in(visit.works.office, case, duty), before=before)


def _places_of(sight: Sight) -> tuple[tuple[str, str], ...]:
    """Where a text may come from: people of a village write for their own."""
    office = sight.visit.works.office
    departments = tuple((row.id, row.name) for row in office.departments) if sight.reads_all else ()
    villages = tuple(row for row in office.villages if row.there(sight.turn.today))
    own = villages if sight.reads_all else villages_of(sight.turn)
    return (*departments, *((row.id, row.name) for row in own))


def _sent(visit: Visit, desk: Desk) -> Response:
    draft: Draft | None = None
    try:
        draft = _read(visit, desk)
        if visit.form.get("act") != LAY or visit.form.get("checked", "") != draft.manifest.digest:
            return _shown(visit, desk, draft)
        number = _lay_down(visit, desk, draft)
    except Refusal as refused:
        return _shown(visit, desk, draft, visit.labels.book.error(refused))
    return visit.go(f"/texts/{number}")


def _read(visit: Visit, desk: Desk) -> Draft:
    """What was filled in. Refusals name the field."""
    case, duty = desk.case, desk.duty
    facts = described_by(case.facts) if case else _described(visit, desk)
    paper = prepared(visit.works, case, duty) if case and visit.form.get(PREPARED) else None
    sent = [*visit.files, *([Upload(name=paper.name, content=paper.content)] if paper else [])]
    for one in sent:
        if len(one.content) > LARGEST:
            size = f"{len(one.content) / MEGABYTE:.1f}"
            raise FileTooLarge(name=one.name, size=size, most=LARGEST // MEGABYTE)
    title = read_text("title", visit.say("page.draft.title"), visit.form, required=paper is None)
    body = visit.form.get("body", "")
    if len(body) > LONGEST_BODY:
        raise TooLong(label=visit.say("page.draft.body"), most=LONGEST_BODY)
    files = (*_kept(visit, desk), *(attachment(one.name, one.content) for one in sent))
    if not body and not files:
        raise NotFilled(label=visit.say("page.draft.body"))
    manifest = Manifest(
        title=title or (paper.title if paper else ""),
        text=body,
        attachments=files,
        decision=_decision(visit, desk),
        **facts,
    )
    return Draft(manifest=manifest, files=tuple(one.content for one in sent), paper=paper)


def _described(visit: Visit, desk: Desk) -> dict[str, str]:
    """Its class, its subject, the day it was made, and where it comes from."""
    fields = described_fields(desk.duty)
    facts = {key: str(value) for key, value in read_facts(fields, visit.form, visit.labels).items()}
    for field in fields:
        if field.required and not facts.get(field.key):
            raise NotFilled(label=visit.labels.of(field))
    if facts.get("origin") not in {place for place, _ in desk.places}:
        origin = next(field for field in fields if field.key == "origin")
        raise NotFilled(label=visit.labels.of(origin))
    return facts


def _kept(visit: Visit, desk: Desk) -> Sequence[Attachment]:
    """The files of the version before that stay."""
    known = desk.before.attachments if desk.before else ()
    return [one for one in known if visit.form.get(KEEP + one.sha256)]


def _decision(visit: Visit, desk: Desk) -> str:
    """What is asked for: one of the outcomes that are written to somebody, or the step that lets it out."""
    if letters := letters_of(desk.duty):
        found = read_text("decision", visit.say("page.outcome"), visit.form)
        return found if found in letters else ""
    return released_by(desk.duty)


def _lay_down(visit: Visit, desk: Desk, draft: Draft) -> int:
    """Open its case where it has none, and lay it before the stages: both, or nothing."""
    works, me = visit.works, visit.me.id
    once = visit.form.get("once", "")
    key = f"page:{once}" if ONCE.fullmatch(once) else ""
    with works.store.writing(works.office.slug) as connection:
        sit = partial(works.desk.sitting, actor=me, means=MEANS, within=connection)
        with sit() as sitting:
            number = _opened(visit, desk, draft, sitting, key)
        lay_down(sit, draft, case=number, by=me)
    return number


def _opened(visit: Visit, desk: Desk, draft: Draft, sitting: Sitting, key: str) -> int:
    if desk.case:
        entries = sitting.case(desk.case.number).entries
        if str(entries[-1].position) != visit.form.get("seen", ""):
            raise MovedOn(position=sitting.log.end().position)
        return desk.case.number
    if key and sitting.log.known_keys([key]):
        raise OtherText  # the button was pressed twice: the text is there
    facts = {"title": draft.manifest.title, **draft.manifest.described}
    known = {name: value for name, value in facts.items() if desk.duty.field(name)}
    reference = reference_of(sitting, desk.duty, draft.manifest.title, draft.manifest.made_on)
    return sitting.open(desk.duty.kind, reference, visit.works.today, known, key=key)


def _shown(visit: Visit, desk: Desk, draft: Draft | None = None, problem: str = "") -> Response:
    form = _form(visit, desk)
    if visit.form:
        form = form.again(visit.form, problem)
    foreseen: Foreseen | None = None
    if draft:
        with visit.works.store.reading() as connection:
            foreseen = looked_through(visit.works, connection, draft, desk.at)
    return visit.show(
        "draft.html",
        422 if problem else 200,
        form=form,
        draft=draft,
        foreseen=foreseen,
        findings=proofread_lines(foreseen.findings, visit.labels.book) if foreseen else (),
        case=desk.case,
        prepares=bool(desk.case and prepares(desk.case, desk.duty)),
        facts=visit.labels.facts(desk.duty.fields, desk.case.facts) if desk.case else (),
        problem=problem,
        most=LARGEST // MEGABYTE,
    )


def _form(visit: Visit, desk: Desk) -> Form:
    if desk.case is None:
        return new_form(visit, desk.duty, desk.places)
    letters = [outcome for outcome in desk.duty.outcomes if outcome.says]
    known = desk.case.facts
    title = (
        desk.before.title if desk.before else str(known.get("title", "")) or desk.case.facts.get("name", "")
    )
    return existing_form(
        visit,
        desk.case,
        title=str(title),
        before=desk.before,
        letters=letters,
        prepares=prepares(desk.case, desk.duty),
    )
