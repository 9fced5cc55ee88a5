"""Builds a year's assessment: the points of every village month by month, and their sum.

It is computed from the months as they are now; the bulletins, with the adjustments in later ones, add up to the same
sum. Villages are ranked by their points per month, so that one that reported for a part of the year is comparable
with the others. [practice]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from config.clock import MONTHS_PER_YEAR
from config.declarations.villages.item_fields import LEVEL_LABELS
from config.office.model import Office
from config.reporting.scoring_schemes import ScoringScheme
from scheduler.villages.bulletin_counting import (
    ScoredMonth,
    ScoredMonths,
    ranks,
    roster_position,
    scheme_names,
    sum_months,
    village_name,
)
from storage.reporting.bulletin_values import Assessment, AssessmentRow, PointLine


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
        lines=tuple(_lines(office, here)),
        levels=LEVEL_LABELS,
    )


def _lines(office: Office, here: ScoredMonths) -> Iterator[PointLine]:
    """Yield every line of every month's score, with the item and the page where one earned it."""
    order = sorted(here, key=lambda place: (roster_position(office, place[1]), place[1], place[0]))
    for first, village in order:
        scored = here[first, village]
        pages = {(each.item, each.level): each.address for each in scored.month.adoptions}
        for line in scored.score.lines if scored.score else ():
            yield PointLine(
                village=village_name(office, village),
                month=first,
                why=line.why,
                count=line.count,
                points=line.points,
                title=line.title,
                level=line.level,
                item=line.item,
                address=pages.get((line.item, line.level), ""),
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
