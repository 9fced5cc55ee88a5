"""Shows a year's three statistical tables, each figure linked to its cases, and serves the report's files."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.texts.downloads import DOCX_MEDIA_TYPE, XLSX_MEDIA_TYPE, as_download
from bot.services.annual_reports import annual_report
from bot.services.case_search import case_openings
from config import shipped_data
from storage.documents.layout.grid import GridCell, TableGrid, is_row_label, table_grids
from storage.eventlog.projections import CaseProjections
from storage.reporting.report import format_figure

FIRST_YEAR = 2008  # the year the Regulations came into force
REPORT_MEDIA_TYPES: Mapping[str, str] = {
    "docx": DOCX_MEDIA_TYPE,
    "xlsx": XLSX_MEDIA_TYPE,
    "html": "text/html; charset=utf-8",
}
MAX_ENTRIES = 500


def year_page(page: PageRequest) -> Response:
    """The page of a year's tables."""
    year = _year(page)
    annual = annual_report(page.app, year)
    report, noted = annual.report, page.query_value("sealed")
    findings = [page.labels.book.finding(finding) for finding in report.findings]
    return page.render(
        "year.html",
        shown=year,
        grids=list(table_grids(report, shipped_data.load_form()).values()),
        spoken=_cell_heading_ids,
        is_item=is_row_label,
        findings=findings,
        told=page.say("seal_page.told", year=year, position=noted)
        if annual.is_published and noted.isdecimal()
        else "",
        may_seal=page.may_record and year < page.app.today.year and not annual.is_published,
        papers=list(REPORT_MEDIA_TYPES),
        before=year - 1 if year > FIRST_YEAR else 0,
        after=year + 1 if year < page.app.today.year else 0,
    )


def cell_page(page: PageRequest) -> Response:
    """The page of the cases and entries that a figure counts."""
    year, cell, form = _year(page), page.request.path_params["cell"], shipped_data.load_form()
    if cell not in form.cells:
        raise NoSuchPage
    annual = annual_report(page.app, year)
    cases, entries = annual.sources(cell)
    with page.app.log() as log:
        lines = CaseProjections(log.connection, log.office, page.app.duties).lines_of(cases[:MAX_ENTRIES])
        began = case_openings(page.app, log.connection, lines)
    return page.render(
        "cell.html",
        shown=year,
        label=form.label(cell),
        figure=format_figure(annual.report.figures[cell]),
        lines=sorted(lines, key=lambda line: line.number),
        entries=entries[:MAX_ENTRIES],
        duties=page.app.duties,
        openings=began,
        hidden=max(0, len(cases) - MAX_ENTRIES) + max(0, len(entries) - MAX_ENTRIES),
    )


def report_file(page: PageRequest) -> Response:
    """The year's report as a file in the format of the path."""
    year, suffix = _year(page), page.request.path_params["suffix"]
    if suffix not in REPORT_MEDIA_TYPES:
        raise NoSuchPage
    content = annual_report(page.app, year).content(suffix)
    # Always as a file: shown here, its own styles would meet this page's stricter rules.
    return as_download(content, f"{year}年政府信息公开工作年度报告.{suffix}", REPORT_MEDIA_TYPES[suffix])


def _year(page: PageRequest) -> int:
    year = page.path_number("year")
    if not FIRST_YEAR <= year <= page.app.today.year:
        raise NoSuchPage
    return year


def _cell_heading_ids(grid: TableGrid, cell: GridCell) -> str:
    """The ids of a figure's heading cells, for screen readers."""
    return " ".join(f"{grid.key}-{heading.row}-{heading.column}" for heading in grid.headings(cell))
