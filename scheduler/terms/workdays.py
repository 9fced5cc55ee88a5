"""Counts working days: where a term ends, and how many of its days are left.

A term of N working days runs from the day after the one that starts it; its last day is the N-th working
day after that one. A date is provisional (暂定) when any day of its term lies in a year whose notice is not
out; it is given all the same, and shown as provisional everywhere.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import NamedTuple

from config.calendar.units import MONTHS_PER_YEAR, ONE_DAY
from config.calendar.working_calendar import Calendar
from config.declarations.terms import MonthDay, TermUnit


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
