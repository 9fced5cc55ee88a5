"""The day of the year that a case's opening names, with its reasons; derived anew each time, never stored."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from config.calendar.working_calendar import Calendar
from config.declarations.annual_dates import BEFORE, CALENDAR, FIXED, LAST_WORKDAY, STAYS
from config.declarations.annual_term import AnnualTerm
from config.declarations.duty import MonthDay
from scheduler.terms.explanation import CALENDAR_DAYS, COUNTED, DayRange
from scheduler.terms.workdays import day_of_month
from storage.events.events import Facts

ONE_DAY = timedelta(days=1)
ANNUAL, MOVED_LATER, MOVED_EARLIER = "named_day", "named_moved_on", "named_moved_back"
MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualDay:
    """A day, whether it hangs on days that no notice settles yet, and how it came about."""

    day: date
    article: str
    provisional: bool = False
    day_ranges: tuple[DayRange, ...] = ()

    def ranges_until(self, last: date) -> Iterator[DayRange]:
        """Its reasons up to a day, for a case that was done with earlier."""
        for stretch in self.day_ranges:
            if stretch.first <= last:
                yield replace(stretch, last=min(stretch.last or last, last))


def annual_day(calendar: Calendar, term: AnnualTerm, facts: Facts) -> AnnualDay | None:
    """The day that the facts name; None where they name none, to which legality objects."""
    year = _int_field(facts, term.year) + term.years_later
    if not date.min.year < year < date.max.year or not facts.get("rule"):
        return None
    article = str(facts.get("basis", "")) or term.article
    found = _root_day(calendar, facts, year, article)
    offset = _int_field(facts, "offset")
    if offset:
        found = _moved_off_day(calendar, found, str(facts.get("root_moves", "")))
        found = _offset_day(calendar, found, offset, facts)
    return _moved_off_day(calendar, found, str(facts.get("moves", "")))


def _root_day(calendar: Calendar, facts: Facts, year: int, article: str) -> AnnualDay:
    month = min(max(1, _int_field(facts, "month")), MONTHS_PER_YEAR)
    number, first = max(1, _int_field(facts, "number")), date(year, month, 1)
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
    """So many days before or after; what lies between them is counted."""
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
    """Where a day off sends it. Whether it is one hangs on the year's notice also where it turns out not to be."""
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


def _int_field(facts: Facts, key: str) -> int:
    text = str(facts.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() else 0
