"""Counts the year so far beside last year's same days: requests received and concluded, and texts published.

The database counts, so that the page costs the same in a year with many cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duties, Duty
from config.declarations.keys import PUBLISHED_STEP
from storage.eventlog.projections import CaseCount, CaseProjections

RECEIVED, CONCLUDED, PUBLISHED = "received", "concluded", "published"
LEAP_DAY = 29  # of February


@dataclass(frozen=True, slots=True, kw_only=True)
class YearComparison:
    """One count of the year so far, and of the same days of last year."""

    key: str
    this_year: int
    last_year: int


def case_counts(duties: Duties) -> tuple[CaseCount, ...]:
    """What is counted: requests by their receipt and their answer, texts by the close that follows publication."""
    requests = tuple(duty.kind for duty in duties.values() if duty.receipt)
    published = {duty.kind: found for duty in duties.values() if (found := _published_outcomes(duty))}
    outcomes = sorted({outcome for found in published.values() for outcome in found})
    return (
        CaseCount(RECEIVED, requests),
        CaseCount(CONCLUDED, requests, closed=True),
        CaseCount(PUBLISHED, tuple(published), closed=True, outcomes=tuple(outcomes)),
    )


def days_so_far(today: date, year: int) -> tuple[date, date]:
    """The first day of a year, and the day of it that has today's date; of 29 February the day before."""
    leap = (today.month, today.day) == (2, LEAP_DAY)
    return date(year, 1, 1), date(year, today.month, today.day - leap if year != today.year else today.day)


def compare_years(index: CaseProjections, today: date) -> Iterator[YearComparison]:
    """Each count of this year so far and of the same days of last year."""
    this, last = days_so_far(today, today.year), days_so_far(today, today.year - 1)
    for count in case_counts(index.duties):
        yield YearComparison(
            key=count.key,
            this_year=index.number_of(count, *this),
            last_year=index.number_of(count, *last),
        )


def _published_outcomes(duty: Duty) -> list[str]:
    """The outcomes of a kind that require that its text was published."""
    return [
        outcome.key
        for outcome in duty.outcomes
        if any(PUBLISHED_STEP in need.steps for need in outcome.needs)
    ]
