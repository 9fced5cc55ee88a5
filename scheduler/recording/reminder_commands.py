"""Commands that acknowledge or snooze a reminder. They never complete the task it is about."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.recording.context import RecordingContext
from scheduler.reminders.planner import case_policies
from scheduler.reminders.recipients import RecipientResolver
from scheduler.reminders.snoozing import (
    NotWaiting,
    SnoozeRequest,
    acknowledgeable_actions,
    require_snooze_time,
    snoozable_actions,
)
from scheduler.worklist.pending import PendingAction, pending_actions
from storage.events.case import Case
from storage.events.events import Acknowledged, Snoozed


@dataclass(frozen=True, slots=True)
class ReminderCommands:
    """Records how people respond to reminders."""

    context: RecordingContext

    def acknowledge(self, case: int, by: str, basis: str = "") -> None:
        """A person works on a case (在办): gentle reminders to them stop until the next escalation step.

        ``basis`` is that of the pending action they mean; empty: each that is theirs. NotWaiting, NotInYourHands.
        """
        context = self.context
        context.require_self(by)
        request = SnoozeRequest(case=case, by=by, basis=basis)
        pending = self._pending_actions(context.case(case))
        for action in acknowledgeable_actions(request, pending, self._recipient_resolver()):
            context.add_event(Acknowledged(case=case, happened_on=context.said_on, by=by, basis=action.basis))

    def snooze(self, case: int, by: str, basis: str, until: str) -> None:
        """A person wants to be reminded later (稍后提醒): at an instant in ISO form with its zone.

        SnoozeTime where that is too late, NotWaiting, or NotInYourHands with who may.
        """
        context = self.context
        context.require_self(by)
        found = context.case(case)
        at = require_snooze_time(until, context.today, context.calendar.nth_after(context.today, 1))
        duty = context.duty_of(found)
        if found.opening is None or duty is None:
            raise NotWaiting(case=case)
        request, pending = SnoozeRequest(case=case, by=by, basis=basis), self._pending_actions(found)
        policies = case_policies(found.opening, duty)
        for action in snoozable_actions(request, pending, self._recipient_resolver(), policies):
            context.add_event(
                Snoozed(case=case, happened_on=context.said_on, by=by, basis=action.basis, until=at)
            )

    def _pending_actions(self, case: Case) -> tuple[PendingAction, ...]:
        context = self.context
        duty = context.duty_of(case)
        if duty is None:
            return ()
        return pending_actions(case, duty, context.office, context.calendar, context.absences)

    def _recipient_resolver(self) -> RecipientResolver:
        context = self.context
        return RecipientResolver(office=context.office, absences=context.absences, day=context.today)
