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

from config.findings import Finding, Severity, has_errors
from config.reporting.form import ReportForm
from storage.register_import.cells import clean_text, value_excerpt
from storage.register_import.columns import RegisterKind, match_columns
from storage.register_import.records import DisputeRow, ParsedRow, RegisterRow, RequestRow
from storage.register_import.row_reader import RowReader
from storage.register_import.sheet import RawRecord, RegisterSheet
from storage.register_import.terms import AMOUNT_KINDS, STOCK_KINDS, RegisterVocabularies, build_vocabularies

UNREAD_SHEETS = "unread_sheets"
EXTENSION_LIMIT = 20  # working days in all, 条例 art. 33


def read_register(
    kind: RegisterKind, sheet: RegisterSheet, form: ReportForm, *, today: date
) -> tuple[list[ParsedRow], list[Finding]]:
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
    terms, rows, seen = build_vocabularies(form), [], _DuplicateCheck()
    for record in sheet.records:
        reader = RowReader(kind=kind, record=record, columns=columns, today=today)
        row = _ROW_READERS[kind](reader, terms)
        reader.check_extra_cells()
        fresh = seen.is_first(reader, row)
        findings += reader.findings
        if row is not None and fresh and not has_errors(reader.findings):
            rows.append(row)
    if not sheet.records:
        findings.append(_line_finding("no_rows", sheet.header, Severity.WARNING))
    return rows, findings


def _request(reader: RowReader, terms: RegisterVocabularies) -> RequestRow | None:
    number = reader.number("number")
    received_on = reader.day("received_on", required=True)
    applicant_kind = reader.term("applicant_kind", terms.applicants, required=True)
    closed_on = reader.day("closed_on")
    result = reader.term("result", terms.results)
    channel = reader.term("channel", terms.channels)
    content = " ".join(reader.prose("content").split())
    provided_as = reader.term("provided_as", terms.ways_provided)
    due_on = reader.any_day("due_on")
    extended_days = reader.whole("extended_days")
    note = reader.prose("note")
    if extended_days is not None and not 1 <= extended_days <= EXTENSION_LIMIT:
        reader.fault("extended_range", "extended_days", expected=f"1 … {EXTENSION_LIMIT}")
    _check_date_order(
        reader, ("received_on", received_on), ("closed_on", closed_on), "closed_before_received"
    )
    _check_both_or_neither(
        reader, ("closed_on", "closing_without_result"), ("result", "result_without_closing")
    )
    if reader.faulty or received_on is None or applicant_kind is None:
        return None
    return RequestRow(
        line=reader.record.line,
        number=number,
        received_on=received_on,
        applicant_kind=applicant_kind,
        closed_on=closed_on,
        result=result,
        channel=channel,
        content=content,
        provided_as=provided_as,
        due_on=due_on,
        extended_days=extended_days,
        note=note,
    )


def _entry(reader: RowReader, terms: RegisterVocabularies) -> RegisterRow | None:
    happened_on = reader.day("date", required=True)
    kind = reader.term("kind", terms.kinds, required=True)
    quantity = reader.whole("quantity")
    amount = reader.amount("amount_yuan")
    if kind in AMOUNT_KINDS:
        _check_only_one(
            reader, ("amount_yuan", "needs_amount"), ("quantity", "only_amount"), given=bool(quantity)
        )
        quantity = None
    elif kind is not None:
        _check_only_one(
            reader, ("quantity", "needs_quantity"), ("amount_yuan", "only_quantity"), given=bool(amount)
        )
        amount = None
    if reader.faulty or happened_on is None or kind is None:
        return None
    return RegisterRow(
        line=reader.record.line, happened_on=happened_on, kind=kind, quantity=quantity, amount_yuan=amount
    )


def _dispute(reader: RowReader, terms: RegisterVocabularies) -> DisputeRow | None:
    number = reader.number("number")
    route = reader.term("route", terms.routes, required=True)
    filed_on = reader.day("filed_on", required=True)
    concluded_on = reader.day("concluded_on")
    outcome = reader.term("outcome", terms.outcomes)
    _check_date_order(
        reader, ("filed_on", filed_on), ("concluded_on", concluded_on), "concluded_before_filed"
    )
    _check_both_or_neither(
        reader, ("concluded_on", "conclusion_without_outcome"), ("outcome", "outcome_without_conclusion")
    )
    if reader.faulty or route is None or filed_on is None:
        return None
    return DisputeRow(
        line=reader.record.line,
        number=number,
        route=route,
        filed_on=filed_on,
        concluded_on=concluded_on,
        outcome=outcome,
    )


_ROW_READERS: Mapping[RegisterKind, Callable[[RowReader, RegisterVocabularies], ParsedRow | None]] = (
    MappingProxyType({"requests": _request, "registers": _entry, "disputes": _dispute})
)


def _check_date_order(
    reader: RowReader, first: tuple[str, date | None], last: tuple[str, date | None], rule: str
) -> None:
    """Check that the last day is not before the first; equal days are allowed (answered on the spot, art. 33)."""
    if first[1] is not None and last[1] is not None and last[1] < first[1]:
        reader.fault(rule, last[0], expected=f"≥ {first[1].isoformat()}", other=reader.written(first[0]))


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

    def is_first(self, reader: RowReader, row: ParsedRow | None) -> bool:
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

    def _identity(self, reader: RowReader, row: ParsedRow | None) -> tuple[str, object]:
        """Return the column and value that identify a row: a case's number, or a stock's kind and day."""
        if isinstance(row, RegisterRow):
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
