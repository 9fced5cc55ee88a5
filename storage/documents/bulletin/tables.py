"""The tables of the bulletin and of the year's assessment as grids of cells: the one place for their layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Generic, TypeVar

from storage.documents.layout.grid import Cell, Grid, Role
from storage.documents.layout.text import printable
from storage.reporting.bulletin import NOTHING, Assessment, Bulletin, Row, Say, State, YearRow
from storage.reporting.report import Figure, plain

LOWER, UPPER = ("town", "county"), ("city", "province")
"""本级 and 上级 as a township sees them (扎兰屯 2023) [practice]."""
CENT = Decimal("0.01")
Of = TypeVar("Of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[Of]):
    """One column: its heading, its width in millimetres, what it shows of a row, and what stands under it."""

    head: str
    width: int
    of: Callable[[Of], Figure]
    total: Figure = ""
    label: bool = False
    """Whether it names the row."""


def bulletin_grids(bulletin: Bulletin, say: Say) -> list[Grid]:
    """The tables the office wants, in its order."""
    made = {"villages": villages_columns, "levels": levels_columns}
    return [
        _grid(key, say(f"bulletin.table.{key}"), made[key](bulletin, say), bulletin.rows)
        for key in bulletin.tables
    ]


def assessment_grids(assessment: Assessment, say: Say) -> list[Grid]:
    """What the year came to, and the points month by month."""
    rows = assessment.rows
    grids = [_grid("year", say("bulletin.table.year"), _year_columns(assessment, say), rows)]
    if assessment.scored:
        grids.append(_grid("months", say("bulletin.table.months"), _month_columns(assessment, say), rows))
    return grids


def state_words(row: Row, say: Say) -> str:
    """What a village's month came to, with the day it reported."""
    day = f"{row.reported_on:%m-%d}" if row.reported_on else ""
    return str(say(f"bulletin.state.{row.state.value}", day=day)).strip()


def rounded(figure: Decimal) -> Decimal:
    """To the cent, for show; what is ranked is exact."""
    return figure.quantize(CENT, ROUND_HALF_UP)


def villages_columns(bulletin: Bulletin, say: Say) -> list[Shown[Row]]:
    """Each village's month: what it reported, what was adopted, its points."""
    sums, year = bulletin.sums, bulletin.year
    columns = [*_rank(bulletin, say), *_name(say)]
    columns += [
        Shown(head=say("bulletin.column.state"), width=30, of=lambda row: state_words(row, say)),
        Shown(head=say("bulletin.column.items"), width=14, of=lambda row: row.items, total=sums.items),
        Shown(head=say("bulletin.column.adopted"), width=14, of=lambda row: row.adopted, total=sums.adopted),
    ]
    if bulletin.scored:
        return columns + _points(bulletin, say)
    return [
        *columns,
        Shown(
            head=say("bulletin.column.year_items"), width=17, of=lambda row: row.year_items, total=year.items
        ),
        Shown(
            head=say("bulletin.column.year_adopted"),
            width=17,
            of=lambda row: row.year_adopted,
            total=year.adopted,
        ),
    ]


def _points(bulletin: Bulletin, say: Say) -> list[Shown[Row]]:
    columns: list[Shown[Row]] = [
        Shown(
            head=say("bulletin.column.points"),
            width=15,
            of=lambda row: row.points,
            total=bulletin.sums.points,
        )
    ]
    if any(row.earlier for row in bulletin.rows):
        earlier = sum((row.earlier for row in bulletin.rows), NOTHING)
        columns.append(
            Shown(
                head=say("bulletin.column.earlier"),
                width=14,
                of=lambda row: signed(row.earlier),
                total=signed(earlier),
            )
        )
    if bulletin.before.months:
        before = bulletin.before.points
        columns.append(
            Shown(
                head=say("bulletin.column.before"),
                width=15,
                of=lambda row: _or_dash(row.before),
                total=before,
            )
        )
    year = bulletin.year.points
    columns.append(
        Shown(head=say("bulletin.column.year"), width=17, of=lambda row: row.year_points, total=year)
    )
    return columns


def signed(points: Decimal) -> str:
    """Points as they are added: nothing shows nothing."""
    return f"{'+' if points > 0 else ''}{plain(points)}" if points else ""


def levels_columns(bulletin: Bulletin, say: Say) -> list[Shown[Row]]:
    """Rank, unit, items and points of the lower two levels, of the upper two, and in all (扎兰屯 2023)."""
    columns = [*_rank(bulletin, say), *_name(say)]
    for key, levels in (("lower", LOWER), ("upper", UPPER)):
        columns.append(
            Shown(
                head=say(f"bulletin.column.{key}_items"),
                width=20,
                of=lambda row, levels=levels: _items_at(row, levels),  # type: ignore[misc]
                total=sum(_items_at(row, levels) for row in bulletin.rows),
            )
        )
        if bulletin.scored:
            columns.append(
                Shown(
                    head=say("bulletin.column.score"),
                    width=16,
                    of=lambda row, levels=levels: _points_at(row, levels),  # type: ignore[misc]
                    total=sum((_points_at(row, levels) for row in bulletin.rows), NOTHING),
                )
            )
    return columns + (_others(bulletin, say) if bulletin.scored else [])


def _others(bulletin: Bulletin, say: Say) -> list[Shown[Row]]:
    """What no adoption brought, where there is any, and the sum."""
    others = {row.village: _other(row) for row in bulletin.rows}
    columns: list[Shown[Row]] = []
    if any(others.values()):
        columns.append(
            Shown(
                head=say("bulletin.column.other"),
                width=16,
                of=lambda row: others[row.village],
                total=sum(others.values(), NOTHING),
            )
        )
    total = bulletin.sums.points
    return [
        *columns,
        Shown(head=say("bulletin.column.total"), width=16, of=lambda row: row.points, total=total),
    ]


def _items_at(row: Row, levels: Sequence[str]) -> int:
    return sum(row.at_levels.get(level, 0) for level in levels)


def _points_at(row: Row, levels: Sequence[str]) -> Decimal:
    return sum((row.level_points.get(level, NOTHING) for level in levels), NOTHING)


def _other(row: Row) -> Decimal:
    return (row.points or NOTHING) - sum(row.level_points.values(), NOTHING)


def _rank(of: Bulletin | Assessment, say: Say) -> list[Shown[Row]]:
    return [Shown(head=say("bulletin.column.rank"), width=11, of=lambda row: row.rank)] if of.ranked else []


def _name(say: Say) -> list[Shown[Row]]:
    total = say("bulletin.column.sum")
    return [
        Shown(head=say("bulletin.column.village"), width=32, of=lambda row: row.name, total=total, label=True)
    ]


def _year_columns(assessment: Assessment, say: Say) -> list[Shown[YearRow]]:
    """What the months came to, and how they went."""
    sums = assessment.sums
    columns = _year_heads(assessment, say)
    if assessment.scored:
        columns += [
            Shown(
                head=say("bulletin.column.total"), width=15, of=lambda row: row.sums.points, total=sums.points
            ),
            Shown(head=say("bulletin.column.average"), width=15, of=lambda row: plain(rounded(row.average))),
        ]
    columns.append(
        Shown(head=say("bulletin.column.months"), width=12, of=lambda row: row.sums.months, total=sums.months)
    )
    for state in (State.ON_TIME, State.LATE, State.DECLARED, State.MISSING):
        columns.append(
            Shown(
                head=say(f"bulletin.column.{state.value}"),
                width=12,
                of=lambda row, state=state: row.sums.count(state),  # type: ignore[misc]
                total=sums.count(state),
            )
        )
    return [
        *columns,
        Shown(head=say("bulletin.column.items"), width=13, of=lambda row: row.sums.items, total=sums.items),
        Shown(
            head=say("bulletin.column.adopted"), width=13, of=lambda row: row.sums.adopted, total=sums.adopted
        ),
    ]


def _month_columns(assessment: Assessment, say: Say) -> list[Shown[YearRow]]:
    """The points of each month; a dash where the village was not there."""
    columns = _year_heads(assessment, say, name=26)
    for month in assessment.months:
        columns.append(
            Shown(
                head=say("bulletin.column.month", month=month.month),
                width=11,  # “12月” on one line beside eleven others
                of=lambda row, month=month: _of_month(row, month),  # type: ignore[misc]
                total=assessment.by_month[month].points,
            )
        )
    total = assessment.sums.points
    return [
        *columns,
        Shown(head=say("bulletin.column.total"), width=14, of=lambda row: row.sums.points, total=total),
    ]


def _year_heads(assessment: Assessment, say: Say, name: int = 30) -> list[Shown[YearRow]]:
    columns: list[Shown[YearRow]] = []
    if assessment.ranked:
        columns.append(Shown(head=say("bulletin.column.rank"), width=11, of=lambda row: row.rank))
    total = say("bulletin.column.sum")
    village: Shown[YearRow] = Shown(
        head=say("bulletin.column.village"), width=name, of=lambda row: row.name, total=total, label=True
    )
    return [*columns, village]


def _of_month(row: YearRow, month: date) -> Figure:
    return _or_dash(row.points.get(month))


def _or_dash(points: Decimal | None) -> Figure:
    return "—" if points is None else points


def _grid(key: str, title: str, columns: Sequence[Shown[Of]], rows: Sequence[Of]) -> Grid:
    widths = tuple(column.width for column in columns)
    return Grid(key=key, title=title, widths=widths, heads=1, cells=tuple(_cells(columns, rows)))


def _cells(columns: Sequence[Shown[Of]], rows: Sequence[Of]) -> Iterator[Cell]:
    for place, column in enumerate(columns):
        yield Cell(text=column.head, row=0, column=place)
        for number, row in enumerate(rows, start=1):
            yield _cell(column.of(row), number, place, label=column.label)
        yield _cell(column.total, len(rows) + 1, place, label=column.label)


def _cell(figure: Figure, row: int, column: int, *, label: bool) -> Cell:
    words = isinstance(figure, str) or figure is None
    role = Role.ROW if label else Role.NOTE if words else Role.FIGURE
    return Cell(text=printable(plain(figure)), row=row, column=column, role=role, figure=figure)
