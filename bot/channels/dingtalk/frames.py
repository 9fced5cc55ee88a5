"""The frames of DingTalk's Stream mode: what the inbox keeps of them, and what they mean.

A frame is acknowledged under its message id. One that is acknowledged slowly comes again; one that is sent while no
connection is there never comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from config.json_text import object_part, parse_json_object, storable_json
from storage.messaging.inbox import RawUpdate

NAME = "dingtalk_bot"
MESSAGES, CARDS = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
SYSTEM, CALLBACK = "SYSTEM", "CALLBACK"
DISCONNECT = "disconnect"
GROUP = "2"
GROUP_PREFIX = "cid"
ADDED = "added"
FILE_KINDS = ("picture", "file")
MEDIA: Mapping[str, str] = {"audio": "voice", "video": "video"}
"""What an unsupported message is, by DingTalk's kind of message; of any other kind it is ``other``."""


def topic_of(frame: Mapping[str, Any]) -> str:
    """What a frame is about."""
    return str(object_part(frame, "headers").get("topic", ""))


def acknowledgement(frame: Mapping[str, Any]) -> str:
    """The answer that a frame was taken; a ping is answered with its own data."""
    system = frame.get("type") == SYSTEM
    data = frame.get("data", "{}") if system else json.dumps({"response": {}})
    headers = {
        "contentType": "application/json",
        "messageId": object_part(frame, "headers").get("messageId", ""),
    }
    return json.dumps({"code": 200, "headers": headers, "message": "OK", "data": data})


def data_of(frame: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a frame carries, as an object; an empty one where it is none."""
    return parse_json_object(str(frame.get("data", "")))


def to_inbox_updates(
    frame: Mapping[str, Any], data: Mapping[str, Any], received_at: datetime
) -> Iterator[RawUpdate]:
    """What the inbox keeps of a message or a press, of a frame and its data."""
    topic = topic_of(frame)
    if frame.get("type") != CALLBACK or topic not in {MESSAGES, CARDS} or not data:
        return
    chat = _chat_of(topic, data)
    if topic == MESSAGES and data.get("conversationType") == GROUP:
        # No event tells that the bot was added to a group: its first message there does.
        yield RawUpdate(f"group {chat}", chat, _stored(ADDED, data, received_at))
    stored = _stored(topic, data, received_at)
    number = data.get("msgId") if topic == MESSAGES else object_part(frame, "headers").get("messageId")
    yield RawUpdate(str(number or sha256(stored.encode()).hexdigest()), chat, stored)


def said_at(frame: Mapping[str, Any], data: Mapping[str, Any]) -> datetime | None:
    """When DingTalk says that something was written; None where it does not."""
    return _instant(data.get("createAt")) if topic_of(frame) == MESSAGES else None


def parse_update(stored: str) -> IncomingUpdate | None:
    """Translate a stored update; None if it concerns us in no way, or comes from somebody of another organisation."""
    raw = json.loads(stored)
    topic, data = raw["topic"], raw["data"]
    received = datetime.fromtimestamp(raw["received_at"], UTC)
    stated = None if topic == CARDS else _instant(data.get("createAt"))
    sender = str(data.get("userId" if topic == CARDS else "senderStaffId") or "")
    if not sender:
        return None
    chat = _chat_of(topic, data)
    known = IncomingUpdate(
        channel=NAME,
        what=UpdateKind.TEXT,
        sender=sender,
        chat=chat,
        private=data.get("conversationType") != GROUP and not chat.startswith(GROUP_PREFIX),
        title=str(data.get("conversationTitle") or ""),
        said_at=min(stated, received) if stated else received,
    )
    if topic == ADDED:
        return replace(known, what=UpdateKind.ADDED)
    return _press_update(data, known) if topic == CARDS else _message_update(data, known)


def _message_update(data: Mapping[str, Any], known: IncomingUpdate) -> IncomingUpdate | None:
    text, files = "\n".join(_texts(data)).strip(), tuple(_files(data))
    here = replace(known, message=str(data.get("msgId", "")))
    if text or files:
        return replace(here, text=text, files=files)
    kind = str(data.get("msgtype", ""))
    if kind in {"text", "richText"} or not known.private:
        return None
    return replace(here, what=UpdateKind.UNSUPPORTED, media=MEDIA.get(kind, "other"))


def _press_update(data: Mapping[str, Any], known: IncomingUpdate) -> IncomingUpdate | None:
    pressed = object_part(parse_json_object(str(data.get("content", ""))), "cardPrivateData").get("actionIds")
    token = str(pressed[0]) if isinstance(pressed, list) and pressed else ""
    card = str(data.get("outTrackId", ""))
    update = replace(known, what=UpdateKind.PRESSED, callback_token=token, message=card)
    return update if token else None


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("msgtype") == "text":
        yield str(object_part(data, "text").get("content", ""))
    for one in _rich_parts(data):
        if isinstance(one.get("text"), str):
            yield one["text"]


def _files(data: Mapping[str, Any]) -> Iterator[FileRef]:
    content = object_part(data, "content")
    if data.get("msgtype") in FILE_KINDS:
        yield FileRef(
            id=str(content.get("downloadCode", "")), name=str(content.get("fileName") or ""), size=0
        )
    for one in _rich_parts(data):
        if one.get("type") == "picture":
            yield FileRef(id=str(one.get("downloadCode", "")), name="", size=0)


def _rich_parts(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = object_part(data, "content").get("richText") if data.get("msgtype") == "richText" else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _chat_of(topic: str, data: Mapping[str, Any]) -> str:
    """The chat within which updates are handled in order; a person is addressed by their own id."""
    if topic == CARDS:
        space = str(data.get("spaceId") or "")
        return space if space.startswith(GROUP_PREFIX) else str(data.get("userId") or "")
    if data.get("conversationType") == GROUP:
        return str(data.get("conversationId", ""))
    return str(data.get("senderStaffId") or data.get("senderId") or "")


def _stored(topic: str, data: Mapping[str, Any], received_at: datetime) -> str:
    # The address by which anybody could write into this chat for an hour is not kept.
    kept = {name: value for name, value in data.items() if name != "sessionWebhook"}
    return storable_json({"topic": topic, "data": kept, "received_at": received_at.timestamp()})


def _instant(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or not 0 < milliseconds < 10**14:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
