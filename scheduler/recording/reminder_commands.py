"""What is said about being reminded: taken in hand, put off, all handed over. None of it is the thing itself."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.recording.signoff_commands import SignoffCommands
from scheduler.reminders.planner import case_policies
from scheduler.reminders.recipients import RecipientResolver
from scheduler.reminders.snoozing import (
    NotWaiting,
    SnoozeRequest,
    acknowledgeable_actions,
    require_handover_target,
    require_snooze_time,
    snoozable_actions,
)
from scheduler.worklist.pending import PendingAction, pending_actions
from storage.events.case import Case
from storage.events.events import Acknowledged, HandedOver, Snoozed


@dataclass(slots=True, kw_only=True)
class ReminderCommands(SignoffCommands):
    """The acts about whose hands a case is in."""

    def acknowledge(self, case: int, by: str, basis: str = "") -> None:
        """A person has a case in hand (在办): they are left in peace until its next rung."""
        self._require_self(by)
        asked = SnoozeRequest(case=case, by=by, basis=basis)
        for wait in acknowledgeable_actions(
            asked, self._pending_actions(self.case(case)), self._recipient_resolver()
        ):
            self._add_event(Acknowledged(case=case, happened_on=self.today, by=by, basis=wait.basis))

    def snooze(self, case: int, by: str, basis: str, until: str) -> None:
        """A person wants to hear of a case later (稍后提醒): at this instant, in ISO form with its zone."""
        self._require_self(by)
        found = self.case(case)
        at = require_snooze_time(until, self.today, self.calendar.nth_after(self.today, 1))
        asked, waiting = SnoozeRequest(case=case, by=by, basis=basis), self._pending_actions(found)
        duty = self.index.duties.get(found.opening.kind) if found.opening else None
        if found.opening is None or duty is None:
            raise NotWaiting(case=case)
        for wait in snoozable_actions(
            asked, waiting, self._recipient_resolver(), case_policies(found.opening, duty)
        ):
            self._add_event(Snoozed(case=case, happened_on=self.today, by=by, basis=wait.basis, until=at))

    def hand_over(self, person: str, to: str, reason: str = "") -> None:
        """Everything that waits for one person waits for another from today on (移交)."""
        require_handover_target(self.office, person, to, self.actor)
        self._add_event(HandedOver(happened_on=self.today, person=person, to=to, reason=reason))

    def _pending_actions(self, case: Case) -> tuple[PendingAction, ...]:
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        return pending_actions(case, duty, self.office, self.calendar, self.absences()) if duty else ()

    def _recipient_resolver(self) -> RecipientResolver:
        return RecipientResolver(office=self.office, absences=self.absences(), day=self.today)
