"""The auditor: compares the notices that the duties and the log require with those that the outbox has.

It relies neither on the wake-ups nor on the sweep, so it finds what either of them forgets. A notice is missing
only where it was due some minutes ago and still is: the sweep is given its time. How many cases one audit reads is
bounded, and the next one goes on where it stopped; the cases of the newest entries are read every time.

Only a clean audit sends the heartbeat, and only where a fact could be recorded now: whoever monitors it learns
both that something is wrong and that nobody audits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sqlalchemy import Connection

from config.clock import office_day
from config.errors import GongkaiError
from scheduler.recording.recorder import Recorder
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.planner import ReminderPlanner
from scheduler.reminders.recipients import fallback_people, program_keepers
from scheduler.sweep.openings import has_begun
from scheduler.sweep.reminder_queue import UnreachableLookup, reminder_planner
from scheduler.sweep.sweep import missing_openings
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.case import Case, fold_case
from storage.messaging.delivery_log import DeliveryLog, DeliveryLogEntry
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.messaging.wake_queue import WakeQueue

GRACE = timedelta(minutes=10)  # ten rounds of the sweep
UNSENT_AFTER = timedelta(hours=1)
OPENING_GRACE = timedelta(hours=2)  # of its day: the openings are looked for each hour
MAX_CASES = 2_000
RECENT_ENTRIES = 1_000  # the newest entries of the log: every audit reads their cases
MAX_FINDINGS = 500
OCCASION, TOPIC = "audit", "reminder.audit"


class DifferenceKind(StrEnum):
    """The kinds of difference an audit finds."""

    MISSING = "missing"  # the notice is due, and nobody queued it
    UNSENT = "unsent"  # the notice is queued, and nobody sends it
    UNREACHED = "unheard"  # nobody whom its step reaches could be told
    QUARANTINED = "aside"  # the sweep could not handle the case
    NOT_SWEPT = "unlooked"  # the case woke, and no sweep handled it
    WITHOUT_WAKEUP = "asleep"  # the case is open, and no sweep would ever handle it again
    NOT_OPENED = "unbegun"  # the case should have been opened by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between what is required and what was done."""

    what: DifferenceKind
    case: int
    person: str = ""
    rung: str = ""
    basis: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The extent and the findings of one audit."""

    at: datetime
    cases: int
    open_cases: int
    """How many cases are open, read or not."""
    last_case: int
    """The last case it read; the next audit goes on behind it. 0 where it read the last open one."""
    differences: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        """Whether it found no difference."""
        return not self.differences


class Unsaid(GongkaiError):
    """{count} reminders are not as they should be; first: {first}. Look with: gongkai audit"""


def audit(
    recorder: Recorder, unreachable: UnreachableLookup, *, after: int = 0, most: int = MAX_CASES
) -> Audit:
    """Compare the required notices with the queued ones. ``after``: the case at which the last audit stopped."""
    now = recorder.clock.now()
    with recorder.store.reading() as connection:
        wakes = WakeQueue(connection, recorder.office.slug)
        open_cases = wakes.next_open_cases(after, most=most)
        open_count = wakes.open_count()
        numbers = sorted({*open_cases, *_recent_cases(Log(connection, recorder.office.slug))})
        found = [
            *_case_differences(recorder, connection, unreachable, now, numbers),
            *_outbox_differences(recorder, connection, now),
        ]
    if has_begun(recorder, unreachable):  # before that nothing begins by itself
        found += _opening_differences(recorder, office_day(now - OPENING_GRACE))
    return Audit(
        at=now,
        cases=len(numbers),
        open_cases=open_count,
        last_case=open_cases[-1] if len(open_cases) == most else 0,
        differences=tuple(dict.fromkeys(found)),
    )


@dataclass(slots=True)
class Auditor:
    """Audits again and again, going on where the last audit stopped. A clean audit sends the heartbeat."""

    recorder: Recorder
    unreachable: UnreachableLookup
    heartbeat: Callable[[], object]
    on_fault: Callable[[Exception], object]
    last_case: int = 0

    def __call__(self) -> Audit:
        """Audit once. Tells whoever keeps the program running, and reports Unsaid, where it is not clean."""
        found = audit(self.recorder, self.unreachable, after=self.last_case)
        self.last_case = found.last_case
        if found.clean:
            with self.recorder.store.writing(self.recorder.office.slug) as connection:
                Log(connection, self.recorder.office.slug).rewrite_end()
            retract_from_office(self.recorder, OCCASION)
            self.heartbeat()
        else:
            first = found.differences[0]
            notify_office(self.recorder, OCCASION, TOPIC, found.at)
            self.on_fault(
                Unsaid(
                    count=len(found.differences),
                    first=f"{first.what} №{first.case} {first.person or first.detail}",
                )
            )
        return found


def notify_office(recorder: Recorder, what: str, topic: str, at: datetime) -> None:
    """Tell the office that something in the program is amiss: of each occasion once a day.

    What only concerns sending is told to whoever keeps the program running and can act on it; what concerns what was
    recorded is told to the head of the office as well.
    """
    office = recorder.office
    with recorder.store.writing(office.slug) as connection:
        calendar = known_calendar(recorder.calendar, Log(connection, office.slug))
        Outbox(connection, office.slug).put(
            OutboxNotice(
                person=person,
                case=0,
                what=what,
                rung=office_day(at).isoformat(),
                basis="",
                topic=topic,
                created_at=at,
                not_before=DeliveryTimes(now=at, calendar=calendar, hours=office.hours).digest(),
            )
            for person in (program_keepers if what == OCCASION else fallback_people)(office)
        )


def retract_from_office(recorder: Recorder, what: str) -> None:
    """Take back what waits to be said of an occasion: it is no longer true."""
    office = recorder.office.slug
    with recorder.store.reading() as connection:
        waiting = Outbox(connection, office).unfinished()
    numbers = [row.number for row in waiting if row.notice.what == what and not row.notice.case]
    if numbers:
        with recorder.store.writing(office) as connection:
            Outbox(connection, office).mark_stale(numbers)


def _recent_cases(log: Log) -> set[int]:
    """The cases of the newest entries, whatever the projections say."""
    return log.cases_recorded_after(after=max(0, log.end().position - RECENT_ENTRIES))


def _case_differences(
    recorder: Recorder,
    connection: Connection,
    unreachable: UnreachableLookup,
    now: datetime,
    numbers: Sequence[int],
) -> Iterator[Difference]:
    earlier = now - GRACE
    index = CaseProjections(connection, recorder.office.slug, recorder.duties)
    cases, unreadable = index.readable_cases(numbers)
    before = reminder_planner(recorder, connection, unreachable, earlier, known_by=earlier)
    today = reminder_planner(recorder, connection, unreachable, now)
    everyone = replace(today, resolver=today.resolver.with_everyone_reachable)
    queued = DeliveryLog(connection, recorder.office.slug).about(numbers)
    without_wake = set(WakeQueue(connection, recorder.office.slug).open_without_wake(numbers))
    quarantined = _quarantined(recorder, connection)
    for number, fault in unreadable.items():
        yield Difference(what=DifferenceKind.QUARANTINED, case=number, detail=type(fault).__name__)
    for number, case in cases.items():
        if number in quarantined:
            continue
        if number in without_wake:
            yield Difference(what=DifferenceKind.WITHOUT_WAKEUP, case=number)
        try:
            expected = _expected_notices(case, before, today, everyone)
        except Exception as error:  # noqa: BLE001 - an audit reports what it cannot read, and goes on
            yield Difference(what=DifferenceKind.QUARANTINED, case=number, detail=type(error).__name__)
            continue
        yield from _missing_notices(expected, queued.get(number, ()))


def _expected_notices(
    case: Case, before: ReminderPlanner, today: ReminderPlanner, everyone: ReminderPlanner
) -> list[tuple[OutboxNotice, bool]]:
    """The notices that were due earlier and still are; and whether each depends on who can be reached."""
    known_entries = list(takewhile(lambda one: one.recorded_at <= before.now, case.entries))
    now = _notices_by_key(case, today) if known_entries else {}
    if not now:
        return []
    earlier = _notices_by_key(fold_case(case.number, known_entries), before)
    if_all_reached = _notices_by_key(case, everyone)
    return [(notice, key not in if_all_reached) for key, notice in now.items() if key in earlier]


def _notices_by_key(case: Case, planner: ReminderPlanner) -> dict[str, OutboxNotice]:
    return {notice.key: notice for notice in planner.plan(case).notices}


def _missing_notices(
    expected: Iterable[tuple[OutboxNotice, bool]], queued: Sequence[DeliveryLogEntry]
) -> Iterator[Difference]:
    """Who can be reached may have changed since: then it is enough that anybody was told of the step."""
    keys = {row.key for row in queued}
    steps = {(row.what, row.rung, row.basis) for row in queued}
    for notice, any_recipient in expected:
        was_told = any_recipient and (notice.what, notice.rung, notice.basis) in steps
        if notice.key not in keys and not was_told:
            yield Difference(
                what=DifferenceKind.MISSING,
                case=notice.case,
                person=notice.person,
                rung=notice.rung,
                basis=notice.basis,
            )


def _outbox_differences(recorder: Recorder, connection: Connection, now: datetime) -> Iterator[Difference]:
    """Notices that were queued too long or reached nobody, and cases that woke and were not handled."""
    delivery_log = DeliveryLog(connection, recorder.office.slug)
    wakes = WakeQueue(connection, recorder.office.slug)
    for what, rows in (
        (DifferenceKind.UNSENT, delivery_log.overdue(now - UNSENT_AFTER, most=MAX_FINDINGS)),
        (DifferenceKind.UNREACHED, delivery_log.undelivered(now - UNSENT_AFTER, most=MAX_FINDINGS)),
    ):
        for row in rows:
            yield Difference(
                what=what, case=row.case, person=row.person, rung=row.rung, basis=row.basis, detail=row.why
            )
    quarantined = _quarantined(recorder, connection)
    for case, fault in quarantined.items():
        yield Difference(what=DifferenceKind.QUARANTINED, case=case, detail=fault)
    for case in wakes.due(now - GRACE, most=MAX_FINDINGS):
        if case not in quarantined:
            yield Difference(what=DifferenceKind.NOT_SWEPT, case=case)


def _opening_differences(recorder: Recorder, by: date) -> list[Difference]:
    """The cases that should have been opened: they are in no table, so they are computed anew."""
    try:
        late = missing_openings(recorder, by)
    except Exception as error:  # noqa: BLE001 - an audit reports what it cannot find out, and goes on
        late = [type(error).__name__]
    return [Difference(what=DifferenceKind.NOT_OPENED, case=0, detail=one) for one in late[:MAX_FINDINGS]]


def _quarantined(recorder: Recorder, connection: Connection) -> Mapping[int, str]:
    return {one.case: one.fault for one in WakeQueue(connection, recorder.office.slug).quarantined()}
