"""A visit's eyes: its person as the conversation knows them, and the cases they may see (``bot/dialog/permissions.py``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.channels.web.request.request import PAGE, NoSuchPage, Rights, Visit
from bot.channels.web_chat import PageChannel
from bot.dialog.permissions import sees
from bot.dialog.turn import Turn
from config.declarations.duty import Duty
from storage.events.case import Case


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One person's, over an open connection."""

    visit: Visit
    turn: Turn

    @property
    def acting(self) -> frozenset[str]:
        """They themselves, and whom they stand in for today."""
        return self.turn.acting

    @property
    def reads_all(self) -> bool:
        """Whether nothing of the office's is kept from them."""
        return self.visit.rights >= Rights.READ

    def case(self, number: int) -> tuple[Case, Duty]:
        """A case they may see. NoSuchPage for every other, whether there is one or not."""
        found = self.turn.index.cases([number]).get(number) if number else None
        duty = self.visit.works.duties.get(found.opening.kind) if found and found.opening else None
        if found is None or duty is None or not sees(self.turn, found, duty):
            raise NoSuchPage
        return found, duty

    def waits_for_them(self, case: Case, duty: Duty) -> bool:
        """Whether it waits for them, or for somebody they stand in for."""
        return any(self.acting & set(wait.who) for wait in self.turn.waits(case, duty))


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
