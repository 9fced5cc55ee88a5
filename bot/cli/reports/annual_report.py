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
    by_ending,
    findings_data,
    said,
    tell,
    tell_findings,
    tell_json,
    write_paper,
)
from bot.cli.context import open_office
from bot.cli.reports.overrides import overrides_in, with_overrides, write_override_annex
from bot.cli.reports.seal import corrections_of, figure_words, with_corrections, write_annex
from bot.services.app import Works
from config import shipped_data
from config.errors import Refusal
from config.findings import Finding, Severity, has_errors
from storage.documents.annual_report.writer import write_report
from storage.eventlog.projections import Index
from storage.reporting.report import plain
from storage.reporting.statistics import Tally, sources_of


class Format(StrEnum):
    """How a report can be written."""

    JSON = "json"
    DOCX = "docx"
    XLSX = "xlsx"
    HTML = "html"
    CSV = "csv"


TO_STDOUT = (Format.JSON, Format.CSV)


class NoSuchCell(Refusal):
    """There is no cell {cell} in the form. A cell is written like table3.granted.business."""


def _day_option(name: str, key: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, formats=["%Y-%m-%d"], help=said(key))
    return option


def report(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    year: Annotated[int, typer.Argument(min=2008, max=2999, help=said("report.year"))],
    home: HomeOption = None,
    format_: Annotated[Format | None, typer.Option("--format", help=said("report.format"))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=said("report.out"))] = None,
    as_of: Annotated[datetime | None, _day_option("--as-of", "report.as_of")] = None,
    known_on: Annotated[datetime | None, _day_option("--known-on", "report.known_on")] = None,
    cell: Annotated[str | None, typer.Option("--cell", help=said("report.cell"))] = None,
) -> None:
    """Write a year's report from the log."""
    works = open_office(context, home)
    made, tally = works.report(year, as_of=_day(as_of), known_on=_day(known_on))
    late = [] if as_of or known_on else corrections_of(works, year)
    if cell:
        figures = {**made.figures, **tally.named}
        if cell not in figures:
            raise NoSuchCell(cell=cell)
        sealed = not as_of and not known_on and works.published(year) is not None
        _tell_sources(works, cell, plain(figures[cell]), works.sealed_tally(year) if sealed else tally)
        return
    chosen = format_ or by_ending(Format, out, Format.JSON)
    content = write_report(made, shipped_data.form(), chosen.value)
    passed = overrides_in(works, year)
    if chosen is Format.JSON:
        content = with_corrections(content, late) if late else content
        content = with_overrides(content, passed) if passed else content
    if out is None and chosen in TO_STDOUT:
        sys.stdout.buffer.write(content)
        return
    target = out or Path(f"report-{year}.{chosen.value}")
    write_paper(target, content)
    tell("report.written", path=target)
    if late:
        write_annex(target, made, late)
    if passed:
        write_override_annex(target, made, passed)
    tell_findings(made.findings)


def check(
    file: Annotated[Path, typer.Argument(help=said("check.file"))],
    previous: Annotated[Path | None, typer.Option("--previous", help=said("check.previous"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check any agency's report: exit 0 clean or warnings only, 1 errors, 2 unreadable."""
    # The readers of four formats cost a third of a second, which only a check should pay.
    from storage.reading.report.reader import read_report  # noqa: PLC0415
    from storage.reading.texts.wordlist_loader import wording  # noqa: PLC0415
    from storage.report_checks.check import check as check_report  # noqa: PLC0415

    form = shipped_data.form()
    found = read_report(file, form)
    before = read_report(previous, form) if previous else None
    findings = check_report(found, form, previous=before, wording=wording())
    if as_json:
        tell_json({"file": str(file), "findings": findings_data(findings)})
    else:
        tell_findings(findings)
        _tell_summary(file, findings)
    raise typer.Exit(1 if has_errors(findings) else 0)


def _tell_summary(file: Path, findings: tuple[Finding, ...]) -> None:
    if not findings:
        tell("check.clean", file=file)
        return
    counts = {rank: sum(finding.severity is rank for finding in findings) for rank in Severity}
    tell(
        "check.summary",
        file=file,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notes=counts[Severity.NOTE],
    )


def _tell_sources(works: Works, cell: str, figure: str, tally: Tally) -> None:
    """The cases and register entries a cell counted."""
    cases, entries = sources_of(cell, tally, shipped_data.form())
    tell("report.cell", label=figure_words(cell), figure=figure, cases=len(cases), entries=len(entries))
    with works.log() as log:
        for line in Index(log.connection, log.office, works.duties).lines_of(cases):
            tell(
                "report.cell_case",
                number=line.number,
                reference=line.reference,
                opened_on=line.opened_on,
                closed_on=line.closed_on or "—",
            )
    for position in entries:
        tell("report.cell_entry", position=position)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None
