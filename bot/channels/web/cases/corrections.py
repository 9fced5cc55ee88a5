"""Mending one entry: what is right takes its place, or nothing does, always with a reason, both readable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from starlette.responses import Response

from bot.channels.web.cases.activities import held_blanks, read_held
from bot.channels.web.cases.case_forms import outcome_blank
from bot.channels.web.cases.registers import measure_blank, read_counted
from bot.channels.web.request.forms import (
    Blank,
    Form,
    day_blank,
    field_blanks,
    read_facts,
    read_happened,
    read_text,
)
from bot.channels.web.request.late_entries import late_blanks
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import Say, noted, record
from bot.language.event_history import Mendable, rows
from config.declarations.duty import Duty, Field
from config.errors import Refusal
from scheduler.recording.unit_of_work import Sitting
from storage.eventlog.log import Log, MovedOn
from storage.events.events import Amended, Closed, Counted, Entry, Facts, Held, Opened, case_of

MEND, STRIKE = "mend", "strike"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry and what was said of it since. ``target`` is what holds, or the last that did."""

    entries: tuple[Entry, ...]
    target: Mendable
    struck: bool
    duty: Duty | None

    @property
    def position(self) -> int:
        """The entry's own place in the log."""
        return self.entries[0].position


def one_entry(visit: Visit) -> Response:
    """An entry with its readings, and the forms to mend it."""
    return _shown(visit, _found(visit))


def mend(visit: Visit) -> Response:
    """Record what is right, or that it is struck out."""
    found = _found(visit)
    try:
        place = record(visit, _said(visit, found))
    except Refusal as refused:
        return _shown(visit, found, visit.labels.book.error(refused))
    case = case_of(found.target)
    home = f"/cases/{case}" if case else f"/entries/{found.position}"
    return visit.go(f"{home}?noted={place}")


def _found(visit: Visit) -> Found:
    works, position = visit.works, visit.number("position")
    with works.log() as log:
        entries = _entries(log, position)
        case = case_of(entries[0].record)
        opening = _opening(log, case) if case else None
    held = [entry.record.right if isinstance(entry.record, Amended) else entry.record for entry in entries]
    target = next(reading for reading in reversed(held) if isinstance(reading, Mendable))
    duty = works.duties.get(opening.kind) if opening else None
    return Found(entries=entries, target=target, struck=held[-1] is None, duty=duty)


def _entries(log: Log, position: int) -> tuple[Entry, ...]:
    """An entry that can be mended, and its amendments."""
    first = next(iter(log.read(after=position - 1, upto=position)), None)
    if first is None or not isinstance(first.record, Mendable):
        raise NoSuchPage
    later = log.read(after=position, cases=[case_of(first.record)])
    about = (entry for entry in later if isinstance(entry.record, Amended))
    return (first, *(entry for entry in about if getattr(entry.record, "position", 0) == position))


def _opening(log: Log, case: int) -> Opened | None:
    found = (entry.record for entry in log.read(cases=[case]) if isinstance(entry.record, Opened))
    return next(found, None)


def _said(visit: Visit, found: Found) -> Say:
    reason = read_text("reason", visit.say("page.reason"), visit.form, required=True)
    right = _right(visit, found) if visit.form.get("act") == MEND else None

    def say(sitting: Sitting, _key: str) -> None:
        now = _entries(sitting.log, found.position)
        if visit.form.get("seen", "") != str(now[-1].position):
            raise MovedOn(position=sitting.log.end().position)
        sitting.amend(found.position, reason, right)

    return say


def _right(visit: Visit, found: Found) -> Mendable:
    """The fact as it should have been recorded."""
    target, sent = found.target, visit.form
    day = read_happened(sent, visit.say("page.happened_on"))
    if isinstance(target, Counted):
        return read_counted(visit, target.matter, day)
    if isinstance(target, Held):
        return read_held(visit, day)
    if isinstance(target, Closed):
        outcome = read_text("outcome", visit.say("page.outcome"), sent, required=True)
        return replace(target, happened_on=day, outcome=outcome)
    fields = _fields(found)
    facts = _undeclared(target.facts, fields) | read_facts(fields, sent, visit.labels)
    if isinstance(target, Opened):
        reference = read_text("reference", visit.say("page.reference"), sent, required=True)
        return replace(target, happened_on=day, reference=reference, facts=facts)
    return replace(target, happened_on=day, facts=facts)


def _fields(found: Found) -> tuple[Field, ...]:
    target, duty = found.target, found.duty
    if duty is None or isinstance(target, Counted | Held | Closed):
        return ()
    if isinstance(target, Opened):
        return duty.fields
    step = duty.step(target.step)
    return step.fields if step else ()


def _undeclared(facts: Facts, fields: tuple[Field, ...]) -> dict[str, str | int]:
    """What no form asks for, such as that it came from a paper register, stays."""
    declared = {field.key for field in fields}
    return {key: value for key, value in facts.items() if key not in declared}


def _shown(visit: Visit, found: Found, problem: str = "") -> Response:
    forms = _forms(visit, found) if visit.may_record else []
    sent = visit.form.get("act", "")
    forms = [form.again(visit.form, problem) if problem and form.key == sent else form for form in forms]
    placed = any(form.problem for form in forms)
    return visit.show(
        "entry.html",
        422 if problem else 200,
        rows=list(rows(found.entries, found.duty, visit.labels)),
        position=found.position,
        case=case_of(found.target),
        forms=forms,
        problem="" if placed else problem,
        noted=noted(visit, {entry.position for entry in found.entries}),
    )


def _forms(visit: Visit, found: Found) -> list[Form]:
    reason = (Blank(name="reason", label=visit.say("page.reason"), required=True), *late_blanks(visit))
    action, seen = f"/entries/{found.position}", found.entries[-1].position
    made = [
        Form(
            key=MEND,
            title=visit.say("page.mend.title"),
            note=visit.say("page.mend.note"),
            button=visit.say("page.mend.button"),
            blanks=(*_blanks(visit, found), *reason),
            action=action,
            seen=seen,
        )
    ]
    if not found.struck:
        made.append(
            Form(
                key=STRIKE,
                title=visit.say("page.strike.title"),
                note=visit.say("page.strike.note"),
                button=visit.say("page.strike.button"),
                blanks=reason,
                action=action,
                seen=seen,
            )
        )
    return made


def _blanks(visit: Visit, found: Found) -> Iterator[Blank]:
    """The same things that were asked for, filled in as they stand."""
    target = found.target
    if isinstance(target, Opened):
        label = visit.say("page.reference")
        yield Blank(name="reference", label=label, required=True, value=target.reference)
    yield day_blank(visit.say("page.happened_on"), visit.works.today, target.happened_on)
    if isinstance(target, Counted):
        yield measure_blank(visit, target.matter, target)
    elif isinstance(target, Held):
        yield from held_blanks(visit, target)
    elif isinstance(target, Closed):
        yield outcome_blank(visit, found.duty.outcomes if found.duty else (), target.outcome)
    else:
        yield from field_blanks(_fields(found), visit.labels, facts=target.facts)
