"""Reports an update that could not be handled: to its sender, and to the clerks who keep the register."""

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
    app: OfficeApp, channel: Channel, read: Callable[[str], IncomingUpdate | None], update: InboxEntry
) -> None:
    """Notify both. The fault itself was logged before, with its traceback."""
    with app.store.writing(app.office.slug) as connection:
        notify_register_keepers(app, connection, "set_aside", str(update.number))
        incoming = _parse_or_none(app, read, update)
        sender = (
            Accounts(connection, app.office.slug).at(incoming.channel, incoming.sender) if incoming else None
        )
    if incoming and incoming.sender and incoming.private:
        language = next(
            (one.language for one in app.office.people if sender and one.id == sender.person), "zh"
        )
        channel.send(
            incoming.chat, Message(text=office_phrasebook(app.office, language).say("talk.set_aside"))
        )


def _parse_or_none(
    app: OfficeApp, read: Callable[[str], IncomingUpdate | None], update: InboxEntry
) -> IncomingUpdate | None:
    """Parse the update to learn its sender; None if parsing is what failed."""
    try:
        return read(update.body)
    except Exception as fault:  # noqa: BLE001 - perhaps the very fault for which it became a dead letter
        log_warning(app.home.path, "set aside unread", number=update.number, fault=type(fault).__name__)
        return None
