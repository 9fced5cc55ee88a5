"""Computes the day of the year on which a yearly case is due, with its reasons; it is never stored."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import MONTHS_PER_YEAR, ONE_DAY
from config.declarations.annual_dates import BEFORE, CALENDAR, FIXED, LAST_WORKDAY, STAYS, AnnualTerm
from config.declarations.keys import BASIS_FIELD
from config.declarations.terms import MonthDay
from scheduler.terms.explanation import CALENDAR_DAYS, COUNTED, DayRange
from scheduler.terms.term_days import day_of_month
from storage.events.case import int_field
from storage.events.events import Facts

ANNUAL, MOVED_LATER, MOVED_EARLIER = "named_day", "named_moved_on", "named_moved_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualDay:
    """A due day of the year: the day, whether a notice on days off may still move it, and how it was counted."""

    day: date
    article: str
    provisional: bool = False
    day_ranges: tuple[DayRange, ...] = ()

    def ranges_until(self, last: date) -> Iterator[DayRange]:
        """The day ranges up to ``last``, for a case that was closed before its due day."""
        for day_range in self.day_ranges:
            if day_range.first <= last:
                yield replace(day_range, last=min(day_range.last or last, last))


def annual_day(calendar: Calendar, term: AnnualTerm, facts: Facts) -> AnnualDay | None:
    """Return the day that the facts of an opening name; None where they name none, which the validator reports."""
    year = int_field(facts, term.year) + term.years_later
    if not date.min.year < year < date.max.year or not facts.get("rule"):
        return None
    article = str(facts.get(BASIS_FIELD, "")) or term.article
    found = _root_day(calendar, facts, year, article)
    offset = int_field(facts, "offset")
    if offset:
        found = _moved_off_day(calendar, found, str(facts.get("root_moves", "")))
        found = _offset_day(calendar, found, offset, facts)
    return _moved_off_day(calendar, found, str(facts.get("moves", "")))


def _root_day(calendar: Calendar, facts: Facts, year: int, article: str) -> AnnualDay:
    month = min(max(1, int_field(facts, "month")), MONTHS_PER_YEAR)
    number, first = max(1, int_field(facts, "number")), date(year, month, 1)
    if facts["rule"] == FIXED:
        day = first.replace(day=min(number, monthrange(year, month)[1]))
        return AnnualDay(day=day, article=article)
    rule = MonthDay.LAST_WORKDAY if facts["rule"] == LAST_WORKDAY else MonthDay.WORKDAY
    day = day_of_month(calendar, first, rule, number)
    last = first.replace(day=monthrange(year, month)[1]) if rule is MonthDay.LAST_WORKDAY else day
    return AnnualDay(
        day=day,
        article=article,
        provisional=bool(calendar.unknown_years(first, last)),
        day_ranges=(_day_range(first, day, COUNTED, article),),
    )


def _offset_day(calendar: Calendar, root: AnnualDay, offset: int, facts: Facts) -> AnnualDay:
    """Move the root day by ``offset`` days before or after; the days between them are the range counted."""
    back, every = facts.get("way") == BEFORE, facts.get("unit") == CALENDAR
    if every:
        day = root.day + (-offset if back else offset) * ONE_DAY
    else:
        day = calendar.nth_before(root.day, offset) if back else calendar.nth_after(root.day, offset)
    first, last = (day, root.day - ONE_DAY) if back else (root.day + ONE_DAY, day)
    guessed = not every and bool(calendar.unknown_years(first, last))
    between = _day_range(first, last, CALENDAR_DAYS if every else COUNTED, root.article)
    provisional = root.provisional or guessed
    return replace(root, day=day, provisional=provisional, day_ranges=(*root.day_ranges, between))


def _moved_off_day(calendar: Calendar, found: AnnualDay, moves: str) -> AnnualDay:
    """Move a day that is a day off to the working day before or after it.

    The result is provisional while the year's notice is not out, also where the day is a working day so far.
    """
    if moves == STAYS:
        return found
    day = found.day
    guessed = found.provisional or bool(calendar.unknown_years(day, day))
    if calendar.is_workday(day):
        return replace(found, provisional=guessed)
    if moves == BEFORE:
        moved = calendar.nth_before(day, 1)
        why = _day_range(moved, day - ONE_DAY, MOVED_EARLIER, found.article)
    else:
        moved = calendar.nth_after(day, 1)
        why = _day_range(day + ONE_DAY, moved, MOVED_LATER, found.article)
    guessed = guessed or bool(calendar.unknown_years(min(day, moved), max(day, moved)))
    return replace(found, day=moved, provisional=guessed, day_ranges=(*found.day_ranges, why))


def _day_range(first: date, last: date, why: str, article: str) -> DayRange:
    return DayRange(first=first, last=last, why=why, step="", article=article)
