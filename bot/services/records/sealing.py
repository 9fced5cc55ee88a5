"""Seals a year: as counted here, or word for word as the paper that was published before this log began."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.services.annual_reports import ReportFaulty, annual_report, figure_name, report_findings
from bot.services.app import OfficeApp, user_phrasebook
from config import shipped_data
from config.errors import Refusal
from config.findings import Finding, Severity
from scheduler.recording.context import ActingAccount
from scheduler.recording.sealing import MAX_NAMED_FIGURES
from storage.reporting.report import Report, format_figure


class PaperDiffers(Refusal):
    """{file} says otherwise than what is counted here: {figures}. Enter what is missing, or begin a later year."""


class PaperOfAnotherYear(Refusal):
    """{file} is the report of {found}, not of {year}."""


def own_report_findings(app: OfficeApp, year: int) -> tuple[Finding, ...]:
    """What the check finds in the office's own report of a year, for whoever is to seal or submit it."""
    return report_findings(app, annual_report(app, year).report)


def seal_year(
    app: OfficeApp,
    year: int,
    *,
    by: str,
    means: str,
    published: Path | None = None,
    account: ActingAccount | None = None,
) -> int:
    """Seal a year and return the position of the entry.

    ReportFaulty where the check finds an error, PaperDiffers or PaperOfAnotherYear where the published paper is not
    what is counted here, and every refusal of the recorder.
    """
    annual = annual_report(app, year)
    if published is None:
        errors = sum(one.severity is Severity.ERROR for one in report_findings(app, annual.report))
        if errors:
            raise ReportFaulty(year=year, count=errors)
        report = annual.report
    else:
        report = _report_as_published(annual.report, published)
    with app.recorder.transaction(actor=by, means=means, account=account) as uow:
        uow.registers.seal(report, annual.counts.prose_figures, elsewhere=published is not None)
    return uow.entries[0].position


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
