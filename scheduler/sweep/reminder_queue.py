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
from scheduler.recording.recorder import Desk
from scheduler.reminders.escalation import Reminder, midnight
from scheduler.reminders.planner import Outlook, Seen
from scheduler.reminders.quiet_hours import Hours, Saying, next_digest, speak_at
from scheduler.reminders.recipients import Roster
from scheduler.sweep.results import Stuck
from storage.database.engines import Unkept
from storage.eventlog.known_calendar import calendar_from
from storage.eventlog.log import Log
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.delegations import absences
from storage.messaging.outbox import Notice, Outbox
from storage.messaging.wake_queue import Wakes

BATCH = 200  # the only writer is held for a twentieth of a second, so a press waits no longer; each batch is a commit
ASIDE = timedelta(hours=1)
DATABASE = (OperationalError, Unkept)
NEVER = datetime.max.replace(tzinfo=UTC)
Reach = Callable[[Connection, datetime], frozenset[str]]
"""The people whom no channel reaches now."""


def everyone(_connection: Connection, _now: datetime) -> frozenset[str]:
    """Nobody is out of reach: for simulations, and where no channel is asked."""
    return frozenset()


def remind(desk: Desk, reach: Reach, stuck: list[Stuck]) -> int:
    """Plan everything that has woken by now. Returns how many notices are new."""
    now, planned, numbers = desk.clock.now(), 0, [0] * BATCH
    while len(numbers) == BATCH and (numbers := _woken(desk, now)):
        try:
            planned += _batch(desk, reach, now, stuck, most=BATCH)
        except DATABASE:  # nothing is to be set aside, and the next beat tries again
            raise
        except Exception:  # noqa: BLE001 - one of these cases poisons the others; alone it harms nobody
            planned += sum(_alone(desk, reach, now, stuck, number) for number in numbers)
    return planned


def outlook_of(
    desk: Desk, connection: Connection, reach: Reach, now: datetime, known_by: datetime = NEVER
) -> Outlook:
    """The office as it stands at an instant, by what had been recorded by another one."""
    wide = [one for one in officewide(Log(connection, desk.office.slug)) if one.recorded_at <= known_by]
    away = absences(wide)
    roster = Roster(
        office=desk.office, absences=away, day=office_day(now), unreachable=reach(connection, now)
    )
    return Outlook(
        office=desk.office,
        duties=desk.duties,
        calendar=calendar_from(desk.calendar, wide),
        absences=away,
        roster=roster,
        now=now,
    )


def notice_of(reminder: Reminder, case: int, now: datetime, not_before: datetime) -> Notice:
    """A reminder as the outbox keeps it."""
    return Notice(
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
class Hour:
    """When what is planned at an instant may be said: worked out once for all that are alike."""

    now: datetime
    calendar: Calendar
    found: dict[tuple[date | None, date, bool, bool], datetime] = field(default_factory=dict)

    def of(self, reminder: Reminder) -> datetime:
        """The instant for one of them."""
        alike = (reminder.until, reminder.day, reminder.rings, reminder.statutory)
        if alike not in self.found:
            self.found[alike] = said_from(reminder, self.now, self.calendar)
        return self.found[alike]


def said_from(reminder: Reminder, now: datetime, calendar: Calendar, hours: Hours | None = None) -> datetime:
    """When it may be said. Before the morning's digest even the law waits for it: one message and not two."""
    hours = hours or Hours()
    morning = next_digest(now, calendar, hours)
    saying = Saying(
        until=reminder.until,
        fell_due=midnight(reminder.day),
        rings=reminder.rings,
        statutory=reminder.statutory and office_day(morning) > office_day(now),
    )
    return speak_at(saying, now, calendar, hours)


def _woken(desk: Desk, now: datetime) -> list[int]:
    with desk.store.reading() as connection:
        return Wakes(connection, desk.office.slug).due(now, most=BATCH)


def _batch(desk: Desk, reach: Reach, now: datetime, stuck: list[Stuck], *, most: int) -> int:
    with desk.store.writing(desk.office.slug) as connection:
        numbers = Wakes(connection, desk.office.slug).due(now, most=most)
        found: list[Stuck] = []
        outlook = outlook_of(desk, connection, reach, now)
        planned = _look_at(desk, outlook, connection, numbers, found)
    stuck += found  # only once it is kept
    return planned


def _alone(desk: Desk, reach: Reach, now: datetime, stuck: list[Stuck], number: int) -> int:
    try:
        with desk.store.writing(desk.office.slug) as connection:
            outlook = outlook_of(desk, connection, reach, now)
            return _look_at(desk, outlook, connection, [number], stuck)
    except DATABASE:
        raise
    except Exception as error:  # noqa: BLE001 - it is set aside and told
        with desk.store.writing(desk.office.slug) as connection:
            Wakes(connection, desk.office.slug).set_aside(number, now + ASIDE, type(error).__name__)
        stuck.append(Stuck(reference=f"№{number}", error=error))
        return 0


def _look_at(
    desk: Desk, outlook: Outlook, connection: Connection, numbers: Sequence[int], stuck: list[Stuck]
) -> int:
    wakes, outbox = Wakes(connection, desk.office.slug), Outbox(connection, desk.office.slug)
    now = outlook.now
    cases = Index(connection, desk.office.slug, desk.duties).cases(numbers)
    seen: dict[int, Seen] = {}
    for number in numbers:
        try:
            seen[number] = outlook.of(cases.get(number, Case(number=number)))
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            wakes.set_aside(number, now + ASIDE, type(error).__name__)
            stuck.append(Stuck(reference=f"№{number}", error=error))
    hour = Hour(now, outlook.calendar)
    notices = [
        notice_of(reminder, number, now, hour.of(reminder))
        for number, one in seen.items()
        for reminder in one.reminders
    ]
    outbox.overtake(list(seen), {notice.key for notice in notices})
    planned = outbox.put(notices)
    gone = [number for number, one in seen.items() if one.over]
    wakes.set({number: one.wake for number, one in seen.items() if not one.over}, gone=gone)
    return planned
