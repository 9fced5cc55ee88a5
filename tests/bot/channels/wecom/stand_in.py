"""A strict stand-in for WeCom's long connection: the frames of its manual and of its own Python library.

It refuses what WeCom refuses, notes what no client may send, and loses what it cannot deliver: WeCom's frames are not
acknowledged. Written from https://developer.work.weixin.qq.com/document/path/101463 and ``wecom-aibot-python-sdk``.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from config.office.channel_secrets import ChannelAccount
from tests.bot.channels.stream.line_server import Answer, PlatformServer

BOT_ID, SECRET = "aib-town", "a-secret-told-to-nobody"
CHANNEL, PLATFORM = "wecom_bot", "wecom"
TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
CARD_WINDOW = 5.0
MARKDOWN_BYTES = 20_480
KEY = bytes(range(32))


@dataclass
class Shown:
    """What a person sees of one message."""

    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    task_id: str = ""
    file: tuple[str, bytes] | None = None


class StandIn(PlatformServer):
    """One bot of one enterprise."""

    group = "wr_village"

    def __init__(self) -> None:
        self.subscribed: ServerConnection | None = None
        self.cards: dict[str, tuple[str, Shown]] = {}
        self.presses: dict[str, tuple[str, float]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.media: dict[tuple[str, str], tuple[str, bytes]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.lost: list[str] = []
        self.errors: deque[int] = deque()
        """Error codes for the next messages that are sent."""
        self.answering = True
        self.displaced = 0
        self.pings = 0
        self.sent = 0
        super().__init__()

    @property
    def account(self) -> ChannelAccount:
        """What an office enters to reach this bot."""
        return ChannelAccount(platform=PLATFORM, id=BOT_ID, secret=SECRET, server=self.url)

    def is_open(self) -> bool:
        return self.subscribed is not None

    # --- what people do

    def say(self, user: str, text: str, *, group: str = "", msgid: str = "", at: int | None = None) -> str:
        kind = {"msgtype": "text", "text": {"content": f"@公开助手 {text}" if group else text}}
        return self._push("aibot_msg_callback", user, group, {**kind, **self._time(at)}, msgid)

    def press(self, user: str, label: str = "", *, key: str = "", task_id: str = "", msgid: str = "") -> str:
        """Press the button with this label on the newest card of a person, or any key on any card."""
        if label:
            card = next(one for chat, one in reversed(self.cards.values()) if chat == user and one.buttons)
            key = next(key for name, key in card.buttons if name == label)
            task_id = card.task_id
        event = {"card_type": "button_interaction", "event_key": key, "task_id": task_id}
        body = {
            "msgtype": "event",
            "create_time": int(self.seconds()),
            "event": {"eventtype": "template_card_event", "template_card_event": event},
        }
        return self._push("aibot_event_callback", user, "", body, msgid)

    def send_voice(self, user: str) -> str:
        voice = {"msgtype": "voice", "voice": {"content": "同意"}}
        return self._push("aibot_msg_callback", user, "", voice, "")

    def press_key(self, user: str, key: str) -> None:
        """Press a button that carries this key, on a card of long ago."""
        self.press(user, key=key, task_id="gongkai_long_ago")

    def send_file(self, user: str, name: str, content: bytes, *, kind: str = "file") -> str:
        self.numbers += 1
        path = f"/media/{self.numbers}"
        self.files[path] = (name, encrypt(content))
        key = base64.b64encode(KEY).decode().rstrip("=")
        media = {"url": f"{self.http.url}{path}", "aeskey": key}
        return self._push("aibot_msg_callback", user, "", {"msgtype": kind, kind: media}, "")

    # --- the platform

    async def serve_line(self, line: ServerConnection) -> None:
        try:
            async for raw in line:
                frame = json.loads(raw)
                command, headers = frame.get("cmd"), frame.get("headers") or {}
                answer = self._answer(line, command, headers.get("req_id", ""), frame.get("body") or {})
                if answer is not None:
                    await line.send(json.dumps({"headers": headers, **answer}))
                if command == "aibot_subscribe" and answer and answer["errcode"] == 0:
                    await self._subscribe(line)
                self.note()
        except ConnectionClosed:
            pass
        finally:
            if self.subscribed is line:
                self.subscribed = None

    async def _subscribe(self, line: ServerConnection) -> None:
        old, self.subscribed = self.subscribed, line
        if old is not None and old is not line:
            self.displaced += 1
            event = {"msgtype": "event", "event": {"eventtype": "disconnected_event"}}
            headers = {"req_id": f"gone-{self.displaced}"}
            await old.send(json.dumps({"cmd": "aibot_event_callback", "headers": headers, "body": event}))

    def _answer(
        self, line: ServerConnection, command: str, request: str, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        if not request:
            self.problems.append(f"{command} without req_id")
        if command == "aibot_subscribe":
            good = (body.get("bot_id"), body.get("secret")) == (BOT_ID, SECRET)
            return _ok() if good else _error(40001)
        if line is not self.subscribed:
            return _error(846609)
        if command == "ping":
            self.pings += 1
            return _ok() if self.answering else None
        does = {
            "aibot_send_msg": self._send,
            "aibot_respond_update_msg": self._update,
            "aibot_upload_media_init": self._begin_upload,
            "aibot_upload_media_chunk": self._take_part,
            "aibot_upload_media_finish": self._end_upload,
        }.get(command)
        if does is None:
            self.problems.append(f"no such command: {command}")
            return _error(40029)
        return does(request, body)

    def _send(self, _request: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.errors:
            return _error(self.errors.popleft())
        chat = body.get("chatid", "")
        if chat not in self.known:
            return _error(93006)
        shown = self._shown(body)
        if shown is None:
            return _error(40008)
        self.sent += 1
        self.chats[chat].append(shown)
        if shown.task_id:
            if shown.task_id in self.cards:
                return _error(40029)
            self.cards[shown.task_id] = (chat, shown)
        return _ok()

    def _shown(self, body: dict[str, Any]) -> Shown | None:
        kind = body.get("msgtype")
        if kind == "markdown":
            content = body["markdown"]["content"]
            if not content or len(content.encode()) > MARKDOWN_BYTES:
                self.problems.append("a text that is empty or too long")
                return None
            return Shown(content)
        if kind == "template_card":
            return self._card(body["template_card"])
        if kind in {"file", "image"} and (kind, body[kind]["media_id"]) in self.media:
            name, content = self.media[kind, body[kind]["media_id"]]
            return Shown(f"〔{name}〕", file=(name, content))
        self.problems.append(f"a message of kind {kind}")
        return None

    def _card(self, card: dict[str, Any]) -> Shown | None:
        title, below = card["main_title"]["title"], card.get("sub_title_text", "")
        if not title or len(title) > 36 or len(below) > 160 or not TASK_ID.fullmatch(card["task_id"]):
            self.problems.append(f"a card with too long a text: {title}/{below}")
            return None
        buttons = [(one["text"], one["key"]) for one in card.get("button_list", ())]
        if card["card_type"] == "button_interaction":
            if not 1 <= len(buttons) <= 6 or any(len(key.encode()) > 1024 for _, key in buttons):
                self.problems.append("a card with no or too many buttons")
                return None
        elif card["card_type"] != "text_notice" or "url" not in card.get("card_action", {}):
            self.problems.append(f"a card of kind {card['card_type']}")
            return None
        return Shown("\n".join(filter(None, (title, below))), buttons, card["task_id"])

    def _update(self, request: str, body: dict[str, Any]) -> dict[str, Any]:
        card, until = self.presses.pop(request, ("", 0.0))
        shown = (
            self._card(body["template_card"]) if body.get("response_type") == "update_template_card" else None
        )
        if not card or time.monotonic() > until or shown is None or shown.task_id != card:
            return _error(846605)
        chat = self.cards[card][0]
        self.cards[card] = (chat, shown)
        self.chats[chat].append(shown)
        return _ok()

    def _begin_upload(self, _request: str, body: dict[str, Any]) -> dict[str, Any]:
        upload = f"upload-{len(self.uploads)}"
        self.uploads[upload] = {**body, "parts": {}}
        return {**_ok(), "body": {"upload_id": upload}}

    def _take_part(self, _request: str, body: dict[str, Any]) -> dict[str, Any]:
        content = base64.b64decode(body["base64_data"])
        if len(content) > 512 * 1024:
            self.problems.append("a part of more than 512 KB")
        self.uploads[body["upload_id"]]["parts"][body["chunk_index"]] = content
        return _ok()

    def _end_upload(self, _request: str, body: dict[str, Any]) -> dict[str, Any]:
        upload = self.uploads[body["upload_id"]]
        content = b"".join(part for _, part in sorted(upload["parts"].items()))
        whole = len(upload["parts"]) == upload["total_chunks"] and len(content) == upload["total_size"]
        if not whole or md5(content, usedforsecurity=False).hexdigest() != upload["md5"]:
            return _error(40009)
        media = f"media-{len(self.media)}"
        self.media[upload["type"], media] = (upload["filename"], content)
        return {**_ok(), "body": {"media_id": media, "type": upload["type"]}}

    def _push(self, command: str, user: str, group: str, body: dict[str, Any], msgid: str) -> str:
        self.numbers += 1
        number = msgid or f"msg-{self.numbers}"
        where = {"chattype": "group", "chatid": group} if group else {"chattype": "single"}
        whole = {"msgid": number, "aibotid": BOT_ID, **where, "from": {"userid": user}, **body}
        frame = {"cmd": command, "headers": {"req_id": f"req-{self.numbers}"}, "body": whole}
        self.on_loop(lambda: self._deliver(frame, group or user))
        return number

    def _deliver(self, frame: dict[str, Any], chat: str) -> None:
        self.known.add(chat)
        event = frame["body"].get("event", {}).get("template_card_event")
        if event:
            until = time.monotonic() + CARD_WINDOW
            self.presses[frame["headers"]["req_id"]] = (event["task_id"], until)
        if self.subscribed is None:
            self.lost.append(frame["body"]["msgid"])
            return
        self.loop.create_task(self._write(self.subscribed, frame))

    async def _write(self, line: ServerConnection, frame: dict[str, Any]) -> None:
        try:
            await line.send(json.dumps(frame, ensure_ascii=False))
        except ConnectionClosed:
            self.lost.append(frame["body"]["msgid"])

    def _time(self, at: int | None) -> dict[str, Any]:
        return {"create_time": at} if at is not None else {}

    def answer_call(self, _method: str, path: str, _headers: dict[str, str], _body: bytes) -> Answer:
        if path not in self.files:
            return 404, {}, b""
        name, content = self.files[path]
        return 200, {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}, content


def encrypt(content: bytes) -> bytes:
    """As WeCom does: AES-256-CBC, padded to 32 bytes, the key's first 16 bytes as the vector."""
    count = 32 - len(content) % 32
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
    return encryptor.update(content + bytes([count]) * count) + encryptor.finalize()


def _ok() -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok"}


def _error(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "simulated"}
