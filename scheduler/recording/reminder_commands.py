"""What is said about being reminded: taken in hand, put off, all handed over. None of it is the thing itself."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.recording.signoff_commands import Signing
from scheduler.reminders.planner import ladders_of
from scheduler.reminders.recipients import Roster
from scheduler.reminders.snoozing import Asked, NotWaiting, in_hand, put_off, require_soon, require_taker
from scheduler.worklist.pending import Wait, waits
from storage.events.case import Case
from storage.events.events import Acknowledged, HandedOver, Snoozed


@dataclass(slots=True, kw_only=True)
class Hands(Signing):
    """The acts about whose hands a case is in."""

    def acknowledge(self, case: int, by: str, basis: str = "") -> None:
        """A person has a case in hand (在办): they are left in peace until its next rung."""
        self._require_self(by)
        asked = Asked(case=case, by=by, basis=basis)
        for wait in in_hand(asked, self._waits(self.case(case)), self._roster()):
            self._say(Acknowledged(case=case, happened_on=self.today, by=by, basis=wait.basis))

    def snooze(self, case: int, by: str, basis: str, until: str) -> None:
        """A person wants to hear of a case later (稍后提醒): at this instant, in ISO form with its zone."""
        self._require_self(by)
        found = self.case(case)
        at = require_soon(until, self.today, self.calendar.nth_after(self.today, 1))
        asked, waiting = Asked(case=case, by=by, basis=basis), self._waits(found)
        duty = self.index.duties.get(found.opening.kind) if found.opening else None
        if found.opening is None or duty is None:
            raise NotWaiting(case=case)
        for wait in put_off(asked, waiting, self._roster(), ladders_of(found.opening, duty)):
            self._say(Snoozed(case=case, happened_on=self.today, by=by, basis=wait.basis, until=at))

    def hand_over(self, person: str, to: str, reason: str = "") -> None:
        """Everything that waits for one person waits for another from today on (移交)."""
        require_taker(self.office, person, to, self.actor)
        self._say(HandedOver(happened_on=self.today, person=person, to=to, reason=reason))

    def _waits(self, case: Case) -> tuple[Wait, ...]:
        duty = self.index.duties.get(case.opening.kind) if case.opening else None
        return waits(case, duty, self.office, self.calendar, self.absences()) if duty else ()

    def _roster(self) -> Roster:
        return Roster(office=self.office, absences=self.absences(), day=self.today)
