"""Says in words what was just recorded: the act with its figures and words, and whether it was in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.dialog.turn import RequestContext
from bot.language.labels import describe_event
from bot.language.text_pages import abbreviate
from config.declarations.duty import Duty
from config.declarations.terms import Fulfil
from scheduler.terms.deadlines import due_date
from scheduler.villages.months import VillageMonth, read_month
from storage.events.account_events import AccountInvited
from storage.events.case import Case
from storage.events.events import (
    Amended,
    Circulated,
    Closed,
    Drafted,
    LogEntry,
    Opened,
    Record,
    Snoozed,
    Stepped,
    case_of,
)
from storage.events.office_events import Delegated, DelegationConsented, Recalled, Restated

MAX_RECORDED = 3  # facts that one answer lists
MAX_LINE_LENGTH = 100
SAID_OTHERWISE = (
    Opened,
    Drafted,
    Amended,
    Circulated,
    Snoozed,
    Delegated,
    DelegationConsented,
    Recalled,
    AccountInvited,
    Restated,
)
"""Records whose answer has a sentence of its own, or the heading of their case."""


def recorded_lines(context: RequestContext, entries: Sequence[LogEntry]) -> Iterator[str]:
    """What was recorded, a line for each fact, with whether it was in time where a day is set for it."""
    told = [entry.record for entry in entries if not isinstance(entry.record, SAID_OTHERWISE)]
    for record in told[:MAX_RECORDED]:
        yield abbreviate(fact_line(context, record) + timing_words(context, record), MAX_LINE_LENGTH)


def fact_line(context: RequestContext, record: Record) -> str:
    """One fact with its figures and words."""
    case, duty = _case_of(context, record)
    event = describe_event(record, duty, context.labels)
    unsaid = (
        {context.say("page.part.stage")} if context.speaks_for_village else set()
    )  # its name is the office's
    parts = [f"{label}：{value}" for label, value in event.facts if label not in unsaid]
    title = event.title
    if case and duty and duty.village_round:
        title = f"{context.card_builder.case_title(case)} {title}"
    return context.say("talk.fact", what=title, facts="；".join(parts)) if parts else title


def timing_words(context: RequestContext, record: Record) -> str:
    """Whether a fact was in time; empty where no day is set for it."""
    case, duty = _case_of(context, record)
    if case is None or duty is None or case.opening is None:
        return ""
    if duty.village_round:
        stated = isinstance(record, Stepped) and record.step == duty.village_round.nothing
        month = read_month(case, case.opening, duty, duty.village_round, context.calendar)
        return month_timing(context, month, record.happened_on) if stated else ""
    if not _fulfils(record, duty):
        return ""
    due = due_date([one for one in case.records if one != record], duty, context.calendar).day
    if due is None:
        return ""
    key = "in_term" if record.happened_on <= due else "over_term"
    return context.say(f"talk.timing.{key}", due=context.labels.day(due))


def month_timing(context: RequestContext, month: VillageMonth, day: date) -> str:
    """Whether a village's report of this day was in time, in the days of grace, or later."""
    first = min(day, month.reported_on or day)
    key = "on_time" if first <= month.due else "grace" if first <= month.last else "late"
    return context.say(f"talk.timing.{key}", last=context.labels.day(month.last))


def _fulfils(record: Record, duty: Duty) -> bool:
    """Whether a fact is what the term of its case is for: the close, or the act that fulfils it."""
    step = duty.step(record.step) if isinstance(record, Stepped) else None
    return isinstance(record, Closed) or bool(step and isinstance(step.effect, Fulfil))


def _case_of(context: RequestContext, record: Record) -> tuple[Case | None, Duty | None]:
    number = case_of(record)
    return context.case(number) if number and context.can_read_case(number) else (None, None)
