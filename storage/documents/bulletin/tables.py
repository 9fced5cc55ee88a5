"""Lays out the tables of the bulletin and the assessment as grids of cells, for every kind of document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Generic, TypeVar

from storage.documents.layout.grid import CellRole, GridCell, TableGrid
from storage.documents.layout.text import printable
from storage.reporting.bulletin_columns import (
    BULLETIN_COLUMNS,
    RANK_COLUMN,
    VILLAGE_COLUMN,
    BulletinColumn,
    as_figure,
    points_or_dash,
)
from storage.reporting.bulletin_values import (
    ZERO_POINTS,
    Assessment,
    AssessmentRow,
    Bulletin,
    BulletinRow,
    PhraseLookup,
    PointLine,
    VillageMonthState,
)
from storage.reporting.report import Figure, format_figure

LOWER_LEVELS, UPPER_LEVELS = ("town", "county"), ("city", "province")
"""本级 and 上级 as a township sees them (扎兰屯 2023) [practice]."""
CENT = Decimal("0.01")
TableRowT = TypeVar("TableRowT")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn(Generic[TableRowT]):
    """One column: its heading, its width in millimetres, its value for a row, and its total."""

    head: str
    width: int
    value_of: Callable[[TableRowT], Figure]
    total: Figure = ""
    label: bool = False
    """Whether it names the row."""


def bulletin_grids(bulletin: Bulletin, say: PhraseLookup) -> list[TableGrid]:
    """The tables that the office has chosen, in its order."""
    made = {"villages": villages_columns, "levels": levels_columns}
    return [
        _grid(key, say(f"bulletin.table.{key}"), made[key](bulletin, say), bulletin.rows)
        for key in bulletin.tables
    ]


def assessment_grids(assessment: Assessment, say: PhraseLookup) -> list[TableGrid]:
    """The table of the year's totals, and the table of points by month."""
    rows = assessment.rows
    grids = [_grid("year", say("bulletin.table.year"), _year_columns(assessment, say), rows)]
    if assessment.scored:
        grids.append(_grid("months", say("bulletin.table.months"), _month_columns(assessment, say), rows))
    return grids


def points_grid(assessment: Assessment, say: PhraseLookup) -> TableGrid:
    """The table that explains every point of the year by what earned it; only the workbook has room for it."""
    columns: list[TableColumn[PointLine]] = [
        TableColumn(
            head=say("bulletin.column.village"), width=22, value_of=lambda line: line.village, label=True
        ),
        TableColumn(
            head=say("bulletin.column.of_month"), width=18, value_of=lambda line: f"{line.month:%Y-%m}"
        ),
        TableColumn(
            head=say("bulletin.column.why"), width=60, value_of=lambda line: why_words(line, assessment, say)
        ),
        TableColumn(
            head=say("bulletin.column.points"),
            width=15,
            value_of=lambda line: line.points,
            total=assessment.sums.points,
        ),
        TableColumn(head=say("bulletin.column.item"), width=15, value_of=lambda line: str(line.item or "")),
        TableColumn(head=say("bulletin.column.address"), width=60, value_of=lambda line: line.address),
    ]
    return _grid("points", say("bulletin.table.points"), columns, assessment.lines)


def why_words(line: PointLine, assessment: Assessment, say: PhraseLookup) -> str:
    """What a line of a score is for."""
    level = assessment.levels.get(line.level, line.level)
    return printable(say(f"month.why.{line.why}", count=line.count, title=line.title, level=level))


def rounded(figure: Decimal) -> Decimal:
    """Points rounded to two decimals for display; the ranking uses exact ones."""
    return figure.quantize(CENT, ROUND_HALF_UP)


def villages_columns(bulletin: Bulletin, say: PhraseLookup) -> list[TableColumn[BulletinRow]]:
    """The columns of each village's month: reported and adopted items, points."""
    return _paper_columns(BULLETIN_COLUMNS, bulletin, say)


def _paper_columns(
    columns: Sequence[BulletinColumn], bulletin: Bulletin, say: PhraseLookup
) -> list[TableColumn[BulletinRow]]:
    return [_paper_column(one, bulletin, say) for one in columns if one.paper and one.is_shown(bulletin)]


def _paper_column(column: BulletinColumn, bulletin: Bulletin, say: PhraseLookup) -> TableColumn[BulletinRow]:
    words, is_name = column.words, column is VILLAGE_COLUMN
    return TableColumn(
        head=say(f"bulletin.column.{column.key}"),
        width=column.paper,
        value_of=(lambda row: words(row, say)) if words else (lambda row: as_figure(column.value(row))),
        total=say("bulletin.column.sum") if is_name else column.total(bulletin),
        label=is_name,
    )


def levels_columns(bulletin: Bulletin, say: PhraseLookup) -> list[TableColumn[BulletinRow]]:
    """The columns rank, unit, items and points: lower two levels, upper two, in total (扎兰屯 2023)."""
    columns = _paper_columns((RANK_COLUMN, VILLAGE_COLUMN), bulletin, say)
    for key, levels in (("lower", LOWER_LEVELS), ("upper", UPPER_LEVELS)):
        columns.append(
            TableColumn(
                head=say(f"bulletin.column.{key}_items"),
                width=20,
                value_of=lambda row, levels=levels: _items_at(row, levels),  # type: ignore[misc]
                total=sum(_items_at(row, levels) for row in bulletin.rows),
            )
        )
        if bulletin.scored:
            columns.append(
                TableColumn(
                    head=say("bulletin.column.score"),
                    width=16,
                    value_of=lambda row, levels=levels: _points_at(row, levels),  # type: ignore[misc]
                    total=sum((_points_at(row, levels) for row in bulletin.rows), ZERO_POINTS),
                )
            )
    return columns + (_other_points_columns(bulletin, say) if bulletin.scored else [])


def _other_points_columns(bulletin: Bulletin, say: PhraseLookup) -> list[TableColumn[BulletinRow]]:
    """The columns of other points, where there are any, and of the sum."""
    others = {row.village: _other_points(row) for row in bulletin.rows}
    columns: list[TableColumn[BulletinRow]] = []
    if any(others.values()):
        columns.append(
            TableColumn(
                head=say("bulletin.column.other"),
                width=16,
                value_of=lambda row: others[row.village],
                total=sum(others.values(), ZERO_POINTS),
            )
        )
    total = bulletin.sums.points
    return [
        *columns,
        TableColumn(
            head=say("bulletin.column.total"), width=16, value_of=lambda row: row.points, total=total
        ),
    ]


def _items_at(row: BulletinRow, levels: Sequence[str]) -> int:
    return sum(row.at_levels.get(level, 0) for level in levels)


def _points_at(row: BulletinRow, levels: Sequence[str]) -> Decimal:
    return sum((row.level_points.get(level, ZERO_POINTS) for level in levels), ZERO_POINTS)


def _other_points(row: BulletinRow) -> Decimal:
    return (row.points or ZERO_POINTS) - sum(row.level_points.values(), ZERO_POINTS)


def _year_columns(assessment: Assessment, say: PhraseLookup) -> list[TableColumn[AssessmentRow]]:
    """The columns of the year's totals and of the states of its months."""
    sums = assessment.sums
    columns = _heading_columns(assessment, say)
    if assessment.scored:
        columns += [
            TableColumn(
                head=say("bulletin.column.total"),
                width=15,
                value_of=lambda row: row.sums.points,
                total=sums.points,
            ),
            TableColumn(
                head=say("bulletin.column.average"),
                width=15,
                value_of=lambda row: format_figure(rounded(row.average)),
            ),
        ]
    columns.append(
        TableColumn(
            head=say("bulletin.column.months"),
            width=12,
            value_of=lambda row: row.sums.months,
            total=sums.months,
        )
    )
    for state in (
        VillageMonthState.ON_TIME,
        VillageMonthState.LATE,
        VillageMonthState.DECLARED,
        VillageMonthState.MISSING,
    ):
        columns.append(
            TableColumn(
                head=say(f"bulletin.column.{state.value}"),
                width=12,
                value_of=lambda row, state=state: row.sums.count(state),  # type: ignore[misc]
                total=sums.count(state),
            )
        )
    return [
        *columns,
        TableColumn(
            head=say("bulletin.column.items"), width=13, value_of=lambda row: row.sums.items, total=sums.items
        ),
        TableColumn(
            head=say("bulletin.column.adopted"),
            width=13,
            value_of=lambda row: row.sums.adopted,
            total=sums.adopted,
        ),
    ]


def _month_columns(assessment: Assessment, say: PhraseLookup) -> list[TableColumn[AssessmentRow]]:
    """The columns of points by month; a dash where the village did not exist."""
    columns = _heading_columns(assessment, say, name=26)
    for month in assessment.months:
        columns.append(
            TableColumn(
                head=say("bulletin.column.month", month=month.month),
                width=11,  # “12月” on one line beside eleven others
                value_of=lambda row, month=month: _points_in_month(row, month),  # type: ignore[misc]
                total=assessment.by_month[month].points,
            )
        )
    total = assessment.sums.points
    return [
        *columns,
        TableColumn(
            head=say("bulletin.column.total"), width=14, value_of=lambda row: row.sums.points, total=total
        ),
    ]


def _heading_columns(
    assessment: Assessment, say: PhraseLookup, name: int = 30
) -> list[TableColumn[AssessmentRow]]:
    columns: list[TableColumn[AssessmentRow]] = []
    if assessment.ranked:
        columns.append(TableColumn(head=say("bulletin.column.rank"), width=11, value_of=lambda row: row.rank))
    total = say("bulletin.column.sum")
    village: TableColumn[AssessmentRow] = TableColumn(
        head=say("bulletin.column.village"),
        width=name,
        value_of=lambda row: row.name,
        total=total,
        label=True,
    )
    return [*columns, village]


def _points_in_month(row: AssessmentRow, month: date) -> Figure:
    return points_or_dash(row.points.get(month))


def _grid(
    key: str, title: str, columns: Sequence[TableColumn[TableRowT]], rows: Sequence[TableRowT]
) -> TableGrid:
    widths = tuple(column.width for column in columns)
    return TableGrid(key=key, title=title, widths=widths, heads=1, cells=tuple(_cells(columns, rows)))


def _cells(columns: Sequence[TableColumn[TableRowT]], rows: Sequence[TableRowT]) -> Iterator[GridCell]:
    for place, column in enumerate(columns):
        yield GridCell(text=column.head, row=0, column=place)
        for number, row in enumerate(rows, start=1):
            yield _cell(column.value_of(row), number, place, label=column.label)
        yield _cell(column.total, len(rows) + 1, place, label=column.label)


def _cell(figure: Figure, row: int, column: int, *, label: bool) -> GridCell:
    words = isinstance(figure, str) or figure is None
    role = CellRole.ROW if label else CellRole.NOTE if words else CellRole.FIGURE
    return GridCell(text=printable(format_figure(figure)), row=row, column=column, role=role, figure=figure)
