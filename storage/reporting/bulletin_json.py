"""Turns the bulletin and the assessment into plain data for programs; points are exact decimals as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from storage.reporting.bulletin_columns import BULLETIN_COLUMNS
from storage.reporting.bulletin_values import (
    AdoptedItem,
    Assessment,
    AssessmentRow,
    Bulletin,
    BulletinRow,
    BulletinValue,
    VillageMonthState,
    VillageTotals,
)
from storage.reporting.report import format_figure


def bulletin_data(bulletin: Bulletin) -> dict[str, Any]:
    """A month's bulletin as plain data."""
    return {
        "agency": bulletin.agency,
        "month": f"{bulletin.month:%Y-%m}",
        "due": bulletin.due.isoformat(),
        "last": bulletin.last.isoformat(),
        "provisional": bulletin.provisional,
        "closed": bulletin.closed,
        "dated": bulletin.dated.isoformat(),
        "ranked": bulletin.ranked,
        "schemes": list(bulletin.schemes),
        "villages": [_row(row) for row in bulletin.rows],
        "gone": [
            {"village": gone.village, "name": gone.name, "earlier": format_figure(gone.earlier_adjustment)}
            for gone in bulletin.former_villages
        ],
        "sums": _sums(bulletin.sums),
        "last_month": _sums(bulletin.before),
        "year": _sums(bulletin.year),
        "adopted": [_item(item) for item in bulletin.adopted],
        "adopted_since": [_item(item) for item in bulletin.adopted_since],
    }


def assessment_data(assessment: Assessment) -> dict[str, Any]:
    """A year's assessment as plain data."""
    return {
        "agency": assessment.agency,
        "year": assessment.year,
        "closed": assessment.closed,
        "ranked": assessment.ranked,
        "schemes": list(assessment.schemes),
        "months": {f"{month:%Y-%m}": _sums(sums) for month, sums in assessment.by_month.items()},
        "villages": [_year_row(row, scored=assessment.scored) for row in assessment.rows],
        "sums": _sums(assessment.sums),
        "lines": [
            {
                "village": line.village,
                "month": f"{line.month:%Y-%m}",
                "why": line.why,
                "count": line.count,
                "points": format_figure(line.points),
                "title": line.title,
                "level": line.level,
                "item": line.item,
                "address": line.address,
            }
            for line in assessment.lines
        ],
    }


def _row(row: BulletinRow) -> dict[str, Any]:
    columns = {column.json: _plain(column.value(row)) for column in BULLETIN_COLUMNS if column.json}
    return {"village": row.village, "name": row.name, **columns}


def _plain(value: BulletinValue) -> Any:
    if isinstance(value, Decimal):
        return format_figure(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, VillageMonthState):
        return value.value
    return dict(value) if isinstance(value, Mapping) else value


def _year_row(row: AssessmentRow, *, scored: bool) -> dict[str, Any]:
    return {
        "village": row.village,
        "name": row.name,
        "rank": row.rank,
        "points": {f"{month:%Y-%m}": format_figure(points) for month, points in row.points.items()}
        if scored
        else {},
        **_sums(row.sums),
    }


def _sums(sums: VillageTotals) -> dict[str, Any]:
    return {
        "months": sums.months,
        **{state.value: count for state, count in sums.states.items()},
        "items": sums.items,
        "adopted": sums.adopted,
        "points": format_figure(sums.points),
    }


def _item(item: AdoptedItem) -> dict[str, Any]:
    return {
        "month": f"{item.month:%Y-%m}",
        "village": item.village,
        "title": item.title,
        "levels": list(item.levels),
        "item": item.item,
        "address": item.address,
    }
