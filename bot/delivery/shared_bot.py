"""What several offices that share a bot need to run: who hears for whom, and whose word each message is.

The same line, ``GONGKAI_TELEGRAM_OFFICES``, stands before every office's process. The first one named hears the bot
for all of them; the others speak through it and ask it nothing, for a bot is asked by one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from bot.delivery.dead_letters import report_dead_letter
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import AwaitingFiles, FileFetcher
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.office_routing import OfficeRouter, RoutedReply
from bot.services.app import OfficeApp, open_app
from config.errors import Refusal
from config.settings import Settings
from scheduler.delivery.channel import (
    Channel,
    ChannelCapabilities,
    MenuCommand,
    Message,
    SendResult,
    SupportsMenu,
)
from scheduler.delivery.inbox import HandledUpdate
from storage.messaging.accounts import memberships
from storage.messaging.inbox import InboxEntry


class NotOfTheBot(Refusal):
    """{home} is none of the offices in GONGKAI_TELEGRAM_OFFICES. Add it there, or take that line away."""


class NotTogether(Refusal):
    """{home} is in another database. Offices that share a bot share one PostgreSQL: GONGKAI_DATABASE."""


class SameName(Refusal):
    """{home} calls itself {slug}, as another office of this bot does. Give it a slug of its own."""


def offices_received_here(app: OfficeApp, settings: Settings) -> tuple[OfficeApp, ...]:
    """The offices this process hears the bot for, its own first; none where another process hears for it."""
    homes = [home.resolve() for home in settings.telegram_homes()]
    own = app.home.path.resolve()
    if homes and own not in homes:
        raise NotOfTheBot(home=own)
    if homes and own != homes[0]:
        return ()
    found = [app, *(open_app(home, app.clock) for home in dict.fromkeys(homes) if home != own)]
    for place, one in enumerate(found):
        if one.store.engine.url != app.store.engine.url:
            raise NotTogether(home=one.home.path)
        if one.office.slug in {other.office.slug for other in found[:place]}:
            raise SameName(home=one.home.path, slug=one.office.slug)
    return tuple(found)


class ChannelWithMenu(Channel, SupportsMenu, Protocol):
    """A channel with a menu of commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePrefixedChannel:
    """A channel that says whose word it is, to whoever hears several offices through one bot."""

    channel: ChannelWithMenu
    app: OfficeApp

    @property
    def name(self) -> str:
        """The channel's own."""
        return self.channel.name

    @property
    def capabilities(self) -> ChannelCapabilities:
        """The channel's own."""
        return self.channel.capabilities

    def send(self, address: str, message: Message) -> SendResult:
        """Say it, under the office's name where that is needed."""
        return self.channel.send(address, self._with_office_prefix(address, message))

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change it, likewise."""
        return self.channel.edit(address, message_id, self._with_office_prefix(address, message))

    def show_commands(
        self, commands: Sequence[MenuCommand], *, address: str = "", groups: bool = False
    ) -> SendResult:
        """The channel's own."""
        return self.channel.show_commands(commands, address=address, groups=groups)

    def _with_office_prefix(self, address: str, message: Message) -> Message:
        with self.app.store.reading() as connection:
            several = len(memberships(connection, self.name, address)) > 1
        return replace(message, text=f"【{self.app.office.name}】\n{message.text}") if several else message


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBot:
    """One inbox, handled for several offices: each answers in its own name."""

    router: OfficeRouter
    reply_senders: Mapping[str, ReplySender]
    parse_update: Callable[[str], IncomingUpdate | None]
    host_office: OfficeApp
    channel: ChannelWithMenu
    fetcher: FileFetcher

    def handle(self, connection: Connection, stored: InboxEntry) -> RoutedReply | None:
        """What an update brings about; the inbox's transaction keeps it."""
        update = self.parse_update(stored.body)
        answered = self.router.handle(connection, update, self.channel.capabilities) if update else None
        if answered:
            self.reply_senders[answered.office].count_against_rate_limit(
                connection, answered.update, answered.reply
            )
        return answered

    def deliver(self, handled: HandledUpdate[RoutedReply | None]) -> None:
        """What came of it, by the office whose it was."""
        if isinstance(handled.retry_later, AwaitingFiles):
            self.fetcher.fetch(self.channel, handled.update.number, handled.retry_later)
        if handled.is_dead_letter:
            report_dead_letter(self.host_office, self.channel, self.parse_update, handled.update)
        if handled.result:
            self.reply_senders[handled.result.office].send_reply(handled.result.update, handled.result.reply)


def create_shared_bot(
    offices: Sequence[OfficeApp],
    channels: Mapping[str, Channel],
    line: ChannelWithMenu,
    pages: Callable[[OfficeApp], Channel],
    *,
    read: Callable[[str], IncomingUpdate | None],
    again: Callable[[int], object],
) -> SharedBot:
    """The offices of one bot. ``channels`` are those of the first: its bot it is, and its inbox goes on ``again``."""
    mouths = {"": _reply_sender(offices[0], channels)}
    for app in offices:
        page = pages(app)
        own = {page.name: page, line.name: OfficePrefixedChannel(channel=line, app=app)}
        mouths[app.office.slug] = _reply_sender(app, own)
    board = OfficeRouter(dispatchers={app.office.slug: Dispatcher(app=app) for app in offices})
    fetcher = FileFetcher(store=offices[0].store, clock=offices[0].clock, requeue=again)
    return SharedBot(
        router=board,
        reply_senders=mouths,
        parse_update=read,
        host_office=offices[0],
        channel=line,
        fetcher=fetcher,
    )


def _reply_sender(app: OfficeApp, channels: Mapping[str, Channel]) -> ReplySender:
    return ReplySender(store=app.store, office=app.office.slug, clock=app.clock, channels=channels)
