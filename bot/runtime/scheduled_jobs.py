"""What beats while `gongkai run` runs: the sweep, the courier, the audit, the night's backup and proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.delivery.group_announcements import announce
from bot.publishing.publication_check import first_looks, weekly
from bot.runtime.maintenance import back_up, prove, tidy
from bot.services.app import Works
from scheduler.delivery.courier import Courier
from scheduler.reminders.quiet_hours import Hours
from scheduler.sweep.auditor import Auditor, tell_office
from scheduler.sweep.heartbeat import heartbeat
from scheduler.sweep.jobs import Job
from scheduler.sweep.results import Swept
from scheduler.sweep.sweep import look, sweep
from storage.messaging.wake_queue import Wakes

OPENINGS = timedelta(hours=1)  # what begins by itself begins on a day
DELIVERY, DELIVERY_SILENT = timedelta(seconds=10), timedelta(minutes=15)
GROUPS = timedelta(minutes=10)
AUDIT, AUDIT_SILENT = timedelta(minutes=5), timedelta(minutes=20)
BACKUP_AT, PROOF_AT, TIDY_AT = time(2), time(3), time(4)
FIRST_LOOK = timedelta(minutes=10)  # after its address was recorded, on the page, by command or in the chat
LIVE_ON, LIVE_AT = "mon", time(9)  # once a week, in the hours in which somebody can mend a page

Told = Callable[[Exception], object]


@dataclass(slots=True)
class Beat:
    """The sweep at each beat: of what has woken; and each hour, and at the start, of what begins by itself too."""

    works: Works
    last: datetime | None = None
    """When everything was swept last."""

    def __call__(self) -> Swept:
        """Sweep."""
        now = self.works.clock.now()
        if self.last is not None and self.last <= now < self.last + OPENINGS:
            return look(self.works.desk, self.works.reach)
        found = sweep(self.works.desk, self.works.schemes(), self.works.reach)
        self.last = now
        return found


@dataclass(frozen=True, slots=True)
class Alarming:
    """Work of the night whose failure people must hear of in the morning, and not only the file of faults."""

    works: Works
    what: str
    run: Callable[[Works], object]

    def __call__(self) -> None:
        """Do it. What stopped it flies on, once the party-and-government office is to hear of it."""
        try:
            self.run(self.works)
        except Exception:
            tell_office(self.works.desk, self.what, f"reminder.{self.what}", self.works.clock.now())
            raise


def next_wake(works: Works) -> datetime | None:
    """When the next case wakes."""
    with works.store.reading() as connection:
        return Wakes(connection, works.office.slug).next()


def jobs_of(
    works: Works, courier: Courier, told: Told, *, listens: str = "", notify_socket: str = ""
) -> Sequence[Job]:
    """The jobs beside the sweep. ``listens``: the address or file of the heartbeat; the socket is systemd's."""
    auditor = Auditor(works.desk, works.reach, heartbeat(listens, notify_socket), told)
    return (
        Job(name="delivery", run=courier.deliver, every=DELIVERY, silent_for=DELIVERY_SILENT),
        Job(name="groups", run=lambda: announce(works, courier.channels), every=GROUPS),
        Job(name="digest", run=courier.deliver, at=Hours().digest),
        Job(name="audit", run=auditor, every=AUDIT, silent_for=AUDIT_SILENT),
        Job(name="backup", run=Alarming(works, "backup", back_up), at=BACKUP_AT),
        Job(name="proof", run=Alarming(works, "proof", prove), at=PROOF_AT),
        Job(name="tidy", run=lambda: tidy(works), at=TIDY_AT),
        Job(name="first look", run=lambda: first_looks(works, told), every=FIRST_LOOK),
        Job(name="live check", run=lambda: weekly(works, told), at=LIVE_AT, weekday=LIVE_ON),
    )
