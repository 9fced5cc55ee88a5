"""Lists the open cases with their due dates, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.calendar.working_calendar import Calendar
from config.clock import ONE_DAY
from config.declarations.duty import Duties, Duty
from scheduler.terms.deadlines import CLOSED, DueDate, due_date
from scheduler.terms.explanation import ExternalWait
from scheduler.terms.term_days import working_days_left
from scheduler.worklist.pending import assignee
from storage.events.case import Case
from storage.events.events import Opened

NEVER = date.max
SOON_DAYS = 3  # working days
QUARTERS = 4


class DueGroup(StrEnum):
    """Why an open case is urgent."""

    LATE = "late"
    SOON = "soon"  # due today or within ``SOON_DAYS`` working days
    UNANSWERED = "unanswered"  # somebody outside has not answered in time: a person decides what follows


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """An open case with its due date; ``left`` is in working days and negative once it is late."""

    case: Case
    opening: Opened
    duty: Duty
    due: DueDate
    left: int | None
    age: int
    """The working days after the opening, up to today."""
    overdue: bool
    expired: tuple[ExternalWait, ...]
    """The waits whose time has passed without an answer: a person decides what follows."""

    @property
    def assignee(self) -> str:
        """The id of the person the case was last reassigned to; empty where nobody reassigned it."""
        return assignee(self.case, self.duty)

    @property
    def due_group(self) -> DueGroup | None:
        """Why it is urgent; None where it is not."""
        if self.overdue:
            return DueGroup.LATE
        if self.expired:
            return DueGroup.UNANSWERED
        return DueGroup.SOON if self.left is not None and self.left <= SOON_DAYS else None

    @property
    def age_band(self) -> int | None:
        """Into which quarter of its first term its age in working days falls: 0 to 3, 4 beyond it.

        Every working day since the opening counts, also those on which the term stood still. None without a term.
        """
        days = self.duty.term.days if self.duty.term else 0
        return min(max(0, self.age - 1) * QUARTERS // days, QUARTERS) if days else None


def agenda(cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date) -> list[AgendaItem]:
    """Return the open cases by due date; a waiting case by its latest possible date, one without a date last."""
    return sorted(_agenda_items(cases, duties, calendar, today), key=agenda_order)


def agenda_item(case: Case, opening: Opened, duty: Duty, calendar: Calendar, today: date) -> AgendaItem:
    """Return the agenda item of one case as of today."""
    found = due_date(case.records, duty, calendar)
    is_open = found.state != CLOSED
    return AgendaItem(
        case=case,
        opening=opening,
        duty=duty,
        due=found,
        left=working_days_left(calendar, today, found.day) if found.day and is_open else None,
        age=calendar.count(opening.happened_on + ONE_DAY, today),
        overdue=bool(is_open and found.day and today > found.day),
        expired=tuple(
            waiting for waiting in found.external_waits if is_open and waiting.limit and today > waiting.limit
        ),
    )


def _agenda_items(
    cases: Iterable[Case], duties: Duties, calendar: Calendar, today: date
) -> Iterator[AgendaItem]:
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        item = agenda_item(case, opening, duty, calendar, today) if opening and duty else None
        if item and item.due.state != CLOSED:
            yield item


def agenda_order(item: AgendaItem) -> tuple[date, date, int]:
    """Return the key by which open cases are sorted, the most urgent first."""
    expired_on = min((waiting.limit for waiting in item.expired if waiting.limit), default=NEVER)
    day = item.due.day or min(expired_on, item.due.latest or NEVER)
    return day, item.opening.happened_on, item.case.number
