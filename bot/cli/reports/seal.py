"""``gongkai seal``: seals a year, whose published figures then never change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, YearArgument, find_person
from bot.cli.common.output import HomeOption, help_text, print_findings, print_phrase
from bot.services.annual_reports import annual_report, figure_name
from bot.services.app import OfficeApp, user_phrasebook
from bot.services.report_check import ReportFaulty, report_findings
from config import shipped_data
from config.declarations.keys import CLERK
from config.errors import Refusal
from config.findings import Finding, Severity, has_errors
from scheduler.recording.sealing import MAX_NAMED_FIGURES
from storage.reporting.report import Report, format_figure


class PaperDiffers(Refusal):
    """{file} says otherwise than what is counted here: {figures}. Enter what is missing, or begin a later year."""


class PaperOfAnotherYear(Refusal):
    """{file} is the report of {found}, not of {year}."""


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
    annual = annual_report(app, year)
    if published is None:
        require_no_errors(app, annual.report)
        report = annual.report
    else:
        report = _report_as_published(annual.report, published)
    with app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.registers.seal(report, annual.counts.prose_figures, elsewhere=published is not None)
    print_phrase("seal.done", year=year, position=uow.entries[0].position)


def _report_as_published(report: Report, paper: Path) -> Report:
    """The report in the words of the published paper. PaperDiffers where a figure differs, PaperOfAnotherYear."""
    from storage.reading.report.reader import read_report  # noqa: PLC0415 - readers of four formats, for such a year alone

    found = read_report(paper, shipped_data.load_form())
    if found.year and found.year != report.year:
        raise PaperOfAnotherYear(file=paper.name, found=found.year, year=report.year)
    moved = [name for name, figure in report.figures.items() if found.figures.get(name) != figure]
    if moved:
        raise PaperDiffers(file=paper.name, figures=_difference_text(report, found, moved))
    return replace(report, title=found.title, preamble=found.preamble, sections=found.sections)


def _difference_text(report: Report, found: Report, moved: list[str]) -> str:
    """The first few figures that differ, as printed and as counted."""
    lines = [
        user_phrasebook().say(
            "seal.differs",
            figure=figure_name(name),
            published=format_figure(found.figures.get(name)) or "—",
            now=format_figure(report.figures[name]),
        )
        for name in moved[:MAX_NAMED_FIGURES]
    ]
    more = f" +{len(moved) - MAX_NAMED_FIGURES}" if len(moved) > MAX_NAMED_FIGURES else ""
    return "；".join(lines) + more


def require_no_errors(app: OfficeApp, report: Report) -> tuple[Finding, ...]:
    """Return the check's warnings and notes. ReportFaulty, after printing each finding, where there is an error."""
    found = report_findings(app, report)
    if has_errors(found):
        print_findings(found, to_error=True)
        errors = sum(one.severity is Severity.ERROR for one in found)
        raise ReportFaulty(year=report.year, count=errors)
    return found
