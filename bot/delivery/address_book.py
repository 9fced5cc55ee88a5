"""How people are reached, for the courier: at which addresses, with which buttons, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.commands.join import STATE_BY_REFUSAL_REASON
from bot.delivery.live_cards import replace_live_card
from bot.dialog.reply import CardKey, Choice, button_rows
from bot.dialog.turn import RequestContext
from bot.services.app import OfficeApp
from bot.services.office_notices import ADDRESS_PREFIX
from scheduler.delivery.channel import Button, ChannelCapabilities, MessageRef
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.dialog_state import LiveCards
from storage.messaging.outbox import OutboxEntry, OutboxNotice

ONLOOKER_VERBS = ("nudge", "why")
"""What can be done about a task that waits for somebody else: they were told because it lapses."""


@dataclass(frozen=True, slots=True)
class OfficeAddressBook:
    """One office's, over an open connection."""

    connection: Connection
    app: OfficeApp

    def addresses_of(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's addresses, the best first; a group's own."""
        if person.startswith(ADDRESS_PREFIX):
            channel, _, address = person.removeprefix(ADDRESS_PREFIX).partition(" ")
            return [(channel, address)]
        return [(one.channel, one.address) for one in self._accounts.reachable(person)]

    def buttons_for(
        self, person: str, rows: Sequence[OutboxEntry], abilities: ChannelCapabilities
    ) -> Sequence[Sequence[Button]]:
        """The buttons under what is said of one task: as on its card for whom it waits; else what others can do."""
        task = _single_task_notice(rows)
        heard_by = next((one for one in self.app.office.people if one.id == person), None)
        if task is None or heard_by is None or not abilities.buttons:
            return ()
        context = RequestContext(
            app=self.app,
            connection=self.connection,
            person=heard_by,
            channel="",
            capabilities=abilities,
            sent_at=self.app.clock.now(),
        )
        return button_rows(_task_choices(context, task))

    def mark_unreachable(self, channel: str, address: str, why: str, at: datetime) -> None:
        """An address that reaches nobody any more."""
        state = STATE_BY_REFUSAL_REASON.get(why, AddressState.BLOCKED)
        for kept in (self._accounts, self._places):  # it is a person's or a group's
            kept.mark(channel, address, state, at=at, why=why)

    def update_address(self, channel: str, address: str, to: str, at: datetime) -> None:
        """An address that became another."""
        for kept in (self._accounts, self._places):
            kept.change_address(channel, address, to, at=at)

    def record_sent(self, rows: Sequence[OutboxEntry], said: MessageRef, at: datetime) -> MessageRef | None:
        """What was said of one task is its live card from now on: it can be replied to, and changed.

        Returns where the card stands that it replaces.
        """
        notice = _single_task_notice(rows)
        if notice is None or not said.message:
            return None
        task = CardKey(notice.case, notice.what, notice.basis)
        cards = LiveCards(self.connection, self.app.office.slug)
        return replace_live_card(cards, notice.person, task, said, at)

    @property
    def _places(self) -> ChatGroups:
        return ChatGroups(self.connection, self.app.office.slug)

    @property
    def _accounts(self) -> Accounts:
        return Accounts(self.connection, self.app.office.slug)


def _single_task_notice(rows: Sequence[OutboxEntry]) -> OutboxNotice | None:
    """What a bundle is about, where it is about one task of one case and of nothing else."""
    (notice, *others) = [row.notice for row in rows]
    alone = all((one.case, one.what) == (notice.case, notice.what) for one in others)
    return notice if notice.case and alone else None


def _task_choices(context: RequestContext, task: OutboxNotice) -> Sequence[Choice]:
    case, duty = context.case(task.case)
    mine = next((one for one in context.pending_for_actor(case, duty) if one.wait.what == task.what), None)
    if mine:
        return context.action_buttons(mine)
    return [context.choice(verb, task.case) for verb in ONLOOKER_VERBS]
