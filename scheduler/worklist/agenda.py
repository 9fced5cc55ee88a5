"""What lies open, by when, and what is pressing: one line for each open case, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from scheduler.terms.deadlines import CLOSED, DueDate, due_date
from scheduler.terms.explanation import ExternalWait
from scheduler.terms.workdays import working_days_left
from scheduler.worklist.pending import assignee
from storage.events.case import Case
from storage.events.events import Opened

NEVER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """An open case, its date, and how many working days are left to it; below zero it is late."""

    case: Case
    opening: Opened
    duty: Duty
    due: DueDate
    left: int | None
    overdue: bool
    expired: tuple[ExternalWait, ...]
    """Whoever was asked and let their time pass: a person decides what follows."""

    @property
    def assignee(self) -> str:
        """Whom the case was last handed on to; empty while it is with whoever registers."""
        return assignee(self.case, self.duty)


def agenda(cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date) -> list[AgendaItem]:
    """The open cases by their dates; what waits, by the latest its date can be; what has none comes last."""
    return sorted(_agenda_items(cases, duties, calendar, today), key=_urgency)


def agenda_item(case: Case, opening: Opened, duty: Duty, calendar: Calendar, today: date) -> AgendaItem:
    """How one case stands today."""
    found = due_date([record for _, record in case.timeline], duty, calendar)
    lies_open = found.state != CLOSED
    return AgendaItem(
        case=case,
        opening=opening,
        duty=duty,
        due=found,
        left=working_days_left(calendar, today, found.day) if found.day and lies_open else None,
        overdue=bool(lies_open and found.day and today > found.day),
        expired=tuple(
            waiting
            for waiting in found.external_waits
            if lies_open and waiting.limit and today > waiting.limit
        ),
    )


def _agenda_items(
    cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date
) -> Iterator[AgendaItem]:
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        task = agenda_item(case, opening, duty, calendar, today) if opening and duty else None
        if task and task.due.state != CLOSED:
            yield task


def _urgency(task: AgendaItem) -> tuple[date, date, int]:
    pressing = min((waiting.limit for waiting in task.expired if waiting.limit), default=NEVER)
    day = task.due.day or min(pressing, task.due.latest or NEVER)
    return day, task.opening.happened_on, task.case.number
