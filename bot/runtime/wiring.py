"""What runs: the office's channels, what they hear and say, and the courier; joined here and nowhere else.

The page is always there; Telegram where a token is given, group robots where their addresses are. Each channel's
ear stores what it hears; one thread handles what is stored, one update after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from sqlalchemy import Connection

from bot.channels.web_chat import WebChannel
from bot.delivery.address_book import OfficeAddressBook
from bot.delivery.dead_letters import report_dead_letter
from bot.delivery.group_announcements import GroupMessageRenderer, without_departed_groups
from bot.delivery.inbox_worker import InboxWorker
from bot.delivery.live_cards import remove_buttons
from bot.delivery.reply_sender import ReplySender
from bot.delivery.shared_bot import OfficePrefixedChannel, create_shared_bot, offices_received_here
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import AwaitingFiles, FileFetcher
from bot.dialog.menus import group_menu
from bot.dispatch.dispatcher import Dispatcher
from bot.dispatch.office_routing import RoutedReply
from bot.language.digest import DigestRenderer
from bot.language.phrasebook import office_phrasebook, phrasebook
from bot.publishing.review_findings import findings_for_digest
from bot.services.app import OfficeApp
from bot.services.office_notices import current_notice_filter, request_resend
from config.findings import Finding
from config.settings import Settings
from scheduler.delivery.channel import Channel, MessageRef, SendOutcome
from scheduler.delivery.courier import OutboxSender
from scheduler.delivery.inbox import HandledUpdate, Inbox, ReceiveGap
from scheduler.sweep.substitutes import substitute_finder
from storage.content.content_store import ContentStore
from storage.messaging.inbox import InboxEntry

FaultHandler = Callable[[Exception], object]


def create_outbox_sender(app: OfficeApp, channels: Mapping[str, Channel], told: FaultHandler) -> OutboxSender:
    """The office's courier on these channels."""
    return OutboxSender(
        store=app.store,
        office=app.office.slug,
        clock=app.clock,
        channels=channels,
        address_book=lambda connection: OfficeAddressBook(connection, app),
        render=GroupMessageRenderer(
            app,
            DigestRenderer(recorder=app.recorder, findings=lambda *asked: _findings_for(app, *asked)),
        ),
        current_notices=without_departed_groups(current_notice_filter(app), app, channels),
        substitutes_of=substitute_finder(app.recorder),
        on_replaced=partial(_superseded_buttons_removed, channels),
        on_fault=told,
    )


def _superseded_buttons_removed(channels: Mapping[str, Channel], old: MessageRef, words: str) -> bool:
    sent = remove_buttons(channels, old, words)
    return sent is None or sent.outcome in {SendOutcome.SENT, SendOutcome.REFUSED}


def _findings_for(app: OfficeApp, connection: Connection, digest: str) -> Sequence[Finding]:
    return findings_for_digest(app, ContentStore(connection, app.office.slug), digest)


def page_channel(app: OfficeApp) -> WebChannel:
    """The local page as a channel."""
    return WebChannel(app.store, app.office.slug, app.clock)


@contextmanager
def open_channels(app: OfficeApp, settings: Settings, told: FaultHandler) -> Iterator[Mapping[str, Channel]]:
    """Every configured channel, heard until the block ends."""
    page = page_channel(app)
    channels: dict[str, Channel] = {page.name: page}
    with ExitStack() as open_:
        if lines := settings.robot_lines():
            from bot.channels.group_robots import parse_robots  # noqa: PLC0415 - an office without robots needs none

            channels |= {robots.name: robots for robots in parse_robots(lines, app.clock)}
        if token := settings.telegram_secret():
            open_.enter_context(_open_telegram(app, settings, token, channels, told))
        yield channels


@contextmanager
def _open_telegram(
    app: OfficeApp, settings: Settings, token: str, channels: dict[str, Channel], told: FaultHandler
) -> Iterator[None]:
    # python-telegram-bot is an extra: an office that has no bot needs none of it.
    from bot.channels.telegram.channel import TelegramChannel, polling, webhook  # noqa: PLC0415
    from bot.channels.telegram.client import TelegramClient  # noqa: PLC0415
    from bot.channels.telegram.receiver import UpdateSink, webhook_secret  # noqa: PLC0415
    from bot.channels.telegram.updates import parse_update  # noqa: PLC0415

    offices = offices_received_here(app, settings)
    line = TelegramClient(token, server=settings.telegram_server)
    telegram = TelegramChannel(line)
    shared = bool(settings.telegram_homes())
    channels[telegram.name] = OfficePrefixedChannel(channel=telegram, app=app) if shared else telegram
    if not offices:
        with closing(line):
            yield
        return
    inbox = Inbox(store=app.store, office=app.office.slug, channel=telegram.name, clock=app.clock)
    listener = create_inbox_worker(app, inbox, channels, parse_update, told)
    if shared:
        both = create_shared_bot(
            offices,
            channels | {telegram.name: telegram},
            telegram,
            page_channel,
            read=parse_update,
            again=inbox.requeue,
        )
        listener = InboxWorker(inbox, both.handle, say=both.deliver, told=told)

    def silence(_silence: ReceiveGap) -> None:
        for each in offices:
            request_resend(each, telegram.name)

    ear = UpdateSink(inbox=inbox, wake=listener.wake, on_fault=told, on_gap=silence)
    # A group that was claimed has a menu of its own, in its office's words: this one is for all others.
    words = phrasebook(settings.lang) if len(offices) > 1 else office_phrasebook(app.office, settings.lang)
    telegram.queue_group_menu(group_menu(words))
    address, port = settings.telegram_webhook, settings.telegram_webhook_port
    secret = webhook_secret(app.home.secret())
    hearing = webhook(line, ear, address=address, secret=secret, port=port) if address else polling(line, ear)
    with closing(line), listener, hearing:
        yield


def create_inbox_worker(
    app: OfficeApp,
    inbox: Inbox,
    channels: Mapping[str, Channel],
    read: Callable[[str], IncomingUpdate | None],
    told: FaultHandler,
) -> InboxWorker[RoutedReply | None]:
    """Whoever handles one channel's inbox by the office's conversation, and says what came of it."""
    talk = Dispatcher(app=app)
    mouth = ReplySender(store=app.store, office=app.office.slug, clock=app.clock, channels=channels)

    def hear(connection: Connection, stored: InboxEntry) -> RoutedReply | None:
        update = read(stored.body)
        reply = talk.handle(connection, update, channels[inbox.channel].capabilities) if update else None
        if not update or not reply:
            return None
        mouth.count_against_rate_limit(connection, update, reply)
        return RoutedReply(update, reply)

    fetcher = FileFetcher(store=app.store, clock=app.clock, requeue=inbox.requeue)

    def say(handled: HandledUpdate[RoutedReply | None]) -> None:
        if isinstance(handled.retry_later, AwaitingFiles):
            fetcher.fetch(channels[inbox.channel], handled.update.number, handled.retry_later)
        if handled.is_dead_letter:
            report_dead_letter(app, channels[inbox.channel], read, handled.update)
        if handled.result:
            mouth.send_reply(handled.result.update, handled.result.reply)

    return InboxWorker(inbox, hear, say=say, told=told)
