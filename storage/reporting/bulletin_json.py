"""Turns the bulletin and the assessment into plain data for programs; points are exact decimals as text."""

from __future__ import annotations

from typing import Any

from storage.reporting.bulletin import (
    AdoptedItem,
    Assessment,
    AssessmentRow,
    Bulletin,
    BulletinRow,
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
    return {
        "village": row.village,
        "name": row.name,
        "rank": row.rank,
        "rank_last_month": row.rank_before,
        "state": row.state.value,
        "reported_on": row.reported_on.isoformat() if row.reported_on else None,
        "items": row.items,
        "minimum": row.minimum,
        "adopted": row.adopted,
        "adopted_at": dict(row.at_levels),
        "points": None if row.points is None else format_figure(row.points),
        "earlier": format_figure(row.earlier_adjustment),
        "last_month": None if row.before is None else format_figure(row.before),
        "year": None if row.year_points is None else format_figure(row.year_points),
    }


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
