"""``gongkai year``: the dates of the office's year, their evidence, and the annual report's own way out."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cases.cases import find_case
from bot.cli.common.output import HomeOption, day_words, said, tell, tell_findings, write_paper
from bot.cli.context import open_office
from bot.cli.reports.seal import YearArgument, require_clean
from bot.cli.server.users import person_named
from bot.cli.signing.signing import lay_before, read_file, tell_standing
from bot.services.app import Works, words
from bot.services.report_check import vouched_for
from config import shipped_data
from config.declarations.duty import Duty, Step
from config.declarations.recurrence import Yearly
from config.errors import Refusal
from scheduler.terms.deadlines import due
from scheduler.terms.term_replay import whole_in
from scheduler.worklist.personal_calendar import name_of
from scheduler.worklist.recurring_cases import to_come
from storage.eventlog.projections import Index
from storage.events.case import Case

app = typer.Typer(help=said("year.group"), no_args_is_help=True)

FILED = "evidence_filed"

CaseArgument = Annotated[str, typer.Argument(help=said("explain.case"))]
ByOption = Annotated[str, typer.Option("--by", help=said("signing.by"))]


class NoReportCase(Refusal):
    """The annual report of {year} has no case yet: gongkai tick opens it about a month before it is due."""


class NothingToFile(Refusal):
    """Name the evidence: a file with --file, or where it lies with --where; one of them."""


@app.command("list", help=said("year.list"))
def list_(context: typer.Context, year: YearArgument, home: HomeOption = None) -> None:
    """The dates of a year: when, whose, and how far."""
    works = open_office(context, home)
    calendar, begun = works.known_calendar(), _yearly_cases(works, year)
    lines: list[tuple[date, str]] = []
    for duty, case in begun:
        found = due([record for _, record in case.story], duty, calendar)
        line = words().say(
            "year.line",
            duty=duty.label,
            name=name_of(duty, case.facts, _reference(case)),
            case=case.number,
            state=words().say(f"clock.state.{found.state}"),
            day=day_words(found.day, provisional=found.provisional),
        )
        lines.append((found.day or date.max, line))
    known = {_reference(case) for _, case in begun}
    for duty in works.duties.values():
        for one in to_come(duty, works.office, calendar, max(date(year, 1, 1), works.today)):
            if one.opening.reference not in known and one.opening.reference.startswith(f"{year}/"):
                name = name_of(duty, one.opening.facts, one.opening.reference)
                day = day_words(one.day, provisional=one.provisional)
                lines.append((one.day, words().say("year.to_come", duty=duty.label, name=name, day=day)))
    for _, line in sorted(lines):
        typer.echo(line)


@app.command("file", help=said("year.file"))
def file_(  # noqa: PLR0917 - typer passes every option by its name
    context: typer.Context,
    case: CaseArgument,
    file: Annotated[Path | None, typer.Option("--file", help=said("year.evidence"))] = None,
    where: Annotated[str, typer.Option("--where", help=said("year.where"))] = "",
    by: ByOption = "clerk",
    home: HomeOption = None,
) -> None:
    """File a date's evidence: the fingerprint of a file, or where it lies."""
    if (file is None) == (not where):
        raise NothingToFile
    works = open_office(context, home)
    found, person = find_case(works, case), person_named(works, by)
    evidence = f"sha256:{sha256(read_file(file)).hexdigest()}" if file else where
    with works.desk.sitting(actor=person.id, means="command") as sitting:
        sitting.step(found.number, FILED, sitting.today, {"file": evidence})
    tell("year.filed", case=found.number, evidence=evidence)


@app.command("submit", help=said("year.submit"))
def submit(
    context: typer.Context,
    year: YearArgument,
    by: ByOption = "clerk",
    out: Annotated[Path | None, typer.Option("--out", help=said("report.out"))] = None,
    home: HomeOption = None,
) -> None:
    """Check the report as it stands, record that it has no error, and lay it before those who sign."""
    from storage.documents.annual_report.writer import write_report  # noqa: PLC0415 - Word's library, as everywhere

    works = open_office(context, home)
    case, checked = _report_case(works, year)
    report, tally = works.report(year)
    tell_findings(require_clean(works, report))
    content = write_report(report, shipped_data.form(), "docx")
    target, facts = out or Path(f"report-{year}.docx"), vouched_for(checked, content, report, tally.named)
    lay_before(
        works,
        case,
        by,
        content,
        name=target.name,
        title=report.called,
        before=lambda desk: desk.step(case.number, checked.key, desk.today, facts),
        keep=lambda: write_paper(target, content),
    )
    tell_standing(works, find_case(works, str(case.number)))


def _reference(case: Case) -> str:
    return case.opening.reference if case.opening else ""


def _report_case(works: Works, year: int) -> tuple[Case, Step]:
    """The case of the year's own report, and the step that vouches for what goes out."""
    for duty, case in _yearly_cases(works, year):
        if duty.vouching and case.opening:
            return case, duty.vouching
    raise NoReportCase(year=year)


def _yearly_cases(works: Works, year: int) -> list[tuple[Duty, Case]]:
    """The cases of kinds that come each year, about this one."""
    found: list[tuple[Duty, Case]] = []
    with works.log() as log:
        index = Index(log.connection, log.office, works.duties)
        for duty in works.duties.values():
            if isinstance(duty.recurs, Yearly):
                lines = index.lines_of_kind(duty.kind, date(year - 1, 1, 1))
                cases = index.cases([line.number for line in lines]).values()
                mine = (case for case in cases if whole_in(case.facts, duty.recurs.year) == year)
                found += [(duty, case) for case in mine]
    return found
