"""A register as it stands in a file: raw cells with the line a person sees them on.

CSV and XLSX meet in this one shape, so that every check is written once and both give the same rows.
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
    """A cell that should have had a value and lost it before it came to us."""

    UNCALCULATED = "formula without its result"


CellValue = str | date | MissingValue
"""Text as typed (numbers as Excel shows them), or a date cell's day; an empty cell is the empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One record and the line it starts on: the physical line of a CSV, the row number of a workbook."""

    line: int
    cells: tuple[CellValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSheet:
    """One table: its header, the records under it, and what stood above the header. Blank lines are gone."""

    file: str
    header: RawRecord
    records: tuple[RawRecord, ...]
    above: tuple[RawRecord, ...] = ()
    title: str = ""


def make_sheet(file: str, records: Sequence[RawRecord], title: str = "") -> RegisterSheet:
    """The table in these non-blank records, of which there is at least one."""
    at = find_header(records) or 0
    return RegisterSheet(
        file=file,
        header=records[at],
        records=tuple(records[at + 1 :]),
        above=tuple(records[:at]),
        title=title,
    )


def find_header(records: Sequence[RawRecord]) -> int | None:
    """Where the header stands: the first record that names two or more columns of one register."""
    for at, record in enumerate(records[:HEADER_SEARCH_LINES]):
        if header_score([cell for cell in record.cells if isinstance(cell, str)]) >= HEADER_SCORE:
            return at
    return None
