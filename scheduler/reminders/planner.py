"""What is to be said about a case by an instant, and when to look at it again: pure, for whoever asks.

The sweep asks for what woke, the auditor for what is open, the simulation for days to come. All get one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from config.declarations.reminder_ladder import EscalationPolicies, format_policy, parse_case_policies
from config.office.loader import Office
from scheduler.reminders.escalation import (
    Reminder,
    ReminderInput,
    next_wakeup,
    plan_reminders,
    reminder_responses,
    schedule_steps,
    start_of_day,
)
from scheduler.reminders.recipients import RecipientResolver
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.validation.violations import UnknownKind
from scheduler.villages.months import read_month
from scheduler.worklist.pending import pending_actions
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Opened

ONE_DAY = timedelta(days=1)
RECHECK_DELAY = timedelta(minutes=1)  # it should have been closed already, and is looked at again


class CasePlan(NamedTuple):
    """One case, looked at."""

    reminders: list[Reminder]
    """Everything that is to have been said by now."""
    next_wakeup: datetime | None
    is_finished: bool
    """Whether it waits for nothing: closed, or struck out."""


@dataclass(frozen=True, kw_only=True)
class ReminderPlanner:
    """An office at an instant: its people, its calendar, its kinds."""

    office: Office
    duties: Duties
    calendar: Calendar
    absences: Absences
    roster: RecipientResolver
    now: datetime

    def plan(self, case: Case) -> CasePlan:
        """One case. UnknownKind where this program does not know its kind."""
        opening = case.opening
        if opening is None:
            return CasePlan([], None, is_finished=True)
        duty = self.duties.get(opening.kind)
        if duty is None:
            raise UnknownKind(kind=opening.kind, known=", ".join(self.duties))
        found = pending_actions(case, duty, self.office, self.calendar, self.absences)
        matter = ReminderInput(
            waits=found, ladders=case_policies(opening, duty), responses=reminder_responses(case)
        )
        rungs = schedule_steps(matter, self.calendar)
        wake = next_wakeup(matter, rungs, self.absences, self.now)
        ends = self._month_end(case, opening, duty)
        return CasePlan(
            plan_reminders(matter, rungs, self.roster, self.now),
            min((at for at in (wake, ends) if at), default=None),
            is_finished=not found and self._is_closed(case, duty),
        )

    def _is_closed(self, case: Case, duty: Duty) -> bool:
        return due_date([record for _, record in case.timeline], duty, self.calendar).state == CLOSED

    def _month_end(self, case: Case, opening: Opened, duty: Duty) -> datetime | None:
        """When a month is over, though nobody waits for it any more."""
        if duty.village_round is None or case.closing:
            return None
        last = read_month(case, opening, duty, duty.village_round, self.calendar).last
        return max(start_of_day(last + ONE_DAY), self.now + RECHECK_DELAY)


def case_policies(opening: Opened, duty: Duty) -> EscalationPolicies:
    """As they stood when the case was opened; cases from before there were ladders have today's."""
    return parse_case_policies(opening.ladder or format_policy(duty.ladder))
