"""What was heard, whatever the channel: who, where, and what they wrote, pressed or did. No channel's own words.

A channel translates each of its updates into one ``IncomingUpdate``, or into nothing where it says nothing to us; the
conversation reads only these.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class UpdateKind(StrEnum):
    """What somebody did."""

    TEXT = "text"  # wrote something, perhaps with files, perhaps as a reply
    EDITED = "edited"  # changed what they wrote: what was done on the old text stays done
    PRESSED = "pressed"  # a button
    CHAT_OPENED = "came"  # opened the chat, with or without a join link
    ADDED = "added"  # took us into a group
    BLOCKED = "blocked"  # will not hear us any more
    LEFT = "left"  # sent us out of a group
    MOVED = "moved"  # the group has a new address


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that was sent, not yet fetched."""

    id: str
    name: str
    size: int
    """In bytes, as the channel says; 0 where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingUpdate:
    """One thing that was heard."""

    channel: str
    what: UpdateKind
    sender: str
    """The address at which whoever did it is reached alone; empty where a group itself says something."""
    chat: str
    """The address of the chat it was said in; the sender's own in private."""
    private: bool
    title: str = ""
    """What the group is called."""
    text: str = ""
    message: str = ""
    """The channel's id of what was written, or of the message whose button was pressed."""
    reply_to: str = ""
    """The id of the message this answers."""
    callback_token: str = ""
    """What the pressed button carried: anything at all, for anybody can send anything."""
    payload: str = ""
    """What the link carried by which somebody came."""
    files: tuple[FileRef, ...] = ()
    moved_to: str = ""
    said_at: datetime | None = None
    """When the channel took it in; a press has no such instant."""


def as_private_update(update: IncomingUpdate) -> IncomingUpdate:
    """The same as if it had been said in private: what is answered goes to whoever did it, and to nobody else."""
    return replace(update, what=UpdateKind.TEXT, chat=update.sender, private=True, message="")


MAX_LENGTHS = {"text": 8192, "callback_token": 256, "payload": 256}
"""Characters anybody is heard for, by part: no channel hands over more that means anything."""
MAX_OTHER_LENGTH = 512


def sanitized_update(update: IncomingUpdate) -> IncomingUpdate:
    """The same without what no database keeps and no hash takes: NUL, halves of a character; and no part endless."""
    parts = {each.name: getattr(update, each.name) for each in fields(update) if each.name != "what"}
    texts: dict[str, Any] = {
        name: _sanitized_text(part, MAX_LENGTHS.get(name, MAX_OTHER_LENGTH))
        for name, part in parts.items()
        if isinstance(part, str)
    }
    return replace(update, **texts)


def _sanitized_text(text: str, longest: int) -> str:
    return text[:longest].replace("\0", "").encode("utf-8", "ignore").decode()
