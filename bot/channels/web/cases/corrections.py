"""Mending one entry: what is right takes its place, or nothing does, always with a reason, both readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.channels.web.cases.activities import activity_fields, read_activity
from bot.channels.web.cases.case_forms import outcome_field
from bot.channels.web.cases.registers import measure_field, read_count
from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    day_field,
    declared_web_fields,
    read_facts,
    read_legal_day,
    read_text,
)
from bot.channels.web.request.late_entries import late_reason_fields
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import RecordCommand, confirmation_notice, record_submission
from bot.language.event_history import CorrectableRecord, event_rows
from config.declarations.duty import Duty, Field
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from storage.eventlog.log import Log, MovedOn
from storage.events.events import ActivityHeld, Amended, Closed, Counted, Facts, LogEntry, Opened, case_of

CORRECT, STRIKE = "mend", "strike"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionTarget:
    """An entry and what was said of it since. ``target`` is what holds, or the last that did."""

    entries: tuple[LogEntry, ...]
    target: CorrectableRecord
    struck: bool
    duty: Duty | None

    @property
    def position(self) -> int:
        """The entry's own place in the log."""
        return self.entries[0].position


def entry_page(visit: PageRequest) -> Response:
    """An entry with its readings, and the forms to mend it."""
    return _render_page(visit, _correction_target(visit))


def submit_correction(visit: PageRequest) -> Response:
    """Record what is right, or that it is struck out."""
    found = _correction_target(visit)
    try:
        place = record_submission(visit, _correction_command(visit, found))
    except Refusal as refused:
        return _render_page(visit, found, visit.labels.book.error(refused))
    case = case_of(found.target)
    home = f"/cases/{case}" if case else f"/entries/{found.position}"
    return visit.redirect(f"{home}?noted={place}")


def _correction_target(visit: PageRequest) -> CorrectionTarget:
    app, position = visit.app, visit.path_number("position")
    with app.log() as log:
        entries = _entries(log, position)
        case = case_of(entries[0].record)
        opening = _opening(log, case) if case else None
    held = [entry.record.right if isinstance(entry.record, Amended) else entry.record for entry in entries]
    target = next(reading for reading in reversed(held) if isinstance(reading, CorrectableRecord))
    duty = app.duties.get(opening.kind) if opening else None
    return CorrectionTarget(entries=entries, target=target, struck=held[-1] is None, duty=duty)


def _entries(log: Log, position: int) -> tuple[LogEntry, ...]:
    """An entry that can be mended, and its amendments."""
    first = next(iter(log.read(after=position - 1, upto=position)), None)
    if first is None or not isinstance(first.record, CorrectableRecord):
        raise NoSuchPage
    later = log.read(after=position, cases=[case_of(first.record)])
    about = (entry for entry in later if isinstance(entry.record, Amended))
    return (first, *(entry for entry in about if getattr(entry.record, "position", 0) == position))


def _opening(log: Log, case: int) -> Opened | None:
    found = (entry.record for entry in log.read(cases=[case]) if isinstance(entry.record, Opened))
    return next(found, None)


def _correction_command(visit: PageRequest, found: CorrectionTarget) -> RecordCommand:
    reason = read_text("reason", visit.say("page.reason"), visit.form, required=True)
    right = _right(visit, found) if visit.form.get("act") == CORRECT else None

    def say(uow: UnitOfWork, _key: str) -> None:
        now = _entries(uow.log, found.position)
        if visit.form.get("seen", "") != str(now[-1].position):
            raise MovedOn(position=uow.log.end().position)
        uow.amend(found.position, reason, right)

    return say


def _right(visit: PageRequest, found: CorrectionTarget) -> CorrectableRecord:
    """The fact as it should have been recorded."""
    target, sent = found.target, visit.form
    day = read_legal_day(sent, visit.say("page.happened_on"))
    if isinstance(target, Counted):
        return read_count(visit, target.matter, day)
    if isinstance(target, ActivityHeld):
        return read_activity(visit, day)
    if isinstance(target, Closed):
        outcome = read_text("outcome", visit.say("page.outcome"), sent, required=True)
        return replace(target, happened_on=day, outcome=outcome)
    fields = _fields(found)
    facts = _undeclared(target.facts, fields) | read_facts(fields, sent, visit.labels)
    if isinstance(target, Opened):
        reference = read_text("reference", visit.say("page.reference"), sent, required=True)
        return replace(target, happened_on=day, reference=reference, facts=facts)
    return replace(target, happened_on=day, facts=facts)


def _fields(found: CorrectionTarget) -> tuple[Field, ...]:
    target, duty = found.target, found.duty
    if duty is None or isinstance(target, Counted | ActivityHeld | Closed):
        return ()
    if isinstance(target, Opened):
        return duty.fields
    step = duty.step(target.step)
    return step.fields if step else ()


def _undeclared(facts: Facts, fields: tuple[Field, ...]) -> dict[str, str | int]:
    """What no form asks for, such as that it came from a paper register, stays."""
    declared = {field.key for field in fields}
    return {key: value for key, value in facts.items() if key not in declared}


def _render_page(visit: PageRequest, found: CorrectionTarget, problem: str = "") -> Response:
    forms = _forms(visit, found) if visit.may_record else []
    sent = visit.form.get("act", "")
    forms = [
        form.resubmitted(visit.form, problem) if problem and form.key == sent else form for form in forms
    ]
    placed = any(form.problem for form in forms)
    return visit.render(
        "entry.html",
        422 if problem else 200,
        rows=list(event_rows(found.entries, found.duty, visit.labels)),
        position=found.position,
        case=case_of(found.target),
        forms=forms,
        problem="" if placed else problem,
        noted=confirmation_notice(visit, {entry.position for entry in found.entries}),
    )


def _forms(visit: PageRequest, found: CorrectionTarget) -> list[WebForm]:
    reason = (
        WebField(name="reason", label=visit.say("page.reason"), required=True),
        *late_reason_fields(visit),
    )
    action, seen = f"/entries/{found.position}", found.entries[-1].position
    made = [
        WebForm(
            key=CORRECT,
            title=visit.say("page.mend.title"),
            note=visit.say("page.mend.note"),
            button=visit.say("page.mend.button"),
            web_fields=(*_correction_fields(visit, found), *reason),
            action=action,
            seen_position=seen,
        )
    ]
    if not found.struck:
        made.append(
            WebForm(
                key=STRIKE,
                title=visit.say("page.strike.title"),
                note=visit.say("page.strike.note"),
                button=visit.say("page.strike.button"),
                web_fields=reason,
                action=action,
                seen_position=seen,
            )
        )
    return made


def _correction_fields(visit: PageRequest, found: CorrectionTarget) -> Iterator[WebField]:
    """The same things that were asked for, filled in as they stand."""
    target = found.target
    if isinstance(target, Opened):
        label = visit.say("page.reference")
        yield WebField(name="reference", label=label, required=True, value=target.reference)
    yield day_field(visit.say("page.happened_on"), visit.app.today, target.happened_on)
    if isinstance(target, Counted):
        yield measure_field(visit, target.matter, target)
    elif isinstance(target, ActivityHeld):
        yield from activity_fields(visit, target)
    elif isinstance(target, Closed):
        yield outcome_field(visit, found.duty.outcomes if found.duty else (), target.outcome)
    else:
        yield from declared_web_fields(_fields(found), visit.labels, facts=target.facts)
