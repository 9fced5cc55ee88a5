"""What lies open, by when, and what is pressing: one line for each open case, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from scheduler.terms.deadlines import CLOSED, Due, due
from scheduler.terms.explanation import Waiting
from scheduler.terms.workdays import left
from scheduler.worklist.pending import handed_to
from storage.events.case import Case
from storage.events.events import Opened

NEVER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An open case, its date, and how many working days are left to it; below zero it is late."""

    case: Case
    opening: Opened
    duty: Duty
    due: Due
    left: int | None
    overdue: bool
    expired: tuple[Waiting, ...]
    """Whoever was asked and let their time pass: a person decides what follows."""

    @property
    def holder(self) -> str:
        """Whom the case was last handed on to; empty while it is with whoever registers."""
        return handed_to(self.case, self.duty)


def agenda(cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date) -> list[Task]:
    """The open cases by their dates; what waits, by the latest its date can be; what has none comes last."""
    return sorted(_tasks(cases, duties, calendar, today), key=_urgency)


def task_of(case: Case, opening: Opened, duty: Duty, calendar: Calendar, today: date) -> Task:
    """How one case stands today."""
    found = due([record for _, record in case.story], duty, calendar)
    lies_open = found.state != CLOSED
    return Task(
        case=case,
        opening=opening,
        duty=duty,
        due=found,
        left=left(calendar, today, found.day) if found.day and lies_open else None,
        overdue=bool(lies_open and found.day and today > found.day),
        expired=tuple(
            waiting for waiting in found.waits if lies_open and waiting.limit and today > waiting.limit
        ),
    )


def _tasks(cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date) -> Iterator[Task]:
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        task = task_of(case, opening, duty, calendar, today) if opening and duty else None
        if task and task.due.state != CLOSED:
            yield task


def _urgency(task: Task) -> tuple[date, date, int]:
    pressing = min((waiting.limit for waiting in task.expired if waiting.limit), default=NEVER)
    day = task.due.day or min(pressing, task.due.latest or NEVER)
    return day, task.opening.happened_on, task.case.number
