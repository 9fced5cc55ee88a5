"""The raw table of a register's file: cells with the line on which a person sees them.

CSV and XLSX files are both read into it, so that every check is written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from storage.register_import.columns import header_score

HEADER_SEARCH_LINES = (
    20  # a title, the unit and the year often stand above the header; more than that is no title
)
HEADER_SCORE = 2  # one known name may be chance («日期» in a title block), two are a header


class MissingValue(Enum):
    """Reasons why a cell has no value although it should have one."""

    UNCALCULATED = "formula without its result"


CellValue = str | date | MissingValue
"""The value of a cell: text as typed (numbers as Excel shows them), or a date cell's day; empty is the empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One record with the line it starts on: the physical line of a CSV, the row number of a workbook."""

    line: int
    cells: tuple[CellValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSheet:
    """One table without blank lines: its header, the records below it, and the records above it."""

    file: str
    header: RawRecord
    records: tuple[RawRecord, ...]
    above: tuple[RawRecord, ...] = ()
    title: str = ""
    unread: tuple[str, ...] = ()
    """The titles of the other sheets that have something in them."""


def make_sheet(file: str, records: Sequence[RawRecord], title: str = "") -> RegisterSheet:
    """Make the table of these records, none of which is blank; at least one is required."""
    at = find_header(records) or 0
    return RegisterSheet(
        file=file,
        header=records[at],
        records=tuple(records[at + 1 :]),
        above=tuple(records[:at]),
        title=title,
    )


def find_header(records: Sequence[RawRecord]) -> int | None:
    """Return the index of the first record that names two or more columns of one register; None without one."""
    for at, record in enumerate(records[:HEADER_SEARCH_LINES]):
        if header_score([cell for cell in record.cells if isinstance(cell, str)]) >= HEADER_SCORE:
            return at
    return None
