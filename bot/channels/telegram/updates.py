"""Parses Telegram updates into channel-neutral updates, and prepares raw ones for the inbox."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from telegram import Chat, ChatMemberUpdated, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.dialog.incoming import FileRef, IncomingUpdate, UpdateKind
from config.json_text import storable_json
from storage.messaging.inbox import RawUpdate

NAME = "telegram"
UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of update that are requested; Telegram does not send any other."""
UNSUPPORTED_MEDIA = {
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",  # before the document that it is as well
    "sticker": "sticker",
    "venue": "place",
    "location": "place",
    "contact": "other",
    "poll": "other",
    "dice": "other",
    "game": "other",
    "story": "other",
    "paid_media": "other",
}
"""By the part of a message that holds it, what it is (``IncomingUpdate.media``)."""
DEPARTED_STATUSES = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


def to_inbox_update(raw: Mapping[str, Any]) -> RawUpdate:
    """An update as the inbox stores it. It is not parsed further, so that none can stop the others."""
    return RawUpdate(str(raw["update_id"]), _chat_of(raw), storable_json(raw))


def callback_query_ids(raw: Mapping[str, Any]) -> Iterator[str]:
    """Yield the id of the button press in an update, if any: it is to be answered at once."""
    query = raw.get("callback_query")
    if isinstance(query, Mapping) and isinstance(query.get("id"), str):
        yield query["id"]


def parse_update(body: str) -> IncomingUpdate | None:
    """Parse a stored update; None if it concerns us in no way. Raises what the library raises on bad input."""
    raw = json.loads(body)
    known = {part: raw[part] for part in ("update_id", *UPDATE_KINDS) if part in raw}
    update = Update.de_json(known, None)
    if query := update.callback_query:
        return _callback_update(query.from_user.id, query.message, query.data or "")
    if update.my_chat_member:
        return _membership_update(update.my_chat_member)
    if update.edited_message:
        return _text_update(update.edited_message, edited=True)
    return _message_update(update.message) if update.message else None


def _chat_of(raw: Mapping[str, Any]) -> str:
    """The chat of an update, within which updates are handled in order; "" if it names none."""
    for part in raw.values():
        if isinstance(part, Mapping):
            holder = part if "chat" in part else part.get("message")
            chat = holder.get("chat") if isinstance(holder, Mapping) else None
            if isinstance(chat, Mapping):
                return str(chat.get("id", ""))
    return ""


def _callback_update(sender: int, message: MaybeInaccessibleMessage | None, token: str) -> IncomingUpdate:
    chat = message.chat if message else None
    return IncomingUpdate(
        channel=NAME,
        what=UpdateKind.PRESSED,
        sender=str(sender),
        chat=str(chat.id if chat else sender),
        private=chat is None or chat.type == ChatType.PRIVATE,
        title=(chat.title if chat else "") or "",
        message=str(message.message_id) if message else "",
        callback_token=token,
        topic=_topic(message) if isinstance(message, Message) else "",
    )


def _membership_update(changed: ChatMemberUpdated) -> IncomingUpdate:
    private = changed.chat.type == ChatType.PRIVATE
    if changed.new_chat_member.status in DEPARTED_STATUSES:
        what = UpdateKind.BLOCKED if private else UpdateKind.LEFT
    else:
        what = UpdateKind.CHAT_OPENED if private else UpdateKind.ADDED
    return IncomingUpdate(
        channel=NAME,
        what=what,
        sender=str(changed.from_user.id),
        chat=str(changed.chat.id),
        private=private,
        title=changed.chat.title or "",
        said_at=changed.date,
    )


def _message_update(message: Message) -> IncomingUpdate | None:
    if message.migrate_to_chat_id:
        return _migration_update(message, message.chat, str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return _migration_update(
            message, message.chat, str(message.migrate_from_chat_id), str(message.chat.id)
        )
    return _text_update(message, edited=False)


def _migration_update(message: Message, chat: Chat, moved_from: str, moved_to: str) -> IncomingUpdate:
    return IncomingUpdate(
        channel=NAME,
        what=UpdateKind.MOVED,
        sender="",
        chat=moved_from,
        private=False,
        title=chat.title or "",
        moved_to=moved_to,
        said_at=message.date,
    )


def _text_update(message: Message, *, edited: bool) -> IncomingUpdate | None:
    """A person's message. None if a bot, a group or a channel wrote it: no person could be held to it."""
    if message.from_user is None or message.from_user.is_bot or message.sender_chat:
        return None
    text, files, media = message.text or message.caption or "", tuple(_file_refs(message)), _media(message)
    if not (text or files or media) or (edited and media):  # a shared place changes every few seconds
        return None
    private = message.chat.type == ChatType.PRIVATE
    command, _, payload = text.strip().partition(" ")
    opened = private and not edited and command == "/start"
    what = UpdateKind.CHAT_OPENED if opened else UpdateKind.EDITED if edited else UpdateKind.TEXT
    what = UpdateKind.UNSUPPORTED if media else what
    return IncomingUpdate(
        channel=NAME,
        what=what,
        sender=str(message.from_user.id),
        chat=str(message.chat.id),
        private=private,
        title=message.chat.title or "",
        text=_without_bot_name(text),
        message=str(message.message_id),
        reply_to=str(message.reply_to_message.message_id) if message.reply_to_message else "",
        payload=payload.strip() if opened else "",
        files=() if media else files,
        media=media,
        topic=_topic(message),
        album=message.media_group_id or "",
        forwarded=message.forward_origin is not None,
        said_at=message.date,
    )


def _topic(message: Message) -> str:
    return str(message.message_thread_id) if message.is_topic_message else ""


def _media(message: Message) -> str:
    """What a message brings that is neither words nor a file; its caption says nothing by itself."""
    return next((kind for part, kind in UNSUPPORTED_MEDIA.items() if getattr(message, part, None)), "")


def _without_bot_name(text: str) -> str:
    """Drop the bot's name that a command carries in a group: “/todo@town_bot 12” becomes “/todo 12”."""
    if not text.startswith("/"):
        return text
    command, space, rest = text.partition(" ")
    return command.partition("@")[0] + space + rest


def _file_refs(message: Message) -> Iterator[FileRef]:
    if sent := message.document:
        yield FileRef(id=sent.file_id, name=sent.file_name or "", size=sent.file_size or 0)
    if message.photo:
        best = message.photo[-1]
        yield FileRef(id=best.file_id, name="", size=best.file_size or 0)
