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

from bot.commands.join import STATES
from bot.delivery.live_cards import now_live, place_of, without_buttons
from bot.dialog.incoming import Heard, What, alone
from bot.dialog.reply import MenuAt, Reply, rendered
from config.clock import Clock
from scheduler.delivery.channel import Attached, Channel, Message, Outcome, Said, Sent, WithMenu
from storage.database.store import Store
from storage.messaging.accounts import Accounts, Places
from storage.messaging.dialog_state import Cards
from storage.messaging.rate_limits import Limits, Slots

TRIES = 4
A_MOMENT = timedelta(seconds=1)
NOT_THERE = Sent(outcome=Outcome.REFUSED)
LONGEST_WAIT = timedelta(seconds=30)  # an answer that comes later is none: the list says how things stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """Says replies for one office, on all its channels."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    wait: Callable[[float], object] = time.sleep
    """Each chat has a lane of its own (``bot/delivery/inbox_worker.py``): waiting in it holds up nobody else."""

    def counts(self, connection: Connection, heard: Heard, reply: Reply | None) -> None:
        """An answer in private waits for no limit, and fills it: reminders give way. Kept with what it answers."""
        if reply and reply.lines and (heard.private or reply.aside):
            slots = Slots(connection, heard.channel, Limits())
            slots.count(self.office, heard.sender, self.clock.now())

    def say(self, heard: Heard, reply: Reply | None) -> None:
        """Answer whoever spoke; then the other cards of what has moved on lose their buttons."""
        if reply is None:
            return
        if reply.aside:
            heard = alone(heard)
        channel = self.channels[heard.channel]
        message = rendered(reply, channel.abilities)
        said = self._said(channel, heard, message) if reply.lines else ""
        if reply.task and said:
            self._keep(heard, reply, said)
        for menu in (MenuAt(heard.channel, heard.place, reply.menu), *reply.menus):
            self._show(menu)
        for name, content in reply.files:
            file = Attached(name=name, content=content)
            self._tried(partial(channel.send, heard.place, Message(text="", file=file)))
        for case in reply.ends:
            self._end(case, reply, (heard.place, said))

    def _show(self, at: MenuAt) -> None:
        channel = self.channels.get(at.channel)
        if at.menu and isinstance(channel, WithMenu):
            channel.show_commands(at.menu, address=at.address)

    def _said(self, channel: Channel, heard: Heard, message: Message) -> str:
        """In place of the pressed card where that can be done, else as a new message. Returns its id."""
        if heard.what is What.PRESSED and channel.abilities.edit and heard.message:
            sent = self._tried(lambda: channel.edit(heard.place, heard.message, message), again=True)
            if sent.outcome is Outcome.SENT:
                return sent.message or heard.message
        sent = self._tried(lambda: self._sent(channel, heard, message))
        if sent.moved_to:
            self._moved(heard, sent.moved_to)
            sent = self._tried(lambda: channel.send(sent.moved_to, message))
        if sent.outcome is Outcome.REFUSED:
            self._unheard(heard, sent.why)
        return sent.message

    def _sent(self, channel: Channel, heard: Heard, message: Message) -> Sent:
        """In a group it takes one of the minute's twenty, which it shares with what is said by itself."""
        if not heard.private and (wait := self._waits(heard)):
            return Sent(outcome=Outcome.NOT_ATTEMPTED, why="limit", retry_after=wait)
        return channel.send(heard.place, message)

    def _waits(self, heard: Heard) -> timedelta | None:
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            slots = Slots(connection, heard.channel, Limits())
            later = slots.take(self.office, heard.place, now, group=True)
        return later - now if later else None

    def _tried(self, speak: Callable[[], Sent], *, again: bool = False) -> Sent:
        """Some times where it never left, or where doing it twice is doing it once (``again``)."""
        for _ in range(TRIES - 1):
            sent = speak()
            unsure = again and sent.outcome is Outcome.UNCERTAIN
            wait = sent.retry_after or A_MOMENT
            if sent.moved_to or not (unsure or sent.outcome is Outcome.NOT_ATTEMPTED) or wait > LONGEST_WAIT:
                return sent
            self.wait(wait.total_seconds())
        return speak()

    def _moved(self, heard: Heard, to: str) -> None:
        with self.store.writing(self.office) as connection:
            Places(connection, self.office).moved(heard.channel, heard.place, to, at=self.clock.now())

    def _unheard(self, heard: Heard, why: str) -> None:
        """Whoever spoke cannot be answered: it shows the same day, and the next reminder goes another way."""
        if why not in STATES:
            return
        with self.store.writing(self.office) as connection:
            kept: Accounts | Places = Places(connection, self.office)
            if heard.private:
                kept = Accounts(connection, self.office)
            kept.mark(heard.channel, heard.place, STATES[why], at=self.clock.now(), why=why)

    def _keep(self, heard: Heard, reply: Reply, said: str) -> None:
        """This is the live card now; the one it replaces has no buttons any more."""
        with self.store.writing(self.office) as connection:
            account = Accounts(connection, self.office).at(heard.channel, heard.sender)
            if account is None or reply.task is None:
                return
            here, now = Said(heard.channel, heard.place, said), self.clock.now()
            before = now_live(Cards(connection, self.office), account.person, reply.task, here, now)
        if before:
            self._silence(before, reply.text)

    def _end(self, case: int, reply: Reply, said: tuple[str, str]) -> None:
        """Everybody's, but for the message that says so itself: its buttons are new."""
        with self.store.writing(self.office) as connection:
            cards = Cards(connection, self.office)
            over = cards.about(case)
            for card in over:
                cards.end(card.person, card.case, card.what)
        for card in over:
            if (card.address, card.message) != said:
                self._silence(place_of(card), reply.text)

    def _silence(self, old: Said, text: str) -> None:
        """Best effort: a card that cannot be changed still answers a tap."""
        self._tried(lambda: without_buttons(self.channels, old, text) or NOT_THERE, again=True)
