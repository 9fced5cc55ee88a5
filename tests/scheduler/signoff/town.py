"""The sample town with a text on its way to the website: what the stories about it share."""

from dataclasses import replace
from datetime import date

from bot.services.app import OfficeApp
from config.duties.publication import DUTY
from scheduler.signoff.approval_state import ApprovalState
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.events.delegations import Absences
from storage.events.events import Facts
from storage.events.manifest import Manifest
from tests.town import attempt, case_by_number, transaction

STAGES = ("保密审查", "初审·一校", "复审·二校", "终审·三校")
SIGNERS = ("secrecy_officer", "finance_director", "office_director", "deputy_mayor")
FACTS: Facts = {
    "title": "2026年预算公开",
    "origin": "finance",
    "disclosure": "proactive",
    "subject": "20_7",
    "made_on": "2026-11-16",
}
DAY = date(2026, 11, 23)
TEXT = Manifest(
    title="2026年预算公开",
    text="一、预算总体情况。",
    origin="finance",
    disclosure="proactive",
    subject="20_7",
    made_on="2026-11-16",
    decision="published",
)
OTHER = replace(TEXT, text="一、预算的总体情况。")


def open_text(app: OfficeApp, reference: str = "P1", facts: Facts = FACTS) -> int:
    with transaction(app) as uow:
        return uow.cases.open("publication", reference, DAY, facts)


def draft(app: OfficeApp, case: int, text: Manifest = TEXT, by: str = "clerk") -> None:
    with transaction(app, by) as uow:
        uow.signoff.draft(case, by, text)


def sign(app: OfficeApp, case: int, place: int, text: Manifest = TEXT, by: str = "") -> None:
    who = by or SIGNERS[place]
    with transaction(app, who) as uow:
        uow.signoff.sign(case, who, STAGES[place], text.digest)


def sign_all(app: OfficeApp, case: int, text: Manifest = TEXT) -> None:
    for place in range(len(STAGES)):
        sign(app, case, place, text)


def publish(app: OfficeApp, case: int, day: date = DAY) -> None:
    with transaction(app) as uow:
        uow.cases.step(case, "published", day, {"address": "https://www.zhaoduba.example/1.html"})


def close(app: OfficeApp, case: int, outcome: str, day: date = DAY) -> None:
    with transaction(app) as uow:
        uow.cases.close(case, outcome, day)


def state_of_text(app: OfficeApp, case: int) -> ApprovalState:
    return attempt(app, lambda uow: uow.signoff.approval_state(case))


def waiting(app: OfficeApp, case: int) -> list[tuple[WaitKind, tuple[str, ...], date | None]]:
    listed = pending_actions(case_by_number(app, case), DUTY, app.office, app.known_calendar(), Absences())
    return [(wait.what, wait.who, wait.until) for wait in listed]
