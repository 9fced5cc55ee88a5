"""Papers the program writes itself and people sign: a month's bulletin, the annual report. Ready to be laid down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.language.phrasebook import book_of
from bot.services.app import Works
from bot.services.bulletins import draw_bulletin
from bot.services.report_check import ReportFaulty, findings_of, vouched_for
from config import shipped_data
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterRound, Yearly
from config.findings import Severity
from scheduler.recording.unit_of_work import Sitting
from scheduler.terms.term_replay import whole_in
from storage.events.case import Case

LANGUAGE = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One of them, and what is recorded as it is laid down."""

    title: str
    name: str
    content: bytes
    before: Callable[[Sitting], object] = lambda _sitting: None


def prepares(case: Case, duty: Duty) -> bool:
    """Whether the program can write this case's paper."""
    return bool(case.opening) and (isinstance(duty.recurs, AfterRound) or _is_report(duty))


def prepared(works: Works, case: Case, duty: Duty) -> Paper:
    """The paper as everything stands now. ReportFaulty where a report's check finds an error."""
    if isinstance(duty.recurs, AfterRound):
        return _bulletin(works, date.fromisoformat(f"{case.facts[duty.recurs.month]}-01"))
    return _report(works, case, duty)


def _is_report(duty: Duty) -> bool:
    return isinstance(duty.recurs, Yearly) and duty.vouching is not None


def _bulletin(works: Works, month: date) -> Paper:
    # The writers of papers cost a third of a second, which only a paper should pay.
    from storage.documents.bulletin.word import bulletin_docx  # noqa: PLC0415
    from storage.documents.bulletin.wording import bulletin_title  # noqa: PLC0415

    made, say = draw_bulletin(works, month), book_of(works.office, LANGUAGE).say
    title = bulletin_title(made, say)
    return Paper(title=title, name=f"{title}.docx", content=bulletin_docx(made, say))


def _report(works: Works, case: Case, duty: Duty) -> Paper:
    from storage.documents.annual_report.writer import write_report  # noqa: PLC0415

    year = whole_in(case.facts, duty.recurs.year) if isinstance(duty.recurs, Yearly) else 0
    report, tally = works.report(year)
    errors = sum(one.severity is Severity.ERROR for one in findings_of(works, report))
    if errors:
        raise ReportFaulty(year=year, count=errors)
    content, step = write_report(report, shipped_data.form(), "docx"), duty.vouching

    def vouch(desk: Sitting) -> None:
        if step:
            facts = vouched_for(step, content, report, tally.named)
            desk.step(case.number, step.key, desk.today, facts)

    return Paper(title=report.called, name=f"{report.called}.docx", content=content, before=vouch)
