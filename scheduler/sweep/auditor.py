"""The auditor: from the duties and the log alone, what should have been said, against what the outbox has.

It asks neither the wake-ups nor the sweep, so whatever either forgets, it finds. Only what should have been said
some minutes ago, and should be still, is missed: the sweep is given its time. How many cases one audit reads is
bounded, and the next one goes on where it stopped; what was spoken of lately is read every time.

Only a clean audit touches the heartbeat, and only where a fact could be recorded now. Who listens to it hears
both that something is wrong and that nobody looks.
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
from scheduler.reminders.escalation import Reminder
from scheduler.reminders.planner import ReminderPlanner
from scheduler.reminders.quiet_hours import QuietHours, next_digest
from scheduler.reminders.recipients import FALLBACK_ROLES, RecipientResolver
from scheduler.sweep.reminder_queue import UnreachableLookup, reminder_planner
from scheduler.sweep.sweep import missing_openings
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case, fold_case
from storage.messaging.delivery_log import DeliveryLog, DeliveryLogEntry
from storage.messaging.outbox import Outbox, OutboxNotice, notice_key
from storage.messaging.wake_queue import WakeQueue

GRACE = timedelta(minutes=10)  # ten beats of the sweep
UNSENT_AFTER = timedelta(hours=1)
OPENING_GRACE = timedelta(hours=2)  # of its day: what begins by itself is looked for each hour
MAX_CASES = 2_000
RECENT_ENTRIES = 1_000  # entries of the log whose cases are read by every audit
MAX_FINDINGS = 500
OCCASION, TOPIC = "audit", "reminder.audit"


class DifferenceKind(StrEnum):
    """What an audit finds."""

    MISSING = "missing"  # it should have been said, and nobody put it into the outbox
    UNSENT = "unsent"  # it stands in the outbox, and nobody sends it
    UNREACHED = "unheard"  # nobody whom a rung reaches could be told
    QUARANTINED = "aside"  # a case the sweep could not deal with
    NOT_SWEPT = "unlooked"  # it woke, and nobody looked
    WITHOUT_WAKEUP = "asleep"  # open, and nobody would ever look again
    NOT_OPENED = "unbegun"  # it begins by itself, and did not


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as it should be."""

    what: DifferenceKind
    case: int
    person: str = ""
    rung: str = ""
    basis: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What one audit looked at, and what it found."""

    at: datetime
    cases: int
    open_cases: int
    """How many are open."""
    last_case: int
    """The last case it came to; the next audit goes on behind it."""
    differences: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        """Whether everything that should have been said was."""
        return not self.differences


class Unsaid(GongkaiError):
    """{count} reminders are not as they should be; first: {first}. Look with: gongkai audit"""


def audit(recorder: Recorder, reach: UnreachableLookup, *, after: int = 0, most: int = MAX_CASES) -> Audit:
    """Compare what should have been said with what was. ``after``: the case at which the last audit stopped."""
    now = recorder.clock.now()
    with recorder.store.reading() as connection:
        wakes = WakeQueue(connection, recorder.office.slug)
        lie_open, of = wakes.next_open_cases(after, most=most), wakes.open_count()
        numbers = sorted({*lie_open, *_recent_cases(Log(connection, recorder.office.slug))})
        found = [
            *_case_differences(recorder, connection, reach, now, numbers),
            *_outbox_differences(recorder, connection, now),
        ]
    found += _opening_differences(recorder, office_day(now - OPENING_GRACE))
    upto = lie_open[-1] if len(lie_open) == most else 0
    return Audit(
        at=now, cases=len(numbers), open_cases=of, last_case=upto, differences=tuple(dict.fromkeys(found))
    )


@dataclass(slots=True)
class Auditor:
    """One audit after the other, each going on where the last one stopped. A clean one touches the heartbeat."""

    recorder: Recorder
    reach: UnreachableLookup
    heartbeat: Callable[[], object]
    on_fault: Callable[[Exception], object]
    last_case: int = 0

    def __call__(self) -> Audit:
        """Audit once."""
        found = audit(self.recorder, self.reach, after=self.last_case)
        self.last_case = found.last_case
        if found.clean:
            with self.recorder.store.writing(self.recorder.office.slug) as connection:
                Log(connection, self.recorder.office.slug).rewrite_end()
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
    """The party-and-government office hears of something amiss in the machine: of each thing once a day."""
    office = recorder.office
    people = dict.fromkeys(one.id for role in FALLBACK_ROLES for one in office.holders(role))
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
                not_before=next_digest(at, calendar, QuietHours()),
            )
            for person in people
        )


def _recent_cases(log: Log) -> set[int]:
    """The cases of the newest entries, whatever the derived rows say."""
    return log.cases_recorded_after(after=max(0, log.end().position - RECENT_ENTRIES))


def _case_differences(
    recorder: Recorder,
    connection: Connection,
    reach: UnreachableLookup,
    now: datetime,
    numbers: Sequence[int],
) -> Iterator[Difference]:
    then = now - GRACE
    cases, unreadable = CaseProjections(connection, recorder.office.slug, recorder.duties).readable_cases(
        numbers
    )
    before = reminder_planner(recorder, connection, reach, then, known_by=then)
    today = reminder_planner(recorder, connection, reach, now)
    put = DeliveryLog(connection, recorder.office.slug).about(numbers)
    asleep, set_aside = (
        set(WakeQueue(connection, recorder.office.slug).open_without_wake(numbers)),
        _quarantined(recorder, connection),
    )
    for number, fault in unreadable.items():
        yield Difference(what=DifferenceKind.QUARANTINED, case=number, detail=type(fault).__name__)
    for number, case in cases.items():
        if number in set_aside:
            continue
        yield from (
            Difference(what=DifferenceKind.WITHOUT_WAKEUP, case=number) for _ in range(number in asleep)
        )
        try:
            wanted = _expected_reminders(case, before, today)
        except Exception as error:  # noqa: BLE001 - an audit reports what it cannot read, and goes on
            yield Difference(what=DifferenceKind.QUARANTINED, case=number, detail=type(error).__name__)
            continue
        yield from _missing_reminders(number, wanted, put.get(number, ()))


def _expected_reminders(
    case: Case, before: ReminderPlanner, today: ReminderPlanner
) -> list[tuple[Reminder, bool]]:
    """What should have been said then, and should be still; and whether that hangs on who can be reached."""
    told = list(takewhile(lambda one: one.recorded_at <= before.now, case.entries))
    if not told:
        return []
    then = _reminders_by_key(fold_case(case.number, told), before)
    now = _reminders_by_key(case, today)
    anyway = _reminders_by_key(case, _with_everyone_reachable(today))
    return [(one, key not in anyway) for key, one in now.items() if key in then]


def _reminders_by_key(case: Case, outlook: ReminderPlanner) -> dict[tuple[str, ...], Reminder]:
    return {
        (one.person, one.what, one.rung, one.basis, one.for_person): one
        for one in outlook.plan(case).reminders
    }


def _with_everyone_reachable(outlook: ReminderPlanner) -> ReminderPlanner:
    roster = outlook.roster
    if not roster.unreachable:
        return outlook
    return replace(
        outlook,
        roster=RecipientResolver(office=roster.office, absences=roster.absences, day=office_day(outlook.now)),
    )


def _missing_reminders(
    case: int, wanted: Iterable[tuple[Reminder, bool]], put: Sequence[DeliveryLogEntry]
) -> Iterator[Difference]:
    """Who can be reached may have changed since: then it is enough that somebody was told of the rung."""
    keys = {row.key for row in put}
    rungs = {(row.what, row.rung, row.basis) for row in put}
    for one, loosely in wanted:
        key = notice_key(one.person, case, one.what, one.rung, one.basis, one.for_person)
        if key not in keys and not (loosely and (one.what, one.rung, one.basis) in rungs):
            yield Difference(
                what=DifferenceKind.MISSING, case=case, person=one.person, rung=one.rung, basis=one.basis
            )


def _outbox_differences(recorder: Recorder, connection: Connection, now: datetime) -> Iterator[Difference]:
    """What lies in the outbox too long, what nobody could be told, and what woke and was not looked at."""
    told, wakes = DeliveryLog(connection, recorder.office.slug), WakeQueue(connection, recorder.office.slug)
    for what, rows in (
        (DifferenceKind.UNSENT, told.overdue(now - UNSENT_AFTER, most=MAX_FINDINGS)),
        (DifferenceKind.UNREACHED, told.undelivered(now - UNSENT_AFTER, most=MAX_FINDINGS)),
    ):
        for row in rows:
            yield Difference(
                what=what, case=row.case, person=row.person, rung=row.rung, basis=row.basis, detail=row.why
            )
    for one in wakes.quarantined():
        yield Difference(what=DifferenceKind.QUARANTINED, case=one.case, detail=one.fault)
    aside = _quarantined(recorder, connection)
    for case in wakes.due(now - GRACE, most=MAX_FINDINGS):
        if case not in aside:
            yield Difference(what=DifferenceKind.NOT_SWEPT, case=case)


def _opening_differences(recorder: Recorder, by: date) -> list[Difference]:
    """A case that was never opened is nowhere to be found: what should have begun is worked out anew."""
    try:
        late = missing_openings(recorder, by)
    except Exception as error:  # noqa: BLE001 - an audit reports what it cannot find out, and goes on
        late = [type(error).__name__]
    return [Difference(what=DifferenceKind.NOT_OPENED, case=0, detail=one) for one in late[:MAX_FINDINGS]]


def _quarantined(recorder: Recorder, connection: Connection) -> Mapping[int, str]:
    return {one.case: one.fault for one in WakeQueue(connection, recorder.office.slug).quarantined()}
