"""Reports an update that could not be handled: to its sender, and to the clerks who keep the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy import Connection

from bot.delivery.inbox_worker import Wait
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.reply import Reply
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp
from bot.services.error_log import log_warning
from bot.services.office_notices import notify_register_keepers
from storage.messaging.accounts import Accounts
from storage.messaging.inbox import InboxEntry


def report_dead_letter(
    app: OfficeApp,
    reply_sender: ReplySender,
    read: Callable[[str], IncomingUpdate | None],
    update: InboxEntry,
) -> Iterator[Wait]:
    """Notify both; yields the seconds to wait. The fault itself was logged before, with its traceback."""
    reply = None
    with app.store.writing(app.office.slug) as connection:
        notify_register_keepers(app, connection, "set_aside", str(update.number))
        incoming = _parse_or_none(app, read, update)
        if incoming and incoming.sender and incoming.private:
            language = _language_of(app, connection, incoming)
            text = office_phrasebook(app.office, language).say("talk.set_aside")
            reply = reply_sender.keep_reply(connection, incoming, Reply(lines=(text,), records=True))
    if incoming and reply:
        yield from reply_sender.deliver_reply(replace(incoming, what=UpdateKind.TEXT), reply)


def _language_of(app: OfficeApp, connection: Connection, incoming: IncomingUpdate) -> str:
    sender = Accounts(connection, app.office.slug).at(incoming.channel, incoming.sender)
    return next((one.language for one in app.office.people if sender and one.id == sender.person), "zh")


def _parse_or_none(
    app: OfficeApp, read: Callable[[str], IncomingUpdate | None], update: InboxEntry
) -> IncomingUpdate | None:
    """Parse the update to learn its sender; None if parsing is what failed."""
    try:
        return read(update.body)
    except Exception as fault:  # noqa: BLE001 - perhaps the very fault for which it became a dead letter
        log_warning(app.home.path, "set aside unread", number=update.number, fault=type(fault).__name__)
        return None
