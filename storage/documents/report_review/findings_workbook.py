"""Writes the check of many reports as a workbook: a sheet of the units, and a sheet of all findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from storage.documents.layout.deterministic_zip import repack
from storage.documents.layout.text import printable

_WIDTHS = {"units": (30, 34, 8, 8, 12, 8, 8, 8, 60), "findings": (30, 34, 8, 24, 80, 30)}
_FORMULA_SIGNS = "=+-@\t\r"
_LONGEST_TEXT = 32767  # characters: a spreadsheet silently cuts off more


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsTable:
    """The two sheets as texts and numbers, each with its headings first."""

    units: Sequence[Sequence[object]]
    findings: Sequence[Sequence[object]]
    units_name: str
    findings_name: str


def workbook_bytes(table: FindingsTable) -> bytes:
    """Return the workbook; the same bytes for the same table."""
    book = Workbook()
    _write(book.active, table.units_name, table.units, _WIDTHS["units"])
    _write(book.create_sheet(), table.findings_name, table.findings, _WIDTHS["findings"])
    out = BytesIO()
    book.save(out)
    return repack(out.getvalue())


def _write(sheet: Any, name: str, rows: Sequence[Sequence[object]], widths: Sequence[int]) -> None:
    sheet.title = name
    for row in rows:
        sheet.append([_value(value) for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _value(value: object) -> object:
    """Return a cell's value; a text that a spreadsheet would take for a formula stays text."""
    if not isinstance(value, str):
        return value
    text = printable(value)[:_LONGEST_TEXT]
    return f"'{text}" if text[:1] in set(_FORMULA_SIGNS) else text
