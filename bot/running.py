"""What runs: the office's channels, what they hear and say, and the courier; joined here and nowhere else.

The page is always there; Telegram where a token is given, group robots where their addresses are. Each channel's
ear stores what it hears; one thread handles what is stored, one update after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from bot.channels.page_chat import PageChannel
from bot.compose import Works
from bot.conversation import Conversation
from bot.hearing import Heard
from bot.joining import STATES
from bot.mouth import Mouth
from bot.notices import Speaker
from bot.replies import Reply
from config.settings import Settings
from scheduler.channel import Channel
from scheduler.inbox import Handled, Inbox
from scheduler.outbox import Courier
from scheduler.standins import instead_of, still_true
from storage.accounts import Accounts, State
from storage.inbox import Stored

Told = Callable[[Exception], object]
LOOKS_AGAIN = 5.0  # seconds: what failed before is tried again at its own time
PLACE = "@"
"""What a notice is for that goes to a group and to nobody: ``@wecom town``."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How people are reached: their accounts, for the courier."""

    connection: Connection
    office: str

    def reach(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's addresses, the best first; a group's own."""
        if person.startswith(PLACE):
            channel, _, address = person.removeprefix(PLACE).partition(" ")
            return [(channel, address)]
        return [(one.channel, one.address) for one in Accounts(self.connection, self.office).reach(person)]

    def mark(self, channel: str, address: str, why: str, at: datetime) -> None:
        """An address that reaches nobody any more."""
        state = STATES.get(why, State.BLOCKED)
        Accounts(self.connection, self.office).mark(channel, address, state, at=at, why=why)

    def moved(self, channel: str, address: str, to: str, at: datetime) -> None:
        """An address that became another."""
        Accounts(self.connection, self.office).moved(channel, address, to, at=at)


def courier_of(works: Works, channels: Mapping[str, Channel], told: Told) -> Courier:
    """The office's courier on these channels."""
    return Courier(
        store=works.store,
        office=works.office.slug,
        clock=works.clock,
        channels=channels,
        ways=lambda connection: Ways(connection, works.office.slug),
        render=Speaker(desk=works.desk),
        fresh=still_true(works.desk),
        instead=instead_of(works.desk),
        told=told,
    )


def page_channel(works: Works) -> PageChannel:
    """The local page as a channel."""
    return PageChannel(works.store, works.office.slug, works.clock)


@contextmanager
def channels_of(works: Works, settings: Settings, told: Told) -> Iterator[Mapping[str, Channel]]:
    """Every configured channel, heard until the block ends."""
    page = page_channel(works)
    channels: dict[str, Channel] = {page.name: page}
    with ExitStack() as open_:
        if lines := settings.robot_lines():
            from bot.channels.robots import read_robots  # noqa: PLC0415 - an office without robots needs none

            channels |= {robots.name: robots for robots in read_robots(lines, works.clock)}
        if token := settings.telegram_secret():
            open_.enter_context(_telegram(works, settings, token, channels, told))
        yield channels


@contextmanager
def _telegram(
    works: Works, settings: Settings, token: str, channels: dict[str, Channel], told: Told
) -> Iterator[None]:
    # python-telegram-bot is an extra: an office that has no bot needs none of it.
    from bot.channels.telegram import Telegram, polling, webhook  # noqa: PLC0415
    from bot.channels.tg.ears import Ear, hook_secret  # noqa: PLC0415
    from bot.channels.tg.line import Line  # noqa: PLC0415
    from bot.channels.tg.reading import heard  # noqa: PLC0415

    line = Line(token, server=settings.telegram_server)
    telegram = Telegram(line)
    channels[telegram.name] = telegram
    inbox = Inbox(store=works.store, office=works.office.slug, channel=telegram.name, clock=works.clock)
    pump = Pump(works=works, inbox=inbox, channel=telegram, channels=channels, read=heard, told=told)
    ear = Ear(inbox=inbox, wake=pump.wake, told=told, silence=lambda _silence: None)
    address, port = settings.telegram_webhook, settings.telegram_webhook_port
    secret = hook_secret(works.home.secret())
    hearing = webhook(line, ear, address=address, secret=secret, port=port) if address else polling(line, ear)
    try:
        with pump, hearing:
            yield
    finally:
        line.close()


class Pump:
    """Handles what one channel's inbox holds, in a thread of its own, until it is closed."""

    def __init__(
        self,
        *,
        works: Works,
        inbox: Inbox,
        channel: Channel,
        channels: Mapping[str, Channel],
        read: Callable[[str], Heard | None],
        told: Told,
    ) -> None:
        self._talk = Conversation(works=works)
        self._mouth = Mouth(store=works.store, office=works.office.slug, clock=works.clock, channels=channels)
        self._inbox, self._channel, self._read, self._told = inbox, channel, read, told
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def wake(self) -> None:
        """Something was stored."""
        self._woken.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def drain(self) -> int:
        """Handle everything that may be handled now. Returns how much that was."""
        count = 0
        while not self._stopping.is_set() and (handled := self._inbox.handle_next(self._hear)):
            self._say(handled)
            count += 1
        return count

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.drain()
            except Exception as fault:  # noqa: BLE001 - the database: it is told, and tried again
                self._told(fault)
            self._woken.wait(LOOKS_AGAIN)
            self._woken.clear()

    def _hear(self, connection: Connection, stored: Stored) -> tuple[Heard, Reply] | None:
        heard = self._read(stored.body)
        reply = self._talk.hear(connection, heard, self._channel.abilities) if heard else None
        return (heard, reply) if heard and reply else None

    def _say(self, handled: Handled[tuple[Heard, Reply] | None]) -> None:
        if handled.fault:
            self._told(handled.fault)
        if handled.said:
            self._mouth.say(*handled.said)
