"""Opens the channels of an office, handles the updates they receive, and creates the sender of its outbox.

The web page is always a channel; Telegram is one if a token is configured, group robots if their URLs are, and so is
each chat platform that the office set up: these are opened and closed anew while the program runs. Received updates
are stored in the inbox; one thread handles what is stored, one update after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Connection

import bot.channels
from bot.channels.stream.platform_loading import load_platform
from bot.channels.web_chat import WebChannel
from bot.delivery.dead_letters import report_dead_letter
from bot.delivery.inbox_worker import InboxWorker, Wait, open_inbox
from bot.delivery.outbox_ports import OfficeDeliveryPorts
from bot.delivery.reply_sender import ReplySender
from bot.delivery.shared_bot import OfficePrefixedChannel, create_shared_bot, offices_received_here
from bot.delivery.shared_writes import SharedWrites
from bot.dialog.incoming import IncomingUpdate, parse_stored_update
from bot.dialog.incoming_files import AwaitingFiles, FileFetcher
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.office_routing import RoutedReply
from bot.language.menus import group_menu
from bot.language.phrasebook import office_phrasebook, phrasebook
from bot.services.app import OfficeApp
from bot.services.office_notices import request_resend
from config.errors import Refusal
from config.office.channel_secrets import ChannelAccount, load_channel_accounts
from config.settings import Settings
from scheduler.delivery.channel import Channel
from scheduler.delivery.inbox import HandledUpdate, Inbox, ReceiveGap
from scheduler.delivery.outbox_sender import OutboxSender
from storage.messaging.inbox import InboxEntry

if TYPE_CHECKING:
    from bot.channels.stream.platform_interface import ChatPlatform

FaultHandler = Callable[[Exception], object]


def create_outbox_sender(app: OfficeApp, channels: Mapping[str, Channel], told: FaultHandler) -> OutboxSender:
    """Create the outbox sender of an office on these channels."""
    return OutboxSender(
        store=app.store,
        office=app.office.slug,
        clock=app.clock,
        channels=channels,
        ports=OfficeDeliveryPorts(app=app, channels=channels, on_fault=told),
    )


def page_channel(app: OfficeApp) -> WebChannel:
    """Return the web page as a channel."""
    return WebChannel(app.store, app.office.slug, app.clock)


@contextmanager
def open_channels(app: OfficeApp, settings: Settings, on_fault: FaultHandler) -> Iterator[dict[str, Channel]]:
    """Open the channels of the machine's settings, and receive updates until the block ends."""
    page = page_channel(app)
    channels: dict[str, Channel] = {page.name: page}
    with ExitStack() as stack:
        if lines := settings.robot_lines():
            from bot.channels.group_robots import parse_robots  # noqa: PLC0415 - an office without robots needs none

            channels |= {robots.name: robots for robots in parse_robots(lines, app.clock)}
        if token := settings.telegram_secret():
            stack.enter_context(_open_telegram(app, settings, token, channels, on_fault))
        yield channels


@contextmanager
def open_platforms(
    app: OfficeApp,
    channels: dict[str, Channel],
    on_fault: FaultHandler,
    package: ModuleType = bot.channels,
) -> Iterator[ChatPlatforms]:
    """Open the chat platforms that the office set up; their channels join the others until the block ends."""
    platforms = ChatPlatforms(app, channels, on_fault, package)
    platforms.open_all()
    try:
        yield platforms
    finally:
        platforms.close_all()


class ChatPlatforms:
    """The open platforms of one office; their channels appear in ``channels`` and go from there when closed."""

    def __init__(
        self, app: OfficeApp, channels: dict[str, Channel], on_fault: FaultHandler, package: ModuleType
    ) -> None:
        self._app, self._channels = app, channels
        self._on_fault, self._package = on_fault, package
        self._open: dict[str, ExitStack] = {}

    def open_all(self) -> None:
        """Open every platform that is set up. One that cannot be opened is reported, and stops no other."""
        try:
            accounts = load_channel_accounts(self._app.home.path)
        except Refusal as refused:
            self._on_fault(refused)
            return
        for account in accounts.values():
            try:
                self.open(account)
            except Refusal as refused:
                self._on_fault(refused)

    def open(self, account: ChannelAccount) -> None:
        """Open a platform, or open it anew after its account was changed. Raises PlatformUnknown, ExtraMissing."""
        platform = load_platform(account.platform, self._package)
        self.close(account.platform)
        stack = ExitStack()
        stack.enter_context(self._running(platform, account))
        self._open[account.platform] = stack

    def close(self, folder: str) -> None:
        """Close a platform, if it is open."""
        if stack := self._open.pop(folder, None):
            stack.close()

    def close_all(self) -> None:
        """Close every platform."""
        for folder in list(self._open):
            self.close(folder)

    @contextmanager
    def _running(self, platform: ChatPlatform, account: ChannelAccount) -> Iterator[None]:
        from bot.channels.stream.sink import StreamSink  # noqa: PLC0415 - only an office with a platform needs it

        app, channel = self._app, platform.open(account, self._app.clock)
        self._channels[channel.name] = channel
        inbox = open_inbox(app, channel.name)
        worker = create_inbox_worker(app, inbox, self._channels, platform.parse_update, self._on_fault)

        def ask_to_resend(_gap: ReceiveGap) -> None:
            request_resend(app, channel.name)

        sink = StreamSink(
            inbox=inbox,
            wake=worker.wake,
            on_fault=self._on_fault,
            on_gap=ask_to_resend,
            keeps_for=platform.keeps_for,
        )
        with worker:
            channel.connection.start(sink)
            try:
                yield
            finally:
                channel.connection.close()
                channel.close()
                del self._channels[channel.name]


@contextmanager
def _open_telegram(
    app: OfficeApp, settings: Settings, token: str, channels: dict[str, Channel], on_fault: FaultHandler
) -> Iterator[None]:
    # python-telegram-bot is an extra: an office without a bot runs without it.
    from bot.channels.telegram.channel import TelegramChannel, polling, webhook  # noqa: PLC0415
    from bot.channels.telegram.client import TelegramClient  # noqa: PLC0415
    from bot.channels.telegram.receiver import UpdateSink, webhook_secret  # noqa: PLC0415
    from bot.channels.telegram.updates import parse_update  # noqa: PLC0415

    offices = offices_received_here(app, settings)
    client = TelegramClient(token, server=settings.telegram_server)
    telegram = TelegramChannel(client)
    shared = bool(settings.telegram_homes())
    channels[telegram.name] = OfficePrefixedChannel(channel=telegram, app=app) if shared else telegram
    if not offices:
        with closing(client):
            yield
        return
    inbox = open_inbox(app, telegram.name)
    worker = create_inbox_worker(app, inbox, channels, parse_update, on_fault)
    if shared:
        shared_bot = create_shared_bot(
            offices,
            channels | {telegram.name: telegram},
            telegram,
            page_channel,
            parse_update=parse_update,
            requeue=inbox.requeue,
        )
        worker = InboxWorker(
            inbox,
            shared_bot.handle,
            deliver=shared_bot.deliver,
            on_fault=on_fault,
            owed=lambda: shared_bot.owed_work(telegram.name),
        )

    def ask_to_resend(_gap: ReceiveGap) -> None:
        for each in offices:
            request_resend(each, telegram.name)

    sink = UpdateSink(inbox=inbox, wake=worker.wake, on_fault=on_fault, on_gap=ask_to_resend)
    # A group that an office claimed has a menu of its own, in that office's words: this one is for all others.
    words = phrasebook(settings.lang) if len(offices) > 1 else office_phrasebook(app.office, settings.lang)
    telegram.queue_group_menu(group_menu(words))
    address, port = settings.telegram_webhook, settings.telegram_webhook_port
    secret = webhook_secret(app.home.secret())
    receiving = (
        webhook(client, sink, address=address, secret=secret, port=port) if address else polling(client, sink)
    )
    with closing(client), worker, receiving:
        yield


def create_inbox_worker(
    app: OfficeApp,
    inbox: Inbox,
    channels: Mapping[str, Channel],
    parse_update: Callable[[str], IncomingUpdate | None],
    on_fault: FaultHandler,
) -> InboxWorker[RoutedReply | None]:
    """Create the worker that dispatches the updates of one channel's inbox and sends their replies."""
    dispatcher = Dispatcher(app=app)
    writes = SharedWrites(app.store, app.office.slug)
    reply_sender = ReplySender(
        store=app.store, office=app.office.slug, clock=app.clock, channels=channels, writes=writes
    )

    def handle(connection: Connection, stored: InboxEntry) -> RoutedReply | None:
        update = parse_stored_update(parse_update, stored)
        reply = (
            dispatcher.handle(connection, update, channels[inbox.channel].capabilities) if update else None
        )
        if not update or not reply:
            return None
        return RoutedReply(update, reply_sender.keep_reply(connection, update, reply))

    fetcher = FileFetcher(store=app.store, clock=app.clock, requeue=inbox.requeue)

    def deliver(handled: HandledUpdate[RoutedReply | None]) -> Iterator[Wait]:
        if isinstance(handled.retry_later, AwaitingFiles):
            fetcher.fetch(channels[inbox.channel], handled.update.number, handled.retry_later)
        if handled.is_dead_letter:
            yield from report_dead_letter(app, reply_sender, parse_update, handled.update)
        if handled.result:
            yield from reply_sender.deliver_reply(handled.result.update, handled.result.reply)

    return InboxWorker(
        inbox,
        handle,
        deliver=deliver,
        on_fault=on_fault,
        owed=lambda: reply_sender.owed_work(inbox.channel),
        writes=writes,
    )
