"""Who hears of a rung today: the people behind ``holder``, ``deputy``, ``head`` and the roles, those who are there.

Whoever is away is not disturbed: who acts for them is told. Whoever no channel reaches is replaced by the deputy
whom the office's file names. A deputy's deputy stands in for nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from config.declarations.reminder_ladder import RecipientRole
from config.office.loader import Office
from storage.events.delegations import Absences

FALLBACK_ROLES = ("office_head", "clerk")
"""The party-and-government office, which hears that nobody else can be reached."""


class Recipient(NamedTuple):
    """Somebody who is told, and for whom they stand in."""

    person: str
    for_person: str = ""


@dataclass(frozen=True, kw_only=True)
class RecipientResolver:
    """An office's people on one day: who is away, and whom no channel reaches. It keeps what it found out."""

    office: Office
    absences: Absences
    day: date
    unreachable: frozenset[str] = frozenset()
    _cache: dict[tuple[tuple[RecipientRole, ...], tuple[str, ...]], tuple[Recipient, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def recipients(self, reach: tuple[RecipientRole, ...], who: tuple[str, ...]) -> tuple[Recipient, ...]:
        """Whom a rung reaches while a case waits for these people; nobody twice."""
        known = self._cache.get((reach, who))
        if known is None:
            told: dict[str, Recipient] = {}
            for each in reach:
                for hearer in self._resolve(each, who):
                    told.setdefault(hearer.person, hearer)
            known = self._cache[reach, who] = tuple(told.values())
        return known

    def fallback_recipients(self, who: tuple[str, ...]) -> tuple[Recipient, ...]:
        """The party-and-government office, on whichever page it looks: it hears whom nobody reaches."""
        lost = next(iter(who), "")
        people = (person.id for role in FALLBACK_ROLES for person in self.office.holders(role))
        return tuple(
            Recipient(person, lost) for person in dict.fromkeys(map(self.absences.successor, people))
        )

    def entitled_people(self, who: tuple[str, ...]) -> tuple[str, ...]:
        """Who may act: these people, and whoever a running delegation puts in the place of one of them."""
        running = (self.absences.deputy_of(person, self.day) for person in who)
        return tuple(dict.fromkeys((*who, *(one.deputy for one in running if one and one.deputy))))

    def is_reachable(self, person: str) -> bool:
        """Whether they are of the office, not away, and reached by some channel."""
        return (
            person in self._person_ids
            and person not in self.unreachable
            and not self.absences.deputy_of(person, self.day)
        )

    @cached_property
    def _person_ids(self) -> frozenset[str]:
        return frozenset(person.id for person in self.office.people)

    @cached_property
    def _deputies(self) -> dict[str, str]:
        return {person.id: person.deputy for person in self.office.people if person.deputy}

    def _resolve(self, reach: RecipientRole, who: tuple[str, ...]) -> Iterator[Recipient]:
        match reach:
            case RecipientRole.HOLDER:
                for person in map(self.absences.successor, who):
                    yield from self._if_reachable(person) or self._delegated_deputy(person)
            case RecipientRole.DEPUTY:
                for person in map(self.absences.successor, who):
                    if not self.is_reachable(person):
                        yield from self._delegated_deputy(person) or self._configured_deputy(person)
            case RecipientRole.HEAD:
                for person in who:
                    yield from (
                        hearer
                        for head in superiors(self.office, person)
                        for hearer in self._person_or_deputy(head)
                    )
            case role:
                yield from (
                    hearer for one in self.office.holders(role) for hearer in self._person_or_deputy(one.id)
                )

    def _person_or_deputy(self, person: str) -> tuple[Recipient, ...]:
        """Somebody a rung names by their post: they, or whoever has their duties or stands in for them."""
        holder = self.absences.successor(person)
        return self._if_reachable(holder) or self._delegated_deputy(holder) or self._configured_deputy(holder)

    def _if_reachable(self, person: str) -> tuple[Recipient, ...]:
        return (Recipient(person),) if self.is_reachable(person) else ()

    def _delegated_deputy(self, person: str) -> tuple[Recipient, ...]:
        running = self.absences.deputy_of(person, self.day)
        return (Recipient(running.deputy, person),) if running and self.is_reachable(running.deputy) else ()

    def _configured_deputy(self, person: str) -> tuple[Recipient, ...]:
        """Only where no channel reaches them: whoever is away has said who acts."""
        deputy = self._deputies.get(person, "")
        away = self.absences.deputy_of(person, self.day)
        return (Recipient(deputy, person),) if not away and self.is_reachable(deputy) else ()


def superiors(office: Office, person: str) -> tuple[str, ...]:
    """The next level above a person: their village's leader, their department's head, then the office's own."""
    department = next((one.department for one in office.people if one.id == person), "")
    levels = (
        [village.leader for village in office.villages if village.reporter == person],
        [one.head for one in office.departments if department and one.id == department],
        [one.id for one in office.holders("office_head")],
        [one.id for one in office.holders("leader")],
        [office.leading_group.head],
    )
    stands_at = max((place for place, level in enumerate(levels) if person in level), default=-1)
    above = (level for level in levels[stands_at + 1 :] if level)
    return tuple(dict.fromkeys(next(above, [])))
