"""The day of the year that a case's opening names, with its reasons; derived anew each time, never stored."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from config.calendar.working_calendar import Calendar
from config.declarations.annual_dates import BEFORE, CALENDAR, FIXED, LAST_WORKDAY, STAYS
from config.declarations.annual_term import YearTerm
from config.declarations.duty import MonthDay
from scheduler.terms.explanation import CALENDAR_DAYS, COUNTED, Stretch
from scheduler.terms.workdays import day_of_month
from storage.events.events import Facts

ONE_DAY = timedelta(days=1)
NAMED, MOVED_ON, MOVED_BACK = "named_day", "named_moved_on", "named_moved_back"
MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDay:
    """A day, whether it hangs on days that no notice settles yet, and how it came about."""

    day: date
    article: str
    provisional: bool = False
    stretches: tuple[Stretch, ...] = ()

    def upto(self, last: date) -> Iterator[Stretch]:
        """Its reasons up to a day, for a case that was done with earlier."""
        for stretch in self.stretches:
            if stretch.first <= last:
                yield replace(stretch, last=min(stretch.last or last, last))


def named_day(calendar: Calendar, term: YearTerm, facts: Facts) -> NamedDay | None:
    """The day that the facts name; None where they name none, to which legality objects."""
    year = _whole(facts, term.year) + term.later
    if not date.min.year < year < date.max.year or not facts.get("rule"):
        return None
    article = str(facts.get("basis", "")) or term.article
    found = _root(calendar, facts, year, article)
    offset = _whole(facts, "offset")
    if offset:
        found = _moved(calendar, found, str(facts.get("root_moves", "")))
        found = _apart(calendar, found, offset, facts)
    return _moved(calendar, found, str(facts.get("moves", "")))


def _root(calendar: Calendar, facts: Facts, year: int, article: str) -> NamedDay:
    month = min(max(1, _whole(facts, "month")), MONTHS)
    number, first = max(1, _whole(facts, "number")), date(year, month, 1)
    if facts["rule"] == FIXED:
        day = first.replace(day=min(number, monthrange(year, month)[1]))
        return NamedDay(day=day, article=article)
    rule = MonthDay.LAST_WORKDAY if facts["rule"] == LAST_WORKDAY else MonthDay.WORKDAY
    day = day_of_month(calendar, first, rule, number)
    last = first.replace(day=monthrange(year, month)[1]) if rule is MonthDay.LAST_WORKDAY else day
    return NamedDay(
        day=day,
        article=article,
        provisional=bool(calendar.unknown_years(first, last)),
        stretches=(_stretch(first, day, COUNTED, article),),
    )


def _apart(calendar: Calendar, root: NamedDay, offset: int, facts: Facts) -> NamedDay:
    """So many days before or after; what lies between them is counted."""
    back, every = facts.get("way") == BEFORE, facts.get("unit") == CALENDAR
    if every:
        day = root.day + (-offset if back else offset) * ONE_DAY
    else:
        day = calendar.nth_before(root.day, offset) if back else calendar.nth_after(root.day, offset)
    first, last = (day, root.day - ONE_DAY) if back else (root.day + ONE_DAY, day)
    guessed = not every and bool(calendar.unknown_years(first, last))
    between = _stretch(first, last, CALENDAR_DAYS if every else COUNTED, root.article)
    provisional = root.provisional or guessed
    return replace(root, day=day, provisional=provisional, stretches=(*root.stretches, between))


def _moved(calendar: Calendar, found: NamedDay, moves: str) -> NamedDay:
    """Where a day off sends it. Whether it is one hangs on the year's notice also where it turns out not to be."""
    if moves == STAYS:
        return found
    day = found.day
    guessed = found.provisional or bool(calendar.unknown_years(day, day))
    if calendar.is_workday(day):
        return replace(found, provisional=guessed)
    if moves == BEFORE:
        moved = calendar.nth_before(day, 1)
        why = _stretch(moved, day - ONE_DAY, MOVED_BACK, found.article)
    else:
        moved = calendar.nth_after(day, 1)
        why = _stretch(day + ONE_DAY, moved, MOVED_ON, found.article)
    guessed = guessed or bool(calendar.unknown_years(min(day, moved), max(day, moved)))
    return replace(found, day=moved, provisional=guessed, stretches=(*found.stretches, why))


def _stretch(first: date, last: date, why: str, article: str) -> Stretch:
    return Stretch(first=first, last=last, why=why, step="", article=article)


def _whole(facts: Facts, key: str) -> int:
    text = str(facts.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() else 0
