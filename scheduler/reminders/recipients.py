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

from config.declarations.reminder_ladder import Reach
from config.office.loader import Office
from storage.events.delegations import Absences

HEARS_LAST = ("office_head", "clerk")
"""The party-and-government office, which hears that nobody else can be reached."""


class Hearer(NamedTuple):
    """Somebody who is told, and for whom they stand in."""

    person: str
    for_person: str = ""


@dataclass(frozen=True, kw_only=True)
class Roster:
    """An office's people on one day: who is away, and whom no channel reaches. It keeps what it found out."""

    office: Office
    absences: Absences
    day: date
    unreachable: frozenset[str] = frozenset()
    _found: dict[tuple[tuple[Reach, ...], tuple[str, ...]], tuple[Hearer, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def hearers(self, reach: tuple[Reach, ...], who: tuple[str, ...]) -> tuple[Hearer, ...]:
        """Whom a rung reaches while a case waits for these people; nobody twice."""
        known = self._found.get((reach, who))
        if known is None:
            told: dict[str, Hearer] = {}
            for each in reach:
                for hearer in self._behind(each, who):
                    told.setdefault(hearer.person, hearer)
            known = self._found[reach, who] = tuple(told.values())
        return known

    def last_resort(self, who: tuple[str, ...]) -> tuple[Hearer, ...]:
        """The party-and-government office, on whichever page it looks: it hears whom nobody reaches."""
        lost = next(iter(who), "")
        people = (person.id for role in HEARS_LAST for person in self.office.holders(role))
        return tuple(Hearer(person, lost) for person in dict.fromkeys(map(self.absences.successor, people)))

    def acting(self, who: tuple[str, ...]) -> tuple[str, ...]:
        """Who may act: these people, and whoever a running delegation puts in the place of one of them."""
        running = (self.absences.deputy_of(person, self.day) for person in who)
        return tuple(dict.fromkeys((*who, *(one.deputy for one in running if one and one.deputy))))

    def is_there(self, person: str) -> bool:
        """Whether they are of the office, not away, and reached by some channel."""
        return (
            person in self._ids
            and person not in self.unreachable
            and not self.absences.deputy_of(person, self.day)
        )

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(person.id for person in self.office.people)

    @cached_property
    def _deputies(self) -> dict[str, str]:
        return {person.id: person.deputy for person in self.office.people if person.deputy}

    def _behind(self, reach: Reach, who: tuple[str, ...]) -> Iterator[Hearer]:
        match reach:
            case Reach.HOLDER:
                for person in map(self.absences.successor, who):
                    yield from self._themselves(person) or self._by_delegation(person)
            case Reach.DEPUTY:
                for person in map(self.absences.successor, who):
                    if not self.is_there(person):
                        yield from self._by_delegation(person) or self._by_file(person)
            case Reach.HEAD:
                for person in who:
                    yield from (hearer for head in heads_of(self.office, person) for hearer in self._or(head))
            case role:
                yield from (hearer for one in self.office.holders(role) for hearer in self._or(one.id))

    def _or(self, person: str) -> tuple[Hearer, ...]:
        """Somebody a rung names by their post: they, or whoever has their duties or stands in for them."""
        holder = self.absences.successor(person)
        return self._themselves(holder) or self._by_delegation(holder) or self._by_file(holder)

    def _themselves(self, person: str) -> tuple[Hearer, ...]:
        return (Hearer(person),) if self.is_there(person) else ()

    def _by_delegation(self, person: str) -> tuple[Hearer, ...]:
        running = self.absences.deputy_of(person, self.day)
        return (Hearer(running.deputy, person),) if running and self.is_there(running.deputy) else ()

    def _by_file(self, person: str) -> tuple[Hearer, ...]:
        """Only where no channel reaches them: whoever is away has said who acts."""
        deputy = self._deputies.get(person, "")
        away = self.absences.deputy_of(person, self.day)
        return (Hearer(deputy, person),) if not away and self.is_there(deputy) else ()


def heads_of(office: Office, person: str) -> tuple[str, ...]:
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
