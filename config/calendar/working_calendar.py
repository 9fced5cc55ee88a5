"""The working-day calendar: the days fixed by the yearly notices, and the years that are not known yet.

Days off and make-up working days (调休) are fixed for each year by a notice of the State Council General
Office, sometimes changed by a supplement. They follow from no rule, so a year whose notice is not out is
unknown: its days are told apart by weekends alone and every one of them says ``known=False``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

SATURDAY = 5  # as date.weekday() counts
YEARS_BEHIND, YEARS_AHEAD = 1, 3  # laid out beside the known years at once; further ones when asked for
MIN_WORKDAYS_PER_YEAR = 200  # no year has had fewer working days (they have 248 to 251): how far to lay out


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidayNotice:
    """One year's notice with its supplements.

    ``off`` and ``work`` give each day the holiday it belongs to; ``bases`` names the document for those days
    that a supplement fixed. The notice of a year may hold a few days of the December before it.
    """

    year: int
    numbers: tuple[str, ...]
    off: Mapping[date, str]
    work: Mapping[date, str]
    bases: Mapping[date, str] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    issued_on: date | None = None
    papers: tuple[str, ...] = ()

    def basis(self, day: date) -> str:
        """The number of the document that fixed this day."""
        return self.bases.get(day, self.numbers[0] if self.numbers else "")

    def days(self) -> Iterator[CalendarDay]:
        """Every day the notice names."""
        for kind, named in ((DayKind.HOLIDAY, self.off), (DayKind.MAKE_UP, self.work)):
            for day, name in named.items():
                yield CalendarDay(day=day, kind=kind, name=name, basis=self.basis(day), known=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """One day with its kind and its basis. ``known`` is False where no notice covers it: it is provisional."""

    day: date
    kind: DayKind
    name: str = ""
    basis: str = ""
    known: bool

    @property
    def is_workday(self) -> bool:
        """Whether it counts as a working day."""
        return self.kind in {DayKind.WORKDAY, DayKind.MAKE_UP}


class _WorkdaySpan(NamedTuple):
    """The working days of a run of whole years in order, for bisection."""

    days: tuple[date, ...]
    first: date
    last: date


@dataclass(frozen=True, kw_only=True, eq=False)
class Calendar:
    """The notices, laid out for counting working days. It is immutable: a new notice makes a new calendar.

    A calendar equals itself alone, so that what was computed by one can be kept under it.

    Counting is bisection in one sorted tuple, because the sweep counts for every open case. The tuple is
    laid out on first use and wider when a date lies beyond it; a wider one gives the same answers.
    """

    notices: Mapping[int, HolidayNotice]

    def with_notice(self, notice: HolidayNotice) -> Calendar:
        """The calendar with this notice, in the place of any other for its year."""
        return Calendar(notices={**self.notices, notice.year: notice})

    def known(self, year: int) -> bool:
        """Whether the year's notice is here."""
        return year in self.notices

    @cached_property
    def known_from(self) -> date | None:
        """The first day of the first known year; None where nothing is known."""
        return date(min(self.notices), 1, 1) if self.notices else None

    def predates_notices(self, day: date) -> bool:
        """Whether a day lies before the first known year: its notice is out long since, and was never entered."""
        return self.known_from is not None and day < self.known_from

    @cached_property
    def known_until(self) -> date | None:
        """The last day of the known years that follow each other without a gap from the first."""
        if not self.notices:
            return None
        year = min(self.notices)
        while year + 1 in self.notices:
            year += 1
        return date(year, 12, 31)

    def day(self, day: date) -> CalendarDay:
        """What kind of day it is, and whether that is known or only provisional."""
        named = self._days_named_by_notices.get(day)
        if named is not None:
            return named
        kind = DayKind.WORKDAY if day.weekday() < SATURDAY else DayKind.WEEKEND
        return CalendarDay(day=day, kind=kind, known=day.year in self.notices)

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked; provisional where ``day(day).known`` is false."""
        named = self._days_named_by_notices.get(day)
        return day.weekday() < SATURDAY if named is None else named.is_workday

    def unknown_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years with a day from ``first`` to ``last`` that no notice settles; none: the span is known.

        The last week of a known December counts as known, though the next notice may still reach back to it:
        whoever enters a notice compares every open date, not the provisional ones alone.
        """
        known_from, known_until = self.known_from, self.known_until
        if known_from and known_until and known_from <= first and last <= known_until:
            return ()
        return tuple(
            year for year in range(first.year, last.year + 1) if self._has_unsettled_day(year, first, last)
        )

    def _has_unsettled_day(self, year: int, first: date, last: date) -> bool:
        """Days of an unknown year that the next year's notice names (the last of December) are settled."""
        if year in self.notices:
            return False
        days = days_between(max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
        return any(day not in self._days_named_by_notices for day in days)

    def nth_after(self, start: date, n: int) -> date:
        """The ``n``-th working day after ``start``, which itself is not counted; ``n`` is 1 or more."""
        if n < 1:
            raise ValueError(f"the {n}th working day after a day is no day")
        layout = self._workday_span
        place = bisect_right(layout.days, start) + n - 1
        while start < layout.first or place >= len(layout.days):
            layout = self._extend_workday_span(
                start.year, max(start.year, layout.last.year) + 1 + n // MIN_WORKDAYS_PER_YEAR
            )
            place = bisect_right(layout.days, start) + n - 1
        return layout.days[place]

    def nth_before(self, start: date, n: int) -> date:
        """The ``n``-th working day before ``start``, which itself is not counted; ``n`` is 1 or more."""
        if n < 1:
            raise ValueError(f"the {n}th working day before a day is no day")
        layout = self._workday_span
        place = bisect_left(layout.days, start) - n
        while start > layout.last or place < 0:
            layout = self._extend_workday_span(
                min(start.year, layout.first.year) - 1 - n // MIN_WORKDAYS_PER_YEAR, start.year
            )
            place = bisect_left(layout.days, start) - n
        return layout.days[place]

    def count(self, first: date, last: date) -> int:
        """The working days from ``first`` to ``last``, both included; none when ``last`` comes first."""
        if last < first:
            return 0
        layout = self._workday_span
        if first < layout.first or last > layout.last:
            layout = self._extend_workday_span(first.year, last.year)
        return bisect_right(layout.days, last) - bisect_left(layout.days, first)

    @cached_property
    def _days_named_by_notices(self) -> dict[date, CalendarDay]:
        """Each day a notice names. In year order: for a December day the later notice has the last word."""
        return {day.day: day for year in sorted(self.notices) for day in self.notices[year].days()}

    @cached_property
    def _workday_span(self) -> _WorkdaySpan:
        years = tuple(self.notices) or (2000,)  # anywhere will do: it widens to what is asked
        return self._build_workday_span(min(years) - YEARS_BEHIND, max(years) + YEARS_AHEAD)

    def _extend_workday_span(self, first_year: int, last_year: int) -> _WorkdaySpan:
        """Lay out more years and keep them. One assignment: another thread sees the old or the new, whole."""
        old = self._workday_span
        low = max(MINYEAR, min(first_year, old.first.year))
        high = min(MAXYEAR, max(last_year, old.last.year))
        if (low, high) == (old.first.year, old.last.year):
            raise OverflowError("the date lies beyond the years a date can have")
        wider = vars(self)["_workday_span"] = self._build_workday_span(low, high)
        return wider

    def _build_workday_span(self, first_year: int, last_year: int) -> _WorkdaySpan:
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        return _WorkdaySpan(
            tuple(day for day in days_between(first, last) if self.is_workday(day)), first, last
        )


def build_calendar(notices: Iterable[HolidayNotice]) -> Calendar:
    """The calendar of these notices; of two for one year the later in the row holds."""
    return Calendar(notices={notice.year: notice for notice in notices})


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
