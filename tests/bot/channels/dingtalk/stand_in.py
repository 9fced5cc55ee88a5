"""A strict stand-in for DingTalk: its Stream connection, and the two HTTP interfaces beside it.

It loses what is sent while no connection is there, and sends again what is acknowledged slowly. Written from the
public documentation of the platform and the code of ``dingtalk-stream``.
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

from config.office.channel_secrets import ChannelAccount
from tests.bot.channels.stream.line_server import Answer, PlatformServer, json_answer

CLIENT_ID, SECRET = "ding-town", "a-secret-told-to-nobody"
CHANNEL, PLATFORM = "dingtalk_bot", "dingtalk"
MESSAGES, CARDS = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"


@dataclass
class Shown:
    """What a person sees of one message."""

    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)
    card: str = ""
    file: tuple[str, bytes] | None = None


class StandIn(PlatformServer):
    """One app of one organisation."""

    group = "cid-village"

    def __init__(self) -> None:
        self.open_lines: list[ServerConnection] = []
        self.tickets: set[str] = set()
        self.lost: list[str] = []
        self.unacknowledged: dict[str, dict[str, Any]] = {}
        self.pings: dict[str, str] = {}
        """The data of our pings by their message ids, until they are answered."""
        self.cards: dict[str, tuple[str, Shown]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.media: dict[str, tuple[str, bytes]] = {}
        self.errors: deque[tuple[int, dict[str, Any]]] = deque()
        self.tokens = 0
        self.token_ends = False
        self.acknowledging = True
        super().__init__()

    @property
    def account(self) -> ChannelAccount:
        """What an office enters to reach this bot."""
        return ChannelAccount(platform=PLATFORM, id=CLIENT_ID, secret=SECRET, server=self.http.url)

    def is_open(self) -> bool:
        return bool(self.open_lines)

    # --- what people do

    def say(self, user: str, text: str, *, group: str = "", msgid: str = "", at: int | None = None) -> str:
        return self._message(user, {"msgtype": "text", "text": {"content": f" {text}"}}, group, msgid, at)

    def send_file(self, user: str, name: str, content: bytes, *, kind: str = "file") -> str:
        self.numbers += 1
        code = f"code-{self.numbers}"
        self.files[code] = (name, content)
        told = {"downloadCode": code, **({"fileName": name} if kind == "file" else {})}
        return self._message(user, {"msgtype": kind, "content": told}, "", "", None)

    def press(self, user: str, label: str) -> None:
        """Press the button with this label on the newest card of a person."""
        card, shown = next(
            (name, one) for name, (chat, one) in reversed(self.cards.items()) if chat == user and one.buttons
        )
        key = next(key for name, key in shown.buttons if name == label)
        content = json.dumps({"cardPrivateData": {"actionIds": [key], "params": {}}})
        self._callback(CARDS, {"userId": user, "outTrackId": card, "content": content, "corpId": "ding"})

    def send_voice(self, user: str) -> str:
        voice = {"msgtype": "audio", "content": {"downloadCode": "code-voice", "recognition": "同意"}}
        return self._message(user, voice, "", "", None)

    def press_key(self, user: str, key: str) -> None:
        """Press a button that carries this id, on a card of long ago."""
        content = json.dumps({"cardPrivateData": {"actionIds": [key], "params": {}}})
        self._callback(CARDS, {"userId": user, "outTrackId": "long-ago", "content": content})

    def disconnect(self) -> None:
        """Announce that the connection is about to be closed, as DingTalk does; it delivers nothing to it any more."""
        assert self.wait_for(self.is_open)
        line = self.open_lines[-1]
        data = json.dumps({"reason": "persistent connection is timeout"})
        self.on_loop(lambda: self._end(line, self._frame("SYSTEM", "disconnect", data)))

    def ping(self) -> None:
        """Ask whether the client is there, as DingTalk does."""
        frame = self._frame("SYSTEM", "ping", json.dumps({"opaque": f"o-{self.numbers}"}))
        self.pings[frame["headers"]["messageId"]] = frame["data"]
        self.on_loop(lambda: self._send_to(self.open_lines[-1], frame))

    def repeat(self) -> None:
        """Send again what was not acknowledged."""
        frames = list(self.unacknowledged.values())
        self.on_loop(lambda: [self._send_to(self.open_lines[-1], frame) for frame in frames])

    def _message(self, user: str, body: dict[str, Any], group: str, msgid: str, at: int | None) -> str:
        self.knows(group or user)
        self.numbers += 1
        number = msgid or f"msg-{self.numbers}"
        where = {"conversationType": "2" if group else "1", "conversationId": group or f"cid-of-{user}"}
        whole = {
            "msgId": number,
            "createAt": int((at if at is not None else self.seconds()) * 1000),
            "senderStaffId": user,
            "senderId": f"$:{user}",
            "robotCode": CLIENT_ID,
            "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession?session=secret",
            **where,
            **body,
        }
        self._callback(MESSAGES, whole)
        return number

    def _callback(self, topic: str, data: dict[str, Any]) -> None:
        frame = self._frame("CALLBACK", topic, json.dumps(data, ensure_ascii=False))
        self.on_loop(lambda: self._deliver(frame, str(data.get("msgId", ""))))

    def _frame(self, kind: str, topic: str, data: str) -> dict[str, Any]:
        self.numbers += 1
        headers = {
            "topic": topic,
            "messageId": f"frame-{self.numbers}",
            "contentType": "application/json",
            "time": str(int(self.seconds() * 1000)),
        }
        return {"specVersion": "1.0", "type": kind, "headers": headers, "data": data}

    def _deliver(self, frame: dict[str, Any], number: str) -> None:
        if not self.open_lines:
            self.lost.append(number)
            return
        self.unacknowledged[frame["headers"]["messageId"]] = frame
        self._send_to(self.open_lines[-1], frame)

    def _send_to(self, line: ServerConnection, frame: dict[str, Any]) -> None:
        self.loop.create_task(self._write(line, frame))

    def _end(self, line: ServerConnection, frame: dict[str, Any]) -> None:
        self.open_lines.remove(line)
        self._send_to(line, frame)

    async def _write(self, line: ServerConnection, frame: dict[str, Any]) -> None:
        try:
            await line.send(json.dumps(frame, ensure_ascii=False))
        except ConnectionClosed:
            self.lost.append(json.loads(frame["data"]).get("msgId", ""))

    # --- the Stream connection

    async def serve_line(self, line: ServerConnection) -> None:
        ticket = parse_qs(urlsplit(line.request.path).query).get("ticket", [""])[0]
        if ticket not in self.tickets:
            self.problems.append(f"an unknown ticket: {ticket}")
            return
        self.tickets.discard(ticket)
        self.open_lines.append(line)
        self.note()
        try:
            async for raw in line:
                self._take(json.loads(raw))
                self.note()
        except ConnectionClosed:
            pass
        finally:
            if line in self.open_lines:
                self.open_lines.remove(line)

    def _take(self, answer: dict[str, Any]) -> None:
        number = answer["headers"]["messageId"]
        if answer["code"] != 200 or not isinstance(answer["data"], str):
            self.problems.append(f"an answer that is none: {answer}")
        if number in self.pings:
            if answer["data"] != self.pings.pop(number):
                self.problems.append("a ping answered with other data")
        elif self.acknowledging:
            self.unacknowledged.pop(number, None)

    # --- the HTTP interfaces

    def answer_call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/files/"):
            return 200, {}, self.files[parts.path.removeprefix("/files/")][1]
        if parts.path == "/media/upload":
            return self._upload(query, headers, body)
        asked = json.loads(body)
        if parts.path == "/v1.0/gateway/connections/open":
            return self._open(asked)
        if parts.path == "/v1.0/oauth2/accessToken":
            return self._token(asked)
        if headers.get("x-acs-dingtalk-access-token") != f"t-{self.tokens}" or self.token_ends:
            self.token_ends = False
            return json_answer(401, {"code": "InvalidAuthentication", "message": "token"})
        return self._called_with_token(f"{method} {parts.path}", asked)

    def _called_with_token(self, call: str, asked: dict[str, Any]) -> Answer:
        does = {
            "POST /v1.0/robot/oToMessages/batchSend": self._send_to_people,
            "POST /v1.0/robot/groupMessages/send": self._send_to_group,
            "POST /v1.0/im/v1.0/robot/interactiveCards/send": self._send_card,
            "PUT /v1.0/im/robots/interactiveCards": self._change_card,
            "POST /v1.0/robot/messageFiles/download": self._download,
        }.get(call)
        if does is None:
            self.problems.append(f"no such call: {call}")
            return json_answer(404, {"code": "notFound"})
        if self.errors:
            return json_answer(*self.errors.popleft())
        return does(asked)

    def _open(self, asked: dict[str, Any]) -> Answer:
        if self.refusing:
            return json_answer(503, {})
        if (asked.get("clientId"), asked.get("clientSecret")) != (CLIENT_ID, SECRET):
            return json_answer(401, {"code": "authFailed", "message": "鉴权失败"})
        if {one["topic"] for one in asked["subscriptions"]} != {MESSAGES, CARDS}:
            self.problems.append("subscribed to something else")
        self.numbers += 1
        ticket = f"ticket {self.numbers}"
        self.tickets.add(ticket)
        return json_answer(200, {"endpoint": f"{self.url}/connect", "ticket": ticket})

    def _token(self, asked: dict[str, Any]) -> Answer:
        if (asked.get("appKey"), asked.get("appSecret")) != (CLIENT_ID, SECRET):
            return json_answer(400, {"code": "invalidClientIdOrSecret"})
        self.tokens += 1
        return json_answer(200, {"accessToken": f"t-{self.tokens}", "expireIn": 7200})

    def _send_to_people(self, asked: dict[str, Any]) -> Answer:
        unknown = [user for user in asked["userIds"] if user not in self.known]
        for user in set(asked["userIds"]) - set(unknown):
            self._show(user, asked)
        return json_answer(200, {"processQueryKey": f"q-{self.numbers}", "invalidStaffIdList": unknown})

    def _send_to_group(self, asked: dict[str, Any]) -> Answer:
        group = asked["openConversationId"]
        if group not in self.known:
            return json_answer(400, {"code": "invalidParameter.openConversationId.notExist"})
        self._show(group, asked)
        return json_answer(200, {"processQueryKey": f"q-{self.numbers}"})

    def _show(self, chat: str, asked: dict[str, Any]) -> None:
        self.numbers += 1
        kind, told = asked["msgKey"], json.loads(asked["msgParam"])
        if kind == "sampleText" and told["content"]:
            shown = Shown(told["content"])
        elif kind == "sampleFile" and told["mediaId"] in self.media:
            name, content = self.media[told["mediaId"]]
            shown = Shown(f"〔{name}〕", file=(told["fileName"], content))
        elif kind == "sampleImageMsg" and told["photoURL"] in self.media:
            name, content = self.media[told["photoURL"]]
            shown = Shown(f"〔{name}〕", file=(name, content))
        else:
            self.problems.append(f"a message of kind {kind}: {told}")
            return
        self.chats[chat].append(shown)
        self.note()

    def _send_card(self, asked: dict[str, Any]) -> Answer:
        receiver = json.loads(asked.get("singleChatReceiver", "{}")).get("userId")
        chat = receiver or asked["openConversationId"]
        if chat not in self.known:
            return json_answer(400, {"code": "invalidStaffId"})
        return self._put_card(asked, chat)

    def _change_card(self, asked: dict[str, Any]) -> Answer:
        if asked["cardBizId"] not in self.cards:
            return json_answer(400, {"code": "card.notExist"})
        return self._put_card(asked, self.cards[asked["cardBizId"]][0])

    def _put_card(self, asked: dict[str, Any], chat: str) -> Answer:
        contents = json.loads(asked["cardData"])["contents"]
        text = "\n".join(one["text"] for one in contents if one["type"] == "text")
        actions = [one for row in contents if row["type"] == "action" for one in row["actions"]]
        buttons = [(one["label"]["text"], one["id"]) for one in actions]
        shown = Shown(text, buttons, asked["cardBizId"])
        self.cards[shown.card] = (chat, shown)
        self.chats[chat].append(shown)
        self.note()
        return json_answer(200, {"processQueryKey": "q"})

    def _download(self, asked: dict[str, Any]) -> Answer:
        code = asked["downloadCode"]
        if code not in self.files or asked["robotCode"] != CLIENT_ID:
            return json_answer(400, {"code": "invalidParameter.downloadCode"})
        return json_answer(200, {"downloadUrl": f"{self.http.url}/files/{code}"})

    def _upload(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        if query.get("access_token") != f"t-{self.tokens}" or query.get("type") not in {"file", "image"}:
            return json_answer(200, {"errcode": 40014, "errmsg": "不合法的access_token"})
        boundary = headers["content-type"].partition("boundary=")[2].encode()
        head, _, content = body.split(b"--" + boundary)[1].partition(b"\r\n\r\n")
        name = re.search(rb'filename="([^"]*)"', head)[1].decode()
        self.numbers += 1
        self.media[f"@media{self.numbers}"] = (name, content[:-2])
        return json_answer(200, {"errcode": 0, "media_id": f"@media{self.numbers}"})
