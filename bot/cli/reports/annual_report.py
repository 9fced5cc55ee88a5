"""Writes a year's annual report (``report``), and seals the year: its figures never change then (``seal``)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, HomeOption, YearArgument, find_person
from bot.cli.common.output import (
    format_from_suffix,
    help_text,
    print_findings,
    print_phrase,
    write_file_atomically,
)
from bot.services.annual_reports import (
    CORRECTIONS_SUFFIX,
    AnnualReport,
    ReportFaulty,
    annual_report,
    figure_name,
    report_findings,
)
from bot.services.app import OfficeApp
from bot.services.records.sealing import seal_year
from config.declarations.keys import CLERK
from config.errors import Refusal
from config.findings import Finding, Severity, has_errors
from storage.eventlog.projections import CaseProjections
from storage.reporting.report import Report, format_figure
from storage.reporting.sealed_years import Correction


class ReportFormat(StrEnum):
    """The formats in which a report can be written."""

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
    year: YearArgument,
    home: HomeOption = None,
    format_: Annotated[ReportFormat | None, typer.Option("--format", help=help_text("report.format"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("report.out"))] = None,
    as_of: Annotated[datetime | None, _day_option("--as-of", "report.as_of")] = None,
    known_on: Annotated[datetime | None, _day_option("--known-on", "report.known_on")] = None,
    cell: Annotated[str | None, typer.Option("--cell", help=help_text("report.cell"))] = None,
) -> None:
    """Write a year's report from the log."""
    app = open_office(context, home)
    annual = annual_report(app, year, as_of=_date_or_none(as_of), known_on=_date_or_none(known_on))
    if cell:
        _print_sources(annual, cell)
        return
    chosen = format_ or format_from_suffix(ReportFormat, out, ReportFormat.JSON)
    content = annual.content(chosen.value)
    if out is None and chosen in STDOUT_FORMATS:
        sys.stdout.buffer.write(content)
        return
    target = out or Path(f"report-{year}.{chosen.value}")
    write_file_atomically(target, content)
    print_phrase("report.written", path=target)
    _write_annexes(annual, target)
    print_findings(annual.report.findings)


def _write_annexes(annual: AnnualReport, target: Path) -> None:
    """Write the annexes beside the report's own file, and print what each of them is about."""
    for annex in annual.annexes():
        path = target.with_name(f"{target.stem}-{annex.suffix}.docx")
        write_file_atomically(path, annex.content)
        if annex.suffix == CORRECTIONS_SUFFIX:
            _print_corrections(annual.corrections)
            print_phrase("seal.annex", path=path)
        else:
            print_phrase("report.overrides", count=len(annual.overrides), path=path)


def _print_corrections(corrections: Sequence[Correction]) -> None:
    """Print each correction: the figure as published, as it is now, its entries and its reasons."""
    for each in corrections:
        print_phrase(
            "seal.correction",
            figure=figure_name(each.figure),
            published=format_figure(each.published),
            now=format_figure(each.now),
            entries="、".join(f"№{place}" for place in each.entries),
            reason="；".join(each.reasons),
        )


def _print_sources(annual: AnnualReport, cell: str) -> None:
    """Print the cases and register entries that a cell counts. NoSuchCell."""
    figures = {**annual.report.figures, **annual.counts.prose_figures}
    if cell not in figures:
        raise NoSuchCell(cell=cell)
    cases, entries = annual.sources(cell)
    label, figure = figure_name(cell), format_figure(figures[cell])
    print_phrase("report.cell", label=label, figure=figure, cases=len(cases), entries=len(entries))
    with annual.app.log() as log:
        for line in CaseProjections(log.connection, log.office, annual.app.duties).lines_of(cases):
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


def seal(
    context: typer.Context,
    year: YearArgument,
    by: ByOption = CLERK,
    published: Annotated[Path | None, typer.Option("--published", help=help_text("seal.published"))] = None,
    home: HomeOption = None,
) -> None:
    """Seal a year as counted here or, with --published, as the paper printed before this log began."""
    app = open_office(context, home)
    person = find_person(app, by)
    if published is None:
        require_no_errors(app, annual_report(app, year).report)
    position = seal_year(app, year, by=person.id, means="command", published=published)
    print_phrase("seal.done", year=year, position=position)


def require_no_errors(app: OfficeApp, report: Report) -> tuple[Finding, ...]:
    """Return the check's warnings and notes. ReportFaulty, after printing each finding, where there is an error."""
    found = report_findings(app, report)
    if has_errors(found):
        print_findings(found, to_error=True)
        errors = sum(one.severity is Severity.ERROR for one in found)
        raise ReportFaulty(year=report.year, count=errors)
    return found
