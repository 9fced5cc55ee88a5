"""How people are reached, for the courier: at which addresses, with which buttons, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.commands.join import STATES
from bot.delivery.live_cards import now_live
from bot.dialog.reply import Choice, Task, in_rows
from bot.dialog.turn import Turn
from bot.services.app import Works
from bot.services.office_notices import PLACE
from scheduler.delivery.channel import Abilities, Button, Said
from storage.messaging.accounts import Accounts, Places, State
from storage.messaging.dialog_state import Cards
from storage.messaging.outbox import Notice, Queued

ABOUT_OTHERS = ("nudge", "why")
"""What can be done about a task that waits for somebody else: they were told because it lapses."""


@dataclass(frozen=True, slots=True)
class Ways:
    """One office's, over an open connection."""

    connection: Connection
    works: Works

    def reach(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's addresses, the best first; a group's own."""
        if person.startswith(PLACE):
            channel, _, address = person.removeprefix(PLACE).partition(" ")
            return [(channel, address)]
        return [(one.channel, one.address) for one in self._accounts.reach(person)]

    def offered(
        self, person: str, rows: Sequence[Queued], abilities: Abilities
    ) -> Sequence[Sequence[Button]]:
        """The buttons under what is said of one task: as on its card for whom it waits; else what others can do."""
        task = _one_task(rows)
        heard_by = next((one for one in self.works.office.people if one.id == person), None)
        if task is None or heard_by is None or not abilities.buttons:
            return ()
        turn = Turn(
            works=self.works,
            connection=self.connection,
            person=heard_by,
            channel="",
            abilities=abilities,
            at=self.works.clock.now(),
        )
        return in_rows(_choices(turn, task))

    def mark(self, channel: str, address: str, why: str, at: datetime) -> None:
        """An address that reaches nobody any more."""
        state = STATES.get(why, State.BLOCKED)
        for kept in (self._accounts, self._places):  # it is a person's or a group's
            kept.mark(channel, address, state, at=at, why=why)

    def moved(self, channel: str, address: str, to: str, at: datetime) -> None:
        """An address that became another."""
        for kept in (self._accounts, self._places):
            kept.moved(channel, address, to, at=at)

    def said(self, rows: Sequence[Queued], said: Said, at: datetime) -> Said | None:
        """What was said of one task is its live card from now on: it can be replied to, and changed.

        Returns where the card stands that it replaces.
        """
        notice = _one_task(rows)
        if notice is None or not said.message:
            return None
        task = Task(notice.case, notice.what, notice.basis)
        cards = Cards(self.connection, self.works.office.slug)
        return now_live(cards, notice.person, task, said, at)

    @property
    def _places(self) -> Places:
        return Places(self.connection, self.works.office.slug)

    @property
    def _accounts(self) -> Accounts:
        return Accounts(self.connection, self.works.office.slug)


def _one_task(rows: Sequence[Queued]) -> Notice | None:
    """What a bundle is about, where it is about one task of one case and of nothing else."""
    (notice, *others) = [row.notice for row in rows]
    alone = all((one.case, one.what) == (notice.case, notice.what) for one in others)
    return notice if notice.case and alone else None


def _choices(turn: Turn, task: Notice) -> Sequence[Choice]:
    case, duty = turn.case(task.case)
    mine = next((one for one in turn.mine(case, duty) if one.wait.what == task.what), None)
    if mine:
        return turn.offered(mine)
    return [turn.choice(verb, task.case) for verb in ABOUT_OTHERS]
