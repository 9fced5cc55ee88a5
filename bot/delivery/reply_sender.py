"""The mouth: says a reply on the channel where somebody spoke, once what it reports is kept.

Each person has one live card for each task. Where a channel can edit, the card is changed in place and what came of
it replaces its buttons, on everybody's card; where that fails a new message is said. The truth is in the database:
a card that could not be changed answers a tap with how things stand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from bot.commands.join import STATE_BY_REFUSAL_REASON
from bot.delivery.live_cards import message_ref_of, remove_buttons, replace_live_card
from bot.dialog.incoming import IncomingUpdate, UpdateKind, as_private_update
from bot.dialog.reply import ChatMenu, Reply, render_reply
from config.clock import Clock
from scheduler.delivery.channel import (
    Channel,
    Message,
    MessageAttachment,
    MessageRef,
    SendOutcome,
    SendResult,
    SupportsMenu,
)
from storage.database.store import Store
from storage.messaging.accounts import Accounts, ChatGroups
from storage.messaging.dialog_state import LiveCards
from storage.messaging.rate_limits import RateLimiter, RateLimits

TRIES = 4
RETRY_DELAY = timedelta(seconds=1)
CARD_NOT_EDITABLE = SendResult(outcome=SendOutcome.REFUSED)
MAX_RETRY_WAIT = timedelta(seconds=30)  # an answer that comes later is none: the list says how things stand


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySender:
    """Says replies for one office, on all its channels."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    wait: Callable[[float], object] = time.sleep
    """Each chat has a lane of its own (``bot/delivery/inbox_worker.py``): waiting in it holds up nobody else."""

    def count_against_rate_limit(
        self, connection: Connection, update: IncomingUpdate, reply: Reply | None
    ) -> None:
        """An answer in private waits for no limit, and fills it: reminders give way. Kept with what it answers."""
        if reply and reply.lines and (update.private or reply.to_sender_only):
            slots = RateLimiter(connection, update.channel, RateLimits())
            slots.count(self.office, update.sender, self.clock.now())

    def send_reply(self, update: IncomingUpdate, reply: Reply | None) -> None:
        """Answer whoever spoke; then the other cards of what has moved on lose their buttons."""
        if reply is None:
            return
        if reply.to_sender_only:
            update = as_private_update(update)
        channel = self.channels[update.channel]
        message = render_reply(reply, channel.capabilities)
        said = self._deliver(channel, update, message) if reply.lines else ""
        if reply.card_key and said:
            self._save_live_card(update, reply, said)
        for menu in (ChatMenu(update.channel, update.chat, reply.menu), *reply.menus):
            self._show_menu(menu)
        for name, content in reply.files:
            file = MessageAttachment(name=name, content=content)
            self._with_retries(partial(channel.send, update.chat, Message(text="", file=file)))
        for case in reply.outdated_cases:
            self._end_live_cards(case, reply, (update.chat, said))

    def _show_menu(self, at: ChatMenu) -> None:
        channel = self.channels.get(at.channel)
        if at.menu and isinstance(channel, SupportsMenu):
            channel.show_commands(at.menu, address=at.address)

    def _deliver(self, channel: Channel, update: IncomingUpdate, message: Message) -> str:
        """In place of the pressed card where that can be done, else as a new message. Returns its id."""
        if update.what is UpdateKind.PRESSED and channel.capabilities.edit and update.message:
            sent = self._with_retries(lambda: channel.edit(update.chat, update.message, message), again=True)
            if sent.outcome is SendOutcome.SENT:
                return sent.message or update.message
        sent = self._with_retries(lambda: self._send_within_limit(channel, update, message))
        if sent.moved_to:
            self._record_group_move(update, sent.moved_to)
            sent = self._with_retries(lambda: channel.send(sent.moved_to, message))
        if sent.outcome is SendOutcome.REFUSED:
            self._mark_unreachable(update, sent.why)
        return sent.message

    def _send_within_limit(self, channel: Channel, update: IncomingUpdate, message: Message) -> SendResult:
        """In a group it takes one of the minute's twenty, which it shares with what is said by itself."""
        if not update.private and (wait := self._rate_limit_wait(update)):
            return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="limit", retry_after=wait)
        return channel.send(update.chat, message)

    def _rate_limit_wait(self, update: IncomingUpdate) -> timedelta | None:
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            slots = RateLimiter(connection, update.channel, RateLimits())
            later = slots.acquire(self.office, update.chat, now, group=True)
        return later - now if later else None

    def _with_retries(self, speak: Callable[[], SendResult], *, again: bool = False) -> SendResult:
        """Some times where it never left, or where doing it twice is doing it once (``again``)."""
        for _ in range(TRIES - 1):
            sent = speak()
            unsure = again and sent.outcome is SendOutcome.UNCERTAIN
            wait = sent.retry_after or RETRY_DELAY
            if (
                sent.moved_to
                or not (unsure or sent.outcome is SendOutcome.NOT_ATTEMPTED)
                or wait > MAX_RETRY_WAIT
            ):
                return sent
            self.wait(wait.total_seconds())
        return speak()

    def _record_group_move(self, update: IncomingUpdate, to: str) -> None:
        with self.store.writing(self.office) as connection:
            ChatGroups(connection, self.office).change_address(
                update.channel, update.chat, to, at=self.clock.now()
            )

    def _mark_unreachable(self, update: IncomingUpdate, why: str) -> None:
        """Whoever spoke cannot be answered: it shows the same day, and the next reminder goes another way."""
        if why not in STATE_BY_REFUSAL_REASON:
            return
        with self.store.writing(self.office) as connection:
            kept: Accounts | ChatGroups = ChatGroups(connection, self.office)
            if update.private:
                kept = Accounts(connection, self.office)
            kept.mark(update.channel, update.chat, STATE_BY_REFUSAL_REASON[why], at=self.clock.now(), why=why)

    def _save_live_card(self, update: IncomingUpdate, reply: Reply, said: str) -> None:
        """This is the live card now; the one it replaces has no buttons any more."""
        with self.store.writing(self.office) as connection:
            account = Accounts(connection, self.office).at(update.channel, update.sender)
            if account is None or reply.card_key is None:
                return
            here, now = MessageRef(update.channel, update.chat, said), self.clock.now()
            before = replace_live_card(
                LiveCards(connection, self.office), account.person, reply.card_key, here, now
            )
        if before:
            self._remove_buttons(before, reply.text)

    def _end_live_cards(self, case: int, reply: Reply, said: tuple[str, str]) -> None:
        """Everybody's, but for the message that says so itself: its buttons are new."""
        with self.store.writing(self.office) as connection:
            cards = LiveCards(connection, self.office)
            over = cards.about(case)
            for card in over:
                cards.end(card.person, card.case, card.what)
        for card in over:
            if (card.address, card.message) != said:
                self._remove_buttons(message_ref_of(card), reply.text)

    def _remove_buttons(self, old: MessageRef, text: str) -> None:
        """Best effort: a card that cannot be changed still answers a tap."""
        self._with_retries(lambda: remove_buttons(self.channels, old, text) or CARD_NOT_EDITABLE, again=True)
