"""Writes the annual report as one web page for a portal, without scripts and without outside resources.

The page is accessible: every figure names its headings for screen readers, wide tables scroll on a phone, and
printed it is an A4 paper.
"""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, StrictUndefined, Template

from config.reporting.form import ReportForm
from config.shipped_data import data_dir
from storage.documents.layout.grid import TABLE_SECTIONS, GridCell, TableGrid, is_row_label, table_grids
from storage.documents.layout.text import split_lead, title_lines
from storage.reporting.report import Report


def html_bytes(report: Report, form: ReportForm) -> bytes:
    """The report as a page. Text is escaped by the template engine, everywhere."""
    tables = table_grids(report, form)
    grids = {section: tables[key] for section, key in TABLE_SECTIONS.items()}
    title = title_lines(report.title, report.agency)
    return _template().render(report=report, title=title, grids=grids).encode()


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        split_lead=split_lead, spoken=_heading_ids, place=_cell_id, is_item=is_row_label
    )
    return environment.from_string((data_dir() / "templates" / "report.html").read_text("utf-8"))


def _cell_id(grid: TableGrid, cell: GridCell) -> str:
    return f"{grid.key}-{cell.row}-{cell.column}"


def _heading_ids(grid: TableGrid, cell: GridCell) -> str:
    """The ids of a figure's headings for ``headers``, since merged cells leave ``scope`` ambiguous."""
    return " ".join(_cell_id(grid, heading) for heading in grid.headings(cell))
