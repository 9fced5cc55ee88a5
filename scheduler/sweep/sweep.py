"""One sweep: what begins and ends by itself is opened and closed, and what is due is said. Safe to run twice.

Months and recurring cases are opened by what stands in the office's file; everything else is found by its wake-up
(``storage/messaging/wake_queue.py``), so that a sweep costs what is due and not what exists. Whatever it stamps is the day on
which it held, not the day it ran, however long nobody swept.

Each case is a sitting of its own: one that cannot be dealt with stops no other, is set aside for an hour, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date

from config.clock import office_day
from config.declarations.duty import Duty
from config.reporting.scoring_schemes import UnknownScheme
from scheduler.recording.recorder import Recorder
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.closings import closing_tasks
from scheduler.sweep.openings import cases_to_open, is_still_to_open
from scheduler.sweep.reminder_queue import (
    DATABASE_ERRORS,
    QUARANTINE_TIME,
    UnreachableLookup,
    nobody_unreachable,
    queue_reminders,
)
from scheduler.sweep.results import ACTOR, MEANS, OPENED, SweepAction, SweepFailure, SweepResult, SweepTask
from scheduler.sweep.roster_check import check_roster
from scheduler.sweep.village_months import months_to_open
from scheduler.worklist.recurring_cases import Opening
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.messaging.wake_queue import WakeQueue

__all__ = ["SweepAction", "SweepFailure", "SweepResult", "missing_openings", "sweep", "sweep_due"]


def sweep(
    recorder: Recorder, schemes: Collection[str], reach: UnreachableLookup = nobody_unreachable
) -> SweepResult:
    """Open what begins, close what is over, mend what the sweep said too early, plan what is to be said.

    No month opens with a scoring scheme that is none of ``schemes``: it would keep that for ever.
    """
    today = office_day(recorder.clock.now())
    stuck: list[SweepFailure] = []
    deeds: list[SweepAction] = []
    scheme = recorder.office.months.scheme if recorder.office.months else ""
    if not scheme or scheme in schemes:
        deeds += _run_tasks(
            recorder, _collect_tasks(lambda: months_to_open(recorder, today), "months", stuck), stuck
        )
    else:
        unknown = UnknownScheme(scheme=scheme, known=", ".join(sorted(schemes)))
        stuck.append(SweepFailure(reference="[months] scheme", error=unknown))
    # Opened first: a month that began and ended while nobody swept is closed in the same sweep.
    deeds += _run_tasks(recorder, _collect_tasks(lambda: closing_tasks(recorder), "endings", stuck), stuck)
    deeds += _run_tasks(
        recorder, _collect_tasks(lambda: _opening_tasks(recorder, today), "beginnings", stuck), stuck
    )
    looked = sweep_due(recorder, reach)
    planned = looked.planned + _try_roster_check(recorder, reach, stuck)
    return SweepResult(
        actions=(*deeds, *looked.actions), failures=(*stuck, *looked.failures), planned=planned
    )


def sweep_due(recorder: Recorder, reach: UnreachableLookup = nobody_unreachable) -> SweepResult:
    """Look at what has woken, and at nothing else."""
    stuck: list[SweepFailure] = []
    deeds = _run_tasks(recorder, _collect_tasks(lambda: closing_tasks(recorder), "endings", stuck), stuck)
    planned = queue_reminders(recorder, reach, stuck)
    return SweepResult(actions=tuple(deeds), failures=tuple(stuck), planned=planned)


def missing_openings(recorder: Recorder, today: date) -> list[str]:
    """What should have begun by a day and has not, by its reference; the sweep begins it."""
    return [task.reference for task in (*months_to_open(recorder, today), *_opening_tasks(recorder, today))]


def _try_roster_check(recorder: Recorder, reach: UnreachableLookup, stuck: list[SweepFailure]) -> int:
    try:
        return check_roster(recorder, reach)
    except Exception as error:  # noqa: BLE001 - whatever the roster says, the reminders are planned
        stuck.append(SweepFailure(reference="roster", error=error))
        return 0


def _collect_tasks(
    find: Callable[[], Iterable[SweepTask]], name: str, stuck: list[SweepFailure]
) -> list[SweepTask]:
    """What is to be done; where nobody can find that out it is told, and what people wait for is planned anyway."""
    try:
        return list(find())
    except Exception as error:  # noqa: BLE001 - whatever cannot begin or end, the reminders are planned
        stuck.append(SweepFailure(reference=name, error=error))
        return []


def _run_tasks(
    recorder: Recorder, tasks: Iterable[SweepTask], stuck: list[SweepFailure]
) -> list[SweepAction]:
    deeds: list[SweepAction] = []
    for task in tasks:
        try:
            with recorder.transaction(actor=ACTOR, means=MEANS) as uow:
                deed = task.act(uow)
        except Exception as error:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            stuck.append(SweepFailure(reference=task.reference, error=error))
            if not isinstance(error, DATABASE_ERRORS):  # the next beat tries again
                _quarantine(recorder, task, error)
        else:
            deeds += [deed] if deed else []
    return deeds


def _quarantine(recorder: Recorder, task: SweepTask, error: Exception) -> None:
    if task.case:
        with recorder.store.writing(recorder.office.slug) as connection:
            until = recorder.clock.now() + QUARANTINE_TIME
            WakeQueue(connection, recorder.office.slug).quarantine(task.case, until, type(error).__name__)


def _opening_tasks(recorder: Recorder, today: date) -> Iterator[SweepTask]:
    """What begins by itself otherwise than in rounds."""
    with recorder.store.reading() as connection:
        log = Log(connection, recorder.office.slug)
        index = CaseProjections(connection, recorder.office.slug, recorder.duties)
        calendar = known_calendar(recorder.calendar, log)
        found = list(cases_to_open(log, index, recorder.office, calendar, today))
    for duty, opening in found:
        yield SweepTask(reference=opening.reference, act=_opening_action(duty, opening))


def _opening_action(duty: Duty, opening: Opening) -> Callable[[UnitOfWork], SweepAction | None]:
    def act(uow: UnitOfWork) -> SweepAction | None:
        if not is_still_to_open(opening, uow.context.log, uow.context.index):
            return None
        day = opening.happened_on
        uow.cases.open(duty.kind, opening.reference, day, opening.facts, key=opening.key)
        return SweepAction(what=OPENED, duty=duty, reference=opening.reference, day=day)

    return act
