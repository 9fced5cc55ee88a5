"""The training town of ``gongkai chat``: the sample town on a manual clock, with tasks to work on.

Everybody is reached on the web page, the village months and annual dates open by themselves, a request has come in,
and a text waits for its first review. Everything stays in the town's own folder.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from pathlib import Path

from bot.publishing.texts import text_duty
from bot.runtime.office_channels import create_outbox_sender, page_channel
from bot.runtime.scheduled_jobs import SweepJob
from bot.services.app import OfficeApp, create_office, open_app
from bot.services.error_log import log_fault
from config.clock import ManualClock, manual_clock
from config.errors import Refusal
from config.office.folder import OfficeFolder
from scheduler.delivery.outbox_sender import OutboxSender
from storage.events.account_events import TERMINAL
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts

FIRST_DAY = date(2026, 11, 2)  # a Monday whose year's notice is known
CLOCK_FILE = "clock.txt"
MARKER_FILE = "training.txt"  # says that the folder was made for training; a real office has none
TITLE = "关于做好冬季森林防火工作的通知"
BODY = "各村民委员会：\n进入冬季，天干物燥，请各村落实森林防火责任，发现火情立即报告。"


class NotATrainingTown(Refusal):
    """{folder} is an office and was not made for training, where anybody acts as anybody. Name another folder."""


def open_training_town(path: Path) -> tuple[OfficeApp, ManualClock]:
    """Open the town in this folder, or create it; its clock continues from where it was left.

    Raises NotATrainingTown for an office that was not created here: nobody may act as anybody in a real one.
    """
    clock = manual_clock(FIRST_DAY)
    folder = OfficeFolder(path)
    fresh = not (folder.database.exists() or folder.office_file.exists())
    if fresh:
        create_office(path, sample=True)
        (path / MARKER_FILE).write_text("training\n", "ascii")
    elif not (path / MARKER_FILE).exists():
        raise NotATrainingTown(folder=path)
    app = open_app(path, clock=clock)
    clock.at = max(clock.at, _saved_time(app))
    if fresh:
        _seed_training_data(app)
    return app, clock


def run_due_jobs(app: OfficeApp, outbox_sender: OutboxSender | None = None) -> None:
    """Run the sweep, deliver what it queued, and save the clock's time."""
    SweepJob(app)()
    (outbox_sender or _outbox_sender(app)).deliver()
    (app.home.path / CLOCK_FILE).write_text(app.clock.now().isoformat(), "ascii")


def _outbox_sender(app: OfficeApp) -> OutboxSender:
    page = page_channel(app)
    return create_outbox_sender(app, {page.name: page}, partial(log_fault, app.home.path))


def _saved_time(app: OfficeApp) -> datetime:
    file = app.home.path / CLOCK_FILE
    return datetime.fromisoformat(file.read_text("ascii")) if file.exists() else app.clock.now()


def _seed_training_data(app: OfficeApp) -> None:
    office = app.office
    with app.store.writing(office.slug) as connection:
        accounts = Accounts(connection, office.slug)
        for person in office.people:
            accounts.bind(person.id, "page", person.id, at=app.clock.now(), confirmed_by=TERMINAL)
    _open_request(app)
    _open_text(app)
    run_due_jobs(app)


def _open_request(app: OfficeApp) -> None:
    """Open a request that was received today."""
    duty = next(duty for duty in app.duties.values() if duty.receipt)
    column = duty.field(duty.column)
    facts = {column.key: next(iter(column.choices))} if column else {}
    with app.recorder.transaction(actor=_holder(app, "clerk"), means="practice") as uow:
        uow.cases.open(duty.kind, f"召公开〔{app.today.year}〕1号", app.today, facts)


def _open_text(app: OfficeApp) -> None:
    """Draft a text as the clerk of the party-and-government office, before its first review."""
    duty, clerk = text_duty(app), _holder(app, "clerk")
    text = Manifest(
        title=TITLE,
        text=BODY,
        origin=app.office.person(clerk).department or app.office.departments[0].id,
        disclosure="proactive",
        made_on=app.today.isoformat(),
        decision=next(step.key for step in duty.steps if step.requires_approval),
    )
    with app.recorder.transaction(actor=clerk, means="practice") as uow:
        case = uow.cases.open(duty.kind, TITLE, app.today, {"title": TITLE, **text.description})
    with app.recorder.transaction(actor=clerk, means="practice") as uow:
        uow.signoff.draft(case, clerk, text)


def _holder(app: OfficeApp, role: str) -> str:
    return app.office.holders(role)[0].id
