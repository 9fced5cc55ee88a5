"""Reads .xls and .et files: workbooks of Excel 97 to 2003, every visible sheet as one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xlrd

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    CellCounter,
    Document,
    DocumentBlock,
    SheetBreak,
    rectangular_table,
)
from storage.reading.formats.errors import read_error

_MAX_ROWS, _MAX_COLUMNS = 3000, 100  # a sheet formatted down to its last row has 65,536; no report is longer


@isolated("name")
def read_old_excel(content: bytes, name: str) -> Document:
    """Read the document in an .xls or .et file. Raises Unreadable where it is damaged or locked."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=_Silent())
        blocks = tuple(_blocks(book, CellCounter(name)))
    except xlrd.XLRDError as error:
        raise read_error(name, "old_office" if "encrypted" in str(error) else "damaged") from error
    except Exception as error:  # the library checks nothing: a damaged file raises anything
        raise read_error(name, "damaged") from error
    return Document(name=name, blocks=blocks, author=str(book.user_name or "").strip())


class _Silent:
    """Takes what the library would print about a damaged file."""

    def write(self, _text: str) -> None:
        """Drop a line: the file is refused or read, and either is said elsewhere."""


def _blocks(book: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    for sheet in book.sheets():
        height, width = min(sheet.nrows, _MAX_ROWS), min(sheet.ncols, _MAX_COLUMNS)
        if sheet.visibility or not height:
            continue
        count.add(height * width)
        grid = rectangular_table(*_rows(sheet, height, width))
        if any(any(row) for row in grid.rows):
            yield SheetBreak()
            yield grid


def _rows(sheet: Any, height: int, width: int) -> tuple[list[list[str]], list[list[int]]]:
    """Return the texts of a sheet, and the number of the cell in each place."""
    rows = [[_text(value) for value in sheet.row_values(at, 0, width)] for at in range(height)]
    rows = [row + [""] * (width - len(row)) for row in rows]
    owners = [list(range(width)) for _row in rows]
    for top, bottom, left, right in sheet.merged_cells:
        if top >= height or left >= width:
            continue
        end = min(right, width)
        for at in range(top, min(bottom, height)):
            rows[at][left:end] = [rows[top][left]] * (end - left)
            owners[at][left:end] = [left] * (end - left)
    return rows, owners


def _text(value: object) -> str:
    """Return a cell's value as text: this format keeps every number as a fraction."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
