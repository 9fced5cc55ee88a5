"""Counting working days: where a term ends, how much of it is left, and why, day by day.

A term of N working days runs from the day after the one that starts it; its last day is the N-th working
day after that one. A date is provisional (暂定) when any day of its term lies in a year whose notice is not
out: the date is given all the same, and says so wherever it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from config.calendar import Calendar, Day, DayKind, Toward, span
from config.duty import MonthDay

ONE_DAY = timedelta(days=1)


class WorkdayResult(NamedTuple):
    """A counted date. A named tuple, no dataclass: the sweep makes one per open case, at half the cost."""

    day: date
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Days in a row that are what they are for the same reason.

    ``days`` is how many of them count: all or none. ``why`` is a key of the phrase book (``calendar.run.*``);
    ``name`` is the holiday they belong to and ``basis`` the document that fixed them, where there is one.
    """

    first: date
    last: date
    days: int
    why: DayKind
    name: str
    basis: str
    known: bool


def after(calendar: Calendar, start: date, n: int) -> WorkdayResult:
    """The last day of a term of ``n`` working days that ``start`` sets going. No days end it on ``start``."""
    if n == 0:
        return WorkdayResult(start, provisional=False)
    day = calendar.nth_after(start, n)
    return WorkdayResult(day, bool(calendar.unknown_years(start + ONE_DAY, day)))


def count(calendar: Calendar, first: date, last: date) -> int:
    """The working days from ``first`` to ``last``, both included; none when ``last`` comes first."""
    return calendar.count(first, last)


def left(calendar: Calendar, today: date, due: date) -> int:
    """The working days still to come after ``today`` up to ``due``; below zero: how many it is late.

    Zero is no proof of being in time: on the weekend after a Friday nothing is left and nothing yet lost.
    Whether a term has passed is ``today > due``.
    """
    if today <= due:
        return calendar.count(today + ONE_DAY, due)
    return -calendar.count(due + ONE_DAY, today)


def is_provisional(calendar: Calendar, first: date, last: date) -> bool:
    """Whether any day from ``first`` to ``last`` lies in a year whose notice is not out."""
    return bool(calendar.unknown_years(first, last))


def spell(calendar: Calendar, start: date, n: int) -> tuple[Run, ...]:
    """The term of ``n`` working days that ``start`` sets going, in runs of days; what they count is ``n``."""
    days = map(calendar.day, span(start + ONE_DAY, after(calendar, start, n).day))
    return tuple(_run(list(same)) for _reason, same in groupby(days, key=_reason))


def is_workday(calendar: Calendar, day: date) -> bool:
    """Whether the day is worked; provisional where ``calendar.day(day).known`` is false."""
    return calendar.is_workday(day)


def next_workday(calendar: Calendar, day: date) -> WorkdayResult:
    """The first working day after this one."""
    return after(calendar, day, 1)


def previous_workday(calendar: Calendar, day: date) -> WorkdayResult:
    """The last working day before this one."""
    found = calendar.nth_before(day, 1)
    return WorkdayResult(found, is_provisional(calendar, found, day - ONE_DAY))


def day_of_month(calendar: Calendar, month: date, rule: MonthDay, number: int) -> date:
    """The working day on which something is due in the month of a day. In a date, ``number`` is the day."""
    eve = month.replace(day=1) - ONE_DAY
    following = (month.replace(day=28) + 4 * ONE_DAY).replace(day=1)
    if rule is MonthDay.DAY:
        wanted = eve + max(1, number) * ONE_DAY
        return calendar.nth_after(min(wanted, following - ONE_DAY) - ONE_DAY, 1)
    last = calendar.nth_before(following, 1)
    return last if rule is MonthDay.LAST_WORKDAY else min(calendar.nth_after(eve, max(1, number)), last)


def shift(calendar: Calendar, day: date, toward: Toward) -> WorkdayResult:
    """The date itself when it is worked, else the working day its duty sends it to."""
    return _SHIFTS[toward](calendar, day)


def _stay(_calendar: Calendar, day: date) -> WorkdayResult:
    return WorkdayResult(day, provisional=False)


def _to_next(calendar: Calendar, day: date) -> WorkdayResult:
    """Counted from the eve, so that the date itself is the first one tried."""
    return next_workday(calendar, day - ONE_DAY)


def _to_previous(calendar: Calendar, day: date) -> WorkdayResult:
    return previous_workday(calendar, day + ONE_DAY)


_SHIFTS: dict[Toward, Callable[[Calendar, date], WorkdayResult]] = {
    Toward.NEXT: _to_next,
    Toward.PREVIOUS: _to_previous,
    Toward.STAY: _stay,
}


def _reason(day: Day) -> tuple[DayKind, str, str, bool]:
    return day.kind, day.name, day.basis, day.known


def _run(days: list[Day]) -> Run:
    first = days[0]
    return Run(
        first=first.day,
        last=days[-1].day,
        days=len(days) if first.works else 0,
        why=first.kind,
        name=first.name,
        basis=first.basis,
        known=first.known,
    )
