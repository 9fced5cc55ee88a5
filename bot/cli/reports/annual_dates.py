"""``gongkai year``: lists the office's yearly dates, files their evidence, and submits the annual report."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common.context import open_office
from bot.cli.common.options import ByOption, CaseArgument, HomeOption, YearArgument, find_case, find_person
from bot.cli.common.output import day_or_none, help_text, print_findings, print_phrase, write_file_atomically
from bot.cli.reports.annual_report import require_no_errors
from bot.cli.signing.approval_state import print_approval_state
from bot.cli.signing.submission import submit_letter_text
from bot.services.annual_reports import annual_report, verified_report_facts
from bot.services.app import OfficeApp, user_phrasebook
from config.declarations.duty import Duty, Step
from config.declarations.keys import CLERK, EVIDENCE_FILED_STEP
from config.declarations.recurrence import Yearly
from config.errors import Refusal
from scheduler.terms.deadlines import due_date
from scheduler.worklist.personal_calendar import case_name
from scheduler.worklist.recurring_cases import upcoming_cases
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case, int_field
from storage.reading.formats.file_bytes import read_file

app = typer.Typer(help=help_text("year.group"), no_args_is_help=True)


class NoReportCase(Refusal):
    """The annual report of {year} has no case yet: gongkai tick opens it about a month before it is due."""


class NothingToFile(Refusal):
    """Name the evidence: a file with --file, or where it lies with --where; one of them."""


@app.command("list", help=help_text("year.list"))
def list_year_dates(context: typer.Context, year: YearArgument, home: HomeOption = None) -> None:
    """List the dates of a year with their due days and states."""
    office_app = open_office(context, home)
    calendar, begun = office_app.known_calendar(), _yearly_cases(office_app, year)
    lines: list[tuple[date, str]] = []
    for duty, case in begun:
        found = due_date(case.records, duty, calendar)
        line = user_phrasebook().say(
            "year.line",
            duty=duty.label,
            name=case_name(duty, case.facts, _reference(case)),
            case=case.number,
            state=user_phrasebook().say(f"clock.state.{found.state}"),
            day=day_or_none(found.day, provisional=found.provisional),
        )
        lines.append((found.day or date.max, line))
    known = {_reference(case) for _, case in begun}
    for duty in office_app.duties.values():
        for one in upcoming_cases(duty, office_app.office, calendar, max(date(year, 1, 1), office_app.today)):
            if one.opening.reference not in known and one.opening.reference.startswith(f"{year}/"):
                name = case_name(duty, one.opening.facts, one.opening.reference)
                day = day_or_none(one.day, provisional=one.provisional)
                lines.append(
                    (one.day, user_phrasebook().say("year.to_come", duty=duty.label, name=name, day=day))
                )
    for _, line in sorted(lines):
        typer.echo(line)


@app.command("file", help=help_text("year.file"))
def file_evidence(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    file: Annotated[Path | None, typer.Option("--file", help=help_text("year.evidence"))] = None,
    where: Annotated[str, typer.Option("--where", help=help_text("year.where"))] = "",
    by: ByOption = CLERK,
    home: HomeOption = None,
) -> None:
    """File a date's evidence: the fingerprint of a file, or the place where it is kept."""
    if (file is None) == (not where):
        raise NothingToFile
    office_app = open_office(context, home)
    found, person = find_case(office_app, case), find_person(office_app, by)
    evidence = f"sha256:{sha256(read_file(file)).hexdigest()}" if file else where
    with office_app.recorder.transaction(actor=person.id, means="command") as uow:
        uow.cases.step(found.number, EVIDENCE_FILED_STEP, uow.context.today, {"file": evidence})
    print_phrase("year.filed", case=found.number, evidence=evidence)


@app.command("submit", help=help_text("year.submit"))
def submit_report(
    context: typer.Context,
    year: YearArgument,
    by: ByOption = CLERK,
    out: Annotated[Path | None, typer.Option("--out", help=help_text("report.out"))] = None,
    home: HomeOption = None,
) -> None:
    """Check the report, record that it has no errors, and submit it to those who sign."""
    office_app = open_office(context, home)
    case, checked = _report_case(office_app, year)
    annual = annual_report(office_app, year)
    print_findings(require_no_errors(office_app, annual.report))
    content = annual.content("docx")
    target, facts = (
        out or Path(f"report-{year}.docx"),
        verified_report_facts(checked, content, annual),
    )
    submit_letter_text(
        office_app,
        case,
        by,
        content,
        name=target.name,
        title=annual.report.display_title,
        before=lambda uow: uow.cases.step(case.number, checked.key, uow.context.today, facts),
        keep=lambda: write_file_atomically(target, content),
    )
    print_approval_state(office_app, find_case(office_app, str(case.number)))


def _reference(case: Case) -> str:
    return case.opening.reference if case.opening else ""


def _report_case(office_app: OfficeApp, year: int) -> tuple[Case, Step]:
    """The case of the year's report, and the step that records its check. NoReportCase."""
    for duty, case in _yearly_cases(office_app, year):
        if duty.attesting_step and case.opening:
            return case, duty.attesting_step
    raise NoReportCase(year=year)


def _yearly_cases(office_app: OfficeApp, year: int) -> list[tuple[Duty, Case]]:
    """The cases about this year of the kinds that come each year."""
    found: list[tuple[Duty, Case]] = []
    with office_app.log() as log:
        index = CaseProjections(log.connection, log.office, office_app.duties)
        for duty in office_app.duties.values():
            if isinstance(duty.recurrence, Yearly):
                lines = index.lines_of_kind(duty.kind, date(year - 1, 1, 1))
                cases = index.cases([line.number for line in lines]).values()
                mine = (case for case in cases if int_field(case.facts, duty.recurrence.year) == year)
                found += [(duty, case) for case in mine]
    return found
