"""Finds the words in what an act records: those to show before it counts, and those that say what was recorded.

A command records as ever; where an entry holds words of the sender (a title, a reason, an opinion) that were only
written, the transaction is taken back and they are shown first (``bot/dispatch/execution.py``), so no command has to
ask for itself. The answer names each fact with its figures and words, and whether it was in time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.dialog.questions import field_question
from bot.dialog.turn import RequestContext
from bot.language.labels import describe_event
from bot.language.text_pages import abbreviate
from bot.utterances.command_parser import normalize_line
from config.declarations.duty import Duty, Field
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
from storage.events.office_events import ActivityHeld, Delegated, DelegationConsented, Recalled, Restated

_WORD_PARTS = ("reason", "opinion")
"""The parts of a record without fields that are somebody's own words."""
Texts = tuple[tuple[str, str], ...]
"""Some words with the label of what they are."""
_MAX_RECORDED = 3  # facts that one answer lists
_MAX_LINE_LENGTH = 100
_SAID_OTHERWISE = (
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


class NotShown(Exception):
    """Takes back what would record words that their sender has not seen again."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self.texts = texts


def require_shown(context: RequestContext, entries: Sequence[LogEntry]) -> None:
    """Raise NotShown where entries hold words that the sender wrote and was not shown yet."""
    written = normalize_line(context.unshown)
    if not written:
        return
    found = [text for entry in entries for text in _texts(context, entry.record)]
    new = tuple(dict.fromkeys((label, text) for label, text in found if normalize_line(text) in written))
    if new:
        raise NotShown(new)


def _texts(context: RequestContext, record: Record) -> Iterator[tuple[str, str]]:
    """The words in a record, each with its label."""
    say = context.say
    if isinstance(record, Opened):
        duty = context.app.duties[record.kind]
        yield say("page.reference"), record.reference
        yield from _field_texts(context, duty.fields, record.facts)
    elif isinstance(record, Stepped):
        step = context.case(record.case)[1].step(record.step)
        yield from _field_texts(context, step.fields if step else (), record.facts)
    elif isinstance(record, ActivityHeld):
        yield say("page.held.title"), record.title
    for part in _WORD_PARTS:
        if words := getattr(record, part, ""):
            yield say("page.reason" if part == "reason" else "page.part.opinion"), words


def _field_texts(
    context: RequestContext, fields: Sequence[Field], facts: object
) -> Iterator[tuple[str, str]]:
    known = dict(facts) if isinstance(facts, dict) else {}
    for field in fields:
        question = field_question(context.labels, field)
        if question.is_free and not field.linked_kind and known.get(field.key):
            yield question.label, str(known[field.key])


def recorded_lines(context: RequestContext, entries: Sequence[LogEntry]) -> Iterator[str]:
    """What was recorded, a line for each fact, with whether it was in time where a day is set for it."""
    told = [entry.record for entry in entries if not isinstance(entry.record, _SAID_OTHERWISE)]
    for record in told[:_MAX_RECORDED]:
        yield abbreviate(fact_line(context, record) + _timing_words(context, record), _MAX_LINE_LENGTH)


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


def _timing_words(context: RequestContext, record: Record) -> str:
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
