"""Sends the reply to an update on the channel it came from, after the transaction that the reply reports.

Each person has one live card for each task. Where a channel can edit, the card is changed in place and the result
replaces its buttons, on everybody's card; where that fails a new message is sent. The database holds the truth: a
card that could not be changed answers a press with the current state.

A reply that says what was recorded is owed: it is kept in the transaction that records until it was said. What
certainly did not leave is tried until it does, in this run or the next; what may have arrived is not repeated by
itself, but shown with the next answer (docs/decisions/0028).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import count as count_from
from uuid import uuid4

from sqlalchemy import Connection

from bot.commands.join import STATE_BY_REFUSAL_REASON
from bot.delivery.inbox_worker import Wait
from bot.delivery.live_cards import end_live_cards, live_message_in_chat, remove_buttons, replace_live_card
from bot.delivery.shared_writes import SharedWrites
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
from storage.messaging.dialog_state import LiveCards, OwedReplies, OwedReply, OwedReplyState
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
    """Sleeps so many seconds, where ``send_reply`` is called. The inbox worker has chats wait without a thread."""
    writes: SharedWrites | None = None
    """Where it is recorded what became of a reply; without it, in a transaction of each reply."""

    def keep_reply(self, connection: Connection, update: IncomingUpdate, reply: Reply) -> Reply:
        """Prepare a reply in the update's transaction, before it is sent. Returns it with what it still has to say.

        A private one counts against the rate limit, though it waits for none: reminders wait. One that says what was
        recorded is owed from here on; what may not have arrived earlier is said with it.
        """
        if not reply.lines:
            return reply
        private, address = update.private or reply.to_sender_only, self._address(update, reply)
        if private:
            slots = RateLimiter(connection, update.channel, RateLimits())
            slots.count(self.office, update.sender, self.clock.now())
        owed = OwedReplies(connection, self.office)
        earlier = owed.take_uncertain(update.channel, address) if private else []
        reply = replace(reply, lines=(*earlier, *reply.lines))
        if not (reply.records or reply.outdated_cases or earlier):
            return reply
        text = "\n".join(filter(None, (reply.late_prefix, reply.text)))
        kept = OwedReply(
            id=uuid4().hex,
            channel=update.channel,
            chat=address,
            topic="" if reply.to_sender_only else update.topic,
            text=text,
            owed_at=self.clock.now(),
        )
        owed.put(kept)
        return replace(reply, owed=kept.id)

    def send_reply(self, update: IncomingUpdate, reply: Reply | None) -> None:
        """Answer the sender, and wait in this thread where that takes time."""
        for wait in self.deliver_reply(update, reply):
            if isinstance(wait, Future):
                wait.exception()  # whoever yielded it reads it
            else:
                self.wait(wait)

    def deliver_reply(self, update: IncomingUpdate, reply: Reply | None) -> Iterator[Wait]:
        """Answer the sender; then remove the buttons of other cards that the update outdated.

        Yields the seconds to wait before it goes on, or what must be written first.
        """
        if reply is None:
            return
        if reply.to_sender_only:
            update = as_private_update(update)
        channel = self.channels[update.channel]
        message = replace(render_reply(reply, channel.capabilities), topic=update.topic)
        replaces = self._message_to_replace(channel, update, reply)
        sent = NOTHING_SENT
        if reply.lines:
            sent = yield from self._deliver(channel, update, message, replaces, reply.owed)
        outdated = yield from self._record_sent(update, reply, sent)
        for menu in (ChatMenu(update.channel, update.chat, reply.menu), *reply.menus):
            self._show_menu(menu)
        if reply.pictures:
            yield from self._show_pictures(channel, update, reply)
        for name, content in reply.files:
            file = MessageAttachment(name=name, content=content)
            yield from self._with_retries(
                partial(channel.send, update.chat, Message(text="", file=file, topic=update.topic))
            )
        for card in outdated:
            yield from self._remove_buttons(card, reply.text)

    def _show_pictures(self, channel: Channel, update: IncomingUpdate, reply: Reply) -> Iterator[Wait]:
        """Show a reply's photographs; where they certainly were not shown, say where they are seen."""
        album = Message(text="", pictures=reply.pictures, topic=update.topic)
        sent = yield from self._with_retries(partial(channel.send, update.chat, album))
        if sent.outcome in {SendOutcome.REFUSED, SendOutcome.NOT_ATTEMPTED} and reply.pictures_elsewhere:
            said = Message(text=reply.pictures_elsewhere, topic=update.topic)
            yield from self._with_retries(partial(channel.send, update.chat, said))

    def owed_work(self, channel: str) -> list[tuple[str, Iterator[Wait]]]:
        """By chat, the replies of a channel that an earlier run could not send: they are said now."""
        with self.store.writing(self.office) as connection:
            waiting = OwedReplies(connection, self.office).resume(channel)
        return [(reply.chat, self._deliver_owed(reply)) for reply in waiting]

    def _deliver_owed(self, owed: OwedReply) -> Iterator[Wait]:
        send = partial(self.channels[owed.channel].send, owed.chat, Message(text=owed.text, topic=owed.topic))
        sent = yield from self._with_retries(send, owed=owed.id)
        with self.store.writing(self.office) as connection:
            self._settle_owed(connection, owed.id, sent)

    def _settle_owed(self, connection: Connection, reply_id: str, sent: SendResult) -> None:
        """A reply that was said is owed no more; one that may not have arrived is shown at the next word."""
        owed = OwedReplies(connection, self.office)
        if sent.outcome is SendOutcome.SENT:
            owed.settle(reply_id)
        else:
            owed.mark(reply_id, OwedReplyState.UNCERTAIN)

    def _address(self, update: IncomingUpdate, reply: Reply) -> str:
        return update.sender if reply.to_sender_only else update.chat

    def _show_menu(self, at: ChatMenu) -> None:
        channel = self.channels.get(at.channel)
        if at.menu and isinstance(channel, SupportsMenu):
            channel.show_commands(at.menu, address=at.address)

    def _message_to_replace(self, channel: Channel, update: IncomingUpdate, reply: Reply) -> str:
        """The id of the message that the reply replaces: the pressed card or the live one; else empty."""
        if not channel.capabilities.edit:
            return ""
        if update.what is UpdateKind.PRESSED:
            return update.message
        if not reply.in_place or reply.card_key is None:
            return ""
        with self.store.reading() as connection:
            person = self._sender(connection, update)
            return live_message_in_chat(LiveCards(connection, self.office), person, reply.card_key, update)

    def _deliver(
        self, channel: Channel, update: IncomingUpdate, message: Message, replaces: str, owed: str
    ) -> Generator[Wait, None, SendResult]:
        """Replace an earlier message where there is one to be replaced, else send a new one.

        Where the channel asks to wait before an edit, that is waited for: a message would have to wait as long.
        """
        if replaces:
            sent = yield from self._with_retries(
                lambda: channel.edit(update.chat, replaces, message), repeatable=True, owed=owed
            )
            if sent.outcome is SendOutcome.SENT:
                return replace(sent, message=sent.message or replaces)
            if sent.outcome is SendOutcome.NOT_ATTEMPTED:
                return sent
        sent = yield from self._with_retries(
            lambda: self._send_within_limit(channel, update, message), owed=owed
        )
        if sent.moved_to:
            self._record_group_move(update, sent.moved_to)
            moved_to = sent.moved_to
            sent = yield from self._with_retries(lambda: channel.send(moved_to, message), owed=owed)
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

    def _with_retries(
        self, send: Callable[[], SendResult], *, repeatable: bool = False, owed: str = ""
    ) -> Generator[Wait, None, SendResult]:
        """Retry what was not attempted, and what is uncertain if sending twice does no harm (``repeatable``).

        What is owed is tried until it left, however long that takes; anything else a few times. Yields the waits.
        """
        waits = False
        for attempt in count_from(1):
            sent = send()
            not_attempted = sent.outcome is SendOutcome.NOT_ATTEMPTED and not sent.moved_to
            uncertain = repeatable and sent.outcome is SendOutcome.UNCERTAIN
            wait = sent.retry_after or min(RETRY_DELAY * 2 ** min(attempt - 1, 10), MAX_RETRY_WAIT)
            again = attempt < TRIES and wait <= MAX_RETRY_WAIT
            if not (not_attempted and (owed or again)) and not (uncertain and again):
                return sent
            if owed and not_attempted and not waits:
                self._mark_waiting(owed)
                waits = True
            yield wait.total_seconds()
        raise AssertionError

    def _mark_waiting(self, owed: str) -> None:
        """Keep that it was certainly not sent: if the program ends meanwhile, the next run says it."""
        with self.store.writing(self.office) as connection:
            OwedReplies(connection, self.office).mark(owed, OwedReplyState.WAITING)

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

    def _record_sent(
        self, update: IncomingUpdate, reply: Reply, sent: SendResult
    ) -> Generator[Wait, None, list[MessageRef]]:
        """Record in one transaction what became of a reply: the debt, its live card, the cards that it outdates.

        Returns the message that its card replaces, and those of outdated cards: their buttons are to be removed.
        """
        if not (reply.owed or _shows_card(reply, sent) or reply.outdated_cases):
            return []
        writes = self.writes or SharedWrites(self.store, self.office)
        written = writes.submit(lambda connection: self._write_sent(connection, update, reply, sent))
        if not written.done():
            yield written
        return written.result()

    def _write_sent(
        self, connection: Connection, update: IncomingUpdate, reply: Reply, sent: SendResult
    ) -> list[MessageRef]:
        if reply.owed:
            self._settle_owed(connection, reply.owed, sent)
        cards, own = LiveCards(connection, self.office), MessageRef(update.channel, update.chat, sent.message)
        outdated = []
        if _shows_card(reply, sent) and reply.card_key and (person := self._sender(connection, update)):
            shown_at = sent.shown_at or self.clock.now()
            replaced = replace_live_card(cards, person, reply.card_key, own, shown_at)
            outdated = [replaced] if replaced else []
        for case in reply.outdated_cases:
            outdated += end_live_cards(cards, case, own)
        return outdated

    def _sender(self, connection: Connection, update: IncomingUpdate) -> str:
        """The id of the person who speaks; empty for a stranger."""
        account = Accounts(connection, self.office).at(update.channel, update.sender)
        return account.person if account else ""

    def _remove_buttons(self, old: MessageRef, text: str) -> Iterator[Wait]:
        """Try to remove a card's buttons; one that cannot be changed still answers a press."""
        yield from self._with_retries(
            lambda: remove_buttons(self.channels, old, text) or CARD_NOT_EDITABLE, repeatable=True
        )


def _shows_card(reply: Reply, sent: SendResult) -> bool:
    return bool(reply.card_key and sent.message)
