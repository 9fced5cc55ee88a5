"""What several offices that share a bot need to run: who hears for whom, and whose word each message is.

The same line, ``GONGKAI_TELEGRAM_OFFICES``, stands before every office's process. The first one named hears the bot
for all of them; the others speak through it and ask it nothing, for a bot is asked by one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from bot.delivery.dead_letters import given_up
from bot.delivery.reply_sender import Mouth
from bot.dialog.incoming import Heard
from bot.dialog.incoming_files import Awaited, Fetcher
from bot.dispatch.dispatcher import Conversation
from bot.dispatch.office_routing import Answered, Switchboard
from bot.services.app import Works, open_works
from config.errors import Refusal
from config.settings import Settings
from scheduler.delivery.channel import Abilities, Channel, MenuLine, Message, Sent, WithMenu
from scheduler.delivery.inbox import Handled
from storage.messaging.accounts import memberships
from storage.messaging.inbox import Stored


class NotOfTheBot(Refusal):
    """{home} is none of the offices in GONGKAI_TELEGRAM_OFFICES. Add it there, or take that line away."""


class NotTogether(Refusal):
    """{home} is in another database. Offices that share a bot share one PostgreSQL: GONGKAI_DATABASE."""


class SameName(Refusal):
    """{home} calls itself {slug}, as another office of this bot does. Give it a slug of its own."""


def heard_here(works: Works, settings: Settings) -> tuple[Works, ...]:
    """The offices this process hears the bot for, its own first; none where another process hears for it."""
    homes = [home.resolve() for home in settings.telegram_homes()]
    own = works.home.path.resolve()
    if homes and own not in homes:
        raise NotOfTheBot(home=own)
    if homes and own != homes[0]:
        return ()
    found = [works, *(open_works(home, works.clock) for home in dict.fromkeys(homes) if home != own)]
    for place, one in enumerate(found):
        if one.store.engine.url != works.store.engine.url:
            raise NotTogether(home=one.home.path)
        if one.office.slug in {other.office.slug for other in found[:place]}:
            raise SameName(home=one.home.path, slug=one.office.slug)
    return tuple(found)


class Menued(Channel, WithMenu, Protocol):
    """A channel with a menu of commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """A channel that says whose word it is, to whoever hears several offices through one bot."""

    channel: Menued
    works: Works

    @property
    def name(self) -> str:
        """The channel's own."""
        return self.channel.name

    @property
    def abilities(self) -> Abilities:
        """The channel's own."""
        return self.channel.abilities

    def send(self, address: str, message: Message) -> Sent:
        """Say it, under the office's name where that is needed."""
        return self.channel.send(address, self._titled(address, message))

    def edit(self, address: str, message_id: str, message: Message) -> Sent:
        """Change it, likewise."""
        return self.channel.edit(address, message_id, self._titled(address, message))

    def show_commands(self, commands: Sequence[MenuLine], *, address: str = "", groups: bool = False) -> Sent:
        """The channel's own."""
        return self.channel.show_commands(commands, address=address, groups=groups)

    def _titled(self, address: str, message: Message) -> Message:
        with self.works.store.reading() as connection:
            several = len(memberships(connection, self.name, address)) > 1
        return replace(message, text=f"【{self.works.office.name}】\n{message.text}") if several else message


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """One inbox, handled for several offices: each answers in its own name."""

    board: Switchboard
    mouths: Mapping[str, Mouth]
    read: Callable[[str], Heard | None]
    host: Works
    line: Menued
    fetcher: Fetcher

    def hear(self, connection: Connection, stored: Stored) -> Answered | None:
        """What an update brings about; the inbox's transaction keeps it."""
        heard = self.read(stored.body)
        answered = self.board.hear(connection, heard, self.line.abilities) if heard else None
        if answered:
            self.mouths[answered.office].counts(connection, answered.heard, answered.reply)
        return answered

    def say(self, handled: Handled[Answered | None]) -> None:
        """What came of it, by the office whose it was."""
        if isinstance(handled.later, Awaited):
            self.fetcher.fetch(self.line, handled.update.number, handled.later)
        if handled.aside:
            given_up(self.host, self.line, self.read, handled.update)
        if handled.said:
            self.mouths[handled.said.office].say(handled.said.heard, handled.said.reply)


def together(
    offices: Sequence[Works],
    channels: Mapping[str, Channel],
    line: Menued,
    pages: Callable[[Works], Channel],
    *,
    read: Callable[[str], Heard | None],
    again: Callable[[int], object],
) -> Together:
    """The offices of one bot. ``channels`` are those of the first: its bot it is, and its inbox goes on ``again``."""
    mouths = {"": _mouth(offices[0], channels)}
    for works in offices:
        page = pages(works)
        own = {page.name: page, line.name: Titled(channel=line, works=works)}
        mouths[works.office.slug] = _mouth(works, own)
    board = Switchboard(talks={works.office.slug: Conversation(works=works) for works in offices})
    fetcher = Fetcher(store=offices[0].store, clock=offices[0].clock, again=again)
    return Together(board=board, mouths=mouths, read=read, host=offices[0], line=line, fetcher=fetcher)


def _mouth(works: Works, channels: Mapping[str, Channel]) -> Mouth:
    return Mouth(store=works.store, office=works.office.slug, clock=works.clock, channels=channels)
