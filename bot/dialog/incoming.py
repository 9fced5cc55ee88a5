"""Describes what arrives from any channel: who wrote, pressed or did what, and where.

A channel translates each of its own updates into one ``IncomingUpdate``, or into none where it does not concern us;
the dispatcher reads nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.messaging.inbox import InboxEntry


class UpdateKind(StrEnum):
    """The kinds of update."""

    TEXT = "text"  # wrote something, perhaps with files, perhaps as a reply
    EDITED = "edited"  # changed what they wrote: what was done on the old text stays done
    UNSUPPORTED = "unsupported"  # sent something that is neither words nor a file: see ``media``
    PRESSED = "pressed"  # a button
    CHAT_OPENED = "came"  # opened the chat, with or without a join link
    ADDED = "added"  # added us to a group
    BLOCKED = "blocked"  # blocked us
    LEFT = "left"  # removed us from a group
    MOVED = "moved"  # the group has a new address


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that somebody sent, not yet downloaded."""

    id: str
    name: str
    size: int
    """In bytes, as the channel states it; 0 where it states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingUpdate:
    """One update from a channel."""

    channel: str
    what: UpdateKind
    sender: str
    """The private address of the person who did it; empty where the update is about the group itself."""
    chat: str
    """The address of the chat; in private, the sender's own."""
    private: bool
    title: str = ""
    """The name of the group."""
    text: str = ""
    message: str = ""
    """The channel's id of the message that was written, or whose button was pressed."""
    reply_to: str = ""
    """The id of the message this answers."""
    callback_token: str = ""
    """What the pressed button carried. Not trusted: anybody can send any text here."""
    payload: str = ""
    """The token of the join link through which the chat was opened."""
    files: tuple[FileRef, ...] = ()
    album: str = ""
    """The channel's id of the album that the files are part of; its messages arrive one by one, in one chat.

    Only one of them has the words written under the album, mostly the first.
    """
    topic: str = ""
    """The topic of the group in which it was said, where a group has topics: the answer belongs there."""
    media: str = ""
    """What an unsupported message is: ``voice``, ``video``, ``sticker``, ``place`` or ``other``."""
    moved_to: str = ""
    forwarded: bool = False
    """True if somebody else wrote it and the sender passed it on: it shows what is meant and never acts."""
    said_at: datetime | None = None
    """When the channel received it; of a pressed button, when it was stored, for presses carry no time."""
    read_until: datetime | None = None
    """Up to when the sender had read the chat as they spoke; None where the channel does not know it."""


def parse_stored_update(
    parse: Callable[[str], IncomingUpdate | None], stored: InboxEntry
) -> IncomingUpdate | None:
    """Parse an update of the inbox. What carries no time of its own, a press, was said when it was stored."""
    update = parse(stored.body)
    return replace(update, said_at=update.said_at or stored.received_at) if update else None


def as_private_update(update: IncomingUpdate) -> IncomingUpdate:
    """The update as a private one, so that the reply goes to the sender alone."""
    return replace(update, what=UpdateKind.TEXT, chat=update.sender, private=True, message="", topic="")


MAX_LENGTHS = {"text": 8192, "callback_token": 256, "payload": 256}
"""Characters that are read of each part: no channel delivers more that is meaningful."""
MAX_OTHER_LENGTH = 512  # characters of every other part


def sanitized_update(update: IncomingUpdate) -> IncomingUpdate:
    """The update without NUL and lone surrogates, which no database stores, and with every part cut to its length."""
    parts = {each.name: getattr(update, each.name) for each in fields(update) if each.name != "what"}
    texts: dict[str, Any] = {
        name: _sanitized_text(part, MAX_LENGTHS.get(name, MAX_OTHER_LENGTH))
        for name, part in parts.items()
        if isinstance(part, str)
    }
    return replace(update, **texts)


def _sanitized_text(text: str, max_length: int) -> str:
    return text[:max_length].replace("\0", "").encode("utf-8", "ignore").decode()
