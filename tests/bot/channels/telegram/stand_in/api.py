"""What the stand-in answers to each method of the Bot API: what Telegram answers, and its refusals word for word."""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from PIL import Image, UnidentifiedImageError

from tests.bot.channels.telegram.stand_in.http import Refused

TOKEN = "123456789:stand-in-secret-never-to-be-seen"
BOT = {"id": 123456789, "is_bot": True, "first_name": "公开", "username": "town_bot"}
TEXT_UNITS, CAPTION_UNITS, DATA_BYTES = 4096, 1024, 64
PHOTO_BYTES, PHOTO_PIXELS = 10_000_000, 10_000
ALBUM_LEAST, ALBUM_MOST = 2, 10
GROUP_MINUTE, QUERY_SECONDS, UPDATE_SECONDS = 20, 900, 24 * 3600
MOST = 20_000  # updates, messages and calls kept


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class Chat:
    id: int
    kind: str
    title: str = ""
    blocked: bool = False
    left: bool = False
    migrated_to: int = 0
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    unseen: deque = field(default_factory=deque)
    sent_at: deque = field(default_factory=deque)

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "type": self.kind, **({"title": self.title} if self.title else {})}


class BotApi:
    """The methods, over what the server knows: its users and chats, what waits for the bot, its own clock."""

    lock: Any
    changed: threading.Condition
    chats: dict[int, Chat]
    pending: dict[int, dict[str, Any]]
    queries: dict[str, dict[str, Any]]
    files: dict[str, bytes]
    calls: deque
    commands: dict[str, list[dict[str, str]]]
    webhook: dict[str, Any]
    allowed: list[str] | None
    per_chat_second: bool
    next_message: int
    next_album: int
    polling: int
    greeted: int
    running: bool
    seconds: Callable[[], float]
    last_date: int

    def date(self) -> int:
        """The date of the next message, in whole seconds as Telegram gives it; no two messages have the same."""
        self.last_date = max(int(self.seconds()), self.last_date + 1)
        return self.last_date

    def now(self) -> float:
        raise NotImplementedError

    def do_getme(self, _given: dict[str, Any]) -> dict[str, Any]:
        return BOT | {
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def do_getupdates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        with self.changed:
            if self.webhook:
                raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
            self.greeted += 1
            if "allowed_updates" in given:
                self.allowed = given["allowed_updates"]
            offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
            for number in [known for known in self.pending if known < offset]:
                del self.pending[number]  # confirmed: it never comes again
            self.polling += 1
            own = self.polling  # whoever asks later ends this one's question
            self.changed.notify_all()
            until = float(given.get("timeout", 0))
            self.changed.wait_for(lambda: self.pending or not self.running or self.polling != own, until)
            if self.polling != own:
                raise Refused(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one runs"
                )
            self._forget_old()
            found = [self._clean(raw) for raw in list(self.pending.values())[:limit]]
            self.calls.append(("getupdates", given))
            return found

    def do_setwebhook(self, given: dict[str, Any]) -> bool:
        self.greeted += 1
        self.webhook, self.allowed = dict(given) if given.get("url") else {}, given.get("allowed_updates")
        return True

    def do_deletewebhook(self, _given: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def do_sendmessage(self, given: dict[str, Any]) -> dict[str, Any]:
        chat, text = self._reachable(given), _text(given, "text", TEXT_UNITS, "message is too long")
        self._limits(chat)
        return self._said(chat, text=text, **_markup(given), **_silent(given), **_topic(given))

    def do_senddocument(self, given: dict[str, Any]) -> dict[str, Any]:
        chat = self._reachable(given)
        if not given.get("document"):
            raise Refused(400, "Bad Request: there is no document in the request")
        caption = _text(given, "caption", CAPTION_UNITS, "message caption is too long", needed=False)
        self._limits(chat)
        name, content = given["document"]
        known = f"file{len(self.files)}"
        self.files[known] = content
        sent = {"file_id": known, "file_unique_id": known, "file_name": name, "file_size": len(content)}
        return self._said(
            chat, text=caption, caption=caption, document=sent, **_markup(given), **_silent(given)
        )

    def do_sendphoto(self, given: dict[str, Any]) -> dict[str, Any]:
        chat = self._reachable(given)
        if not given.get("photo"):
            raise Refused(400, "Bad Request: there is no photo in the request")
        caption = _text(given, "caption", CAPTION_UNITS, "message caption is too long", needed=False)
        self._limits(chat)
        photo = self._photo(_seen_as_photo(given["photo"][1]))
        return self._said(
            chat, photo=photo, caption=caption, **_markup(given), **_silent(given), **_topic(given)
        )

    def do_sendmediagroup(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        chat, album = self._reachable(given), given.get("media", [])
        if not ALBUM_LEAST <= len(album) <= ALBUM_MOST:
            raise Refused(400, "Bad Request: wrong number of messages in the album specified")
        for one in album:
            if one["type"] != "photo" or not one["media"].startswith("attach://"):
                raise Refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
            _text(one, "caption", CAPTION_UNITS, "message caption is too long", needed=False)
        contents = [_seen_as_photo(given[one["media"].removeprefix("attach://")][1]) for one in album]
        self._limits(chat)
        self.next_album += 1
        return [
            self._said(
                chat,
                photo=self._photo(content),
                caption=one.get("caption", ""),
                media_group_id=str(self.next_album),
                **_silent(given),
                **_topic(given),
            )
            for one, content in zip(album, contents, strict=True)
        ]

    def do_editmessagetext(self, given: dict[str, Any]) -> dict[str, Any]:
        chat, text = self._reachable(given), _text(given, "text", TEXT_UNITS, "MESSAGE_TOO_LONG")
        found = chat.messages.get(int(given.get("message_id", 0)))
        if found is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if found["from"]["id"] != BOT["id"]:
            raise Refused(400, "Bad Request: message can't be edited")
        markup = _markup(given)
        if (text, markup.get("reply_markup")) == (found.get("text"), found.get("reply_markup")):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        found.pop("reply_markup", None)
        found |= {"text": text, "edit_date": self.date(), **markup}
        chat.unseen.append(json.loads(json.dumps(found)))
        return found

    def do_answercallbackquery(self, given: dict[str, Any]) -> bool:
        query = self.queries.get(str(given.get("callback_query_id")))
        if query is None or query["answered"] or self.now() - query["at"] > QUERY_SECONDS:
            raise Refused(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        query["answered"] = True
        return True

    def do_setmycommands(self, given: dict[str, Any]) -> bool:
        for each in given["commands"]:
            if not (each["command"].isascii() and each["command"].islower() and len(each["command"]) <= 32):
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[json.dumps(given.get("scope", {}), sort_keys=True)] = given["commands"]
        return True

    def do_getfile(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("file_id") not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        known = given["file_id"]
        size = len(self.files[known])
        return {
            "file_id": known,
            "file_unique_id": known,
            "file_size": size,
            "file_path": f"documents/{known}",
        }

    def _photo(self, content: bytes) -> list[dict[str, Any]]:
        raise NotImplementedError

    def _reachable(self, given: dict[str, Any]) -> Chat:
        try:
            chat = self.chats.get(int(given.get("chat_id", "")))
        except ValueError:
            chat = None
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.migrated_to:
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, text, migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.left:
            raise Refused(403, f"Forbidden: bot was kicked from the {chat.kind} chat")
        return chat

    def _limits(self, chat: Chat) -> None:
        window, most = (60, GROUP_MINUTE) if chat.kind != "private" else (1, 1)
        if chat.kind == "private" and not self.per_chat_second:
            return
        while chat.sent_at and chat.sent_at[0] <= self.now() - window:
            chat.sent_at.popleft()
        if len(chat.sent_at) >= most:
            wait = max(1, round(window - (self.now() - chat.sent_at[0])))
            raise Refused(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        chat.sent_at.append(self.now())

    def _said(self, chat: Chat, **parts: Any) -> dict[str, Any]:
        message = self._message(chat, BOT, **parts)
        chat.unseen.append(json.loads(json.dumps(message)))
        return message

    def _message(self, chat: Chat, sender: dict[str, Any], **parts: Any) -> dict[str, Any]:
        own = chat.kind == "supergroup"  # there message ids count within the chat
        number = len(chat.messages) + 1 if own else self.next_message
        self.next_message += not own
        stated = {name: part for name, part in parts.items() if part not in ("", None)}
        message = {
            "message_id": number,
            "from": sender,
            "chat": chat.shown(),
            "date": self.date(),
            **stated,
        }
        chat.messages[number] = message
        if len(chat.messages) > MOST:
            del chat.messages[min(chat.messages)]
        return message

    def _clean(self, raw: dict[str, Any]) -> dict[str, Any]:
        return {name: part for name, part in raw.items() if name != "_at"}

    def _forget_old(self) -> None:
        limit = self.now() - UPDATE_SECONDS
        self.pending = {number: raw for number, raw in self.pending.items() if raw["_at"] > limit}


def _text(given: dict[str, Any], name: str, most: int, words: str, *, needed: bool = True) -> str:
    text = str(given.get(name, "")).strip()
    if needed and not text:
        raise Refused(400, "Bad Request: message text is empty")
    if units(text) > most:
        raise Refused(400, f"Bad Request: {words}")
    return text


def _seen_as_photo(content: bytes) -> bytes:
    """A photograph as Telegram takes it: a picture, at most 10 MB, and not too long and narrow."""
    try:
        width, height = Image.open(BytesIO(content)).size
    except UnidentifiedImageError:
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED") from None
    if (
        len(content) > PHOTO_BYTES
        or width + height > PHOTO_PIXELS
        or max(width, height) > 20 * min(width, height)
    ):
        raise Refused(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    return content


def _topic(given: dict[str, Any]) -> dict[str, Any]:
    return {"message_thread_id": int(given["message_thread_id"])} if given.get("message_thread_id") else {}


def _silent(given: dict[str, Any]) -> dict[str, Any]:
    return {"disable_notification": True} if given.get("disable_notification") else {}


def _markup(given: dict[str, Any]) -> dict[str, Any]:
    markup = given.get("reply_markup")
    if not markup:
        return {}
    for button in (each for row in markup["inline_keyboard"] for each in row):
        data, link = button.get("callback_data"), button.get("url")
        if (data is None) == (link is None) or not button.get("text", "").strip():
            raise Refused(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if data is not None and not 1 <= len(data.encode()) <= DATA_BYTES:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if link is not None and urlsplit(link).scheme not in {"http", "https", "tg"}:
            raise Refused(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
    return {"reply_markup": markup}
