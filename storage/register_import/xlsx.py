"""Reads XLSX workbooks: the first visible sheet with a register's header, its cells as a person sees them.

It is read row by row; the unpacked size is checked before anything is unpacked.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import load_workbook

from config.errors import Unreadable
from storage.register_import.cells import clean_text
from storage.register_import.errors import register_read_error
from storage.register_import.sheet import (
    CellValue,
    MissingValue,
    RawRecord,
    RegisterSheet,
    find_header,
    make_sheet,
)

UNPACKED_LIMIT_MB = 200  # two hundred thousand rows of nine columns
STRINGS_LIMIT_MB = 50  # the table of texts, held in memory whole: as many rows with a remark each
HELD_LIMIT_MB = 8  # styles, names, links: a few bytes of each become an object of a kilobyte
ROW_LIMIT_MB = 2  # a row is held whole too
ROWS_LIMIT = 200_000
EXCEL_ROWS = 1_048_576  # a workbook has no more rows; a larger row number was made by hand
COLUMNS_LIMIT = 256
EXCEL_DIGITS = 15  # what Excel keeps of a number, and shows
MEGABYTE = 1024 * 1024
SHEETS_FOLDER, STRINGS_PART = "xl/worksheets/", "xl/sharedStrings"
SKIPPED_PARTS = (
    "xl/media/",
    "xl/embeddings/",
    "xl/drawings/",
    "xl/charts/",
    "xl/pivot",
    "xl/calcChain",
    "customXml/",
)
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def read_workbook(path: Path) -> RegisterSheet:
    """Read the table in a workbook. Raises Unreadable with the reason."""
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # openpyxl warns of styles and validations, which no figure depends on
        try:
            formulas = _check_parts(path, file)
            return _choose_table(path, _tables(path, file, formulas=formulas))
        except Unreadable:
            raise
        except Exception as error:  # openpyxl may raise anything on a damaged workbook
            raise register_read_error(path.name, "damaged") from error


def _choose_table(path: Path, tables: Iterator[RegisterSheet]) -> RegisterSheet:
    """Return the first table with a register's header; where none has one, the first, to report what it lacks."""
    filled = list(tables)
    if not filled:
        raise register_read_error(path.name, "empty")
    chosen = next((table for table in filled if find_header([table.header]) is not None), filled[0])
    return replace(chosen, unread=tuple(table.title for table in filled if table is not chosen))


def _check_parts(path: Path, file: BinaryIO) -> bool:
    """Refuse a workbook that would unpack to too much; return whether any sheet has formulas."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        _check_sizes(path, {part.filename: part.file_size for part in parts})
        sheets = [part for part in parts if part.filename.startswith(SHEETS_FOLDER)]
        formulas = [
            _has_formulas(path, archive, part) for part in sheets
        ]  # every sheet is read to its end, because the size of its rows is checked too
    return any(formulas)


def _check_sizes(path: Path, sizes: Mapping[str, int]) -> None:
    strings = sum(size for name, size in sizes.items() if name.startswith(STRINGS_PART))
    held = sum(
        size
        for name, size in sizes.items()
        if not name.startswith((SHEETS_FOLDER, STRINGS_PART, *SKIPPED_PARTS))
    )
    limits = (
        (sum(sizes.values()), UNPACKED_LIMIT_MB),
        (strings, STRINGS_LIMIT_MB),
        (held, HELD_LIMIT_MB),
    )
    for size, limit in limits:
        if size > limit * MEGABYTE:
            raise register_read_error(path.name, "bomb", limit=limit)


def _has_formulas(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a sheet has formulas; refused if one row of it is larger than memory should hold."""
    formula, tail, since_row = False, b"", 0
    with archive.open(part) as stream:
        while chunk := stream.read(MEGABYTE):
            text = tail + chunk
            formula = formula or _FORMULA.search(text) is not None
            since_row = 0 if _ROW.search(text) else since_row + len(chunk)
            if since_row > ROW_LIMIT_MB * MEGABYTE:
                raise register_read_error(path.name, "bomb", limit=ROW_LIMIT_MB)
            tail = chunk[-64:]
    return formula


def _tables(path: Path, file: BinaryIO, *, formulas: bool) -> Iterator[RegisterSheet]:
    """Yield every visible sheet that is not blank, in the order of its tabs.

    openpyxl gets the open file: with a path it would trust the suffix.
    """
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    twin = load_workbook(file, read_only=True, keep_links=False) if formulas else None
    try:
        for page in book.worksheets:
            if page.sheet_state == "visible":
                other = twin[page.title] if twin else None
                records = list(_records(path, page, other))
                if records:
                    yield make_sheet(path.name, records, page.title)
    finally:
        book.close()
        if twin:
            twin.close()


def _records(path: Path, page: Any, twin: Any) -> Iterator[RawRecord]:
    """Yield the rows that are not blank, with their numbers in Excel."""
    count = 0
    for line, cells in enumerate(_rows(page) if twin is None else _calculated(page, twin), start=1):
        if line > EXCEL_ROWS:
            raise register_read_error(path.name, "too_long", limit=ROWS_LIMIT)
        values = _trimmed_row(cells)
        if not values:
            continue
        count += 1
        if count > ROWS_LIMIT:
            raise register_read_error(path.name, "too_long", limit=ROWS_LIMIT)
        if len(values) > COLUMNS_LIMIT:
            raise register_read_error(path.name, "too_wide", line=line, limit=COLUMNS_LIMIT)
        yield RawRecord(line=line, cells=values)


def _rows(page: Any) -> Iterator[tuple[Any, ...]]:
    page.reset_dimensions()  # the size stated in a file is often wrong; rows would be cut or padded
    yield from page.iter_rows(values_only=True)


def _calculated(page: Any, twin: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the rows; a formula without a stored result becomes ``MissingValue.UNCALCULATED``.

    Some programs write formulas without results; read as empty, such a cell would leave a closed case open.
    """
    page.reset_dimensions()
    twin.reset_dimensions()
    for cells, formulas in zip(page.iter_rows(), twin.iter_rows(), strict=True):
        yield tuple(
            MissingValue.UNCALCULATED
            if cell.value is None and cell.data_type == "n" and formula.data_type == "f"
            else cell.value
            for cell, formula in zip(cells, formulas, strict=True)
        )


def _trimmed_row(cells: tuple[Any, ...]) -> tuple[CellValue, ...]:
    """Return the row as text and days, without the empty cells at its end; empty if it is blank."""
    values = [_cell_value(cell) for cell in cells]
    while values and (values[-1] == "" or (isinstance(values[-1], str) and not clean_text(values[-1]))):
        values.pop()
    return tuple(values)


def _cell_value(value: Any) -> CellValue:
    """Return a cell as a person sees it: days as days, everything else as text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str | date | MissingValue):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _number_text(value)
    return "" if value is None else str(value)


def _number_text(value: float) -> str:
    """Return a number as Excel shows it: with 15 digits, without binary rounding, longer ones in short form."""
    text = f"{value:.{EXCEL_DIGITS}g}"
    if "e" not in text or abs(value) >= 10**EXCEL_DIGITS:
        return text.upper()
    return format(Decimal(text), "f")
