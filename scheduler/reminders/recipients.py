"""Resolves the people behind the roles of an escalation step, and who replaces them; who comes first is the ladder's.

A person who is away is not disturbed: their deputy is told. A person whom no channel reaches is replaced by the
first deputy of the office's file whom one reaches. A deputy's deputy stands in for nobody. Where all this reaches
nobody, the party-and-government office is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from config.declarations.keys import CLERK, LEADER, OFFICE_HEAD
from config.declarations.reminder_ladders import RecipientRole
from config.office.model import Office, Person
from storage.events.delegations import Absences

FALLBACK_ROLES = (OFFICE_HEAD, CLERK)
"""The party-and-government office. All of them are told of what nobody else can be told."""
SUBSTITUTE_ROLES = (CLERK, OFFICE_HEAD)
"""The same office where one of them is enough: the clerk handles it, so the clerk is tried first."""
NOBODY: frozenset[str] = frozenset()


class Recipient(NamedTuple):
    """A person who is told, and the person they stand in for."""

    person: str
    for_person: str = ""


@dataclass(frozen=True, kw_only=True)
class RecipientResolver:
    """Resolves recipients on one day: it knows who is away and whom no channel reaches. Answers are cached."""

    office: Office
    absences: Absences
    day: date
    unreachable: frozenset[str] = frozenset()
    _cache: dict[tuple[tuple[RecipientRole, ...], tuple[str, ...], frozenset[str]], tuple[Recipient, ...]] = (
        field(default_factory=dict, repr=False, compare=False)
    )

    def recipients(
        self, roles: tuple[RecipientRole, ...], assignees: tuple[str, ...], excluded: frozenset[str] = NOBODY
    ) -> tuple[Recipient, ...]:
        """The people a step reaches while a case waits for these assignees; nobody twice.

        Who is ``excluded`` could not act in an assignee's place, and is not asked to: the next deputy is.
        """
        key = roles, assignees, excluded
        known = self._cache.get(key)
        if known is None:
            found: dict[str, Recipient] = {}
            for role in roles:
                for recipient in self._resolve(role, assignees, excluded):
                    found.setdefault(recipient.person, recipient)
            known = self._cache[key] = tuple(found.values())
        return known

    @property
    def with_everyone_reachable(self) -> RecipientResolver:
        """The same people on the same day, as if some channel reached everybody."""
        return RecipientResolver(office=self.office, absences=self.absences, day=self.day)

    def fallback_recipients(self, assignees: tuple[str, ...]) -> tuple[Recipient, ...]:
        """All of the party-and-government office, reachable or not: they are told that nobody can be reached."""
        unreached = next(iter(assignees), "")
        people = map(self.absences.successor, fallback_people(self.office))
        return tuple(Recipient(person, unreached) for person in dict.fromkeys(people))

    def entitled_people(
        self, assignees: tuple[str, ...], excluded: frozenset[str] = NOBODY
    ) -> tuple[str, ...]:
        """Who may act: the assignees, and their deputies of this day, without the ``excluded``."""
        running = (self.absences.deputy_of(person, self.day) for person in assignees)
        deputies = (one.deputy for one in running if one and one.deputy and one.deputy not in excluded)
        return tuple(dict.fromkeys((*assignees, *deputies)))

    def is_reachable(self, person: str) -> bool:
        """Whether they belong to the office, are not away, and some channel reaches them."""
        return (
            person in self._person_ids
            and person not in self.unreachable
            and not self.absences.deputy_of(person, self.day)
        )

    @cached_property
    def _person_ids(self) -> frozenset[str]:
        return frozenset(person.id for person in self.office.people)

    @cached_property
    def _deputies(self) -> dict[str, tuple[str, ...]]:
        return {person.id: person.deputies for person in self.office.people}

    def _resolve(
        self, role: RecipientRole, assignees: tuple[str, ...], excluded: frozenset[str]
    ) -> Iterator[Recipient]:
        awaited = tuple(map(self.absences.successor, assignees))
        match role:
            case RecipientRole.HOLDER:
                for person in awaited:
                    yield from self._if_reachable(person) or self._delegated_deputy(person, excluded)
            case RecipientRole.DEPUTY:
                for person in awaited:
                    if not self.is_reachable(person):
                        yield from self._deputy(person, excluded)
            case RecipientRole.HEAD:
                for person in assignees:
                    for head in superiors(self.office, person):
                        yield from self._person_or_deputy(head, awaited, excluded)
            case _:
                for holder in self.office.holders(role):
                    yield from self._person_or_deputy(holder.id, awaited, excluded)

    def _person_or_deputy(
        self, person: str, awaited: tuple[str, ...], excluded: frozenset[str]
    ) -> tuple[Recipient, ...]:
        """A person whom a step names by their role: they, their successor, or who stands in for them."""
        holder = self.absences.successor(person)
        return self._if_reachable(holder) or self._deputy(holder, excluded if holder in awaited else NOBODY)

    def _deputy(self, person: str, excluded: frozenset[str]) -> tuple[Recipient, ...]:
        return self._delegated_deputy(person, excluded) or self._configured_deputy(person, excluded)

    def _if_reachable(self, person: str) -> tuple[Recipient, ...]:
        return (Recipient(person),) if self.is_reachable(person) else ()

    def _delegated_deputy(self, person: str, excluded: frozenset[str]) -> tuple[Recipient, ...]:
        running = self.absences.deputy_of(person, self.day)
        if running is None or running.deputy in excluded or not self.is_reachable(running.deputy):
            return ()
        return (Recipient(running.deputy, person),)

    def _configured_deputy(self, person: str, excluded: frozenset[str]) -> tuple[Recipient, ...]:
        """The first who can be reached; nobody for a person who is away: they named their deputy themselves."""
        if self.absences.deputy_of(person, self.day):
            return ()
        others = (one for one in self._deputies.get(person, ()) if one not in excluded)
        reached = filter(self.is_reachable, others)
        return tuple(Recipient(deputy, person) for deputy in islice(reached, 1))


def proposed_deputy(person: Person, absences: Absences, first: date) -> str:
    """The deputy proposed for a leave from a day on: the first of the office's file who is not away then.

    The first of all where all of them are; empty where the file names none.
    """
    there = (one for one in person.deputies if not absences.deputy_of(one, first))
    return next(there, next(iter(person.deputies), ""))


def fallback_people(office: Office) -> tuple[str, ...]:
    """The ids of the party-and-government office, its head first: told of what nobody else can be told."""
    return tuple(dict.fromkeys(one.id for role in FALLBACK_ROLES for one in office.holders(role)))


def program_keepers(office: Office) -> tuple[str, ...]:
    """The ids of whoever keeps the program running: the first of the office's roles that somebody holds."""
    held = ([one.id for one in office.holders(role)] for role in SUBSTITUTE_ROLES)
    return tuple(next(filter(None, held), []))


def substitute_people(person: str, office: Office, absences: Absences, day: date) -> tuple[str, ...]:
    """Who may receive a message in place of a person whom it could not reach, in the order in which they are tried.

    Their deputy of that day, the deputies by the office's file, then the party-and-government office.
    """
    running = absences.deputy_of(person, day)
    configured = next((one.deputies for one in office.people if one.id == person), ())
    people = [running.deputy if running else "", *configured]
    people += [one.id for role in SUBSTITUTE_ROLES for one in office.holders(role)]
    return tuple(dict.fromkeys(who for who in people if who and who != person))


def superiors(office: Office, person: str) -> tuple[str, ...]:
    """The next level above a person: their village's leader, their department's head, then the office's own."""
    department = next((one.department for one in office.people if one.id == person), "")
    levels = (
        [village.leader for village in office.villages if village.reporter == person],
        [one.head for one in office.departments if department and one.id == department],
        [one.id for one in office.holders(OFFICE_HEAD)],
        [one.id for one in office.holders(LEADER)],
        [office.leading_group.head],
    )
    own_level = max((place for place, level in enumerate(levels) if person in level), default=-1)
    above = (level for level in levels[own_level + 1 :] if level)
    return tuple(dict.fromkeys(next(above, [])))
