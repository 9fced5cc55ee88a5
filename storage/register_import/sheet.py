"""The raw table of a register's file: cells with the line on which a person sees them, and the columns in its header.

CSV and XLSX files are both read into it, so that every check is written once. Headers are matched in English and
Chinese; the order of columns is free, and unknown columns are ignored with a note.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from config.findings import Finding, Severity
from storage.register_import.columns import LAYOUTS, RegisterColumn, RegisterKind
from storage.register_import.vocabulary import SUGGESTION_CUTOFF, fold_word

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumns:
    """The columns found in one file: the index of each, and its header as written there."""

    places: Mapping[str, int]
    written: Mapping[str, str]
    labelled_positions: frozenset[int]

    def is_chinese(self, key: str) -> bool:
        """Whether the file names the column in Chinese, so that messages list allowed values in Chinese."""
        return not self.written.get(key, "").isascii()


def _columns_by_name(kind: RegisterKind) -> dict[str, RegisterColumn]:
    return {fold_word(name): column for column in LAYOUTS[kind] for name in (column.key, column.chinese)}


COLUMNS_BY_NAME: Mapping[RegisterKind, Mapping[str, RegisterColumn]] = {
    kind: _columns_by_name(kind) for kind in LAYOUTS
}


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


def header_score(cells: Iterable[str]) -> int:
    """Return how many columns these cells name, of the register that fits them best."""
    words = {fold_word(cell) for cell in cells}
    return max(len({names[word].key for word in words & names.keys()}) for names in COLUMNS_BY_NAME.values())


def match_columns(
    kind: RegisterKind, header: Sequence[str], line: int
) -> tuple[RegisterColumns, list[Finding]]:
    """Match the columns of a header; return them with the findings about the header on this line."""
    names = COLUMNS_BY_NAME[kind]
    places: dict[str, int] = {}
    findings = []
    for at, name in enumerate(header):
        column = names.get(fold_word(name))
        if column is None:
            findings += [_unknown_column(kind, name, line)] if name else []
        elif column.key in places:
            findings.append(_finding("duplicate_column", line, column=name))
        else:
            places[column.key] = at
    findings += [
        _finding(
            "missing_column",
            line,
            column=column.accepted,
            found=_header_excerpt(header),
            expected=column.accepted,
        )
        for column in LAYOUTS[kind]
        if column.required and column.key not in places
    ]
    written = {key: header[at] for key, at in places.items()}
    named = frozenset(at for at, name in enumerate(header) if name)
    return RegisterColumns(places=places, written=written, labelled_positions=named), findings


def _unknown_column(kind: RegisterKind, name: str, line: int) -> Finding:
    """Make the note about a column that is ignored, with the nearest known names."""
    near = difflib.get_close_matches(
        fold_word(name)[:60], COLUMNS_BY_NAME[kind], n=1, cutoff=SUGGESTION_CUTOFF
    )
    likely = near or list(COLUMNS_BY_NAME[kind])
    accepted = dict.fromkeys(COLUMNS_BY_NAME[kind][word].accepted for word in likely)
    severity = Severity.NOTE
    return _finding("unknown_column", line, severity, column=name[:40], expected=", ".join(accepted))


def _header_excerpt(header: Sequence[str]) -> str:
    """Return the header as it was found, shortened for a message."""
    text = ", ".join(name for name in header if name)
    return text if len(text) <= 120 else text[:119] + "…"  # noqa: PLR2004 - two lines of a message


def _finding(rule: str, line: int, severity: Severity = Severity.ERROR, **parts: str) -> Finding:
    words = {"line": str(line)}
    return Finding(rule=f"register.{rule}", severity=severity, place=f"line {line}", words=words, **parts)
