"""Who sees what: whoever may read all, everything; people of the villages what is theirs, or waits for them.

A deputy sees what the one sees whom they stand in for, for as long as they do. An answer's files name its
applicant: they are for those through whose hands the answer goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Connection

from bot.channels.page_chat import PageChannel
from bot.channels.pages.visit import PAGE, RECORDERS, NoSuchPage, Rights, Visit
from bot.turn import Turn
from config.duty import Duty
from config.office import Village
from scheduler.signoff import entitled
from scheduler.waiting import AT_A_STAGE
from storage.cases import Case, chain_kind
from storage.events import Drafted


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One person's, over an open connection."""

    visit: Visit
    turn: Turn

    @cached_property
    def acting(self) -> frozenset[str]:
        """They themselves, and whom they stand in for today."""
        away = self.turn.absences.acting_for(self.visit.me.id, self.turn.today)
        return frozenset({self.visit.me.id, *(one.person for one in away)})

    @cached_property
    def villages(self) -> tuple[Village, ...]:
        """The villages they report or answer for."""
        successor = self.turn.absences.successor
        return tuple(
            village
            for village in self.visit.works.office.villages
            if {successor(village.reporter), successor(village.leader)} & self.acting
        )

    @property
    def reads_all(self) -> bool:
        """Whether nothing of the office's is kept from them."""
        return self.visit.rights >= Rights.READ

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case they may see. NoSuchPage for every other, whether there is one or not."""
        found = self.turn.index.cases([number]).get(number) if number else None
        duty = self.visit.works.duties.get(found.opening.kind) if found and found.opening else None
        if found is None or duty is None or not self.sees(found, duty):
            raise NoSuchPage
        return found, duty

    def sees(self, case: Case, duty: Duty) -> bool:
        """Whether a case is for their eyes."""
        if self.reads_all or self.waits_for_them(case, duty) or self.acting & _writers(case):
            return True
        return bool(_places(case) & {village.id for village in self.villages})

    def waits_for_them(self, case: Case, duty: Duty) -> bool:
        """Whether it waits for them, or for somebody they stand in for."""
        return any(self.acting & set(wait.who) for wait in self.turn.waits(case, duty))

    def may_write(self, case: Case, duty: Duty) -> bool:
        """Whether they may lay a text of this case before the stages."""
        if self.visit.may_record or self.acting & _writers(case):
            return True
        departments = {self.visit.works.office.person(one).department for one in self.acting} - {""}
        own = departments | {village.id for village in self.villages}
        return bool(_places(case) & own) or self._holds(case, duty)

    def may_open_files(self, case: Case, duty: Duty) -> bool:
        """Whether they may take a text's files away."""
        if duty.receipt is None or self.visit.works.office.roles_of(self.visit.me.id) & RECORDERS:
            return True
        office = self.visit.works.office
        stages = office.chain(chain_kind(case, duty)).stages
        signers = {one.id for stage in stages for one in entitled(stage, office, case.facts)}
        return bool(self.acting & (signers | _writers(case)))

    def _holds(self, case: Case, duty: Duty) -> bool:
        return any(
            self.acting & set(wait.who)
            for wait in self.turn.waits(case, duty)
            if wait.what not in AT_A_STAGE
        )


@contextmanager
def looking(visit: Visit) -> Iterator[Sight]:
    """A person's sight, over a connection for reading."""
    with visit.works.store.reading() as connection:
        yield Sight(visit=visit, turn=turn_of(visit, connection))


def turn_of(visit: Visit, connection: Connection) -> Turn:
    """The person as the conversation knows them: what waits for them, in their words."""
    return Turn(
        works=visit.works,
        connection=connection,
        person=visit.me,
        channel=PAGE,
        abilities=PageChannel.abilities,
        at=visit.at,
    )


def _writers(case: Case) -> frozenset[str]:
    return frozenset(fact.by for fact in case.approvals if isinstance(fact, Drafted))


def _places(case: Case) -> frozenset[str]:
    """The village or department it comes from."""
    return frozenset(str(case.facts.get(key, "")) for key in ("village", "origin")) - {""}
