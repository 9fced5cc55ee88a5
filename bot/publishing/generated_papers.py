"""Generates the papers that people sign: the monthly bulletin and the annual report, ready for submission."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.language.phrasebook import office_phrasebook
from bot.services.annual_reports import ReportFaulty, annual_report, report_findings, verified_report_facts
from bot.services.app import OfficeApp
from bot.services.bulletins import draw_bulletin
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterVillageRound, Yearly
from config.findings import Finding, Severity
from scheduler.recording.unit_of_work import UnitOfWork
from storage.events.case import Case, int_field

LANGUAGE = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedPaper:
    """A generated paper, and the step that is recorded before it is submitted."""

    title: str
    name: str
    content: bytes
    record_first: Callable[[UnitOfWork], object] = lambda _sitting: None
    findings: tuple[Finding, ...] = ()
    """What its own check found, for whoever submits it: also what stands as it did in last year's report."""


def can_generate_paper(case: Case, duty: Duty) -> bool:
    """Whether the program can write this case's paper."""
    return bool(case.opening) and (isinstance(duty.recurrence, AfterVillageRound) or _is_report(duty))


def generate_paper(app: OfficeApp, case: Case, duty: Duty) -> GeneratedPaper:
    """The paper as of now. ReportFaulty where a report's check finds an error."""
    if isinstance(duty.recurrence, AfterVillageRound):
        return _bulletin_paper(app, date.fromisoformat(f"{case.facts[duty.recurrence.month]}-01"))
    return _report_paper(app, case, duty)


def paper_findings(app: OfficeApp, case: Case, duty: Duty) -> tuple[Finding, ...]:
    """What the check finds in the annual report that this case is for, by the figures of now; else nothing."""
    year = int_field(case.facts, duty.recurrence.year) if isinstance(duty.recurrence, Yearly) else 0
    if not year or not _is_report(duty) or case.closing:
        return ()
    return report_findings(app, annual_report(app, year).report)


def _is_report(duty: Duty) -> bool:
    return isinstance(duty.recurrence, Yearly) and duty.attesting_step is not None


def _bulletin_paper(app: OfficeApp, month: date) -> GeneratedPaper:
    # The writers of papers cost a third of a second, which only a paper should pay.
    from storage.documents.bulletin.sentences import bulletin_title  # noqa: PLC0415
    from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415

    made, say = draw_bulletin(app, month), office_phrasebook(app.office, LANGUAGE).say
    title = bulletin_title(made, say)
    return GeneratedPaper(title=title, name=f"{title}.docx", content=bulletin_docx(made, say))


def _report_paper(app: OfficeApp, case: Case, duty: Duty) -> GeneratedPaper:
    year = int_field(case.facts, duty.recurrence.year) if isinstance(duty.recurrence, Yearly) else 0
    annual = annual_report(app, year)
    found = report_findings(app, annual.report)
    errors = sum(one.severity is Severity.ERROR for one in found)
    if errors:
        raise ReportFaulty(year=year, count=errors)
    content, step = annual.content("docx"), duty.attesting_step

    def vouch(uow: UnitOfWork) -> None:
        if step:
            facts = verified_report_facts(step, content, annual)
            uow.cases.step(case.number, step.key, uow.context.said_on, facts)

    title = annual.report.display_title
    return GeneratedPaper(
        title=title, name=f"{title}.docx", content=content, record_first=vouch, findings=found
    )
