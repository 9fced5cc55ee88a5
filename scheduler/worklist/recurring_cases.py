"""Computes the cases that recur by declaration (``config/declarations/recurrence.py``); the sweep opens them.

A case is opened as of the day on which it should begin, whenever the sweep runs. A case whose day lies before the
office began its log, or too far back to be worth a reminder, is not opened: nobody is told of a duty from before they
had this program.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from config.calendar.working_calendar import Calendar
from config.clock import ONE_DAY
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterVillageRound, BeforeNewYear, PerRow, Yearly
from config.office.model import Office
from scheduler.terms.deadlines import due_date
from storage.events.case import CaseLine
from storage.events.events import Facts, Opened

CATCH_UP_WINDOW = timedelta(days=62)
"""How far back a sweep opens a case that should have begun; a person opens anything older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case to open, as of a day, with its facts."""

    kind: str
    reference: str
    happened_on: date
    facts: Facts = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The idempotency key of the opening: a case that was struck out is not opened again."""
        return f"sweep {self.kind} {self.reference}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """The days in which a recurring case is opened."""

    since: date
    today: date


def openings(
    duty: Duty,
    office: Office,
    calendar: Calendar,
    today: date,
    *,
    known: Container[str] = (),
    began: date | None = None,
    closed: Mapping[date, date] | None = None,
) -> list[Opening]:
    """Return the cases of a kind that should have begun by today, without those whose reference is in ``known``.

    ``began`` is the first day of the office's log; ``closed`` are the finished months (``finished_months``) of the
    village round that the kind follows.
    """
    window = _Window(since=max(began or today, today - CATCH_UP_WINDOW), today=today)
    match duty.recurrence:
        case PerRow() as each:
            found = _openings_per_row(duty, each, office, today)
        case Yearly() as yearly:
            found = _yearly_openings(duty, yearly, office, calendar, window)
        case AfterVillageRound() as after:
            found = _openings_after_round(duty, after, office, closed or {}, window)
        case BeforeNewYear() as before:
            found = _openings_before_year(duty, before, calendar, window)
        case _:
            return []
    return [opening for opening in found if opening.reference not in known]


def finished_months(lines: Iterable[CaseLine]) -> dict[date, date]:
    """Return the months in which every village's case is closed, with the day on which the last one was closed."""
    found: dict[date, list[date | None]] = {}
    for line in lines:
        found.setdefault(line.opened_on.replace(day=1), []).append(line.closed_on)
    return {month: max(day for day in days if day) for month, days in found.items() if all(days)}


def facts_from_row(facts: Mapping[str, str], row: Any) -> dict[str, str | int]:
    """Return the values of a row by the case's fields, without the empty ones."""
    return {key: value for key, name in facts.items() if (value := getattr(row, name))}


def _openings_per_row(duty: Duty, each: PerRow, office: Office, today: date) -> Iterator[Opening]:
    for row in getattr(office, each.rows):
        facts = facts_from_row(each.facts, row)
        reference = str(getattr(row, each.reference))
        yield Opening(kind=duty.kind, reference=reference, happened_on=today, facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingCase:
    """A case that is still to be opened, with the day on which it will be due."""

    opening: Opening
    day: date
    provisional: bool


def upcoming_cases(duty: Duty, office: Office, calendar: Calendar, today: date) -> Iterator[UpcomingCase]:
    """Yield the cases of a yearly kind that are due from today to the end of next year, opened or not."""
    if isinstance(duty.recurrence, Yearly):
        years = range(today.year - 1, today.year + 2)
        found = _dated_cases(duty, duty.recurrence, office, calendar, years)
        yield from (one for one in found if one.day >= today)


def _yearly_openings(
    duty: Duty, yearly: Yearly, office: Office, calendar: Calendar, window: _Window
) -> Iterator[Opening]:
    """Yield openings of last year, this year and the next: a case due in January may begin in December."""
    year = window.today.year
    for one in _dated_cases(duty, yearly, office, calendar, range(year - 1, year + 2)):
        if one.opening.happened_on <= window.today and one.day >= window.since:
            yield one.opening


def _dated_cases(
    duty: Duty, yearly: Yearly, office: Office, calendar: Calendar, years: Iterable[int]
) -> Iterator[UpcomingCase]:
    rows = getattr(office, yearly.rows)
    found = (_case_of_year(duty, row, calendar, year) for row in rows for year in years)
    yield from (one for one in found if one)


@lru_cache(maxsize=4096)  # each sweep asks for three years of every row, with the same answer
def _case_of_year(duty: Duty, row: Any, calendar: Calendar, year: int) -> UpcomingCase | None:
    """Return the case of a yearly kind that a row stands for in a year; None where it names no day."""
    yearly = duty.recurrence
    if not isinstance(yearly, Yearly):
        return None
    facts = {**facts_from_row(yearly.facts, row), yearly.year: year}
    trial = Opened(case=0, happened_on=date(year, 1, 1), kind=duty.kind, facts=facts)
    found = due_date([trial], duty, calendar)
    if found.day is None:
        return None
    begins = found.day - timedelta(days=getattr(row, "ahead", 0) or yearly.ahead)
    opening = Opening(kind=duty.kind, reference=f"{year}/{row.id}", happened_on=begins, facts=facts)
    return UpcomingCase(opening=opening, day=found.day, provisional=found.provisional)


def _openings_after_round(
    duty: Duty, after: AfterVillageRound, office: Office, closed: Mapping[date, date], window: _Window
) -> Iterator[Opening]:
    facts = facts_from_row(after.facts, office)
    for month, last in sorted(closed.items()):
        if window.since <= last + ONE_DAY <= window.today:
            name = f"{month:%Y-%m}"
            yield Opening(
                kind=duty.kind,
                reference=name,
                happened_on=last + ONE_DAY,
                facts={**facts, after.month: name},
            )


def _openings_before_year(
    duty: Duty, before: BeforeNewYear, calendar: Calendar, window: _Window
) -> Iterator[Opening]:
    """Yield the openings for next year, and for this year while its calendar is still unknown."""
    for year in (window.today.year, window.today.year + 1):
        first, last = date(year - 1, before.month, before.day), date(year - 1, 12, 31)
        if first <= window.today and last >= window.since and not calendar.known(year):
            yield Opening(kind=duty.kind, reference=str(year), happened_on=first, facts={before.year: year})
