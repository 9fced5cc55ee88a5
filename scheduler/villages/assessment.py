"""Builds a year's assessment: the points of every village month by month, and their sum.

It is computed from the months as they are now; the bulletins, with the adjustments in later ones, add up to the same
sum. Villages are ranked by their points per month, so that one that reported for a part of the year is comparable
with the others. [practice]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from config.calendar.units import MONTHS_PER_YEAR
from config.office.loader import Office
from config.reporting.scoring_schemes import ScoringScheme
from scheduler.villages.bulletin import (
    ScoredMonth,
    ScoredMonths,
    ranks,
    roster_position,
    scheme_names,
    sum_months,
    village_name,
)
from storage.reporting.bulletin import Assessment, AssessmentRow


def build_assessment(
    year: int, office: Office, book: ScoredMonths, schemes: Mapping[str, ScoringScheme], *, dated: date
) -> Assessment:
    """Build the assessment of a year. At least one village's month must exist."""
    here = {place: scored for place, scored in book.items() if place[0].year == year}
    scored = all(each.score for each in here.values())
    ranked = scored and office.bulletin.ranking
    months = tuple(sorted({first for first, _ in here}))
    rows = _rows(office, here)
    return Assessment(
        agency=office.name,
        short_name=office.short_name,
        year=year,
        dated=dated,
        closed=len(months) == MONTHS_PER_YEAR and all(each.month.closing for each in here.values()),
        ranked=ranked,
        scored=scored,
        schemes=scheme_names(here.values(), schemes),
        months=months,
        rows=_ranked_rows(rows) if ranked else rows,
        by_month={
            month: sum_months(each for (first, _), each in here.items() if first == month) for month in months
        },
        sums=sum_months(here.values()),
    )


def _rows(office: Office, here: ScoredMonths) -> tuple[AssessmentRow, ...]:
    villages = sorted(
        {village for _, village in here}, key=lambda each: (roster_position(office, each), each)
    )
    return tuple(_row(office, village, here) for village in villages)


def _row(office: Office, village: str, here: ScoredMonths) -> AssessmentRow:
    mine: dict[date, ScoredMonth] = {
        first: each for (first, whose), each in sorted(here.items()) if whose == village
    }
    return AssessmentRow(
        village=village,
        name=village_name(office, village),
        points={first: each.score.total if each.score else None for first, each in mine.items()},
        sums=sum_months(mine.values()),
    )


def _ranked_rows(rows: tuple[AssessmentRow, ...]) -> tuple[AssessmentRow, ...]:
    places = ranks([Fraction(row.sums.points) / row.sums.months for row in rows])
    ranked = [replace(row, rank=place) for row, place in zip(rows, places, strict=True)]
    return tuple(sorted(ranked, key=lambda row: row.rank or 0))
