"""Sends the reply to an update on the channel it came from, after the transaction that the reply reports.

Each person has one live card for each task. Where a channel can edit, the card is changed in place and the result
replaces its buttons, on everybody's card; where that fails a new message is sent. The database holds the truth: a
card that could not be changed answers a press with the current state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
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
    limits_of,
)
from storage.database.store import Store
from storage.messaging.accounts import Accounts, ChatGroups
from storage.messaging.dialog_state import LiveCards
from storage.messaging.rate_limits import RateLimiter, RateLimits

TRIES = 4
RETRY_DELAY = timedelta(seconds=1)
NOTHING_SENT = SendResult(outcome=SendOutcome.SENT)
CARD_NOT_EDITABLE = SendResult(outcome=SendOutcome.REFUSED)
MAX_RETRY_WAIT = timedelta(seconds=30)  # a later answer is useless: the list shows the current state


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySender:
    """Sends the replies of one office, on all its channels."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    wait: Callable[[float], object] = time.sleep
    """Sleeps so many seconds. Each chat has its thread (``inbox_worker.py``): waiting holds up no other chat."""

    def count_against_rate_limit(
        self, connection: Connection, update: IncomingUpdate, reply: Reply | None
    ) -> None:
        """Count a private answer, which itself waits for no limit, in the update's transaction: reminders wait."""
        if reply and reply.lines and (update.private or reply.to_sender_only):
            slots = RateLimiter(connection, update.channel, RateLimits())
            slots.count(self.office, update.sender, self.clock.now())

    def send_reply(self, update: IncomingUpdate, reply: Reply | None) -> None:
        """Answer the sender; then remove the buttons of other cards that the update outdated."""
        if reply is None:
            return
        if reply.to_sender_only:
            update = as_private_update(update)
        channel = self.channels[update.channel]
        message = render_reply(reply, channel.capabilities)
        sent = self._deliver(channel, update, message) if reply.lines else NOTHING_SENT
        message_id = sent.message
        if reply.card_key and message_id:
            self._save_live_card(update, reply, sent)
        for menu in (ChatMenu(update.channel, update.chat, reply.menu), *reply.menus):
            self._show_menu(menu)
        for name, content in reply.files:
            file = MessageAttachment(name=name, content=content)
            self._with_retries(partial(channel.send, update.chat, Message(text="", file=file)))
        for case in reply.outdated_cases:
            self._end_live_cards(case, reply, (update.chat, message_id))

    def _show_menu(self, at: ChatMenu) -> None:
        channel = self.channels.get(at.channel)
        if at.menu and isinstance(channel, SupportsMenu):
            channel.show_commands(at.menu, address=at.address)

    def _deliver(self, channel: Channel, update: IncomingUpdate, message: Message) -> SendResult:
        """Replace the pressed card if the channel can edit, else send a new message."""
        if update.what is UpdateKind.PRESSED and channel.capabilities.edit and update.message:
            sent = self._with_retries(
                lambda: channel.edit(update.chat, update.message, message), repeatable=True
            )
            if sent.outcome is SendOutcome.SENT:
                return replace(sent, message=sent.message or update.message)
        sent = self._with_retries(lambda: self._send_within_limit(channel, update, message))
        if sent.moved_to:
            self._record_group_move(update, sent.moved_to)
            sent = self._with_retries(lambda: channel.send(sent.moved_to, message))
        if sent.outcome is SendOutcome.REFUSED:
            self._mark_unreachable(update, sent.why)
        return sent

    def _send_within_limit(self, channel: Channel, update: IncomingUpdate, message: Message) -> SendResult:
        """Send within the rate limit of a group, which replies share with announcements."""
        if not update.private and (wait := self._rate_limit_wait(update)):
            return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="limit", retry_after=wait)
        return channel.send(update.chat, message)

    def _rate_limit_wait(self, update: IncomingUpdate) -> timedelta | None:
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            limits = limits_of(self.channels[update.channel], RateLimits())
            slots = RateLimiter(connection, update.channel, limits)
            later = slots.acquire(self.office, update.chat, now, group=True)
        return later - now if later else None

    def _with_retries(self, send: Callable[[], SendResult], *, repeatable: bool = False) -> SendResult:
        """Retry what was not attempted, and what is uncertain if sending twice does no harm (``repeatable``)."""
        for _ in range(TRIES - 1):
            sent = send()
            uncertain = repeatable and sent.outcome is SendOutcome.UNCERTAIN
            wait = sent.retry_after or RETRY_DELAY
            if (
                sent.moved_to
                or not (uncertain or sent.outcome is SendOutcome.NOT_ATTEMPTED)
                or wait > MAX_RETRY_WAIT
            ):
                return sent
            self.wait(wait.total_seconds())
        return send()

    def _record_group_move(self, update: IncomingUpdate, to: str) -> None:
        with self.store.writing(self.office) as connection:
            ChatGroups(connection, self.office).change_address(
                update.channel, update.chat, to, at=self.clock.now()
            )

    def _mark_unreachable(self, update: IncomingUpdate, why: str) -> None:
        """Mark the sender's address: it shows the same day, and the next reminder goes another way."""
        if why not in STATE_BY_REFUSAL_REASON:
            return
        with self.store.writing(self.office) as connection:
            addresses: Accounts | ChatGroups = ChatGroups(connection, self.office)
            if update.private:
                addresses = Accounts(connection, self.office)
            addresses.mark(
                update.channel, update.chat, STATE_BY_REFUSAL_REASON[why], at=self.clock.now(), why=why
            )

    def _save_live_card(self, update: IncomingUpdate, reply: Reply, sent: SendResult) -> None:
        """Store the message as the live card, and remove the buttons of the one it replaces."""
        with self.store.writing(self.office) as connection:
            account = Accounts(connection, self.office).at(update.channel, update.sender)
            if account is None or reply.card_key is None:
                return
            sent_to = MessageRef(update.channel, update.chat, sent.message)
            shown_at = sent.shown_at or self.clock.now()
            replaced = replace_live_card(
                LiveCards(connection, self.office), account.person, reply.card_key, sent_to, shown_at
            )
        if replaced:
            self._remove_buttons(replaced, reply.text)

    def _end_live_cards(self, case: int, reply: Reply, own_message: tuple[str, str]) -> None:
        """End everybody's cards about a case, except the reply itself, whose buttons are new."""
        with self.store.writing(self.office) as connection:
            cards = LiveCards(connection, self.office)
            outdated = cards.about(case)
            for card in outdated:
                cards.end(card.person, card.case, card.what)
        for card in outdated:
            if (card.address, card.message) != own_message:
                self._remove_buttons(message_ref_of(card), reply.text)

    def _remove_buttons(self, old: MessageRef, text: str) -> None:
        """Try to remove a card's buttons; one that cannot be changed still answers a press."""
        self._with_retries(
            lambda: remove_buttons(self.channels, old, text) or CARD_NOT_EDITABLE, repeatable=True
        )
