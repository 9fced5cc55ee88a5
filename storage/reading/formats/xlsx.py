"""Reads workbooks: every visible sheet as one table with merged cells expanded; prose is separated later."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    CellCounter,
    Document,
    DocumentBlock,
    SheetBreak,
    rectangular_table,
)
from storage.reading.formats.errors import read_error
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, open_archive

_MAX_ROWS, _MAX_COLUMNS = (
    3000,
    100,
)  # a sheet formatted down to its last row has a million; no report is longer
_MAX_MERGED_CELLS = (
    300_000  # cells under merges, in the whole file: title rows merged to the edge have 16,384 each
)
_MERGE = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^<>]*?ref="([A-Z0-9:$]{1,30})"')
WORKBOOK_ERRORS = (*ARCHIVE_ERRORS, TypeError, AttributeError, IndexError, AssertionError, SyntaxError)
"""What the library may raise on a damaged file, which it does not check."""


@isolated("name")
def read_xlsx(content: bytes, name: str) -> Document:
    """Read the document in a workbook. Raises Unreadable where it is damaged."""
    archive = open_archive(content, name)
    try:
        sheets = [archive.read_part(entry) for entry in archive.namelist() if "worksheets/" in entry]
        _require_few_merged_cells(sheets, name)
        book = _load(content, values=True)
        has_formulas = any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
        written = _load(content, values=False) if has_formulas else None
        blocks = tuple(_blocks(book, written, CellCounter(name)))
    except WORKBOOK_ERRORS as error:
        raise read_error(name, "damaged") from error
    return Document(name=name, blocks=blocks, author=str(book.properties.creator or "").strip())


def _require_few_merged_cells(sheets: list[bytes], name: str) -> None:
    """Refuse too many merged cells: the library makes an object of each, for a whole sheet 17 billion."""
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 - as above

    covered = 0
    for sheet in sheets:
        for reference in _MERGE.findall(sheet):
            left, top, right, bottom = range_boundaries(reference.decode("ascii"))
            covered += (right - left + 1) * (bottom - top + 1)
    if covered > _MAX_MERGED_CELLS:
        raise read_error(name, "merged", limit=_MAX_MERGED_CELLS)


def _load(content: bytes, *, values: bool) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 - 12 MB, which only the process that reads needs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, which are not read
        return load_workbook(BytesIO(content), data_only=values)


def _blocks(book: Any, written: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        count.add(min(sheet.max_row, _MAX_ROWS) * min(sheet.max_column, _MAX_COLUMNS))
        grid = rectangular_table(*_rows(sheet, written[sheet.title] if written else None))
        if any(any(row) for row in grid.rows):
            yield SheetBreak()
            yield grid


def _rows(sheet: Any, written: Any) -> tuple[list[list[str]], list[list[int]]]:
    """Return the texts of a sheet, and the number of the cell in each place."""
    last_row, last_column = min(sheet.max_row, _MAX_ROWS), min(sheet.max_column, _MAX_COLUMNS)
    rows = [
        [_text(cell.value, written, cell.coordinate) for cell in row]
        for row in sheet.iter_rows(max_row=last_row, max_col=last_column)
    ]
    owners = [list(range(len(row))) for row in rows]
    for merged in sheet.merged_cells.ranges:
        if merged.min_row > last_row or merged.min_col > last_column:
            continue
        text = rows[merged.min_row - 1][merged.min_col - 1]
        end = min(merged.max_col, last_column)
        covered = slice(merged.min_row - 1, merged.max_row)
        for row, own in zip(rows[covered], owners[covered], strict=True):
            row[merged.min_col - 1 : end] = [text] * (end - merged.min_col + 1)
            own[merged.min_col - 1 : end] = [merged.min_col - 1] * (end - merged.min_col + 1)
    return rows, owners


def _text(value: Any, written: Any, place: str) -> str:
    """Return a cell's value as text; a formula without a stored result as its own text, because it is not empty."""
    if value is None:
        formula = written[place].value if written else None
        return str(formula) if formula is not None else ""
    return repr(value) if isinstance(value, float) else str(value)
