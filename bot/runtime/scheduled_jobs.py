"""The jobs of `gongkai run` and their times: sweep, delivery, audit, and those of the night.

At night the office is backed up and proved, and expired data are purged; each of these is safe to run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.delivery.group_announcements import queue_announcements
from bot.delivery.village_news import queue_village_news
from bot.delivery.voided_signatures import queue_voided_signatures
from bot.dialog.forms import FORM_LIFETIME
from bot.publishing.publication_check import check_new_publications, recheck_publications
from bot.runtime.proof import kept_backups, prove_nightly
from bot.services.app import OfficeApp
from config.errors import Damage
from scheduler.delivery.outbox_sender import OutboxSender
from scheduler.sweep.auditor import Auditor, notify_office, retract_from_office
from scheduler.sweep.heartbeat import heartbeat
from scheduler.sweep.jobs import Job, daily, every
from scheduler.sweep.results import SweepResult
from scheduler.sweep.sweep import sweep, sweep_due
from storage.database.backup import BACKUP_FOLDER, make_backup
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.messaging.accounts import mark_signed_out
from storage.messaging.callback_tokens import CallbackTokens
from storage.messaging.dialog_state import delete_expired_forms
from storage.messaging.inbox import UPDATE_ID_RETENTION, forget_handled
from storage.messaging.incoming_files import delete_old_incoming_files
from storage.messaging.wake_queue import WakeQueue
from storage.messaging.web_chat import delete_old_messages

OPENING_INTERVAL = timedelta(hours=1)  # recurring cases open on a day, so an hourly look is enough
DELIVERY_INTERVAL, DELIVERY_ALERT_AFTER = timedelta(seconds=10), timedelta(minutes=15)
ANNOUNCEMENT_INTERVAL = timedelta(minutes=10)
AUDIT_INTERVAL, AUDIT_ALERT_AFTER = timedelta(minutes=5), timedelta(minutes=20)
BACKUP_AT, PROOF_AT, TIDY_AT = time(2), time(3), time(4)
FIRST_CHECK_INTERVAL = timedelta(minutes=10)
"""How often newly recorded web addresses are checked for the first time."""
RECHECK_WEEKDAY, RECHECK_TIME = "mon", time(9)  # weekly, in office hours, when somebody can correct a page

BACKUPS_KEPT = 14  # two weeks of nights [practice]; what is to last longer is copied elsewhere

EXPIRED_BUTTON_RETENTION = timedelta(days=30)
"""How long after its expiry a press on a button is still answered with the state of its case."""

EXPIRED_FORM_RETENTION = timedelta(days=1)
"""How long after its expiry somebody who goes on with a form is still told what became of it."""
MESSAGE_RETENTION = timedelta(days=90)
"""How long the page shows what was said in a chat; what was recorded then stays in the history of its case."""

FaultHandler = Callable[[Exception], object]


class LogDamaged(Damage):
    """The log is not what was written: {faults} places, the first at №{position}. Run gongkai verify."""


@dataclass(slots=True)
class SweepJob:
    """Sweeps the cases that are due; at the start and each hour, it also opens recurring cases."""

    app: OfficeApp
    last_full_sweep: datetime | None = None
    """When the last full sweep began."""

    def __call__(self) -> SweepResult:
        """Run the sweep that is due now."""
        now = self.app.clock.now()
        if (
            self.last_full_sweep is not None
            and self.last_full_sweep <= now < self.last_full_sweep + OPENING_INTERVAL
        ):
            return sweep_due(self.app.recorder, self.app.unreachable_people)
        result = sweep(
            self.app.recorder, self.app.schemes(), self.app.unreachable_people, waits_for_people=True
        )
        self.last_full_sweep = now
        return result


@dataclass(frozen=True, slots=True)
class AlertOnFailure:
    """Runs a nightly job and notifies the party-and-government office of its failure, which is logged besides.

    A notice that nobody has read yet is taken back once the job ends well: it is no longer true.
    """

    app: OfficeApp
    occasion: str
    run: Callable[[OfficeApp], object]

    def __call__(self) -> None:
        """Run the job. Queues a notice to the office for any error, then raises the error again."""
        try:
            self.run(self.app)
        except Exception:
            notify_office(self.app.recorder, self.occasion, f"reminder.{self.occasion}", self.app.clock.now())
            raise
        retract_from_office(self.app.recorder, self.occasion)


@dataclass(frozen=True, slots=True)
class WhileClockIsRight:
    """Runs a job only while the machine's clock can be right: by a wrong one it would send, forget or delete.

    The sweep says that it is wrong; no heartbeat is sent meanwhile.
    """

    app: OfficeApp
    run: Callable[[], object]

    def __call__(self) -> object:
        """Run the job, or leave it out; returns what the job returned."""
        try:
            with self.app.store.reading() as connection:
                ClockReadings(connection, self.app.office.slug).require_steady(self.app.clock)
        except ClockLeapt:
            return None
        return self.run()


def next_wake(app: OfficeApp) -> datetime | None:
    """Return when the next case is due for the sweep; None if none is."""
    with app.store.reading() as connection:
        return WakeQueue(connection, app.office.slug).next()


def scheduled_jobs(
    app: OfficeApp,
    outbox_sender: OutboxSender,
    on_fault: FaultHandler,
    *,
    listens: str = "",
    notify_socket: str = "",
) -> Sequence[Job]:
    """Return all jobs except the sweep. ``listens`` is the heartbeat's URL or file, the socket systemd's."""
    auditor = Auditor(app.recorder, app.unreachable_people, heartbeat(listens, notify_socket), on_fault)
    jobs = (
        Job(
            name="delivery",
            run=outbox_sender.deliver,
            trigger=every(DELIVERY_INTERVAL),
            max_silence=DELIVERY_ALERT_AFTER,
        ),
        Job(
            name="groups",
            run=lambda: queue_announcements(app, outbox_sender.channels),
            trigger=every(ANNOUNCEMENT_INTERVAL),
        ),
        Job(
            name="villages",
            run=lambda: queue_village_news(app),
            trigger=every(ANNOUNCEMENT_INTERVAL),
        ),
        Job(
            name="signatures",
            run=lambda: queue_voided_signatures(app),
            trigger=every(ANNOUNCEMENT_INTERVAL),
        ),
        Job(name="digest", run=outbox_sender.deliver, trigger=daily(app.office.hours.digest)),
        Job(name="audit", run=auditor, trigger=every(AUDIT_INTERVAL), max_silence=AUDIT_ALERT_AFTER),
        Job(name="backup", run=AlertOnFailure(app, "backup", back_up), trigger=daily(BACKUP_AT)),
        Job(name="proof", run=AlertOnFailure(app, "proof", verify_log), trigger=daily(PROOF_AT)),
        Job(name="tidy", run=lambda: purge_expired(app), trigger=daily(TIDY_AT)),
        Job(
            name="first look",
            run=lambda: check_new_publications(app, on_fault),
            trigger=every(FIRST_CHECK_INTERVAL),
        ),
        Job(
            name="live check",
            run=lambda: recheck_publications(app, on_fault),
            trigger=daily(RECHECK_TIME, RECHECK_WEEKDAY),
        ),
    )
    return tuple(replace(job, run=WhileClockIsRight(app, job.run)) for job in jobs)


def back_up(app: OfficeApp) -> Path:
    """Make today's backup unless it exists, and delete the oldest. Returns its path."""
    target = app.home.path / BACKUP_FOLDER / f"{app.today:%Y-%m-%d}.zip"
    if not target.exists():
        make_backup(app.home, app.store, app.office.slug, target, app.clock.now())
    for old in kept_backups(app)[:-BACKUPS_KEPT]:
        old.unlink()
    return target


def verify_log(app: OfficeApp) -> int:
    """Prove the office (``bot/runtime/proof.py``). Raises LogDamaged for any fault; returns the number of entries."""
    proof = prove_nightly(app)
    if proof.faults:
        raise LogDamaged(faults=len(proof.faults), position=proof.faults[0].position)
    return proof.entries


def purge_expired(app: OfficeApp) -> int:
    """Delete what the channels no longer need, expired buttons and files that nobody submitted. Returns how many.

    Whoever has no session any more is marked as not reached on the page.
    """
    now, office = app.clock.now(), app.office.slug
    with app.store.writing(office) as connection:
        mark_signed_out(connection, office, now)
        files = delete_old_incoming_files(connection, office, now - FORM_LIFETIME)
        files += delete_expired_forms(connection, office, now - EXPIRED_FORM_RETENTION)
        files += delete_old_messages(connection, office, now - MESSAGE_RETENTION)
        forget_handled(connection, office, now - UPDATE_ID_RETENTION)
        return files + CallbackTokens(connection, office).forget(now - EXPIRED_BUTTON_RETENTION)
