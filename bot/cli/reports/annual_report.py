"""The annual report: written from the log, and checked, one's own or anyone's."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.output import (
    HomeOption,
    JsonOption,
    findings_data,
    format_from_suffix,
    help_text,
    print_findings,
    print_json,
    print_phrase,
    write_file_atomically,
)
from bot.cli.context import open_office
from bot.cli.reports.overrides import json_with_overrides, overrides_of_report_year, write_override_annex
from bot.cli.reports.seal import (
    corrections_of_year,
    figure_name,
    json_with_corrections,
    write_corrections_annex,
)
from bot.services.app import OfficeApp
from config import shipped_data
from config.errors import Refusal
from config.findings import Finding, Severity, has_errors
from storage.documents.annual_report.writer import write_report
from storage.eventlog.projections import CaseProjections
from storage.reporting.report import format_figure
from storage.reporting.statistics import ReportCounts, sources_of


class ReportFormat(StrEnum):
    """How a report can be written."""

    JSON = "json"
    DOCX = "docx"
    XLSX = "xlsx"
    HTML = "html"
    CSV = "csv"


STDOUT_FORMATS = (ReportFormat.JSON, ReportFormat.CSV)


class NoSuchCell(Refusal):
    """There is no cell {cell} in the form. A cell is written like table3.granted.business."""


def _day_option(name: str, key: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, formats=["%Y-%m-%d"], help=help_text(key))
    return option


def report(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=2008, max=2999, help=help_text("report.year"))],
    home: HomeOption = None,
    format_: Annotated[ReportFormat | None, typer.Option("--format", help=help_text("report.format"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("report.out"))] = None,
    as_of: Annotated[datetime | None, _day_option("--as-of", "report.as_of")] = None,
    known_on: Annotated[datetime | None, _day_option("--known-on", "report.known_on")] = None,
    cell: Annotated[str | None, typer.Option("--cell", help=help_text("report.cell"))] = None,
) -> None:
    """Write a year's report from the log."""
    app = open_office(context, home)
    made, tally = app.report(year, as_of=_date_or_none(as_of), known_on=_date_or_none(known_on))
    late = [] if as_of or known_on else corrections_of_year(app, year)
    if cell:
        figures = {**made.figures, **tally.prose_figures}
        if cell not in figures:
            raise NoSuchCell(cell=cell)
        sealed = not as_of and not known_on and app.sealed_report(year) is not None
        _print_sources(app, cell, format_figure(figures[cell]), app.sealed_tally(year) if sealed else tally)
        return
    chosen = format_ or format_from_suffix(ReportFormat, out, ReportFormat.JSON)
    content = write_report(made, shipped_data.load_form(), chosen.value)
    passed = overrides_of_report_year(app, year)
    if chosen is ReportFormat.JSON:
        content = json_with_corrections(content, late) if late else content
        content = json_with_overrides(content, passed) if passed else content
    if out is None and chosen in STDOUT_FORMATS:
        sys.stdout.buffer.write(content)
        return
    target = out or Path(f"report-{year}.{chosen.value}")
    write_file_atomically(target, content)
    print_phrase("report.written", path=target)
    if late:
        write_corrections_annex(target, made, late)
    if passed:
        write_override_annex(target, made, passed)
    print_findings(made.findings)


def check(
    file: Annotated[Path, typer.Argument(help=help_text("check.file"))],
    previous: Annotated[Path | None, typer.Option("--previous", help=help_text("check.previous"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check any agency's report: exit 0 clean or warnings only, 1 errors, 2 unreadable."""
    # The readers of four formats cost a third of a second, which only a check should pay.
    from storage.reading.report.reader import read_report  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415
    from storage.report_checks.check import check_report  # noqa: PLC0415

    form = shipped_data.load_form()
    found = read_report(file, form)
    before = read_report(previous, form) if previous else None
    findings = check_report(found, form, previous=before, wording=load_wordlist())
    if as_json:
        print_json({"file": str(file), "findings": findings_data(findings)})
    else:
        print_findings(findings)
        _print_summary(file, findings)
    raise typer.Exit(1 if has_errors(findings) else 0)


def _print_summary(file: Path, findings: tuple[Finding, ...]) -> None:
    if not findings:
        print_phrase("check.clean", file=file)
        return
    counts = {rank: sum(finding.severity is rank for finding in findings) for rank in Severity}
    print_phrase(
        "check.summary",
        file=file,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )


def _print_sources(app: OfficeApp, cell: str, figure: str, tally: ReportCounts) -> None:
    """The cases and register entries a cell counted."""
    cases, entries = sources_of(cell, tally, shipped_data.load_form())
    print_phrase(
        "report.cell", label=figure_name(cell), figure=figure, cases=len(cases), entries=len(entries)
    )
    with app.log() as log:
        for line in CaseProjections(log.connection, log.office, app.duties).lines_of(cases):
            print_phrase(
                "report.cell_case",
                number=line.number,
                reference=line.reference,
                opened_on=line.opened_on,
                closed_on=line.closed_on or "—",
            )
    for position in entries:
        print_phrase("report.cell_entry", position=position)


def _date_or_none(value: datetime | None) -> date | None:
    return value.date() if value else None
