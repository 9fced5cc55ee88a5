"""Closes cases that end by themselves: a month whose last day is over, and the wait for a notice on days off.

Only cases that woke are read. Nothing is closed by silence: a month states what was received, and a notice is a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duties, Duty
from scheduler.recording.recorder import Recorder
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.results import CLOSED, SweepAction, SweepTask
from scheduler.sweep.village_months import month_task
from scheduler.terms.deadlines import CLOSED as IS_CLOSED
from scheduler.terms.deadlines import due_date
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.fields import int_field
from storage.messaging.wake_queue import WakeQueue


def closing_tasks(recorder: Recorder) -> list[SweepTask]:
    """The tasks for woken cases that are over; and for those that cannot be read, whose task raises why."""
    kinds = [duty.kind for duty in recorder.duties.values() if duty.village_round or duty.notice_year_field]
    now = recorder.clock.now()
    with recorder.store.reading() as connection:
        numbers = WakeQueue(connection, recorder.office.slug).due_of_kinds(kinds, now)
        if not numbers:
            return []
        calendar = known_calendar(recorder.calendar, Log(connection, recorder.office.slug))
        cases, faults = CaseProjections(connection, recorder.office.slug, recorder.duties).readable_cases(
            numbers
        )
    tasks: list[SweepTask | None] = [_failing_task(number, fault) for number, fault in faults.items()]
    for case in cases.values():
        try:
            tasks.append(_closing_task(case, recorder.duties, calendar, office_day(now)))
        except Exception as fault:  # noqa: BLE001 - one poisoned case stops nobody else; it is reported
            tasks.append(_failing_task(case.number, fault))
    return [task for task in tasks if task]


def _failing_task(number: int, fault: Exception) -> SweepTask:
    def act(_uow: UnitOfWork) -> SweepAction | None:
        raise fault

    return SweepTask(reference=f"№{number}", act=act, case=number)


def _closing_task(case: Case, duties: Duties, calendar: Calendar, today: date) -> SweepTask | None:
    duty = duties.get(case.opening.kind) if case.opening else None
    if duty is None or case.opening is None:
        return None
    if duty.village_round:
        return month_task(case, duty, duty.village_round, calendar, today)
    if not _is_notice_published(case, duty, calendar):
        return None
    return SweepTask(
        reference=case.opening.reference, act=_closing_action(duty, case.number, today), case=case.number
    )


def _is_notice_published(case: Case, duty: Duty, calendar: Calendar) -> bool:
    """Whether the notice that an open case waits for is in the calendar."""
    year = int_field(case.facts, duty.notice_year_field)
    story = case.records
    return (
        bool(duty.notice_year_field)
        and calendar.known(year)
        and due_date(story, duty, calendar).state != IS_CLOSED
    )


def _closing_action(duty: Duty, number: int, today: date) -> Callable[[UnitOfWork], SweepAction | None]:
    def act(uow: UnitOfWork) -> SweepAction | None:
        case = uow.context.case(number)
        if case.opening is None or not _is_notice_published(case, duty, uow.context.calendar):
            return None  # another sweep was faster
        outcome = duty.outcomes[0].key
        uow.cases.close(number, outcome, max(today, case.opening.happened_on))
        return SweepAction(
            what=CLOSED, duty=duty, reference=case.opening.reference, day=today, outcome=outcome
        )

    return act
