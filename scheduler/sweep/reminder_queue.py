"""Plans the cases that woke, queues their notices in the outbox, and says before delivery which are still current.

Many cases share one transaction of the office's only writer, so two sweeps at once handle each case once, and a
sweep that is killed has done some cases wholly and the others not at all. A case that fails is quarantined for an
hour; where the whole transaction fails because of it, its cases are taken one by one. Queueing is the sweep's last
part; the outbox sender asks again just before it sends, because a case may have moved on since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from config.clock import office_day
from scheduler.recording.recorder import Recorder
from scheduler.reminders.planner import CasePlan, ReminderPlanner
from scheduler.reminders.recipients import RecipientResolver, substitute_people
from scheduler.sweep.results import SweepFailure
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.database.engines import Unkept
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.case import Case
from storage.events.delegations import fold_absences
from storage.messaging.outbox import Outbox, OutboxEntry
from storage.messaging.wake_queue import WakeQueue

BATCH_SIZE = 200
"""Cases a transaction: they hold the only writer for a twentieth of a second, so a press waits no longer."""
QUARANTINE_TIME = timedelta(hours=1)
DATABASE_ERRORS = (OperationalError, Unkept)
NEVER = datetime.max.replace(tzinfo=UTC)
WAIT_KINDS = frozenset(WaitKind)
UnreachableLookup = Callable[[Connection, datetime], frozenset[str]]
"""The people whom no channel reaches at an instant."""


def nobody_unreachable(_connection: Connection, _now: datetime) -> frozenset[str]:
    """Takes everybody to be reachable: for simulations, and where no channel is asked."""
    return frozenset()


def queue_reminders(recorder: Recorder, unreachable: UnreachableLookup, failures: list[SweepFailure]) -> int:
    """Plan every case that woke by now. Returns how many notices are new; adds the cases that failed."""
    now, queued, numbers = recorder.clock.now(), 0, [0] * BATCH_SIZE
    while len(numbers) == BATCH_SIZE and (numbers := _woken_cases(recorder, now)):
        try:
            queued += _queue_batch(recorder, unreachable, now, failures)
        except DATABASE_ERRORS:  # no case is at fault, and the next sweep tries again
            raise
        except Exception:  # noqa: BLE001 - one of these cases fails the others; alone it harms nobody
            queued += sum(_queue_one(recorder, unreachable, now, failures, number) for number in numbers)
    return queued


def reminder_planner(
    recorder: Recorder,
    connection: Connection,
    unreachable: UnreachableLookup,
    now: datetime,
    known_by: datetime = NEVER,
) -> ReminderPlanner:
    """The planner of an office at an instant, by what had been recorded at another one."""
    about_office = [
        one for one in office_events(Log(connection, recorder.office.slug)) if one.recorded_at <= known_by
    ]
    resolver = RecipientResolver(
        office=recorder.office,
        absences=fold_absences(about_office),
        day=office_day(now),
        unreachable=unreachable(connection, now),
    )
    calendar = calendar_from_entries(recorder.calendar, about_office)
    return ReminderPlanner(duties=recorder.duties, calendar=calendar, resolver=resolver, now=now)


def current_notices(recorder: Recorder, connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
    """The numbers of those whose case still waits for what they are about; those about no case always are current."""
    office = recorder.office
    about_office = list(office_events(Log(connection, office.slug)))
    calendar = calendar_from_entries(recorder.calendar, about_office)
    absences = fold_absences(about_office)
    numbers = sorted({row.notice.case for row in rows} - {0})
    cases = CaseProjections(connection, office.slug, recorder.duties).cases(numbers)
    pending: set[tuple[int, str, str]] = set()
    for case in cases.values():
        duty = recorder.duties.get(case.opening.kind) if case.opening else None
        found = pending_actions(case, duty, office, calendar, absences) if duty else ()
        pending |= {(case.number, action.what, action.basis) for action in found}
    return [
        row.number
        for row in rows
        if row.notice.what not in WAIT_KINDS
        or (row.notice.case, row.notice.what, row.notice.basis) in pending
    ]


def substitutes(recorder: Recorder, connection: Connection, person: str) -> tuple[str, ...]:
    """Who may receive a message today in place of a person whom it could not reach, in the order of trying."""
    absences = fold_absences(office_events(Log(connection, recorder.office.slug)))
    return substitute_people(person, recorder.office, absences, office_day(recorder.clock.now()))


def _woken_cases(recorder: Recorder, now: datetime) -> list[int]:
    with recorder.store.reading() as connection:
        return WakeQueue(connection, recorder.office.slug).due(now, most=BATCH_SIZE)


def _queue_batch(
    recorder: Recorder, unreachable: UnreachableLookup, now: datetime, failures: list[SweepFailure]
) -> int:
    with recorder.store.writing(recorder.office.slug) as connection:
        numbers = WakeQueue(connection, recorder.office.slug).due(now, most=BATCH_SIZE)
        of_batch: list[SweepFailure] = []
        planner = reminder_planner(recorder, connection, unreachable, now)
        queued = _queue_cases(recorder, planner, connection, numbers, of_batch)
    failures += of_batch  # only once it is committed
    return queued


def _queue_one(
    recorder: Recorder,
    unreachable: UnreachableLookup,
    now: datetime,
    failures: list[SweepFailure],
    number: int,
) -> int:
    try:
        with recorder.store.writing(recorder.office.slug) as connection:
            planner = reminder_planner(recorder, connection, unreachable, now)
            return _queue_cases(recorder, planner, connection, [number], failures)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - it is quarantined and reported
        with recorder.store.writing(recorder.office.slug) as connection:
            _quarantine(WakeQueue(connection, recorder.office.slug), number, now, error, failures)
        return 0


def _queue_cases(
    recorder: Recorder,
    planner: ReminderPlanner,
    connection: Connection,
    numbers: Sequence[int],
    failures: list[SweepFailure],
) -> int:
    wakes, outbox = WakeQueue(connection, recorder.office.slug), Outbox(connection, recorder.office.slug)
    cases = CaseProjections(connection, recorder.office.slug, recorder.duties).cases(numbers)
    plans: dict[int, CasePlan] = {}
    for number in numbers:
        try:
            plans[number] = planner.plan(cases.get(number, Case(number=number)))
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is reported
            _quarantine(wakes, number, planner.now, error, failures)
    notices = [notice for plan in plans.values() for notice in plan.notices]
    outbox.cancel_superseded(list(plans), {notice.key for notice in notices}, WAIT_KINDS)
    queued = outbox.put(notices)
    finished = [number for number, plan in plans.items() if plan.is_finished]
    wakeups = {number: plan.next_wakeup for number, plan in plans.items() if not plan.is_finished}
    wakes.set(wakeups, gone=finished)
    return queued


def _quarantine(
    wakes: WakeQueue, number: int, now: datetime, error: Exception, failures: list[SweepFailure]
) -> None:
    wakes.quarantine(number, now + QUARANTINE_TIME, type(error).__name__)
    failures.append(SweepFailure(reference=f"№{number}", error=error))
