"""Lists the open cases whose due date a new calendar changes, with the date before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties
from scheduler.terms.deadlines import DueDate, due_date
from storage.events.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateChange:
    """One case whose due date moves, or stops being provisional."""

    case: int
    reference: str
    before: DueDate
    after: DueDate


def due_date_changes(
    cases: Iterable[Case], duties: Duties, before: Calendar, after: Calendar
) -> Iterator[DueDateChange]:
    """Yield the cases to which the two calendars give different due dates."""
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        if opening is None or duty is None or duty.term is None:
            continue
        story = case.records
        old, new = due_date(story, duty, before), due_date(story, duty, after)
        if _comparable(old) != _comparable(new):
            yield DueDateChange(case=case.number, reference=opening.reference, before=old, after=new)


def _comparable(found: DueDate) -> tuple[object, ...]:
    return found.day, found.provisional, found.latest
