"""Lays out the three tables of the official form as grids of cells, for every kind of document.

A grid knows nothing of Word, Excel or HTML; each of them only draws it. So a heading that spans three rows does so
in every document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from config.reporting.form import FormBlock, FormColumn, FormRow, ReportForm
from storage.documents.layout.text import printable
from storage.reporting.report import Figure, Report, format_figure

LABEL_COLUMNS = 3  # table 3: section, group, item
HEADER_ROWS = 3  # tables 3 and 4
TABLE_SECTIONS = {"proactive": "table2", "requests": "table3", "disputes": "table4"}


class CellRole(StrEnum):
    """The roles of a cell; the two kinds of heading have the names of their scope in HTML."""

    COLUMN = "col"
    ROW = "row"
    NOTE = "note"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One cell as printed: its text, its upper left corner, its span, and the figure it shows.

    ``block`` keeps the parts of a table apart that have column headings of their own.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    role: CellRole = CellRole.COLUMN
    block: int = 0
    key: str = ""
    figure: Figure = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableGrid:
    """A table: its cells, the columns' widths in millimetres, and how many rows each page repeats."""

    key: str
    title: str
    widths: tuple[int, ...]
    heads: int
    cells: tuple[GridCell, ...]

    @property
    def height(self) -> int:
        """The number of rows."""
        return max(cell.row + cell.rows for cell in self.cells)

    def by_row(self) -> list[list[GridCell]]:
        """The cells that begin in each row, from left to right."""
        begun: list[list[GridCell]] = [[] for _ in range(self.height)]
        for cell in sorted(self.cells, key=lambda cell: (cell.row, cell.column)):
            begun[cell.row].append(cell)
        return begun

    def headings(self, figure: GridCell) -> Iterator[GridCell]:
        """The headings above a figure and to the left of it, for screen readers."""
        for cell in self.cells:
            above = cell.column <= figure.column < cell.column + cell.columns and cell.block == figure.block
            beside = cell.row <= figure.row < cell.row + cell.rows
            if (cell.role is CellRole.COLUMN and above) or (cell.role is CellRole.ROW and beside):
                yield cell


def is_row_label(cell: GridCell) -> bool:
    """Whether a label heads a single row: such a label is set to the left, a merged one is centred."""
    return cell.role is CellRole.ROW and cell.rows == 1


def table_grids(report: Report, form: ReportForm) -> dict[str, TableGrid]:
    """Tables 2, 3 and 4 of a report by key, titled as the sections they belong to."""
    titles = dict(zip(("table2", "table3", "table4"), form.headings[1:], strict=False))
    return {
        "table2": _disclosure_grid(report, form, titles["table2"]),
        "table3": _request_grid(report, form, titles["table3"]),
        "table4": _dispute_grid(report, form, titles["table4"]),
    }


def _figure_cell(
    report: Report, key: str, *, row: int, column: int, columns: int = 1, block: int = 0
) -> GridCell:
    figure = report.figures[key]
    text = printable(format_figure(figure))
    place = {"row": row, "column": column, "columns": columns, "block": block}
    return GridCell(text=text, role=CellRole.FIGURE, key=key, figure=figure, **place)


def _disclosure_grid(report: Report, form: ReportForm, title: str) -> TableGrid:
    """Table 2: blocks under one another; a block with fewer columns stretches them to the full width."""
    width = 1 + max(len(block.columns) for block in form.table2)
    cells: list[GridCell] = []
    row = 0
    for number, block in enumerate(form.table2):
        cells += _block_cells(report, block, row=row, width=width, number=number)
        row += 2 + len(block.rows)
    return TableGrid(key="table2", title=title, widths=(39,) * width, heads=0, cells=tuple(cells))


def _block_cells(
    report: Report, block: FormBlock, *, row: int, width: int, number: int
) -> Iterator[GridCell]:
    spans = _distribute_width(len(block.columns), width - 1)
    starts = [1 + sum(spans[:place]) for place in range(len(spans))]
    places = list(zip(block.columns, starts, spans, strict=True))
    yield GridCell(text=block.heading, row=row, column=0, columns=width, block=number)
    yield GridCell(text=block.first_label, row=row + 1, column=0, block=number)
    for column, start, span in places:
        yield GridCell(text=column.label, row=row + 1, column=start, columns=span, block=number)
    for place, line in enumerate(block.rows, start=row + 2):
        yield GridCell(text=line.label, row=place, column=0, role=CellRole.ROW, block=number)
        for column, start, span in places:
            key = f"table2.{line.key}.{column.key}"
            yield _figure_cell(report, key, row=place, column=start, columns=span, block=number)


def _distribute_width(parts: int, width: int) -> list[int]:
    """Divide a width among so many columns; the first ones take the remainder."""
    share, over = divmod(width, parts)
    return [share + (place < over) for place in range(parts)]


def _request_grid(report: Report, form: ReportForm, title: str) -> TableGrid:
    """Table 3: three columns of labels, merged as on the official form, then the kinds of applicant."""
    cells = [*_request_headings(form), *_row_labels(form.rows3)]
    for row, line in enumerate(form.rows3, start=HEADER_ROWS):
        for place, column in enumerate(form.columns3, start=LABEL_COLUMNS):
            cells.append(_figure_cell(report, f"table3.{line.key}.{column.key}", row=row, column=place))
    widths = (9, 18, 45, *(12,) * len(form.columns3))
    return TableGrid(key="table3", title=title, widths=widths, heads=HEADER_ROWS, cells=tuple(cells))


def _request_headings(form: ReportForm) -> Iterator[GridCell]:
    yield GridCell(
        text=form.caption3, row=0, column=0, rows=HEADER_ROWS, columns=LABEL_COLUMNS, role=CellRole.NOTE
    )
    yield GridCell(text=form.applicant_heading, row=0, column=LABEL_COLUMNS, columns=len(form.columns3))
    organisations = [column for column in form.columns3 if _is_organisation(column)]
    for place, column in enumerate(form.columns3, start=LABEL_COLUMNS):
        if column == organisations[0]:
            yield GridCell(text=form.organisations_heading, row=1, column=place, columns=len(organisations))
        inner = _is_organisation(column)
        yield GridCell(text=column.label, row=2 if inner else 1, column=place, rows=1 if inner else 2)


def _is_organisation(column: FormColumn) -> bool:
    return column.key not in {"natural_person", "total"}


def _row_labels(lines: Sequence[FormRow]) -> Iterator[GridCell]:
    for row, line in enumerate(lines, start=HEADER_ROWS):
        indent = (line.section is not None) + (line.group is not None)
        yield GridCell(
            text=line.label, row=row, column=indent, columns=LABEL_COLUMNS - indent, role=CellRole.ROW
        )
    yield from _merged_labels([line.section for line in lines], column=0)
    yield from _merged_labels([line.group for line in lines], column=1)


def _merged_labels(labels: Sequence[str | None], *, column: int) -> Iterator[GridCell]:
    """One cell for each run of rows with the same heading."""
    row = HEADER_ROWS
    for label, run in groupby(labels):
        rows = len(list(run))
        if label is not None:
            yield GridCell(text=label, row=row, column=column, rows=rows, role=CellRole.ROW)
        row += rows


def _dispute_grid(report: Report, form: ReportForm, title: str) -> TableGrid:
    """Table 4: one row of figures below headings of up to three levels."""
    wide = len(form.columns4)
    cells = list(_dispute_headings(form, wide))
    for place, (group, _parent) in enumerate(form.groups4):
        for offset, column in enumerate(form.columns4):
            key = f"table4.{group.key}.{column.key}"
            cells.append(_figure_cell(report, key, row=HEADER_ROWS, column=place * wide + offset))
    widths = (10,) * (wide * len(form.groups4))
    return TableGrid(key="table4", title=title, widths=widths, heads=HEADER_ROWS, cells=tuple(cells))


def _dispute_headings(form: ReportForm, wide: int) -> Iterator[GridCell]:
    """The headings of table 4; a group without a parent has its outcomes one level higher, over two rows."""
    parents = [parent for _group, parent in form.groups4]
    for place, (group, parent) in enumerate(form.groups4):
        first, nested = place * wide, parent is not None
        if nested and parent not in parents[:place]:
            yield GridCell(text=parent or "", row=0, column=first, columns=wide * parents.count(parent))
        yield GridCell(text=group.label, row=1 if nested else 0, column=first, columns=wide)
        for offset, column in enumerate(form.columns4):
            row, rows = (2, 1) if nested else (1, 2)
            yield GridCell(text=column.label, row=row, column=first + offset, rows=rows)
