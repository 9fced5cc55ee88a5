"""Corrects or strikes out one log entry, with a reason; the wrong entry stays readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.channels.web.cases.activities import activity_fields, read_activity
from bot.channels.web.cases.registers import measure_field, read_count
from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    day_field,
    question_fields,
    read_facts,
    read_legal_day,
    read_text,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import (
    RecordCommand,
    confirmation_notice,
    late_reason_fields,
    record_submission,
)
from bot.dialog.questions import field_question, outcome_question, reference_question
from bot.language.event_history import CorrectableRecord, event_rows
from config.declarations.duty import Duty, Field
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from storage.eventlog.log import Log, MovedOn
from storage.events.events import Amended, Closed, Facts, LogEntry, Opened, Stepped, case_of
from storage.events.office_events import ActivityHeld, Counted

CORRECT, STRIKE = "mend", "strike"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionTarget:
    """An entry with its amendments. ``target`` is the record that is valid now, or the last one that was."""

    entries: tuple[LogEntry, ...]
    target: CorrectableRecord
    struck: bool
    duty: Duty | None

    @property
    def position(self) -> int:
        """The entry's position in the log."""
        return self.entries[0].position


def entry_page(page: PageRequest) -> Response:
    """The page of an entry with all its versions, and the forms that correct it."""
    return _render_page(page, _correction_target(page))


def submit_correction(page: PageRequest) -> Response:
    """Record the corrected fact, or that the entry is struck out."""
    found = _correction_target(page)
    try:
        place = record_submission(page, _correction_command(page, found))
    except Refusal as refused:
        return _render_page(page, found, page.labels.book.error(refused))
    case = case_of(found.target)
    home = f"/cases/{case}" if case else f"/entries/{found.position}"
    return page.redirect(f"{home}?noted={place}")


def _correction_target(page: PageRequest) -> CorrectionTarget:
    app, position = page.app, page.path_number("position")
    with app.log() as log:
        entries = _entries(log, position)
        case = case_of(entries[0].record)
        opening = _opening(log, case) if case else None
    held = [entry.record.right if isinstance(entry.record, Amended) else entry.record for entry in entries]
    target = next(reading for reading in reversed(held) if isinstance(reading, CorrectableRecord))
    duty = app.duties.get(opening.kind) if opening else None
    return CorrectionTarget(entries=entries, target=target, struck=held[-1] is None, duty=duty)


def _entries(log: Log, position: int) -> tuple[LogEntry, ...]:
    """A correctable entry and its amendments. NoSuchPage where there is none at the position."""
    first = next(iter(log.read(after=position - 1, upto=position)), None)
    if first is None or not isinstance(first.record, CorrectableRecord):
        raise NoSuchPage
    later = log.read(after=position, cases=[case_of(first.record)])
    about = (entry for entry in later if isinstance(entry.record, Amended))
    return (first, *(entry for entry in about if getattr(entry.record, "position", 0) == position))


def _opening(log: Log, case: int) -> Opened | None:
    found = (entry.record for entry in log.read(cases=[case]) if isinstance(entry.record, Opened))
    return next(found, None)


def _correction_command(page: PageRequest, found: CorrectionTarget) -> RecordCommand:
    corrects = page.form.get("act") == CORRECT
    label = page.say("page.mend.reason" if corrects else "page.strike.reason")
    reason = read_text("reason", label, page.form, required=True)
    right = _right(page, found) if corrects else None

    def command(uow: UnitOfWork, _key: str) -> None:
        now = _entries(uow.context.log, found.position)
        if page.form.get("seen", "") != str(now[-1].position):
            raise MovedOn(position=uow.context.log.end().position)
        uow.corrections.amend(found.position, reason, right)

    return command


def _right(page: PageRequest, found: CorrectionTarget) -> CorrectableRecord:
    """The corrected fact as it was submitted."""
    target, sent = found.target, page.form
    day = read_legal_day(sent, page.say("page.happened_on"), page.app.today)
    if isinstance(target, Counted):
        return read_count(page, target.matter, day)
    if isinstance(target, ActivityHeld):
        return read_activity(page, day)
    if isinstance(target, Closed):
        outcome = read_text("outcome", page.say("page.outcome"), sent, required=True)
        return replace(target, happened_on=day, outcome=outcome)
    fields = _fields(found)
    facts = _undeclared(target.facts, fields) | read_facts(fields, sent, page.labels, page.app.today)
    if isinstance(target, Opened):
        reference = read_text("reference", page.say("page.reference"), sent, required=True)
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
    """The recorded facts that no form asks for (such as their paper register); a correction keeps them."""
    declared = {field.key for field in fields}
    return {key: value for key, value in facts.items() if key not in declared}


def _render_page(page: PageRequest, found: CorrectionTarget, problem: str = "") -> Response:
    forms = _forms(page, found) if page.may_record else []
    sent = page.form.get("act", "")
    forms = [form.resubmitted(page.form, problem) if problem and form.key == sent else form for form in forms]
    placed = any(form.problem for form in forms)
    return page.render(
        "entry.html",
        422 if problem else 200,
        rows=list(event_rows(found.entries, found.duty, page.labels)),
        position=found.position,
        case=case_of(found.target),
        forms=forms,
        problem="" if placed else problem,
        noted=confirmation_notice(page, {entry.position for entry in found.entries}),
    )


def _forms(page: PageRequest, found: CorrectionTarget) -> list[WebForm]:
    mended, struck = (
        WebField(name="reason", label=page.say(key), required=True)  # a step may have a 理由 of its own
        for key in ("page.mend.reason", "page.strike.reason")
    )
    action, seen = f"/entries/{found.position}", found.entries[-1].position
    made = [
        WebForm(
            key=CORRECT,
            title=page.say("page.mend.title"),
            note=page.say("page.mend.note"),
            button=page.say("page.mend.button"),
            web_fields=(*_correction_fields(page, found), mended, *late_reason_fields(page)),
            action=action,
            seen_position=seen,
            topics=_topics(found),
        )
    ]
    if not found.struck:
        made.append(
            WebForm(
                key=STRIKE,
                title=page.say("page.strike.title"),
                note=page.say("page.strike.note"),
                button=page.say("page.strike.button"),
                web_fields=(struck, *late_reason_fields(page)),
                action=action,
                seen_position=seen,
            )
        )
    return made


def _topics(found: CorrectionTarget) -> tuple[str, ...]:
    """The step and the kind under which the fields of the entry are explained."""
    step = (found.target.step,) if isinstance(found.target, Stepped) else ()
    return (*step, found.duty.kind) if found.duty else ()


def _correction_fields(page: PageRequest, found: CorrectionTarget) -> Iterator[WebField]:
    """The fields of the original form, filled in with the recorded values."""
    target, today = found.target, page.app.today
    if isinstance(target, Opened):
        yield replace(question_fields([reference_question(page.labels)], today)[0], value=target.reference)
    yield day_field(page.say("page.happened_on"), today, target.happened_on)
    if isinstance(target, Counted):
        yield measure_field(page, target.matter, target)
    elif isinstance(target, ActivityHeld):
        yield from activity_fields(page, target)
    elif isinstance(target, Closed):
        outcomes = found.duty.outcomes if found.duty else ()
        question = outcome_question(page.labels, outcomes, articles=True)
        yield from question_fields([question], today, facts={question.key: target.outcome})
    else:
        questions = [field_question(page.labels, field) for field in _fields(found)]
        yield from question_fields(questions, today, facts=target.facts)
