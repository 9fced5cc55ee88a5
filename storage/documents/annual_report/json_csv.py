"""Writes the report as JSON for programs and as CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from config.reporting.form import FEE_CELL, ReportForm
from storage.documents.layout.text import escape_formula, printable
from storage.eventlog.overrides import Override
from storage.reporting.report import Report, format_figure
from storage.reporting.sealed_years import Correction

COLUMNS = ("table", "row", "column", "label", "value")


def json_bytes(report: Report, form: ReportForm) -> bytes:
    """The report as JSON: counts are numbers, the amount is an exact decimal as a string."""
    content = {
        "agency": printable(report.agency),
        "year": report.year,
        "edition": report.edition,
        "title": report.title,
        "scope": report.scope,
        "preamble": list(report.preamble),
        **_tables(report, form),
        "sections": {
            section.key: {"heading": section.heading, "paragraphs": list(section.paragraphs)}
            for section in report.sections
        },
        "findings": [finding.as_dict() for finding in report.findings],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _tables(report: Report, form: ReportForm) -> dict[str, dict[str, dict[str, Any]]]:
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for cell in form.cells:
        table, row, column = cell.split(".")
        tables.setdefault(table, {}).setdefault(row, {})[column] = _value(report, cell)
    return tables


def _value(report: Report, cell: str) -> int | str:
    figure = report.figures[cell]
    if cell == FEE_CELL:
        return printable(format_figure(figure))
    if isinstance(figure, Decimal) and figure == figure.to_integral_value():
        return int(figure)
    return figure if isinstance(figure, int) else printable(format_figure(figure))


def json_with_corrections(content: bytes, corrections: Sequence[Correction]) -> bytes:
    """The JSON of a sealed report, with what was recorded late beside it."""
    rows = [
        {
            "figure": each.figure,
            "published": format_figure(each.published),
            "now": format_figure(each.now),
            "entries": list(each.entries),
            "reasons": list(each.reasons),
        }
        for each in corrections
    ]
    return _with_member(content, "corrections", rows)


def json_with_overrides(content: bytes, overrides: Sequence[Override]) -> bytes:
    """The JSON of a report, with the stages that two people let pass unsigned beside it."""
    rows = [{**each._asdict(), "happened_on": each.happened_on.isoformat()} for each in overrides]
    return _with_member(content, "overrides", rows)


def _with_member(content: bytes, name: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    data: dict[str, Any] = json.loads(content)
    data[name] = rows
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def csv_bytes(report: Report, form: ReportForm) -> bytes:
    """The report as CSV, one line for each cell; the byte order mark tells Excel that it is UTF-8."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cell in form.cells:
        figure = report.figures[cell]
        value = escape_formula(printable(figure)) if isinstance(figure, str) else format_figure(figure)
        writer.writerow((*cell.split("."), escape_formula(form.label(cell)), value))
    return page.getvalue().encode("utf-8-sig")
