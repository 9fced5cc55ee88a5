"""The annual report's own way: gathered, checked without an error, signed by three, sent, published, seen, sealed."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from bot.demo.simulated_person import OffScript, word
from bot.demo.town import Story, Town, signed
from bot.services.report_check import findings_of
from config import shipped_data
from config.declarations.annual_dates import REPORT as REPORTED
from config.duties.annual_report import DUTY
from config.findings import has_errors
from storage.documents.annual_report.writer import write_report
from storage.events.manifest import Manifest, attachment
from storage.reporting.report import Report

CONFIRM, CLOSE = word("verb.confirm"), word("verb.close")
CHECKED = "checked"


def annual_report(town: Town) -> tuple[Story, date]:
    """The story, and the first day after the year: what January knows of it is recorded by then."""
    return _report(town), date(town.year + 1, 1, 5)


def _report(town: Town) -> Story:
    case = town.find(DUTY.kind, f"{town.year}/{REPORTED}")
    clerk = town.posts["clerk"]
    clerk.does(f"收集材料 {case}")
    yield town.later(2)
    out = next(step.key for step in DUTY.steps if step.released)

    def lay(_version: int) -> None:
        report, content = _clean(town)
        with town.works.desk.sitting(actor=clerk.id, means="page") as desk:
            desk.step(case, CHECKED, desk.today, {"report": sha256(content).hexdigest()})
        file = attachment(f"report-{town.year}.docx", content)
        town.lays(clerk.id, case, Manifest(title=report.called, attachments=(file,)), (content,))

    yield from signed(town, case, lay)
    for step, said in ((out, "县政务公开办"), ("published", "https://www.zhaoduba.example/report")):
        declared = DUTY.step(step)
        clerk.does(f"{declared.label if declared else step} {case} {said}", CONFIRM)
    yield town.later(1)
    clerk.does(f"查看网页 {case}")
    clerk.does(f"{CLOSE} {case}", "1", CONFIRM)
    report, tally = town.works.report(town.year)
    with town.works.desk.sitting(actor=clerk.id, means="page") as desk:
        desk.seal(report, tally.named)
    town.happened.append("sealed")


def _clean(town: Town) -> tuple[Report, bytes]:
    """The report as it stands, without an error, as it is signed."""
    report, _ = town.works.report(town.year)
    if has_errors(findings_of(town.works, report)):
        raise OffScript(f"the report of {town.year} does not add up")
    return report, write_report(report, shipped_data.form(), "docx")
