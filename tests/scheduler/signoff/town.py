"""The sample town with a text on its way to the website: what the stories about it share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from bot.services.app import OfficeApp
from config.duties.publication import DUTY
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import ApprovalState
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.eventlog.projections import CaseProjections
from storage.events.delegations import Absences
from storage.events.events import Facts
from storage.events.manifest import Manifest

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


@contextmanager
def uow(app: OfficeApp, who: str = "clerk", means: str = "test") -> Iterator[UnitOfWork]:
    with app.recorder.transaction(actor=who, means=means) as uow:
        yield uow


def open_text(app: OfficeApp, reference: str = "P1", facts: Facts = FACTS) -> int:
    with uow(app) as desk:
        return desk.cases.open("publication", reference, DAY, facts)


def draft(app: OfficeApp, case: int, text: Manifest = TEXT, by: str = "clerk") -> None:
    with uow(app, by) as desk:
        desk.signoff.draft(case, by, text)


def sign(app: OfficeApp, case: int, place: int, text: Manifest = TEXT, by: str = "") -> None:
    who = by or SIGNERS[place]
    with uow(app, who) as desk:
        desk.signoff.sign(case, who, STAGES[place], text.digest)


def sign_all(app: OfficeApp, case: int, text: Manifest = TEXT) -> None:
    for place in range(len(STAGES)):
        sign(app, case, place, text)


def publish(app: OfficeApp, case: int, day: date = DAY) -> None:
    with uow(app) as desk:
        desk.cases.step(case, "published", day, {"address": "https://www.zhaoduba.example/1.html"})


def close(app: OfficeApp, case: int, outcome: str, day: date = DAY) -> None:
    with uow(app) as desk:
        desk.cases.close(case, outcome, day)


def standing(app: OfficeApp, case: int) -> ApprovalState:
    found: list[ApprovalState] = []
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        found.append(uow.signoff.approval_state(case))
        uow.discard()
    return found[0]


def length(app: OfficeApp) -> int:
    with app.log() as log:
        return log.end().position


def tables(app: OfficeApp) -> list[str]:
    """What a rebuild would find otherwise: nothing, ever."""
    with app.store.reading() as connection:
        return CaseProjections(connection, app.office.slug, app.duties).differences()


def waiting(app: OfficeApp, case: int) -> list[tuple[WaitKind, tuple[str, ...], date | None]]:
    with app.log() as log:
        found = CaseProjections(log.connection, log.office, app.duties).cases([case])[case]
    listed = pending_actions(found, DUTY, app.office, app.known_calendar(), Absences())
    return [(wait.what, wait.who, wait.until) for wait in listed]
