"""Reads the rows of a register's table: returns those without fault, and every fault of the others.

The rules come from the law (a closing needs its result, an extension has at most 20 working days, 条例 art. 33), from
the form (its terms), and from the order of dates. Whether a date agrees with the calendar is checked when the rows
are recorded; nothing here counts working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from config.findings import Finding, Severity, has_errors
from config.reporting.form import ReportForm
from storage.register_import.cells import clean_text, value_excerpt
from storage.register_import.columns import (
    LAYOUTS,
    ImportedCase,
    ImportedCount,
    ImportedRow,
    RegisterKind,
    vocabularies,
)
from storage.register_import.row_reader import RowReader
from storage.register_import.sheet import RawRecord, RegisterSheet, match_columns
from storage.register_import.vocabulary import AMOUNT_KINDS, STOCK_KINDS

UNREAD_SHEETS = "unread_sheets"


def read_register(
    kind: RegisterKind, sheet: RegisterSheet, form: ReportForm, *, today: date
) -> tuple[list[ImportedRow], list[Finding]]:
    """Read a register; return the rows without fault, each once, and the findings about the others."""
    header = [clean_text(cell) if isinstance(cell, str) else "" for cell in sheet.header.cells]
    columns, findings = match_columns(kind, header, sheet.header.line)
    findings = [
        *_unread_sheets(sheet),
        *(_line_finding("above_header", record) for record in sheet.above),
        *findings,
    ]
    if has_errors(findings):
        return [], findings
    terms, rows, seen = vocabularies(kind, form), [], _DuplicateCheck()
    for record in sheet.records:
        reader = RowReader(kind=kind, record=record, columns=columns, today=today, vocabularies=terms)
        row = _row(reader)
        reader.check_extra_cells()
        fresh = seen.is_first(reader, row)
        findings += reader.findings
        if row is not None and fresh and not has_errors(reader.findings):
            rows.append(row)
    if not sheet.records:
        findings.append(_line_finding("no_rows", sheet.header, Severity.WARNING))
    return rows, findings


def _row(reader: RowReader) -> ImportedRow | None:
    """Read one row; None where it has a fault."""
    cells = reader.values()
    _CHECKS[reader.kind](reader, cells)
    if reader.faulty:
        return None
    layout = LAYOUTS[reader.kind]
    parts = {column.fills: cells[column.key] for column in layout if column.fills}
    if reader.kind == "registers":
        return ImportedCount(line=reader.record.line, **parts)
    facts = {
        column.fact: _fact_value(cells[column.key]) for column in layout if column.fact and cells[column.key]
    }
    return ImportedCase(line=reader.record.line, register=reader.kind, facts=facts, **parts)


def _fact_value(value: date | int | str) -> int | str:
    """A value as the log keeps it: a day in ISO form."""
    return value.isoformat() if isinstance(value, date) else value


def _check_request(reader: RowReader, cells: Mapping[str, Any]) -> None:
    _check_date_order(reader, cells, "received_on", "closed_on", "closed_before_received")
    _check_both_or_neither(
        reader, ("closed_on", "closing_without_result"), ("result", "result_without_closing")
    )


def _check_dispute(reader: RowReader, cells: Mapping[str, Any]) -> None:
    _check_date_order(reader, cells, "filed_on", "concluded_on", "concluded_before_filed")
    _check_both_or_neither(
        reader, ("concluded_on", "conclusion_without_outcome"), ("outcome", "outcome_without_conclusion")
    )


def _check_count(reader: RowReader, cells: dict[str, Any]) -> None:
    """Check that an entry has what its kind counts; the other cell is dropped."""
    if cells["kind"] in AMOUNT_KINDS:
        needed, unwanted = ("amount_yuan", "needs_amount"), ("quantity", "only_amount")
    elif cells["kind"] is not None:
        needed, unwanted = ("quantity", "needs_quantity"), ("amount_yuan", "only_quantity")
    else:
        return
    _check_only_one(reader, needed, unwanted, given=bool(cells[unwanted[0]]))
    cells[unwanted[0]] = None


_CHECKS: Mapping[RegisterKind, Callable[[RowReader, dict[str, Any]], None]] = MappingProxyType(
    {"requests": _check_request, "registers": _check_count, "disputes": _check_dispute}
)


def _check_date_order(reader: RowReader, cells: Mapping[str, Any], first: str, last: str, rule: str) -> None:
    """Check that the last day is not before the first; equal days are allowed (answered on the spot, art. 33)."""
    begin, end = cells[first], cells[last]
    if begin is not None and end is not None and end < begin:
        reader.fault(rule, last, expected=f"≥ {begin.isoformat()}", other=reader.written(first))


def _check_both_or_neither(reader: RowReader, one: tuple[str, str], two: tuple[str, str]) -> None:
    """Check that both cells are filled or neither; the rule names the one that stands alone."""
    for (filled, rule), (lacking, _) in ((one, two), (two, one)):
        if reader.empty(lacking) and not reader.empty(filled):
            reader.fault(rule, lacking, other=reader.written(filled))


def _check_only_one(
    reader: RowReader, needed: tuple[str, str], unwanted: tuple[str, str], *, given: bool
) -> None:
    """Check that an entry has a quantity or an amount, never both; 0 in the other column counts as empty."""
    words = {"kind": reader.shown("kind")}
    if reader.empty(needed[0]):
        reader.fault(needed[1], needed[0], other=reader.written(unwanted[0]), **words)
    elif given:
        reader.fault(unwanted[1], unwanted[0], other=reader.written(needed[0]), **words)


class _DuplicateCheck:
    """Remembers the rows read so far by their identity, to find duplicates."""

    def __init__(self) -> None:
        self._lines: dict[object, tuple[int, object]] = {}

    def is_first(self, reader: RowReader, row: ImportedRow | None) -> bool:
        """Whether this row is new; an equal row is noted and counted once, one with other content is a fault."""
        name, key = self._identity(reader, row)
        if key is None:
            return True
        content = reader.record.cells if row is None else replace(row, line=0)
        line, before = self._lines.setdefault(key, (reader.record.line, content))
        if line == reader.record.line:
            return True
        if before == content:
            reader.remark("duplicate_row", name, other=str(line))
        else:
            reader.fault("duplicate_stock" if name == "kind" else "duplicate_number", name, other=str(line))
        return False

    def _identity(self, reader: RowReader, row: ImportedRow | None) -> tuple[str, object]:
        """Return the column and value that identify a row: a case's number, or a stock's kind and day."""
        if isinstance(row, ImportedCount):
            return "kind", (row.kind, row.happened_on) if row.kind in STOCK_KINDS else None
        if "number" in reader.columns.places and not reader.empty("number") and "number" not in reader.faulty:
            return "number", reader.shown("number", limit=1000)
        return "", None


def _unread_sheets(sheet: RegisterSheet) -> list[Finding]:
    """Say which sheets of a workbook were not read: a year's entries may stand on a sheet of their own."""
    if not sheet.unread:
        return []
    words = {"sheet": sheet.title, "sheets": str(len(sheet.unread) + 1)}
    found = "、".join(value_excerpt(title) for title in sheet.unread)
    return [
        Finding(
            rule=f"register.{UNREAD_SHEETS}",
            severity=Severity.WARNING,
            place=sheet.title,
            found=found,
            words=words,
        )
    ]


def _line_finding(rule: str, record: RawRecord, severity: Severity = Severity.NOTE) -> Finding:
    """Make a finding about a whole line."""
    words = [cell for cell in record.cells if isinstance(cell, str) and cell]
    return Finding(
        rule=f"register.{rule}",
        severity=severity,
        place=f"line {record.line}",
        found=value_excerpt(" ".join(words)),
        words={"line": str(record.line)},
    )
