"""A stand-in for the platform that no office has."""

from __future__ import annotations

import json
from dataclasses import dataclass

from websockets.exceptions import ConnectionClosed

from config.office.channel_secrets import ChannelAccount
from tests.bot.channels.stream.line_server import LineServer

CHANNEL = "whisper"


@dataclass
class Shown:
    text: str
    buttons: tuple[()] = ()


class StandIn(LineServer):
    """Keeps what is not acknowledged, and sends it again on the next connection."""

    def __init__(self) -> None:
        self.waiting: dict[str, dict] = {}
        self.line = None
        super().__init__()

    @property
    def account(self) -> ChannelAccount:
        return ChannelAccount(platform="whisper", id="town", secret="quiet", server=self.url)

    def is_open(self) -> bool:
        return self.line is not None

    def say(self, user: str, text: str, *, msgid: str = "") -> str:
        self.numbers += 1
        number = msgid or f"w{self.numbers}"
        self.known.add(user)
        self.waiting[number] = {"id": number, "from": user, "say": text, "at": self.seconds()}
        self.on_loop(lambda: self.loop.create_task(self._push(number)))
        return number

    async def _push(self, number: str) -> None:
        if self.line is not None and number in self.waiting:
            await self.line.send(json.dumps(self.waiting[number]))

    async def serve_line(self, line) -> None:
        try:
            asked = json.loads(await line.recv())
            good = asked == {"name": "town", "secret": "quiet"}
            await line.send(json.dumps({"ok": good}))
            if not good:
                return
            self.line = line
            for number in list(self.waiting):
                await self._push(number)
            async for raw in line:
                await self._take(line, json.loads(raw))
                self.note()
        except ConnectionClosed:
            pass
        finally:
            if self.line is line:
                self.line = None

    async def _take(self, line, frame) -> None:
        if "took" in frame:
            self.waiting.pop(frame["took"], None)
            return
        if not frame["say"] or len(frame["say"]) > 2000:
            self.problems.append("a text that is empty or too long")
        good = frame["to"] in self.known
        if good:
            self.chats[frame["to"]].append(Shown(frame["say"]))
        await line.send(json.dumps({"answers": frame["id"], "ok": good}))
