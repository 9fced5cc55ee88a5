"""``gongkai seal``: seals a year, whose published figures then never change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, YearArgument, find_person
from bot.cli.common.output import HomeOption, help_text, print_findings, print_phrase
from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from bot.services.records.sealing import seal_year
from bot.services.report_check import ReportFaulty, report_findings
from config.declarations.keys import CLERK
from config.findings import Finding, Severity, has_errors
from storage.reporting.report import Report


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
