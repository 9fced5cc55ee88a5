"""What was set aside because nobody could handle it: whoever wrote it hears so, and the clerk that it lies there."""

from __future__ import annotations

from collections.abc import Callable

from bot.dialog.incoming import IncomingUpdate
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp
from bot.services.error_log import log_warning
from bot.services.office_notices import notify_register_keepers
from scheduler.delivery.channel import Channel, Message
from storage.messaging.accounts import Accounts
from storage.messaging.inbox import InboxEntry


def report_dead_letter(
    works: OfficeApp, channel: Channel, read: Callable[[str], IncomingUpdate | None], update: InboxEntry
) -> None:
    """Tell them. The fault itself was told already, with its trace."""
    with works.store.writing(works.office.slug) as connection:
        notify_register_keepers(works, connection, "set_aside", str(update.number))
        heard = _parse_or_none(works, read, update)
        sender = Accounts(connection, works.office.slug).at(heard.channel, heard.sender) if heard else None
    if heard and heard.sender and heard.private:
        language = next(
            (one.language for one in works.office.people if sender and one.id == sender.person), "zh"
        )
        channel.send(
            heard.chat, Message(text=office_phrasebook(works.office, language).say("talk.set_aside"))
        )


def _parse_or_none(
    works: OfficeApp, read: Callable[[str], IncomingUpdate | None], update: InboxEntry
) -> IncomingUpdate | None:
    """Who wrote it; nothing where reading it is what failed."""
    try:
        return read(update.body)
    except Exception as fault:  # noqa: BLE001 - it was set aside for this very fault, perhaps
        log_warning(works.home.path, "set aside unread", number=update.number, fault=type(fault).__name__)
        return None
