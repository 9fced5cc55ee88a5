"""The story of the annual report: collected, checked, signed by three, sent, published, verified and sealed."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from bot.demo.simulated_person import CLOSE_WORD, CONFIRM_WORD, UnexpectedReply
from bot.demo.town import DemoTown, TownStory, submit_until_decided
from bot.services.annual_reports import annual_report, report_findings
from config.declarations.annual_dates import REPORT_DATE_ID as REPORTED
from config.declarations.keys import PUBLISHED_STEP
from config.duties.annual_report import DUTY
from config.findings import has_errors
from storage.events.manifest import Manifest, manifest_attachment
from storage.reporting.report import Report

CHECKED_STEP = "checked"


def annual_report_story(town: DemoTown) -> tuple[TownStory, date]:
    """The story with the day on which it begins, in January, when the year is completely recorded."""
    return _report_story(town), date(town.year + 1, 1, 5)


def _report_story(town: DemoTown) -> TownStory:
    case = town.find(DUTY.kind, f"{town.year}/{REPORTED}")
    clerk = town.posts["clerk"]
    clerk.perform(f"收集材料 {case}")
    yield town.workdays_later(2)
    out = next(step.key for step in DUTY.steps if step.requires_approval)

    def submit(_version: int) -> None:
        report, content = _clean_report(town)
        with town.app.recorder.transaction(actor=clerk.id, means="page") as uow:
            uow.cases.step(case, CHECKED_STEP, uow.context.today, {"report": sha256(content).hexdigest()})
        file = manifest_attachment(f"report-{town.year}.docx", content)
        town.submit_text(
            clerk.id, case, Manifest(title=report.display_title, attachments=(file,)), (content,)
        )

    yield from submit_until_decided(town, case, submit)
    for step, detail in ((out, "县政务公开办"), (PUBLISHED_STEP, "https://www.zhaoduba.example/report")):
        declared = DUTY.step(step)
        clerk.perform(f"{declared.label if declared else step} {case} {detail}", CONFIRM_WORD)
        if step == out:
            yield from _county_reads(town, case, detail)
    yield town.workdays_later(1)
    clerk.perform(f"查看网页 {case}")
    clerk.perform(f"{CLOSE_WORD} {case}", "1", CONFIRM_WORD)
    annual = annual_report(town.app, town.year)
    with town.app.recorder.transaction(actor=clerk.id, means="page") as uow:
        uow.registers.seal(annual.report, annual.counts.prose_figures)
    town.happened.append("sealed")


def _county_reads(town: DemoTown, case: int, county: str) -> TownStory:
    """The county approves the report some days later; its reply is filed on the page."""
    yield town.workdays_later(3)
    with town.app.recorder.transaction(actor="clerk", means="page") as uow:
        facts = {"to": county, "file": "档案柜（样例）"}
        uow.cases.step(case, "county_approved", uow.context.today, facts)


def _clean_report(town: DemoTown) -> tuple[Report, bytes]:
    """The report and its Word file for signing. UnexpectedReply where the check finds an error."""
    annual = annual_report(town.app, town.year)
    if has_errors(report_findings(town.app, annual.report)):
        raise UnexpectedReply(f"the report of {town.year} does not add up")
    return annual.report, annual.content("docx")
