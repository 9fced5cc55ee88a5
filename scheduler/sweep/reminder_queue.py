"""The sweep's last part: plan what has woken, write it into the outbox, and set the next wake-ups.

Many cases share one transaction of the office's only writer, so two sweeps at once see each case once, and a sweep
that is killed has said all of some cases and nothing of the others. A case that raises is set aside for an hour;
where the whole transaction fails for it, its cases are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from scheduler.recording.recorder import Recorder
from scheduler.reminders.escalation import Reminder, start_of_day
from scheduler.reminders.planner import CasePlan, ReminderPlanner
from scheduler.reminders.quiet_hours import DeliveryRequest, QuietHours, earliest_delivery, next_digest
from scheduler.reminders.recipients import RecipientResolver
from scheduler.sweep.results import SweepFailure
from storage.database.engines import Unkept
from storage.eventlog.known_calendar import calendar_from_entries
from storage.eventlog.log import Log
from storage.eventlog.office_events import office_events
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.delegations import fold_absences
from storage.messaging.outbox import Outbox, OutboxNotice
from storage.messaging.wake_queue import WakeQueue

BATCH_SIZE = 200  # the only writer is held for a twentieth of a second, so a press waits no longer; each batch is a commit
QUARANTINE_TIME = timedelta(hours=1)
DATABASE_ERRORS = (OperationalError, Unkept)
NEVER = datetime.max.replace(tzinfo=UTC)
UnreachableLookup = Callable[[Connection, datetime], frozenset[str]]
"""The people whom no channel reaches now."""


def nobody_unreachable(_connection: Connection, _now: datetime) -> frozenset[str]:
    """Nobody is out of reach: for simulations, and where no channel is asked."""
    return frozenset()


def queue_reminders(recorder: Recorder, reach: UnreachableLookup, stuck: list[SweepFailure]) -> int:
    """Plan everything that has woken by now. Returns how many notices are new."""
    now, planned, numbers = recorder.clock.now(), 0, [0] * BATCH_SIZE
    while len(numbers) == BATCH_SIZE and (numbers := _woken_cases(recorder, now)):
        try:
            planned += _queue_batch(recorder, reach, now, stuck, most=BATCH_SIZE)
        except DATABASE_ERRORS:  # nothing is to be set aside, and the next beat tries again
            raise
        except Exception:  # noqa: BLE001 - one of these cases poisons the others; alone it harms nobody
            planned += sum(_queue_one(recorder, reach, now, stuck, number) for number in numbers)
    return planned


def reminder_planner(
    recorder: Recorder,
    connection: Connection,
    reach: UnreachableLookup,
    now: datetime,
    known_by: datetime = NEVER,
) -> ReminderPlanner:
    """The office as it stands at an instant, by what had been recorded by another one."""
    wide = [
        one for one in office_events(Log(connection, recorder.office.slug)) if one.recorded_at <= known_by
    ]
    away = fold_absences(wide)
    roster = RecipientResolver(
        office=recorder.office, absences=away, day=office_day(now), unreachable=reach(connection, now)
    )
    return ReminderPlanner(
        office=recorder.office,
        duties=recorder.duties,
        calendar=calendar_from_entries(recorder.calendar, wide),
        absences=away,
        roster=roster,
        now=now,
    )


def notice_of(reminder: Reminder, case: int, now: datetime, not_before: datetime) -> OutboxNotice:
    """A reminder as the outbox keeps it."""
    return OutboxNotice(
        person=reminder.person,
        case=case,
        what=reminder.what,
        rung=reminder.rung,
        basis=reminder.basis,
        until=reminder.until,
        statutory=reminder.statutory,
        rings=reminder.rings,
        topic=reminder.topic,
        for_person=reminder.for_person,
        created_at=now,
        not_before=not_before,
    )


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """When what is planned at an instant may be said: worked out once for all that are alike."""

    now: datetime
    calendar: Calendar
    cache: dict[tuple[date | None, date, bool, bool], datetime] = field(default_factory=dict)

    def earliest(self, reminder: Reminder) -> datetime:
        """The instant for one of them."""
        alike = (reminder.until, reminder.day, reminder.rings, reminder.statutory)
        if alike not in self.cache:
            self.cache[alike] = delivery_time(reminder, self.now, self.calendar)
        return self.cache[alike]


def delivery_time(
    reminder: Reminder, now: datetime, calendar: Calendar, hours: QuietHours | None = None
) -> datetime:
    """When it may be said. Before the morning's digest even the law waits for it: one message and not two."""
    hours = hours or QuietHours()
    morning = next_digest(now, calendar, hours)
    saying = DeliveryRequest(
        until=reminder.until,
        due_since=start_of_day(reminder.day),
        rings=reminder.rings,
        statutory=reminder.statutory and office_day(morning) > office_day(now),
    )
    return earliest_delivery(saying, now, calendar, hours)


def _woken_cases(recorder: Recorder, now: datetime) -> list[int]:
    with recorder.store.reading() as connection:
        return WakeQueue(connection, recorder.office.slug).due(now, most=BATCH_SIZE)


def _queue_batch(
    recorder: Recorder, reach: UnreachableLookup, now: datetime, stuck: list[SweepFailure], *, most: int
) -> int:
    with recorder.store.writing(recorder.office.slug) as connection:
        numbers = WakeQueue(connection, recorder.office.slug).due(now, most=most)
        found: list[SweepFailure] = []
        outlook = reminder_planner(recorder, connection, reach, now)
        planned = _queue_cases(recorder, outlook, connection, numbers, found)
    stuck += found  # only once it is kept
    return planned


def _queue_one(
    recorder: Recorder, reach: UnreachableLookup, now: datetime, stuck: list[SweepFailure], number: int
) -> int:
    try:
        with recorder.store.writing(recorder.office.slug) as connection:
            outlook = reminder_planner(recorder, connection, reach, now)
            return _queue_cases(recorder, outlook, connection, [number], stuck)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - it is set aside and told
        with recorder.store.writing(recorder.office.slug) as connection:
            WakeQueue(connection, recorder.office.slug).quarantine(
                number, now + QUARANTINE_TIME, type(error).__name__
            )
        stuck.append(SweepFailure(reference=f"№{number}", error=error))
        return 0


def _queue_cases(
    recorder: Recorder,
    outlook: ReminderPlanner,
    connection: Connection,
    numbers: Sequence[int],
    stuck: list[SweepFailure],
) -> int:
    wakes, outbox = WakeQueue(connection, recorder.office.slug), Outbox(connection, recorder.office.slug)
    now = outlook.now
    cases = CaseProjections(connection, recorder.office.slug, recorder.duties).cases(numbers)
    seen: dict[int, CasePlan] = {}
    for number in numbers:
        try:
            seen[number] = outlook.plan(cases.get(number, Case(number=number)))
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            wakes.quarantine(number, now + QUARANTINE_TIME, type(error).__name__)
            stuck.append(SweepFailure(reference=f"№{number}", error=error))
    hour = DeliveryTimes(now, outlook.calendar)
    notices = [
        notice_of(reminder, number, now, hour.earliest(reminder))
        for number, one in seen.items()
        for reminder in one.reminders
    ]
    outbox.cancel_superseded(list(seen), {notice.key for notice in notices})
    planned = outbox.put(notices)
    gone = [number for number, one in seen.items() if one.is_finished]
    wakes.set({number: one.next_wakeup for number, one in seen.items() if not one.is_finished}, gone=gone)
    return planned
