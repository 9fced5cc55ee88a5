"""Counts the days of terms: what a case's own term is, where it ends, and how many of its days are left.

A term of N working days runs from the day after the one that starts it; its last day is the N-th working
day after that one. A date is provisional (暂定) when any day of its term lies in a year whose notice is not
out; it is given all the same, and shown as provisional everywhere.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.clock import MONTHS_PER_YEAR, ONE_DAY
from config.declarations.duty import Step
from config.declarations.terms import MonthDay, MonthTerm, Term, TermUnit, Wait
from scheduler.terms.explanation import ExternalWait
from storage.events.case import date_field, int_field
from storage.events.events import Facts, Opened, Stepped

TERM_UNITS = frozenset(unit.value for unit in TermUnit)


class WorkdayResult(NamedTuple):
    """A counted date. It is a named tuple because the sweep makes one per open case, at half a dataclass's cost."""

    day: date
    provisional: bool


def add_working_days(calendar: Calendar, start: date, days: int) -> WorkdayResult:
    """Return the last day of a term of ``days`` working days that ``start`` sets going; 0 days end on ``start``."""
    if days == 0:
        return WorkdayResult(start, provisional=False)
    day = calendar.nth_after(start, days)
    return WorkdayResult(day, bool(calendar.unknown_years(start + ONE_DAY, day)))


def working_days_left(calendar: Calendar, today: date, due: date) -> int:
    """Return the working days after ``today`` up to ``due``; a negative number is how many days it is late.

    0 does not mean in time: on the weekend after a due Friday no working day is left or lost. Whether a term has
    passed is ``today > due``.
    """
    if today <= due:
        return calendar.count(today + ONE_DAY, due)
    return -calendar.count(due + ONE_DAY, today)


def day_of_month(calendar: Calendar, month: date, rule: MonthDay, number: int) -> date:
    """Return the working day on which something is due in a month; under ``MonthDay.DAY``, ``number`` is the date."""
    eve = month.replace(day=1) - ONE_DAY
    following = (month.replace(day=28) + 4 * ONE_DAY).replace(day=1)
    if rule is MonthDay.DAY:
        wanted = eve + max(1, number) * ONE_DAY
        return calendar.nth_after(min(wanted, following - ONE_DAY) - ONE_DAY, 1)
    last = calendar.nth_before(following, 1)
    return last if rule is MonthDay.LAST_WORKDAY else min(calendar.nth_after(eve, max(1, number)), last)


def days_until_month_day(calendar: Calendar, term: MonthTerm, record: Opened) -> int:
    """Return the working days up to the day of the month that an opening names: the length of its term."""
    rule = str(record.facts.get(term.rule, ""))
    if rule not in set(MonthDay):
        return 0  # the validator reports it
    last = day_of_month(calendar, record.happened_on, MonthDay(rule), int_field(record.facts, term.number))
    return calendar.count(record.happened_on + ONE_DAY, last)


def add_term(calendar: Calendar, start: date, days: int, unit: TermUnit = TermUnit.WORKING) -> date:
    """Return the last day of a term of ``days`` days that ``start`` sets going.

    Working days end on a working day. Calendar days, and a term of 0 days, end on that day or on the next working
    day; with ``TermUnit.EVERY`` they end on that very day.
    """
    if unit is TermUnit.EVERY:
        return start + days * ONE_DAY
    if days and unit is TermUnit.WORKING:
        return calendar.nth_after(start, days)
    return calendar.nth_after(start + (days - 1) * ONE_DAY, 1)


def months_after(start: date, months: int) -> date:
    """Return the day of that number some months later; the last day of a month that lacks it (民法典 art. 202)."""
    year, month = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def own_term(term: Term | None, facts: Facts) -> Term | None:
    """Return the term of a case opened with these facts; None for a kind without one, or where no days are set.

    Of a term that is the least (``minimum``) the day after its last one counts too: it is the first day on which what
    had to stay may end. The declared term itself is returned where the opening sets nothing: every sweep asks for
    every case.
    """
    if term is None:
        return None
    days = (int_field(facts, term.days_field) if term.days_field else 0) or term.days
    named = any(facts.get(field) for field in term.last_day_fields)
    if not days and not named and (term.days_field or term.last_day_fields):
        return None
    written = str(facts.get(term.unit_field, "")) if term.unit_field else ""
    unit = TermUnit(written) if written in TERM_UNITS else term.unit
    article = (str(facts.get(term.article_field, "")) if term.article_field else "") or term.article
    days += term.minimum
    if (days, unit, article) == (term.days, term.unit, term.article):
        return term
    return replace(term, days=days, unit=unit, article=article)


def named_last_day(term: Term | None, facts: Facts) -> tuple[date, str] | None:
    """Return the earliest of the last days that these facts name, with its field; None where the days are counted."""
    fields = term.last_day_fields if term else ()
    return min(((day, field) for field in fields if (day := date_field(facts, field))), default=None)


def outermost_day(term: Term | None, since: date | None) -> date:
    """Return the day on which a term that runs since this day ends at the latest, whatever days were set."""
    months = term.outermost_months if term else 0
    return months_after(since, months) if months and since else date.max


def external_wait(step: Step, effect: Wait, record: Stepped, calendar: Calendar) -> ExternalWait:
    """Return the wait that a step begins, with the last day on which the answer is in time."""
    limit, facts = effect.limit, record.facts
    term = limit.term_for(facts.get(limit.by, ""))
    last = date_field(facts, limit.day)
    if term is not None:
        start = date_field(facts, limit.since) or record.happened_on
        last = add_term(calendar, start, term.days, term.unit)
    return ExternalWait(
        step=step.key,
        state=effect.state,
        until=effect.until,
        pair=str(facts.get(effect.pair, "")),
        since=record.happened_on,
        limit=last,
        article=term.article if term else step.article,
    )
