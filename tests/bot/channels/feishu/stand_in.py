"""A strict stand-in for Feishu: its long connection with binary frames, and the HTTP interface beside it.

It keeps what is not acknowledged and sends it again on the next connection, under a new event id. Written from the
public documentation of the platform and the code of ``lark-oapi``.
"""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from bot.channels.feishu.wire import CONTROL, DATA, WireFrame, decode, encode
from config.office.channel_secrets import ChannelAccount
from tests.bot.channels.stream.line_server import Answer, PlatformServer, json_answer

APP_ID, SECRET = "cli_town", "a-secret-told-to-nobody"
CHANNEL, PLATFORM = "feishu_bot", "feishu"
PART_BYTES = 4000  # of a payload in one frame; a longer one comes in several


@dataclass
class Shown:
    """What a person sees of one message."""

    text: str
    buttons: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    message: str = ""
    file: tuple[str, bytes] | None = None


class StandIn(PlatformServer):
    """One app of one organisation."""

    group = "oc_village"

    def __init__(self) -> None:
        self.line: ServerConnection | None = None
        self.waiting: dict[str, dict[str, Any]] = {}
        """Events that were not acknowledged, by a number of ours."""
        self.frames_of: dict[str, str] = {}
        self.messages: dict[str, tuple[str, Shown]] = {}
        self.uuids: dict[str, str] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.errors: deque[tuple[int, int]] = deque()
        """HTTP status and code for the next calls that send."""
        self.lost_answers = 0
        """How many of the next sends arrive without their answer."""
        self.tokens = 0
        self.token_ends = False
        self.answering = self.acknowledging = True
        self.card_frames = False
        """Whether presses come as card frames, as some versions send them."""
        self.pings = 0
        super().__init__()

    @property
    def account(self) -> ChannelAccount:
        """What an office enters to reach this bot."""
        return ChannelAccount(platform=PLATFORM, id=APP_ID, secret=SECRET, server=self.http.url)

    def is_open(self) -> bool:
        return self.line is not None

    # --- what people do

    def say(
        self,
        user: str,
        text: str,
        *,
        group: str = "",
        msgid: str = "",
        at: int | None = None,
        reply: str = "",
    ) -> str:
        content = {"text": f"@_user_1 {text}" if group else text}
        return self._message(user, "text", content, group=group, msgid=msgid, at=at, parent_id=reply)

    def send_file(self, user: str, name: str, content: bytes, *, kind: str = "file") -> str:
        self.numbers += 1
        key = f"{kind}_{self.numbers}"
        self.files[key] = (name, content)
        told = {"file_key": key, "file_name": name} if kind == "file" else {"image_key": key}
        return self._message(user, kind, told)

    def press(self, user: str, label: str, *, again: bool = False) -> None:
        """Press the button with this label on the newest card of a person."""
        number, shown = next(
            (name, one)
            for name, (chat, one) in reversed(self.messages.items())
            if chat == user and one.buttons
        )
        value = next(value for name, value in shown.buttons if name == label)
        context = {"open_message_id": number, "open_chat_id": f"oc_of_{user}"}
        action = {"value": value, "tag": "button"}
        self.numbers += 1
        event = {
            "operator": {"open_id": user},
            "token": f"c-{self.numbers}",
            "action": action,
            "context": context,
        }
        self._event("card.action.trigger", event)
        if again:
            self._event("card.action.trigger", event)

    def send_voice(self, user: str) -> str:
        return self._message(user, "audio", {"file_key": "file_voice", "duration": 2000})

    def press_key(self, user: str, key: str) -> None:
        """Press a button that carries this token, on a card of long ago."""
        self.numbers += 1
        context = {"open_message_id": "om_long_ago", "open_chat_id": f"oc_of_{user}"}
        action = {"value": {"token": key}, "tag": "button"}
        press = {"token": f"c-{self.numbers}", "action": action, "context": context}
        self._event("card.action.trigger", {"operator": {"open_id": user}, **press})

    def _message(
        self,
        user: str,
        kind: str,
        content: dict[str, Any],
        *,
        group: str = "",
        msgid: str = "",
        at: int | None = None,
        **more: str,
    ) -> str:
        self.known.add(group or user)
        self.numbers += 1
        number = msgid or f"om_{self.numbers}"
        said = str(int((at if at is not None else self.seconds()) * 1000) + (0 if msgid else self.numbers))
        message = {
            "message_id": number,
            "create_time": said,
            "chat_id": group or f"oc_of_{user}",
            "chat_type": "group" if group else "p2p",
            "message_type": kind,
            "content": json.dumps(content, ensure_ascii=False),
            **more,
        }
        sender = {"sender_id": {"open_id": user}, "sender_type": "user"}
        self._event("im.message.receive_v1", {"sender": sender, "message": message})
        return number

    def _event(self, kind: str, event: dict[str, Any]) -> None:
        self.numbers += 1
        stamp = str(int(self.seconds() * 1000))
        header = {
            "event_id": f"ev_{self.numbers}",
            "event_type": kind,
            "create_time": stamp,
            "app_id": APP_ID,
        }
        whole = {"schema": "2.0", "header": header, "event": event}
        number = f"n{self.numbers}"
        self.waiting[number] = whole
        self.on_loop(lambda: self.loop.create_task(self._push(number)))

    # --- the long connection

    async def serve_line(self, line: ServerConnection) -> None:
        self.line = line
        for number in list(self.waiting):
            self.numbers += 1
            self.waiting[number]["header"]["event_id"] = f"ev_again_{self.numbers}"
            await self._push(number)
        try:
            async for raw in line:
                assert isinstance(raw, bytes), "Feishu's frames are binary"
                await self._take(line, decode(raw))
                self.note()
        except ConnectionClosed:
            pass
        finally:
            if self.line is line:
                self.line = None

    async def _push(self, number: str) -> None:
        line = self.line
        if line is None or number not in self.waiting:
            return
        whole = self.waiting[number]
        kind = "card" if self.card_frames and "card" in whole["header"]["event_type"] else "event"
        payload = json.dumps(whole, ensure_ascii=False).encode()
        parts = [payload[start : start + PART_BYTES] for start in range(0, len(payload), PART_BYTES)]
        for place, part in enumerate(parts):
            headers = {
                "type": kind,
                "message_id": number,
                "trace_id": "t",
                "sum": str(len(parts)),
                "seq": str(place),
            }
            try:
                await line.send(encode(WireFrame(method=DATA, headers=headers, payload=part, service=7)))
            except ConnectionClosed:
                return

    async def _take(self, line: ServerConnection, frame: WireFrame) -> None:
        if frame.method == CONTROL:
            self.pings += 1
            if frame.headers.get("type") != "ping" or frame.service != 7:
                self.problems.append(f"a control frame of {frame.headers} for {frame.service}")
            if self.answering:
                config = json.dumps({"PingInterval": 120}).encode()
                await line.send(encode(WireFrame(headers={"type": "pong"}, payload=config, service=7)))
            return
        if json.loads(frame.payload).get("code") != 200:
            self.problems.append("an event that was not accepted")
        if self.acknowledging:
            self.waiting.pop(frame.headers["message_id"], None)

    # --- the HTTP interface

    def answer_call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(path)
        if parts.path == "/callback/ws/endpoint":
            return self._endpoint(json.loads(body))
        if parts.path.endswith("/tenant_access_token/internal"):
            return self._token(json.loads(body))
        if headers.get("authorization") != f"Bearer t-{self.tokens}" or self.token_ends:
            self.token_ends = False
            return json_answer(400, {"code": 99991663, "msg": "Invalid access token"})
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._called_with_token(f"{method} {parts.path}", query, headers, body)

    def _called_with_token(
        self, call: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answer:
        if found := re.fullmatch(r"GET /open-apis/im/v1/messages/[^/]+/resources/([^/]+)", call):
            return self._resource(found[1], query)
        if found := re.fullmatch(r"PATCH /open-apis/im/v1/messages/([^/]+)", call):
            return self._patch(found[1], json.loads(body))
        if call in {"POST /open-apis/im/v1/files", "POST /open-apis/im/v1/images"}:
            return self._upload(headers, body, image=call.endswith("images"))
        if call == "POST /open-apis/im/v1/messages":
            return self._send(query, json.loads(body))
        self.problems.append(f"no such call: {call}")
        return json_answer(404, {"code": 99991500})

    def _endpoint(self, asked: dict[str, Any]) -> Answer:
        if self.refusing:
            return json_answer(503, {})
        if (asked.get("AppID"), asked.get("AppSecret")) != (APP_ID, SECRET):
            return json_answer(200, {"code": 1000040345, "msg": "app_id or app_secret is invalid"})
        data = {"URL": f"{self.url}/?device_id=d1&service_id=7", "ClientConfig": {"PingInterval": 120}}
        return json_answer(200, {"code": 0, "msg": "", "data": data})

    def _token(self, asked: dict[str, Any]) -> Answer:
        if (asked.get("app_id"), asked.get("app_secret")) != (APP_ID, SECRET):
            return json_answer(200, {"code": 10014, "msg": "app secret invalid"})
        self.tokens += 1
        token = {"tenant_access_token": f"t-{self.tokens}", "expire": 7200}
        return json_answer(200, {"code": 0, "msg": "ok", **token})

    def _send(self, query: dict[str, str], body: dict[str, Any]) -> Answer:
        if self.errors:
            status, code = self.errors.popleft()
            return json_answer(status, {"code": code} if code else {})
        if body["uuid"] in self.uuids:
            return json_answer(200, {"code": 0, "data": {"message_id": self.uuids[body["uuid"]]}})
        address = body["receive_id"]
        if (query["receive_id_type"] == "chat_id") is not address.startswith("oc_"):
            self.problems.append(f"{address} is no {query['receive_id_type']}")
        if address not in self.known:
            return json_answer(400, {"code": 230013, "msg": "Bot has NO availability to this user."})
        shown = self._shown(body["msg_type"], json.loads(body["content"]))
        if shown is None:
            return json_answer(400, {"code": 230001})
        self.numbers += 1
        shown.message = self.uuids[body["uuid"]] = f"om_{self.numbers}"
        self.messages[shown.message] = (address, shown)
        self.chats[address].append(shown)
        self.note()
        if self.lost_answers:
            self.lost_answers -= 1
            return json_answer(502, {})
        return json_answer(200, {"code": 0, "data": {"message_id": shown.message}})

    def _shown(self, kind: str, content: dict[str, Any]) -> Shown | None:
        if kind == "text" and content["text"] and "<at" not in content["text"]:
            return Shown(content["text"])
        if kind == "file" and content["file_key"] in self.files:
            name, stored = self.files[content["file_key"]]
            return Shown(f"〔{name}〕", file=(name, stored))
        if kind == "image" and content["image_key"] in self.files:
            name, stored = self.files[content["image_key"]]
            return Shown(f"〔{name}〕", file=(name, stored))
        if kind == "interactive":
            return self._card(content)
        self.problems.append(f"a message of kind {kind}: {content}")
        return None

    def _card(self, card: dict[str, Any]) -> Shown | None:
        if len(json.dumps(card).encode()) > 30_000 or not card["config"]["update_multi"]:
            self.problems.append("a card that is too large or cannot be changed")
            return None
        text = "\n".join(one["text"]["content"] for one in card["elements"] if one["tag"] == "div")
        actions = [one for row in card["elements"] if row["tag"] == "action" for one in row["actions"]]
        return Shown(text, [(one["text"]["content"], one["value"]) for one in actions])

    def _patch(self, number: str, body: dict[str, Any]) -> Answer:
        if number not in self.messages:
            return json_answer(400, {"code": 230110})
        address, _ = self.messages[number]
        shown = self._card(json.loads(body["content"]))
        if shown is None:
            return json_answer(400, {"code": 230099})
        shown.message = number
        self.messages[number] = (address, shown)
        self.chats[address].append(shown)
        self.note()
        return json_answer(200, {"code": 0, "data": {}})

    def _upload(self, headers: dict[str, str], body: bytes, *, image: bool) -> Answer:
        boundary = headers["content-type"].partition("boundary=")[2].encode()
        fields: dict[str, bytes] = {}
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            fields[re.search(rb'name="([^"]+)"', head)[1].decode()] = content[:-2]
        if (fields.get("image_type") != b"message") if image else (fields.get("file_type") != b"stream"):
            self.problems.append("an upload of no known kind")
        self.numbers += 1
        if image:
            key = f"img_{self.numbers}"
            self.files[key] = ("image", fields["image"])
            return json_answer(200, {"code": 0, "data": {"image_key": key}})
        key = f"file_{self.numbers}"
        self.files[key] = (fields["file_name"].decode(), fields["file"])
        return json_answer(200, {"code": 0, "data": {"file_key": key}})

    def _resource(self, key: str, query: dict[str, str]) -> Answer:
        if key not in self.files or query.get("type") != key.split("_", maxsplit=1)[0]:
            return json_answer(400, {"code": 234003})
        return 200, {"content-type": "application/octet-stream"}, self.files[key][1]
