"""Plans one case at an instant: its notices that are due, and when to plan it again. Pure.

The sweep plans the cases that woke, the auditor the open ones, the simulation those of days to come: all get the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.clock import ONE_DAY
from config.declarations.duty import Duties, Duty
from config.declarations.reminder_ladders import EscalationPolicies, format_policy, parse_case_policies
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.escalation import (
    ReminderSchedule,
    next_wakeup,
    plan_reminders,
    reminder_responses,
    start_of_day,
)
from scheduler.reminders.recipients import RecipientResolver
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.validation.violations import UnknownKind
from scheduler.villages.months import read_month
from scheduler.worklist.pending import PendingAction, pending_actions
from storage.events.case import Case
from storage.events.events import Opened
from storage.messaging.notice import OutboxNotice

RECHECK_DELAY = timedelta(minutes=1)  # for a month that should have been closed already


class CasePlan(NamedTuple):
    """The plan of one case."""

    notices: list[OutboxNotice]
    """Every notice that is due by now, those that were queued already included."""
    next_wakeup: datetime | None
    is_finished: bool
    """Whether it waits for nothing: closed, or struck out."""


@dataclass(frozen=True, kw_only=True)
class ReminderPlanner:
    """Plans the cases of an office at one instant."""

    duties: Duties
    calendar: Calendar
    resolver: RecipientResolver
    now: datetime

    @cached_property
    def times(self) -> DeliveryTimes:
        """When what is planned now may be delivered."""
        return DeliveryTimes(now=self.now, calendar=self.calendar, hours=self.resolver.office.hours)

    def plan(self, case: Case) -> CasePlan:
        """Plan one case. UnknownKind where this program does not know its kind."""
        opening = case.opening
        if opening is None:
            return CasePlan([], None, is_finished=True)
        duty = self.duties.get(opening.kind)
        if duty is None:
            raise UnknownKind(kind=opening.kind, known=", ".join(self.duties))
        absences = self.resolver.absences
        actions = pending_actions(case, duty, self.resolver.office, self.calendar, absences)
        schedule = self._schedule(case, opening, duty, actions)
        ends = (next_wakeup(schedule, absences, self.now), self._month_end(case, opening, duty))
        return CasePlan(
            [one.notice for one in plan_reminders(schedule, self.resolver, self.times)],
            min((at for at in ends if at), default=None),
            is_finished=not actions and self._is_closed(case, duty),
        )

    def _schedule(
        self, case: Case, opening: Opened, duty: Duty, actions: tuple[PendingAction, ...]
    ) -> ReminderSchedule:
        policies = case_policies(opening, duty)
        return ReminderSchedule.of(actions, policies, reminder_responses(case), self.calendar)

    def _is_closed(self, case: Case, duty: Duty) -> bool:
        return due_date(case.records, duty, self.calendar).state == CLOSED

    def _month_end(self, case: Case, opening: Opened, duty: Duty) -> datetime | None:
        """The end of a village's month, though nobody may have to act on it any more."""
        if duty.village_round is None or case.closing:
            return None
        last = read_month(case, opening, duty, duty.village_round, self.calendar).last
        return max(start_of_day(last + ONE_DAY), self.now + RECHECK_DELAY)


def case_policies(opening: Opened, duty: Duty) -> EscalationPolicies:
    """The policies a case was opened with; a case from before they were recorded has today's."""
    return parse_case_policies(opening.ladder or format_policy(duty.ladder))
