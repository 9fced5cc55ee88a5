"""Calculates due dates without a case, for ``gongkai clock``, and turns a due date into plain data.

The calculator checks its steps like the facts of a case, except that they come without details.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, Step
from config.declarations.terms import Extend, ReceiptUnknown, SetDate
from config.errors import Refusal
from scheduler.terms.deadlines import DueDate, due_date
from scheduler.terms.explanation import ExplanationLine, LateStep
from scheduler.validation.fields import CALCULATOR
from scheduler.validation.validator import violations
from storage.events.case import SOURCE
from storage.events.events import Closed, Facts, Opened, Record, Stepped

PhraseLookup = Callable[..., str]
NO_DETAILS = {SOURCE: CALCULATOR}
CLOSING_STEP = "closed"
"""What the calculator calls the close, which is no declared step."""


class NotADay(Refusal):
    """“{found}” is not a date. Write year-month-day, such as 2026-09-24."""


class NotAStep(Refusal):
    """“{found}” is no step known here. Write one of: {known}; such as extended=2026-11-02:10."""


def calculate_due_date(received: str, steps: Sequence[str], duty: Duty, calendar: Calendar) -> DueDate:
    """Return the due date of a case received on this day, after steps such as ``extended=2026-11-02:10``.

    Raises NotADay or NotAStep for what cannot be read, and a NotAllowed for steps that the law does not allow.
    """
    opening = Opened(case=0, happened_on=read_day(received), kind=duty.kind, facts=NO_DETAILS)
    story = [opening, *(read_step(step, duty) for step in steps)]
    # No day is in the future of a calculator, and nobody is asked for consent.
    found = violations(duty, story, calendar, today=date.max, roles=lambda _person: frozenset())
    if found:
        raise found[0].refusal()
    return due_date(story, duty, calendar)


def read_day(text: str) -> date:
    """Read a day in the form 2026-09-24. Raises NotADay for anything else, and for a day that does not exist."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # 20260924 and 2026-W39-4 are days to Python only
        raise NotADay(found=text)
    return day


def read_step(text: str, duty: Duty) -> Record:
    """Read a step in the form name=day, with ``:value`` for its main field. Raises NotAStep or NotADay."""
    name, _, rest = text.partition("=")
    day, _, value = rest.partition(":")
    step = duty.step(name)
    if name == CLOSING_STEP and step is None:
        outcome = value or (duty.outcomes[0].key if duty.outcomes else "")
        return Closed(case=0, happened_on=read_day(day), outcome=outcome, facts=NO_DETAILS)
    if step is None or not day or not _has_expected_value(step, value):
        known = ", ".join(
            [*(f"{known.key}=DAY" + _value_placeholder(known) for known in duty.steps), f"{CLOSING_STEP}=DAY"]
        )
        raise NotAStep(found=text, known=known)
    facts: Facts = {**NO_DETAILS, step.main_field: value} if value else NO_DETAILS
    return Stepped(case=0, happened_on=read_day(day), step=name, facts=facts)


def _has_expected_value(step: Step, value: str) -> bool:
    """Whether a value is given where the date depends on it, and none where no field would hold it."""
    return bool(value) if isinstance(step.effect, Extend | SetDate) else bool(step.main_field) or not value


def _value_placeholder(step: Step) -> str:
    if isinstance(step.effect, Extend | SetDate):
        return f":{step.main_field.upper()}"
    return f"[:{step.main_field.upper()}]" if step.main_field else ""


def receipt_day(
    duty: Duty,
    channel: str,
    *,
    handed_in: date | None = None,
    signed_for: date | None = None,
    confirmed: date | None = None,
) -> date:
    """Return the day of receipt by the channel of a request (31).

    Raises ReceiptUnknown where its day is not given.
    """
    if duty.receipt is None:
        raise ReceiptUnknown(way=channel, day="—", article=duty.article, ways="—")
    known = {"handed_in": handed_in, "signed_for": signed_for, "confirmed": confirmed}
    return duty.receipt.day_of(channel, known)


def due_json(found: DueDate, say: PhraseLookup) -> dict[str, Any]:
    """Return a due date and its reasons as JSON data; ``say`` gives the sentences in its language."""
    data: dict[str, Any] = {
        "due": _iso_or_none(found.day),
        "provisional": found.provisional,
        "unconfirmed": found.unconfirmed,
        "state": found.state,
        "lines": [_line_json(line, say) for line in found.lines],
    }
    if found.external_waits:
        data["latest"] = _iso_or_none(found.latest)
        data["latest_provisional"] = found.latest_provisional
    if found.late_steps:
        data["late"] = [_late_json(late, say) for late in found.late_steps]
    return data


def _line_json(line: ExplanationLine, say: PhraseLookup) -> dict[str, Any]:
    data = {
        "from": _iso_or_none(line.first),
        "to": _iso_or_none(line.last),
        "days": line.days,
        "why": reason_sentence(line, say),
        "article": line.article,
    }
    unknown = {"known": False} | ({"before_data": True} if line.predates else {})
    return data | ({"basis": line.basis} if line.basis else {}) | ({} if line.known else unknown)


def reason_sentence(line: ExplanationLine, say: PhraseLookup) -> str:
    """Return the reason of one line as a sentence."""
    reason = say(f"clock.why.{line.why}", name=line.name)
    extended = say("clock.extended", why=reason) if line.days and line.step else reason
    if line.known:
        return extended
    if line.predates:
        return say("clock.before_data", why=extended)
    return say("clock.guessed", why=extended)


def _late_json(late: LateStep, say: PhraseLookup) -> dict[str, Any]:
    return {
        "day": _iso_or_none(late.day),
        "limit": _iso_or_none(late.limit),
        "why": say(f"clock.late.{late.why}", day=late.day, limit=late.limit),
        "step": late.step,
        "article": late.article,
    }


def _iso_or_none(day: date | None) -> str | None:
    return day.isoformat() if day else None
