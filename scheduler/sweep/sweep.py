"""One sweep: opens and closes what begins and ends by itself, and queues the due reminders. Safe to run twice.

Months and recurring cases are opened by the office's file; every other case is found by its wake-up
(``storage/messaging/wake_queue.py``), so a sweep runs in O(due cases). It records the legal date and not the date of
the run, however long nobody swept.

Each case has a transaction of its own: one that fails stops no other, is quarantined for an hour, and is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from config.clock import office_day
from config.reporting.scoring_schemes import UnknownScheme
from scheduler.recording.recorder import Recorder
from scheduler.sweep.closings import closing_tasks
from scheduler.sweep.openings import has_begun, opening_tasks
from scheduler.sweep.reminder_queue import (
    DATABASE_ERRORS,
    QUARANTINE_TIME,
    UnreachableLookup,
    nobody_unreachable,
    queue_reminders,
)
from scheduler.sweep.results import (
    ACTOR,
    CLOCK,
    MEANS,
    SweepAction,
    SweepFailure,
    SweepResult,
    SweepTask,
)
from scheduler.sweep.roster_check import check_roster
from scheduler.sweep.village_months import months_to_open
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.messaging.wake_queue import WakeQueue


def sweep(
    recorder: Recorder,
    schemes: Collection[str],
    unreachable: UnreachableLookup = nobody_unreachable,
    *,
    waits_for_people: bool = False,
) -> SweepResult:
    """Open what begins, close what is over, correct what the sweep closed too early, queue what is due.

    No month opens with a scoring scheme that is none of ``schemes``: it would keep that scheme for ever. With
    ``waits_for_people`` nothing begins by itself before anybody has joined: the office sets its terms, and nobody
    could have kept them.
    """
    if leap := _clock_failure(recorder):
        return SweepResult(actions=(), failures=(leap,))
    today = office_day(recorder.clock.now())
    failures: list[SweepFailure] = []
    begins = not waits_for_people or has_begun(recorder, unreachable)
    actions = _open_months(recorder, schemes, today, failures) if begins else []
    # Opened first: a month that began and ended while nobody swept is closed in the same sweep.
    actions += _find_and_run(recorder, lambda: closing_tasks(recorder), "endings", failures)
    if begins:
        actions += _find_and_run(recorder, lambda: opening_tasks(recorder, today), "beginnings", failures)
    due = _handle_woken_cases(recorder, unreachable)
    planned = due.planned + _try_roster_check(recorder, unreachable, failures)
    return SweepResult(actions=(*actions, *due.actions), failures=(*failures, *due.failures), planned=planned)


def sweep_due(recorder: Recorder, unreachable: UnreachableLookup = nobody_unreachable) -> SweepResult:
    """Handle the cases that woke, and no other."""
    if leap := _clock_failure(recorder):
        return SweepResult(actions=(), failures=(leap,))
    return _handle_woken_cases(recorder, unreachable)


def _handle_woken_cases(recorder: Recorder, unreachable: UnreachableLookup) -> SweepResult:
    failures: list[SweepFailure] = []
    actions = _find_and_run(recorder, lambda: closing_tasks(recorder), "endings", failures)
    planned = queue_reminders(recorder, unreachable, failures)
    return SweepResult(actions=tuple(actions), failures=tuple(failures), planned=planned)


def _clock_failure(recorder: Recorder) -> SweepFailure | None:
    """The failure where the machine's clock cannot be right: then nothing is opened, closed or queued."""
    office = recorder.office.slug
    try:
        with recorder.store.writing(office) as connection:
            ClockReadings(connection, office).save(recorder.clock)
    except ClockLeapt as leapt:
        return SweepFailure(reference=CLOCK, error=leapt)
    return None


def missing_openings(recorder: Recorder, today: date) -> list[str]:
    """The references of cases that should have been opened by a day and were not; the sweep opens them."""
    return [task.reference for task in (*months_to_open(recorder, today), *opening_tasks(recorder, today))]


def _open_months(
    recorder: Recorder, schemes: Collection[str], today: date, failures: list[SweepFailure]
) -> list[SweepAction]:
    scheme = recorder.office.months.scheme if recorder.office.months else ""
    if scheme and scheme not in schemes:
        unknown = UnknownScheme(scheme=scheme, known=", ".join(sorted(schemes)))
        failures.append(SweepFailure(reference="[months] scheme", error=unknown))
        return []
    return _find_and_run(recorder, lambda: months_to_open(recorder, today), "months", failures)


def _try_roster_check(
    recorder: Recorder, unreachable: UnreachableLookup, failures: list[SweepFailure]
) -> int:
    try:
        return check_roster(recorder, unreachable)
    except Exception as error:  # noqa: BLE001 - whatever the roster check meets, the reminders are queued
        failures.append(SweepFailure(reference="roster", error=error))
        return 0


def _find_and_run(
    recorder: Recorder,
    find: Callable[[], Iterable[SweepTask]],
    name: str,
    failures: list[SweepFailure],
) -> list[SweepAction]:
    """Run the tasks that ``find`` gives. Where it fails that is a failure of this name, and the sweep goes on."""
    try:
        tasks = list(find())
    except Exception as error:  # noqa: BLE001 - whatever cannot be opened or closed, the reminders are queued
        failures.append(SweepFailure(reference=name, error=error))
        return []
    return _run_tasks(recorder, tasks, failures)


def _run_tasks(
    recorder: Recorder, tasks: Iterable[SweepTask], failures: list[SweepFailure]
) -> list[SweepAction]:
    actions: list[SweepAction] = []
    for task in tasks:
        try:
            with recorder.transaction(actor=ACTOR, means=MEANS) as uow:
                action = task.act(uow)
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is reported
            failures.append(SweepFailure(reference=task.reference, error=error))
            if not isinstance(error, (*DATABASE_ERRORS, ClockLeapt)):  # then the next sweep tries again
                _quarantine(recorder, task, error)
        else:
            actions += [action] if action else []
    return actions


def _quarantine(recorder: Recorder, task: SweepTask, error: Exception) -> None:
    if task.case:
        with recorder.store.writing(recorder.office.slug) as connection:
            until = recorder.clock.now() + QUARANTINE_TIME
            WakeQueue(connection, recorder.office.slug).quarantine(task.case, until, type(error).__name__)
