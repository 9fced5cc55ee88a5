"""A year so far: the three tables of its report, each figure leading to what it counts, and its papers."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from bot.services.case_search import openings
from config import shipped_data
from storage.documents.annual_report.writer import write_report
from storage.documents.layout.grid import Cell, Grid, is_item, table_grids
from storage.eventlog.projections import Index
from storage.reporting.report import plain
from storage.reporting.statistics import sources_of

FIRST_YEAR = 2008  # the year the Regulations came into force
PAPERS: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
MOST_ENTRIES = 500


def one_year(visit: Visit) -> Response:
    """The year's tables."""
    year = _year(visit)
    report, _ = visit.works.report(year)
    findings = [visit.labels.book.finding(finding) for finding in report.findings]
    return visit.show(
        "year.html",
        shown=year,
        grids=list(table_grids(report, shipped_data.form()).values()),
        spoken=_spoken,
        is_item=is_item,
        findings=findings,
        papers=list(PAPERS),
        before=year - 1 if year > FIRST_YEAR else 0,
        after=year + 1 if year < visit.works.today.year else 0,
    )


def one_cell(visit: Visit) -> Response:
    """What a figure counted."""
    year, cell, form = _year(visit), visit.request.path_params["cell"], shipped_data.form()
    if cell not in form.cells:
        raise NoSuchPage
    report, tally = visit.works.report(year)
    cases, entries = sources_of(cell, tally, form)
    with visit.works.log() as log:
        lines = Index(log.connection, log.office, visit.works.duties).lines_of(cases[:MOST_ENTRIES])
        began = openings(visit.works, log.connection, lines)
    return visit.show(
        "cell.html",
        shown=year,
        label=form.label(cell),
        figure=plain(report.figures[cell]),
        lines=sorted(lines, key=lambda line: line.number),
        entries=entries[:MOST_ENTRIES],
        duties=visit.works.duties,
        openings=began,
        hidden=max(0, len(cases) - MOST_ENTRIES) + max(0, len(entries) - MOST_ENTRIES),
    )


def paper(visit: Visit) -> Response:
    """The year's report as a file."""
    year, suffix = _year(visit), visit.request.path_params["suffix"]
    if suffix not in PAPERS:
        raise NoSuchPage
    report, _ = visit.works.report(year)
    content = write_report(report, shipped_data.form(), suffix)
    name = quote(f"{year}年政府信息公开工作年度报告.{suffix}")
    # Always as a file: shown here, its own styles would meet this page's stricter rules.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=PAPERS[suffix], headers=headers)


def _year(visit: Visit) -> int:
    year = visit.number("year")
    if not FIRST_YEAR <= year <= visit.works.today.year:
        raise NoSuchPage
    return year


def _spoken(grid: Grid, cell: Cell) -> str:
    """The headings of a figure, for whoever hears the table."""
    return " ".join(f"{grid.key}-{heading.row}-{heading.column}" for heading in grid.headings(cell))
