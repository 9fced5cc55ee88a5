"""A year so far: the three tables of its report, each figure leading to what it counts, and its papers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.services.case_search import case_openings
from config import shipped_data
from storage.documents.annual_report.writer import write_report
from storage.documents.layout.grid import GridCell, TableGrid, is_row_label, table_grids
from storage.eventlog.projections import CaseProjections
from storage.reporting.report import format_figure
from storage.reporting.statistics import sources_of

FIRST_YEAR = 2008  # the year the Regulations came into force
REPORT_MEDIA_TYPES: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
MAX_ENTRIES = 500


def year_page(visit: PageRequest) -> Response:
    """The year's tables."""
    year = _year(visit)
    report, _ = visit.app.report(year)
    findings = [visit.labels.book.finding(finding) for finding in report.findings]
    return visit.render(
        "year.html",
        shown=year,
        grids=list(table_grids(report, shipped_data.load_form()).values()),
        spoken=_cell_heading_ids,
        is_item=is_row_label,
        findings=findings,
        papers=list(REPORT_MEDIA_TYPES),
        before=year - 1 if year > FIRST_YEAR else 0,
        after=year + 1 if year < visit.app.today.year else 0,
    )


def cell_page(visit: PageRequest) -> Response:
    """What a figure counted."""
    year, cell, form = _year(visit), visit.request.path_params["cell"], shipped_data.load_form()
    if cell not in form.cells:
        raise NoSuchPage
    report, tally = visit.app.report(year)
    cases, entries = sources_of(cell, tally, form)
    with visit.app.log() as log:
        lines = CaseProjections(log.connection, log.office, visit.app.duties).lines_of(cases[:MAX_ENTRIES])
        began = case_openings(visit.app, log.connection, lines)
    return visit.render(
        "cell.html",
        shown=year,
        label=form.label(cell),
        figure=format_figure(report.figures[cell]),
        lines=sorted(lines, key=lambda line: line.number),
        entries=entries[:MAX_ENTRIES],
        duties=visit.app.duties,
        openings=began,
        hidden=max(0, len(cases) - MAX_ENTRIES) + max(0, len(entries) - MAX_ENTRIES),
    )


def report_file(visit: PageRequest) -> Response:
    """The year's report as a file."""
    year, suffix = _year(visit), visit.request.path_params["suffix"]
    if suffix not in REPORT_MEDIA_TYPES:
        raise NoSuchPage
    report, _ = visit.app.report(year)
    content = write_report(report, shipped_data.load_form(), suffix)
    name = quote(f"{year}年政府信息公开工作年度报告.{suffix}")
    # Always as a file: shown here, its own styles would meet this page's stricter rules.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=REPORT_MEDIA_TYPES[suffix], headers=headers)


def _year(visit: PageRequest) -> int:
    year = visit.path_number("year")
    if not FIRST_YEAR <= year <= visit.app.today.year:
        raise NoSuchPage
    return year


def _cell_heading_ids(grid: TableGrid, cell: GridCell) -> str:
    """The headings of a figure, for whoever hears the table."""
    return " ".join(f"{grid.key}-{heading.row}-{heading.column}" for heading in grid.headings(cell))
