"""Lets several offices share one bot: one process receives for all of them, and each answers in its own name.

Every office's process has the same ``GONGKAI_TELEGRAM_OFFICES``. The first office named receives the bot's updates
for all of them; the others only send through the bot, because one process at a time may poll it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from sqlalchemy import Connection

from bot.delivery.dead_letters import report_dead_letter
from bot.delivery.inbox_worker import ChatWork, Wait
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate, parse_stored_update
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
    """Return the offices this process receives for, its own first; none if another process receives for it.

    Raises NotOfTheBot, NotTogether and SameName.
    """
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
    """A channel that has a command menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePrefixedChannel:
    """A channel that puts the office's name before messages to people who belong to several of the bot's offices."""

    channel: ChannelWithMenu
    app: OfficeApp

    @property
    def name(self) -> str:
        """The name of the channel below."""
        return self.channel.name

    @property
    def capabilities(self) -> ChannelCapabilities:
        """The capabilities of the channel below."""
        return self.channel.capabilities

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message, under the office's name where that is needed."""
        return self.channel.send(address, self._with_office_prefix(address, message))

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Edit a message, under the office's name where that is needed."""
        return self.channel.edit(address, message_id, self._with_office_prefix(address, message))

    def show_commands(
        self, commands: Sequence[MenuCommand], *, address: str = "", groups: bool = False
    ) -> SendResult:
        """Set the command menu of the channel below."""
        return self.channel.show_commands(commands, address=address, groups=groups)

    def _with_office_prefix(self, address: str, message: Message) -> Message:
        with self.app.store.reading() as connection:
            several = len(memberships(connection, self.name, address)) > 1
        return replace(message, text=f"【{self.app.office.name}】\n{message.text}") if several else message


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBot:
    """Handles one inbox for several offices, each of which answers in its own name."""

    router: OfficeRouter
    reply_senders: Mapping[str, ReplySender]
    parse_update: Callable[[str], IncomingUpdate | None]
    host_office: OfficeApp
    channel: ChannelWithMenu
    fetcher: FileFetcher

    def handle(self, connection: Connection, stored: InboxEntry) -> RoutedReply | None:
        """Handle an update within the inbox's transaction. Returns the reply with its office, or None."""
        update = parse_stored_update(self.parse_update, stored)
        routed = self.router.handle(connection, update, self.channel.capabilities) if update else None
        if routed is None:
            return None
        sender = self.reply_senders[routed.office]
        return routed._replace(reply=sender.keep_reply(connection, routed.update, routed.reply))

    def deliver(self, handled: HandledUpdate[RoutedReply | None]) -> Iterator[Wait]:
        """Send the result through the office that handled the update. Yields the seconds to wait."""
        if isinstance(handled.retry_later, AwaitingFiles):
            self.fetcher.fetch(self.channel, handled.update.number, handled.retry_later)
        if handled.is_dead_letter:
            sender = self.reply_senders[""]
            yield from report_dead_letter(self.host_office, sender, self.parse_update, handled.update)
        if handled.result:
            sender = self.reply_senders[handled.result.office]
            yield from sender.deliver_reply(handled.result.update, handled.result.reply)

    def owed_work(self, channel: str) -> list[ChatWork]:
        """What every office still owes on the channel."""
        offices = {sender.office: sender for sender in self.reply_senders.values()}
        return [work for sender in offices.values() for work in sender.owed_work(channel)]


def create_shared_bot(
    offices: Sequence[OfficeApp],
    channels: Mapping[str, Channel],
    channel: ChannelWithMenu,
    page_channel_of: Callable[[OfficeApp], Channel],
    *,
    parse_update: Callable[[str], IncomingUpdate | None],
    requeue: Callable[[int], object],
) -> SharedBot:
    """Join the offices of one bot. ``channels`` are the first one's; ``requeue`` repeats an update of its inbox."""
    reply_senders = {"": _reply_sender(offices[0], channels)}
    for app in offices:
        page = page_channel_of(app)
        own = {page.name: page, channel.name: OfficePrefixedChannel(channel=channel, app=app)}
        reply_senders[app.office.slug] = _reply_sender(app, own)
    router = OfficeRouter(dispatchers={app.office.slug: Dispatcher(app=app) for app in offices})
    fetcher = FileFetcher(store=offices[0].store, clock=offices[0].clock, requeue=requeue)
    return SharedBot(
        router=router,
        reply_senders=reply_senders,
        parse_update=parse_update,
        host_office=offices[0],
        channel=channel,
        fetcher=fetcher,
    )


def _reply_sender(app: OfficeApp, channels: Mapping[str, Channel]) -> ReplySender:
    return ReplySender(store=app.store, office=app.office.slug, clock=app.clock, channels=channels)
