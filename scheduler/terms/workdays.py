"""Counting working days: where a term ends, how much of it is left, and why, day by day.

A term of N working days runs from the day after the one that starts it; its last day is the N-th working
day after that one. A date is provisional (暂定) when any day of its term lies in a year whose notice is not
out: the date is given all the same, and says so wherever it is shown.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.declarations.duty import MonthDay

ONE_DAY = timedelta(days=1)


class WorkdayResult(NamedTuple):
    """A counted date. A named tuple, no dataclass: the sweep makes one per open case, at half the cost."""

    day: date
    provisional: bool


def add_working_days(calendar: Calendar, start: date, n: int) -> WorkdayResult:
    """The last day of a term of ``n`` working days that ``start`` sets going. No days end it on ``start``."""
    if n == 0:
        return WorkdayResult(start, provisional=False)
    day = calendar.nth_after(start, n)
    return WorkdayResult(day, bool(calendar.unknown_years(start + ONE_DAY, day)))


def working_days_left(calendar: Calendar, today: date, due: date) -> int:
    """The working days still to come after ``today`` up to ``due``; below zero: how many it is late.

    Zero is no proof of being in time: on the weekend after a Friday nothing is left and nothing yet lost.
    Whether a term has passed is ``today > due``.
    """
    if today <= due:
        return calendar.count(today + ONE_DAY, due)
    return -calendar.count(due + ONE_DAY, today)


def day_of_month(calendar: Calendar, month: date, rule: MonthDay, number: int) -> date:
    """The working day on which something is due in the month of a day. In a date, ``number`` is the day."""
    eve = month.replace(day=1) - ONE_DAY
    following = (month.replace(day=28) + 4 * ONE_DAY).replace(day=1)
    if rule is MonthDay.DAY:
        wanted = eve + max(1, number) * ONE_DAY
        return calendar.nth_after(min(wanted, following - ONE_DAY) - ONE_DAY, 1)
    last = calendar.nth_before(following, 1)
    return last if rule is MonthDay.LAST_WORKDAY else min(calendar.nth_after(eve, max(1, number)), last)
