"""Folds the absences of an office: who is whose deputy on which day, from delegations, consents and recalls.

Delegation is one level deep: a deputy's deputy acts for the deputy only. A deputy acts in their own name. What
somebody else recorded for an absent person makes nobody a deputy before that person, or a second keeper, consented.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from config.clock import ONE_DAY
from storage.events.events import LogEntry
from storage.events.office_events import Delegated, DelegationConsented, HandedOver, Recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A delegation: the person is absent from the first day to the last, and the deputy acts."""

    position: int
    person: str
    deputy: str
    first: date
    last: date
    recorded_by: str = ""
    consented_by: str = ""
    """The absent person, or the second keeper who consented for them; empty while it waits."""
    unreached: str = ""
    """Why the absent person could not be asked; empty where they consented themselves."""

    def covers(self, day: date) -> bool:
        """Whether it applies on a day."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """All delegations of an office, and who handed everything over to whom."""

    delegations: tuple[Delegation, ...] = ()
    """Those in force on their days."""
    awaiting: tuple[Delegation, ...] = ()
    """Those that somebody else recorded, and that nobody has consented to yet: they make nobody a deputy."""
    handed_over: tuple[HandedOver, ...] = ()

    def deputy_of(self, person: str, day: date) -> Delegation | None:
        """Return the delegation of a person that applies on a day; of two the one recorded last."""
        return next(
            (one for one in reversed(self.delegations) if one.person == person and one.covers(day)), None
        )

    def acting_for(self, deputy: str, day: date) -> tuple[Delegation, ...]:
        """Return the delegations by which a person is deputy on a day."""
        people = dict.fromkeys(one.person for one in self.delegations if one.deputy == deputy)
        found = (self.deputy_of(person, day) for person in people)
        return tuple(one for one in found if one and one.deputy == deputy)

    def acting_as(self, person: str, day: date) -> frozenset[str]:
        """Return the ids of a person and of everybody whose deputy they are on a day."""
        return frozenset({person, *(one.person for one in self.acting_for(person, day))})

    def awaiting_on(self, day: date) -> tuple[Delegation, ...]:
        """Return the delegations that wait for a consent on a day: not those that would be over."""
        return tuple(one for one in self.awaiting if one.last >= day)

    def successor(self, person: str) -> str:
        """Return who has a person's duties now, over any number of handovers; the person where there was none."""
        for one in self.handed_over:
            person = one.to if one.person == person else person
        return person


def fold_absences(entries: Iterable[LogEntry]) -> Absences:
    """Fold the absences; a recalled delegation ends the day before its recall."""
    found: dict[int, Delegation] = {}
    handed_over: list[HandedOver] = []
    for entry in entries:
        match entry.record:
            case Delegated(person=person, deputy=deputy, first=first, last=last):
                found[entry.position] = Delegation(
                    position=entry.position,
                    person=person,
                    deputy=deputy,
                    first=date.fromisoformat(first),
                    last=date.fromisoformat(last),
                    recorded_by=entry.actor,
                    consented_by=person if entry.actor == person else "",
                )
            case DelegationConsented(position=position, reason=reason) if position in found:
                found[position] = replace(found[position], consented_by=entry.actor, unreached=reason)
            case Recalled(position=position, happened_on=day) if position in found:
                one = found[position]
                found[position] = replace(one, last=min(one.last, day - ONE_DAY))
            case HandedOver() as handed:
                handed_over.append(handed)
    in_force = tuple(one for one in found.values() if one.consented_by)
    awaiting = tuple(one for one in found.values() if not one.consented_by and one.first <= one.last)
    return Absences(delegations=in_force, awaiting=awaiting, handed_over=tuple(handed_over))
