"""What is to be said about a case by an instant, and when to look at it again: pure, for whoever asks.

The sweep asks for what woke, the auditor for what is open, the simulation for days to come. All get one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from config.declarations.reminder_ladder import Ladders, read_ladders, spell
from config.office.loader import Office
from scheduler.reminders.escalation import Matter, Reminder, heard, laid, midnight, next_wake, plan
from scheduler.reminders.recipients import Roster
from scheduler.terms.deadlines import CLOSED, due
from scheduler.validation.violations import UnknownKind
from scheduler.villages.months import read_month
from scheduler.worklist.pending import waits
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Opened

ONE_DAY = timedelta(days=1)
SOON = timedelta(minutes=1)  # it should have been closed already, and is looked at again


class Seen(NamedTuple):
    """One case, looked at."""

    reminders: list[Reminder]
    """Everything that is to have been said by now."""
    wake: datetime | None
    over: bool
    """Whether it waits for nothing: closed, or struck out."""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """An office at an instant: its people, its calendar, its kinds."""

    office: Office
    duties: Duties
    calendar: Calendar
    absences: Absences
    roster: Roster
    now: datetime

    def of(self, case: Case) -> Seen:
        """One case. UnknownKind where this program does not know its kind."""
        opening = case.opening
        if opening is None:
            return Seen([], None, over=True)
        duty = self.duties.get(opening.kind)
        if duty is None:
            raise UnknownKind(kind=opening.kind, known=", ".join(self.duties))
        found = waits(case, duty, self.office, self.calendar, self.absences)
        matter = Matter(waits=found, ladders=ladders_of(opening, duty), said=heard(case))
        rungs = laid(matter, self.calendar)
        wake = next_wake(matter, rungs, self.absences, self.now)
        ends = self._ends(case, opening, duty)
        return Seen(
            plan(matter, rungs, self.roster, self.now),
            min((at for at in (wake, ends) if at), default=None),
            over=not found and self._is_closed(case, duty),
        )

    def _is_closed(self, case: Case, duty: Duty) -> bool:
        return due([record for _, record in case.story], duty, self.calendar).state == CLOSED

    def _ends(self, case: Case, opening: Opened, duty: Duty) -> datetime | None:
        """When a month is over, though nobody waits for it any more."""
        if duty.round is None or case.closing:
            return None
        last = read_month(case, opening, duty, duty.round, self.calendar).last
        return max(midnight(last + ONE_DAY), self.now + SOON)


def ladders_of(opening: Opened, duty: Duty) -> Ladders:
    """As they stood when the case was opened; cases from before there were ladders have today's."""
    return read_ladders(opening.ladder or spell(duty.ladder))
