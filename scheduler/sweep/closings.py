"""What ends by itself: a month whose last day is over, and what was asked for until a notice came out.

Only what has woken is looked at. Nothing is ended by silence: a month says what was in, and a notice is a fact.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duties, Duty
from scheduler.recording.recorder import Desk
from scheduler.recording.unit_of_work import Sitting
from scheduler.sweep.results import CLOSED, Deed, Task
from scheduler.sweep.village_months import month_to_close
from scheduler.terms.deadlines import CLOSED as IS_CLOSED
from scheduler.terms.deadlines import due
from scheduler.terms.term_replay import whole_in
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.log import Log
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.messaging.wake_queue import Wakes


def to_end(desk: Desk) -> list[Task]:
    """The cases that have woken and are over, and those of which nobody can say so: doing these tells why."""
    kinds = [duty.kind for duty in desk.duties.values() if duty.round or duty.until_notice]
    now = desk.clock.now()
    with desk.store.reading() as connection:
        numbers = Wakes(connection, desk.office.slug).due_of(kinds, now)
        if not numbers:
            return []
        calendar = calendar_with(desk.calendar, Log(connection, desk.office.slug))
        cases, faults = Index(connection, desk.office.slug, desk.duties).readable(numbers)
    tasks: list[Task | None] = [_failing(number, fault) for number, fault in faults.items()]
    for case in cases.values():
        try:
            tasks.append(_task(case, desk.duties, calendar, office_day(now)))
        except Exception as fault:  # noqa: BLE001 - one poisoned case stops nobody else; it is told
            tasks.append(_failing(case.number, fault))
    return [task for task in tasks if task]


def _failing(number: int, fault: Exception) -> Task:
    def act(_sitting: Sitting) -> Deed | None:
        raise fault

    return Task(reference=f"№{number}", act=act, case=number)


def _task(case: Case, duties: Duties, calendar: Calendar, today: date) -> Task | None:
    duty = duties.get(case.opening.kind) if case.opening else None
    if duty is None or case.opening is None:
        return None
    if duty.round:
        return month_to_close(case, duty, duty.round, calendar, today)
    if not _came_out(case, duty, calendar):
        return None
    return Task(reference=case.opening.reference, act=_closing(duty, case.number, today), case=case.number)


def _came_out(case: Case, duty: Duty, calendar: Calendar) -> bool:
    """Whether an open case's notice is there."""
    year = whole_in(case.facts, duty.until_notice)
    story = [record for _, record in case.story]
    return bool(duty.until_notice) and calendar.known(year) and due(story, duty, calendar).state != IS_CLOSED


def _closing(duty: Duty, number: int, today: date) -> Callable[[Sitting], Deed | None]:
    def act(sitting: Sitting) -> Deed | None:
        case = sitting.case(number)
        if case.opening is None or not _came_out(case, duty, sitting.calendar):
            return None  # another sweep was quicker
        outcome = duty.outcomes[0].key
        sitting.close(number, outcome, max(today, case.opening.happened_on))
        return Deed(what=CLOSED, duty=duty, reference=case.opening.reference, day=today, outcome=outcome)

    return act
