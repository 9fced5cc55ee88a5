"""Reads a report in the project's own form of CSV (``gongkai report --format csv``): one line for each cell."""

from __future__ import annotations

import csv
from io import StringIO

from config.reporting.form import ReportForm
from storage.reading.formats.encoding import decode_file
from storage.reading.formats.errors import read_error
from storage.reading.report.figures import read_figure
from storage.reading.report.sections import ReportText, find_year
from storage.reporting.report import Report

_COLUMNS = ("table", "row", "column", "value")


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
