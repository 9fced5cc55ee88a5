"""What beats while `gongkai run` runs: the sweep, the courier, the audit, the night's backup and proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.delivery.group_announcements import queue_announcements
from bot.publishing.publication_check import check_new_publications, recheck_publications
from bot.runtime.maintenance import back_up, purge_expired, verify_log
from bot.services.app import OfficeApp
from scheduler.delivery.courier import OutboxSender
from scheduler.reminders.quiet_hours import QuietHours
from scheduler.sweep.auditor import Auditor, notify_office
from scheduler.sweep.heartbeat import heartbeat
from scheduler.sweep.jobs import Job
from scheduler.sweep.results import SweepResult
from scheduler.sweep.sweep import sweep, sweep_due
from storage.messaging.wake_queue import WakeQueue

OPENING_INTERVAL = timedelta(hours=1)  # what begins by itself begins on a day
DELIVERY_INTERVAL, DELIVERY_ALERT_AFTER = timedelta(seconds=10), timedelta(minutes=15)
ANNOUNCEMENT_INTERVAL = timedelta(minutes=10)
AUDIT_INTERVAL, AUDIT_ALERT_AFTER = timedelta(minutes=5), timedelta(minutes=20)
BACKUP_AT, PROOF_AT, TIDY_AT = time(2), time(3), time(4)
FIRST_CHECK_INTERVAL = timedelta(
    minutes=10
)  # after its address was recorded, on the page, by command or in the chat
RECHECK_WEEKDAY, RECHECK_TIME = "mon", time(9)  # once a week, in the hours in which somebody can mend a page

FaultHandler = Callable[[Exception], object]


@dataclass(slots=True)
class SweepJob:
    """The sweep at each beat: of what has woken; and each hour, and at the start, of what begins by itself too."""

    app: OfficeApp
    last_full_sweep: datetime | None = None
    """When everything was swept last."""

    def __call__(self) -> SweepResult:
        """Sweep."""
        now = self.app.clock.now()
        if (
            self.last_full_sweep is not None
            and self.last_full_sweep <= now < self.last_full_sweep + OPENING_INTERVAL
        ):
            return sweep_due(self.app.recorder, self.app.unreachable_people)
        found = sweep(self.app.recorder, self.app.schemes(), self.app.unreachable_people)
        self.last_full_sweep = now
        return found


@dataclass(frozen=True, slots=True)
class AlertOnFailure:
    """Work of the night whose failure people must hear of in the morning, and not only the file of faults."""

    app: OfficeApp
    occasion: str
    run: Callable[[OfficeApp], object]

    def __call__(self) -> None:
        """Do it. What stopped it flies on, once the party-and-government office is to hear of it."""
        try:
            self.run(self.app)
        except Exception:
            notify_office(self.app.recorder, self.occasion, f"reminder.{self.occasion}", self.app.clock.now())
            raise


def next_wake(app: OfficeApp) -> datetime | None:
    """When the next case wakes."""
    with app.store.reading() as connection:
        return WakeQueue(connection, app.office.slug).next()


def scheduled_jobs(
    app: OfficeApp, courier: OutboxSender, told: FaultHandler, *, listens: str = "", notify_socket: str = ""
) -> Sequence[Job]:
    """The jobs beside the sweep. ``listens``: the address or file of the heartbeat; the socket is systemd's."""
    auditor = Auditor(app.recorder, app.unreachable_people, heartbeat(listens, notify_socket), told)
    return (
        Job(name="delivery", run=courier.deliver, every=DELIVERY_INTERVAL, max_silence=DELIVERY_ALERT_AFTER),
        Job(
            name="groups",
            run=lambda: queue_announcements(app, courier.channels),
            every=ANNOUNCEMENT_INTERVAL,
        ),
        Job(name="digest", run=courier.deliver, at=QuietHours().digest),
        Job(name="audit", run=auditor, every=AUDIT_INTERVAL, max_silence=AUDIT_ALERT_AFTER),
        Job(name="backup", run=AlertOnFailure(app, "backup", back_up), at=BACKUP_AT),
        Job(name="proof", run=AlertOnFailure(app, "proof", verify_log), at=PROOF_AT),
        Job(name="tidy", run=lambda: purge_expired(app), at=TIDY_AT),
        Job(name="first look", run=lambda: check_new_publications(app, told), every=FIRST_CHECK_INTERVAL),
        Job(
            name="live check",
            run=lambda: recheck_publications(app, told),
            at=RECHECK_TIME,
            weekday=RECHECK_WEEKDAY,
        ),
    )
