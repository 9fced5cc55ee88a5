"""Reads a report in the project's own forms of JSON and CSV (``gongkai report --format``), whoever wrote it.

A CSV file has one line for each cell and nothing but figures.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

from config.findings import Finding, Severity
from config.reporting.form import SECTION_KEYS, ReportForm
from storage.reading.formats.errors import read_error
from storage.reading.formats.file_bytes import decode_file
from storage.reading.report.figures import MAX_NUMBER_LENGTH, read_figure
from storage.reading.report.sections import ReportText, find_year
from storage.reporting.report import Figure, Report, Section

_COLUMNS = ("table", "row", "column", "value")
_TABLES = ("table2", "table3", "table4")


def read_json(content: bytes, name: str, form: ReportForm) -> Report:
    """Read the report in a JSON file. Raises Unreadable where it is no JSON, or no report."""
    data = _parse(decode_file(content, name), name)
    _require_form(data, name)
    cells = dict(_cells(data))
    known = set(form.cells)
    return Report(
        agency=_string(data.get("agency")),
        year=_year(data.get("year")),
        edition=_string(data.get("edition")) or form.edition,
        figures={cell: _figure(cell, cells[cell]) for cell in form.cells if cell in cells},
        title=_string(data.get("title")),
        preamble=_texts(data.get("preamble")),
        sections=tuple(_sections(data.get("sections"), form)),
        findings=tuple(_findings(data.get("findings"))),
        labels={cell: cell for cell in cells if cell not in known},
        scope=_string(data.get("scope")),
    )


def read_csv(content: bytes, name: str, form: ReportForm) -> Report:
    """Read the figures in a CSV file. Raises Unreadable where its columns or its cells are not the report's."""
    try:
        lines = list(csv.DictReader(StringIO(decode_file(content, name))))
    except csv.Error as error:
        raise read_error(name, "damaged") from error
    if not lines or not set(_COLUMNS) <= set(lines[0]):
        raise read_error(name, "no_form")
    found = {".".join(str(line[part]) for part in _COLUMNS[:3]): line["value"] for line in lines}
    figures = {cell: read_figure(cell, found[cell]) for cell in form.cells if cell in found}
    if not figures:
        raise read_error(name, "no_form")
    year = find_year(ReportText(), name)
    return Report(agency="", year=year, edition=form.edition, figures=figures)


def _parse(text: str, name: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise read_error(name, "not_json", line=getattr(error, "lineno", 1)) from error


def _require_form(data: Any, name: str) -> None:
    if not isinstance(data, dict):
        raise read_error(name, "not_report", detail=type(data).__name__)
    if not any(table in data for table in _TABLES):
        raise read_error(name, "not_report", detail="table2, table3, table4: 0/3")
    for table in _TABLES:
        rows = data.get(table, {})
        if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
            raise read_error(name, "not_report", detail=table)
    if not any(True for _cell in _cells(data)):
        raise read_error(name, "no_form")


def _cells(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for table in _TABLES:
        for row, columns in data.get(table, {}).items():
            for column, value in columns.items():
                yield f"{table}.{row}.{column}", value


def _figure(cell: str, value: Any) -> Figure:
    """Return a value as a figure; anything but a number or text becomes its JSON text."""
    if value is None or isinstance(value, str):
        return read_figure(cell, value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return json.dumps(value, ensure_ascii=False, default=str)
    exact = Decimal(value)
    plain_size = (
        abs(exact.adjusted()) < MAX_NUMBER_LENGTH and len(exact.as_tuple().digits) <= MAX_NUMBER_LENGTH
    )
    return read_figure(cell, format(exact, "f")) if plain_size else str(exact)  # 1e999999999 stays as it is


def _string(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _year(value: Any) -> int:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) == len("2025") else 0


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _sections(value: Any, form: ReportForm) -> Iterator[Section]:
    """Yield the sections, given by key or by printed heading, as paragraphs or as one text."""
    if not isinstance(value, dict):
        return
    for key, heading in zip(SECTION_KEYS, form.headings, strict=True):
        body = value.get(key, value.get(heading))
        if isinstance(body, dict):
            printed = _string(body.get("heading")) or heading
            yield Section(key=key, heading=printed, paragraphs=_texts(body.get("paragraphs")))
        elif body is not None:
            yield Section(key=key, heading=heading, paragraphs=_texts(body))


def _findings(value: Any) -> Iterator[Finding]:
    """Yield the findings in the file that are complete."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("rule"), str):
            texts = {key: _string(item.get(key)) for key in ("place", "column", "found", "expected", "basis")}
            words = item["words"] if isinstance(item.get("words"), dict) else {}
            severity = item.get("severity")
            yield Finding(
                rule=item["rule"],
                severity=Severity(severity) if severity in set(Severity) else Severity.ERROR,
                words={str(key): str(word) for key, word in words.items()},
                **texts,
            )
