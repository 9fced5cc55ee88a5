"""Commands about the office as a whole: who stands in for whom, who takes over, which days are off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from config.calendar.holiday_notices import read_notice
from config.calendar.working_calendar import HolidayNotice
from config.declarations.keys import CLERK, OFFICE_HEAD
from config.errors import Refusal
from config.office.roles import ROLES
from scheduler.recording.context import RecordingContext
from scheduler.reminders.snoozing import require_handover_target
from storage.eventlog.known_calendar import notice_as_text
from storage.events.events import CalendarEntered, Delegated, HandedOver, Recalled

DELEGATION_RECORDERS = (CLERK, OFFICE_HEAD)
"""The roles that may record a delegation for somebody who is away already."""


class NoDelegation(Refusal):
    """{why}. Write who is away, who stands in, and from which day to which: 委托."""


class NoSuchDelegation(Refusal):
    """There is no delegation №{position} to end: none was recorded there, or it is over. See: gongkai absences."""


class NotYourDelegation(Refusal):
    """{post} cannot record this delegation: that is for whoever is away, or for {who}; never for the deputy."""


@dataclass(frozen=True, slots=True)
class OfficeCommands:
    """Records delegations, hand-overs of duties and holiday notices."""

    context: RecordingContext

    def delegate(self, person: str, deputy: str, first: date, last: date, reason: str = "") -> None:
        """From ``first`` to ``last`` a person is away and a deputy acts for them, in the deputy's own name.

        NoDelegation where the two or the days make none, NotYourDelegation where the actor may not record it.
        """
        posts = {row.id: row.post for row in self.context.office.people}
        if not {person, deputy} <= posts.keys() or person == deputy:
            raise NoDelegation(why=f"{posts.get(person, person)} → {posts.get(deputy, deputy)}")
        if not self.context.today <= last or last < first:
            raise NoDelegation(why=f"{first} … {last}")
        self._require_delegation_recorder(person, never=deputy)
        delegated = Delegated(
            happened_on=self.context.today,
            person=person,
            deputy=deputy,
            first=first.isoformat(),
            last=last.isoformat(),
            reason=reason,
        )
        self.context.add_event(delegated)

    def recall(self, position: int, reason: str = "") -> None:
        """End the delegation recorded at a position today: its person is back, or its deputy gives it up."""
        delegations = self.context.absences().delegations
        found = next((one for one in delegations if one.position == position), None)
        if found is None or found.last < self.context.today:
            raise NoSuchDelegation(position=position)
        if self.context.actor != found.deputy:
            self._require_delegation_recorder(found.person)
        self.context.add_event(Recalled(happened_on=self.context.today, position=position, reason=reason))

    def hand_over(self, person: str, to: str, reason: str = "") -> None:
        """From today on what waits for one person waits for another (移交).

        NobodyToTakeOver, or NotYoursToHandOver where the actor may not say so.
        """
        require_handover_target(self.context.office, person, to, self.context.actor)
        self.context.add_event(
            HandedOver(happened_on=self.context.today, person=person, to=to, reason=reason)
        )

    def enter_notice(self, data: Mapping[str, Any]) -> HolidayNotice:
        """Enter a published notice on days off. BadInput with every finding where it does not add up."""
        notice = read_notice(data)
        self.context.add_event(
            CalendarEntered(happened_on=self.context.today, year=notice.year, notice=notice_as_text(data))
        )
        return notice

    def _require_delegation_recorder(self, person: str, *, never: str = "") -> None:
        """The person who is away records it, or the clerk does; the deputy never does."""
        office, actor = self.context.office, self.context.actor
        keepers = {who.id for role in DELEGATION_RECORDERS for who in office.holders(role)}
        if actor == never or actor not in keepers | {person}:
            posts = {row.id: row.post for row in office.people}
            who = "、".join(ROLES[role] for role in DELEGATION_RECORDERS)
            raise NotYourDelegation(post=posts.get(actor, actor), who=who)
