"""What runs: the office's channels, what they hear and say, and the courier; joined here and nowhere else.

The page is always there; Telegram where a token is given, group robots where their addresses are. Each channel's
ear stores what it hears; one thread handles what is stored, one update after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from sqlalchemy import Connection

from bot.channels.web_chat import PageChannel
from bot.delivery.address_book import Ways
from bot.delivery.dead_letters import given_up
from bot.delivery.group_announcements import Herald, for_groups_there
from bot.delivery.inbox_worker import Listener
from bot.delivery.live_cards import without_buttons
from bot.delivery.reply_sender import Mouth
from bot.delivery.shared_bot import Titled, heard_here, together
from bot.dialog.incoming import Heard
from bot.dialog.incoming_files import Awaited, Fetcher
from bot.dialog.menus import menu_of_groups
from bot.dispatch.dispatcher import Conversation
from bot.dispatch.office_routing import Answered
from bot.language.digest import Speaker
from bot.language.phrasebook import book_of, phrasebook
from bot.publishing.review_findings import findings_before
from bot.services.app import Works
from bot.services.office_notices import ask_again, still_so
from config.findings import Finding
from config.settings import Settings
from scheduler.delivery.channel import Channel, Outcome, Said
from scheduler.delivery.courier import Courier
from scheduler.delivery.inbox import Handled, Inbox, Silence
from scheduler.sweep.substitutes import instead_of
from storage.content.content_store import Archive
from storage.messaging.inbox import Stored

Told = Callable[[Exception], object]


def courier_of(works: Works, channels: Mapping[str, Channel], told: Told) -> Courier:
    """The office's courier on these channels."""
    return Courier(
        store=works.store,
        office=works.office.slug,
        clock=works.clock,
        channels=channels,
        ways=lambda connection: Ways(connection, works),
        render=Herald(works, Speaker(desk=works.desk, findings=lambda *asked: _findings(works, *asked))),
        fresh=for_groups_there(still_so(works), works, channels),
        instead=instead_of(works.desk),
        replaced=partial(_gave_way, channels),
        told=told,
    )


def _gave_way(channels: Mapping[str, Channel], old: Said, words: str) -> bool:
    sent = without_buttons(channels, old, words)
    return sent is None or sent.outcome in {Outcome.SENT, Outcome.REFUSED}


def _findings(works: Works, connection: Connection, digest: str) -> Sequence[Finding]:
    return findings_before(works, Archive(connection, works.office.slug), digest)


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
            from bot.channels.group_robots import read_robots  # noqa: PLC0415 - an office without robots needs none

            channels |= {robots.name: robots for robots in read_robots(lines, works.clock)}
        if token := settings.telegram_secret():
            open_.enter_context(_telegram(works, settings, token, channels, told))
        yield channels


@contextmanager
def _telegram(
    works: Works, settings: Settings, token: str, channels: dict[str, Channel], told: Told
) -> Iterator[None]:
    # python-telegram-bot is an extra: an office that has no bot needs none of it.
    from bot.channels.telegram.channel import Telegram, polling, webhook  # noqa: PLC0415
    from bot.channels.telegram.client import Line  # noqa: PLC0415
    from bot.channels.telegram.receiver import Ear, hook_secret  # noqa: PLC0415
    from bot.channels.telegram.updates import heard  # noqa: PLC0415

    offices = heard_here(works, settings)
    line = Line(token, server=settings.telegram_server)
    telegram = Telegram(line)
    shared = bool(settings.telegram_homes())
    channels[telegram.name] = Titled(channel=telegram, works=works) if shared else telegram
    if not offices:
        with closing(line):
            yield
        return
    inbox = Inbox(store=works.store, office=works.office.slug, channel=telegram.name, clock=works.clock)
    listener = listener_of(works, inbox, channels, heard, told)
    if shared:
        both = together(
            offices,
            channels | {telegram.name: telegram},
            telegram,
            page_channel,
            read=heard,
            again=inbox.try_again,
        )
        listener = Listener(inbox, both.hear, say=both.say, told=told)

    def silence(_silence: Silence) -> None:
        for each in offices:
            ask_again(each, telegram.name)

    ear = Ear(inbox=inbox, wake=listener.wake, told=told, silence=silence)
    # A group that was claimed has a menu of its own, in its office's words: this one is for all others.
    words = phrasebook(settings.lang) if len(offices) > 1 else book_of(works.office, settings.lang)
    telegram.offer_groups(menu_of_groups(words))
    address, port = settings.telegram_webhook, settings.telegram_webhook_port
    secret = hook_secret(works.home.secret())
    hearing = webhook(line, ear, address=address, secret=secret, port=port) if address else polling(line, ear)
    with closing(line), listener, hearing:
        yield


def listener_of(
    works: Works,
    inbox: Inbox,
    channels: Mapping[str, Channel],
    read: Callable[[str], Heard | None],
    told: Told,
) -> Listener[Answered | None]:
    """Whoever handles one channel's inbox by the office's conversation, and says what came of it."""
    talk = Conversation(works=works)
    mouth = Mouth(store=works.store, office=works.office.slug, clock=works.clock, channels=channels)

    def hear(connection: Connection, stored: Stored) -> Answered | None:
        heard = read(stored.body)
        reply = talk.hear(connection, heard, channels[inbox.channel].abilities) if heard else None
        if not heard or not reply:
            return None
        mouth.counts(connection, heard, reply)
        return Answered(heard, reply)

    fetcher = Fetcher(store=works.store, clock=works.clock, again=inbox.try_again)

    def say(handled: Handled[Answered | None]) -> None:
        if isinstance(handled.later, Awaited):
            fetcher.fetch(channels[inbox.channel], handled.update.number, handled.later)
        if handled.aside:
            given_up(works, channels[inbox.channel], read, handled.update)
        if handled.said:
            mouth.say(handled.said.heard, handled.said.reply)

    return Listener(inbox, hear, say=say, told=told)
