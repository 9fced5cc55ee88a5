"""A year's assessment: every village's points month by month, and their sum.

It says how the months stand now. What each bulletin told, and what the next ones added to earlier months, comes
to the same sum. A village that was there for a part of the year is measured by its points a month: its total
beside that of twelve months would say nothing. [practice]
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from config.office.loader import Office
from config.reporting.scoring_schemes import Scheme
from scheduler.villages.bulletin import Ledger, Scored, ranks, roster_place, schemes_of, sums_of, village_name
from storage.reporting.bulletin import Assessment, YearRow

MONTHS = 12


def assessment(
    year: int, office: Office, book: Ledger, schemes: Mapping[str, Scheme], *, dated: date
) -> Assessment:
    """The year's table. There must be one village's month at least."""
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
        closed=len(months) == MONTHS and all(each.month.closing for each in here.values()),
        ranked=ranked,
        scored=scored,
        schemes=schemes_of(here.values(), schemes),
        months=months,
        rows=_in_rank(rows) if ranked else rows,
        by_month={
            month: sums_of(each for (first, _), each in here.items() if first == month) for month in months
        },
        sums=sums_of(here.values()),
    )


def _rows(office: Office, here: Ledger) -> tuple[YearRow, ...]:
    villages = sorted({village for _, village in here}, key=lambda each: (roster_place(office, each), each))
    return tuple(_row(office, village, here) for village in villages)


def _row(office: Office, village: str, here: Ledger) -> YearRow:
    mine: dict[date, Scored] = {
        first: each for (first, whose), each in sorted(here.items()) if whose == village
    }
    return YearRow(
        village=village,
        name=village_name(office, village),
        points={first: each.score.total if each.score else None for first, each in mine.items()},
        sums=sums_of(mine.values()),
    )


def _in_rank(rows: tuple[YearRow, ...]) -> tuple[YearRow, ...]:
    places = ranks([Fraction(row.sums.points) / row.sums.months for row in rows])
    ranked = [replace(row, rank=place) for row, place in zip(rows, places, strict=True)]
    return tuple(sorted(ranked, key=lambda row: row.rank or 0))
