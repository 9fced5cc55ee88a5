"""Closes cases that end by themselves: a month that is over, the wait for a notice, a text that was found published.

Only cases that woke are read. Nothing is closed by silence: a month states what was received, a notice is a fact, and
a text is out because the program saw it, or somebody recorded that it was sent.
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
from scheduler.worklist.case_stages import open_defects
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.case import Case, int_field
from storage.events.events import Stepped
from storage.messaging.wake_queue import WakeQueue


def closing_tasks(recorder: Recorder) -> list[SweepTask]:
    """The tasks for woken cases that are over; and for those that cannot be read, whose task raises why."""
    kinds = [
        duty.kind
        for duty in recorder.duties.values()
        if duty.village_round or duty.notice_year_field or duty.closes_with
    ]
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
    if not _outcome_by_itself(case, duty, calendar):
        return None
    return SweepTask(
        reference=case.opening.reference, act=_closing_action(duty, case.number, today), case=case.number
    )


def _outcome_by_itself(case: Case, duty: Duty, calendar: Calendar) -> str:
    """The outcome with which an open case ends by itself now: a notice came, or what it was for was found done."""
    if due_date(case.records, duty, calendar).state == IS_CLOSED:
        return ""
    if _is_notice_published(case, duty, calendar):
        return duty.outcomes[0].key
    done = case.last_step(*duty.closes_with) if duty.closes_with else None
    return duty.closes_with[done.step] if done and not _is_undone(case, done, duty) else ""


def _is_undone(case: Case, done: Stepped, duty: Duty) -> bool:
    """Whether the text was released again since, or a defect was found in it."""
    return bool(open_defects(case, duty)) or any(
        step.happened_on > done.happened_on
        for step in case.steps
        if (declared := duty.step(step.step)) and declared.requires_approval
    )


def _is_notice_published(case: Case, duty: Duty, calendar: Calendar) -> bool:
    """Whether the notice that an open case waits for is in the calendar."""
    year = int_field(case.facts, duty.notice_year_field)
    return bool(duty.notice_year_field) and calendar.known(year)


def _closing_action(duty: Duty, number: int, today: date) -> Callable[[UnitOfWork], SweepAction | None]:
    def act(uow: UnitOfWork) -> SweepAction | None:
        case = uow.context.case(number)
        outcome = _outcome_by_itself(case, duty, uow.context.calendar) if case.opening else ""
        if case.opening is None or not outcome:
            return None  # another sweep was faster
        uow.cases.close(number, outcome, max(today, case.opening.happened_on))
        return SweepAction(
            what=CLOSED, duty=duty, reference=case.opening.reference, day=today, outcome=outcome
        )

    return act
