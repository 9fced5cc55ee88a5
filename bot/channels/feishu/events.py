"""The events of Feishu's long connection: what the inbox keeps of them, and what they mean.

An event that was not acknowledged within three seconds comes again; after a reconnection it comes under a new id. So
a message is also known by its sender, its time and its content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from config.json_text import object_part, parse_json_object, storable_json
from storage.messaging.inbox import RawUpdate

NAME = "feishu_bot"
MESSAGE, PRESS = "im.message.receive_v1", "card.action.trigger"
ADDED, REMOVED = "im.chat.member.bot.added_v1", "im.chat.member.bot.deleted_v1"
EVENTS = frozenset({MESSAGE, PRESS, ADDED, REMOVED})
PRIVATE = "p2p"
MEDIA: Mapping[str, str] = {"audio": "voice", "media": "video", "sticker": "sticker", "location": "place"}
"""What an unsupported message is, by Feishu's kind of message; of any other kind it is ``other``."""
MENTION = re.compile(r"@_(?:user_\d+|all)\s*")


def to_inbox_updates(payload: Mapping[str, Any], received_at: datetime) -> Iterator[RawUpdate]:
    """What the inbox keeps of an event; nothing where it concerns us in no way."""
    header, event = object_part(payload, "header"), object_part(payload, "event")
    kind = str(header.get("event_type", ""))
    if kind not in EVENTS:
        return
    chat = _chat_of(kind, event)
    if kind == MESSAGE and chat != _sender_of(kind, event):
        # The event that tells of a new group may have been lost, or never been subscribed to.
        told = {"chat_id": chat, "operator_id": object_part(event, "sender").get("sender_id")}
        added = {"kind": ADDED, "at": 0, "event": told, "received_at": received_at.timestamp()}
        yield RawUpdate(f"group {chat}", chat, storable_json(added))
    body = {
        "kind": kind,
        "at": _milliseconds(header.get("create_time")),
        "event": event,
        "received_at": received_at.timestamp(),
    }
    text = storable_json(body)
    number = str(header.get("event_id") or sha256(text.encode()).hexdigest())
    yield RawUpdate(number, chat, text, _content_key(kind, event, header))


def said_at(payload: Mapping[str, Any]) -> datetime | None:
    """When Feishu says that an event happened; None where it does not."""
    return _instant(_milliseconds(object_part(payload, "header").get("create_time")))


def parse_update(stored: str) -> IncomingUpdate | None:
    """Translate a stored event; None if it concerns us in no way."""
    raw = json.loads(stored)
    kind, event = raw["kind"], raw["event"]
    received = datetime.fromtimestamp(raw["received_at"], UTC)
    stated = _instant(raw["at"])
    if kind == MESSAGE:
        stated = _instant(_milliseconds(object_part(event, "message").get("create_time"))) or stated
    known = IncomingUpdate(
        channel=NAME,
        what=UpdateKind.TEXT,
        sender=_sender_of(kind, event),
        chat=_chat_of(kind, event),
        private=True,
        said_at=min(stated, received) if stated else received,
    )
    if kind == MESSAGE:
        return _message_update(event, known)
    if kind == PRESS:
        return _press_update(event, known)
    what = UpdateKind.ADDED if kind == ADDED else UpdateKind.LEFT
    return replace(known, what=what, private=False, title=str(event.get("name", "")))


def _message_update(event: Mapping[str, Any], known: IncomingUpdate) -> IncomingUpdate | None:
    message = object_part(event, "message")
    if object_part(event, "sender").get("sender_type") != "user" or not known.sender:
        return None
    content, number = parse_json_object(str(message.get("content", ""))), str(message.get("message_id", ""))
    kind = str(message.get("message_type", ""))
    text = MENTION.sub("", "\n".join(_texts(kind, content))).strip()
    files = tuple(_files(kind, content, number))
    private = message.get("chat_type") == PRIVATE
    here = replace(known, private=private, message=number, reply_to=str(message.get("parent_id", "")))
    if text or files:
        return replace(here, text=text, files=files)
    if kind in {"text", "post"} or not private:
        return None
    return replace(here, what=UpdateKind.UNSUPPORTED, media=MEDIA.get(kind, "other"))


def _press_update(event: Mapping[str, Any], known: IncomingUpdate) -> IncomingUpdate | None:
    value = object_part(object_part(event, "action"), "value")
    token = str(value.get("token", ""))
    if not token or not known.sender:
        return None
    private = not value.get("group")
    message = str(object_part(event, "context").get("open_message_id", ""))
    return replace(known, what=UpdateKind.PRESSED, private=private, callback_token=token, message=message)


def _texts(kind: str, content: Mapping[str, Any]) -> Iterator[str]:
    if kind == "text":
        yield str(content.get("text", ""))
    if kind == "post":
        if content.get("title"):
            yield str(content["title"])
        for line in _lines(content):
            yield "".join(str(one.get("text", "")) for one in line if one.get("tag") in {"text", "a"})


def _files(kind: str, content: Mapping[str, Any], number: str) -> Iterator[FileRef]:
    if kind == "file":
        key, name = content.get("file_key", ""), str(content.get("file_name", ""))
        yield FileRef(id=f"{number} file {key}", name=name, size=0)
    images = [content.get("image_key")] if kind == "image" else []
    if kind == "post":
        images = [one.get("image_key") for line in _lines(content) for one in line if one.get("tag") == "img"]
    for image in images:
        yield FileRef(id=f"{number} image {image}", name="", size=0)


def _lines(content: Mapping[str, Any]) -> list[list[Mapping[str, Any]]]:
    found = content.get("content")
    lines = found if isinstance(found, list) else []
    return [[one for one in line if isinstance(one, dict)] for line in lines if isinstance(line, list)]


def _sender_of(kind: str, event: Mapping[str, Any]) -> str:
    holders = {
        MESSAGE: object_part(object_part(event, "sender"), "sender_id"),
        PRESS: object_part(event, "operator"),
        ADDED: object_part(event, "operator_id"),
        REMOVED: object_part(event, "operator_id"),
    }
    return str(holders[kind].get("open_id", ""))


def _chat_of(kind: str, event: Mapping[str, Any]) -> str:
    """The chat within which updates are handled in order; a person is addressed by their own id."""
    if kind == MESSAGE:
        message = object_part(event, "message")
        if message.get("chat_type") != PRIVATE:
            return str(message.get("chat_id", ""))
    elif kind == PRESS:
        if object_part(object_part(event, "action"), "value").get("group"):
            return str(object_part(event, "context").get("open_chat_id", ""))
    else:
        return str(event.get("chat_id", ""))
    return _sender_of(kind, event)


def _content_key(kind: str, event: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    """What stays the same when an event comes again under another id: who, when, and what."""
    said: tuple[object, ...]
    if kind == MESSAGE:
        message = object_part(event, "message")
        said = (message.get("create_time"), message.get("content"), message.get("chat_id"))
    elif kind == PRESS:
        said = (event.get("token") or header.get("create_time"), object_part(event, "action").get("value"))
    else:
        return ""
    whole = json.dumps([kind, _sender_of(kind, event), *said], sort_keys=True, ensure_ascii=False)
    return sha256(whole.encode("utf-8", "backslashreplace")).hexdigest()


def _milliseconds(stated: object) -> int:
    text = str(stated)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0  # noqa: PLR2004 - the year 5138


def _instant(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
