"""The frames of WeCom's long connection: what ours say, and what theirs mean.

Every frame is a JSON object with ``cmd``, ``headers.req_id`` and ``body``; an answer has no ``cmd`` but ``errcode``,
and the ``req_id`` of what it answers. WeCom acknowledges nothing and expects no acknowledgement: a message that
reaches a connection which is dying is lost (docs/decisions/0040).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from config.json_text import object_part, storable_json
from storage.messaging.inbox import RawUpdate

NAME = "wecom_bot"
SUBSCRIBE, PING = "aibot_subscribe", "ping"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
SEND, UPDATE_CARD = "aibot_send_msg", "aibot_respond_update_msg"
UPLOAD_BEGIN, UPLOAD_PART, UPLOAD_END = (
    "aibot_upload_media_init",
    "aibot_upload_media_chunk",
    "aibot_upload_media_finish",
)
CARD_EVENT, DISPLACED_EVENT = "template_card_event", "disconnected_event"
GROUP = "group"
FILE_KINDS = ("image", "file")
MEDIA: Mapping[str, str] = {"voice": "voice", "video": "video", "location": "place"}
"""What an unsupported message is, by WeCom's kind of message; of any other kind it is ``other``."""


def request_frame(command: str, body: Mapping[str, Any] | None, request_id: str = "") -> tuple[str, str]:
    """A request as its id and its frame."""
    request_id = request_id or f"{command}_{uuid4().hex}"
    frame: dict[str, Any] = {"cmd": command, "headers": {"req_id": request_id}}
    if body is not None:
        frame["body"] = body
    return request_id, json.dumps(frame, ensure_ascii=False)


def request_id_of(frame: Mapping[str, Any]) -> str:
    """The id of the request that a frame is, or that it answers."""
    return str(object_part(frame, "headers").get("req_id", ""))


def event_kind(frame: Mapping[str, Any]) -> str:
    """The kind of an event; empty for every other frame."""
    if frame.get("cmd") != EVENT:
        return ""
    return str(object_part(object_part(frame, "body"), "event").get("eventtype", ""))


def pressed_card(frame: Mapping[str, Any]) -> str:
    """The id of the card whose button was pressed; empty for every other frame."""
    if event_kind(frame) != CARD_EVENT:
        return ""
    return _card_of(object_part(object_part(object_part(frame, "body"), "event"), CARD_EVENT))


def to_inbox_updates(frame: Mapping[str, Any], received_at: datetime) -> Iterator[RawUpdate]:
    """What the inbox keeps of a message or event: the frame's body and when it came."""
    if frame.get("cmd") not in {MESSAGE, EVENT} or event_kind(frame) == DISPLACED_EVENT:
        return
    body = object_part(frame, "body")
    text = _stored(body, received_at)
    number = str(body.get("msgid") or sha256(text.encode()).hexdigest())
    chat = _chat_of(body)
    if body.get("chattype") == GROUP and frame.get("cmd") == MESSAGE:
        # No event tells that the bot was added to a group: its first message there does.
        yield RawUpdate(f"group {chat}", chat, _stored({**body, "msgtype": "added"}, received_at))
    yield RawUpdate(number, chat, text)


def said_at(frame: Mapping[str, Any]) -> datetime | None:
    """When WeCom says that something was written; None where it does not."""
    return _instant(object_part(frame, "body").get("create_time"))


def parse_update(stored: str) -> IncomingUpdate | None:
    """Translate a stored update; None if it concerns us in no way."""
    raw = json.loads(stored)
    body, received = raw["body"], datetime.fromtimestamp(raw["received_at"], UTC)
    sender = str(object_part(body, "from").get("userid", ""))
    if not sender:
        return None
    stated = _instant(body.get("create_time"))
    private = body.get("chattype") != GROUP and not body.get("chatid")
    known = IncomingUpdate(
        channel=NAME,
        what=UpdateKind.TEXT,
        sender=sender,
        chat=_chat_of(body),
        private=private,
        message=str(body.get("msgid", "")),
        said_at=min(stated, received) if stated else received,
    )
    return _update_of_kind(body, known)


def _update_of_kind(body: Mapping[str, Any], known: IncomingUpdate) -> IncomingUpdate | None:
    kind = body.get("msgtype")
    if kind == "added":
        return replace(known, what=UpdateKind.ADDED)
    if kind == "event":
        event = object_part(object_part(body, "event"), CARD_EVENT)
        token = str(event.get("event_key", ""))
        pressed = replace(known, what=UpdateKind.PRESSED, callback_token=token, message=_card_of(event))
        return pressed if token else None
    text, files = "\n".join(_texts(body)), tuple(_files(body))
    if not known.private:
        text = _without_mention(text)
    if text or files:
        return replace(known, text=text, files=files)
    if kind in {"text", "mixed"} or not known.private:
        return None
    return replace(known, what=UpdateKind.UNSUPPORTED, media=MEDIA.get(str(kind), "other"))


def _texts(body: Mapping[str, Any]) -> Iterator[str]:
    for item in _items(body):
        if item.get("msgtype") == "text":
            yield str(object_part(item, "text").get("content", ""))


def _files(body: Mapping[str, Any]) -> Iterator[FileRef]:
    for item in _items(body):
        kind = item.get("msgtype")
        if kind in FILE_KINDS:
            sent = object_part(item, str(kind))
            name = str(sent.get("filename") or sent.get("name") or "")
            yield FileRef(id=f"{sent.get('url', '')} {sent.get('aeskey', '')}", name=name, size=0)


def _items(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parts of a message: itself, or those of a mixed one."""
    if body.get("msgtype") != "mixed":
        return [body]
    items = object_part(body, "mixed").get("msg_item")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _without_mention(text: str) -> str:
    """Drop the bot's name, with which every message to it in a group begins: “@公开助手 查 12”."""
    words = text.strip()
    return words.partition(" ")[2].strip() if words.startswith("@") else words


def _card_of(event: Mapping[str, Any]) -> str:
    return str(event.get("task_id") or event.get("taskid") or "")  # the manual spells it both ways


def _chat_of(body: Mapping[str, Any]) -> str:
    if body.get("chattype") == GROUP:
        return str(body.get("chatid", ""))
    return str(object_part(body, "from").get("userid", ""))


def _stored(body: Mapping[str, Any], received_at: datetime) -> str:
    return storable_json({"body": body, "received_at": received_at.timestamp()})


def _instant(seconds: object) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds < 10**11:
        return None
    return datetime.fromtimestamp(seconds, UTC)
