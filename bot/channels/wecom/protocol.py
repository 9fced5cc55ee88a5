"""Opens WeCom's long connection and reads its frames."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import datetime
from typing import Any

from bot.channels.stream.platform_interface import Frame, PlatformError, ReceivedFrame, Socket
from bot.channels.stream.web_socket import open_web_socket
from bot.channels.wecom.frames import (
    DISPLACED_EVENT,
    EVENT,
    MESSAGE,
    NAME,
    PING,
    SUBSCRIBE,
    event_kind,
    pressed_card,
    request_frame,
    request_id_of,
    said_at,
    to_inbox_updates,
)
from config.json_text import parse_json_object
from config.office.channel_secrets import ChannelAccount

HEARTBEAT_SECONDS = 30.0
SUBSCRIBE_SECONDS = 10.0
CARD_SECONDS = 5.0  # WeCom lets a card be changed for so long after its button was pressed
MAX_FRAME_BYTES = 4_000_000
BUSY_CODES = frozenset({-1, 45009})


class WeComProtocol:
    """The protocol of one bot (``bot/channels/stream/platform_interface.py``)."""

    name = NAME
    heartbeat_seconds = HEARTBEAT_SECONDS

    def __init__(self, account: ChannelAccount, server: str) -> None:
        self._account, self._server = account, account.server or server
        self._lock = threading.Lock()
        self._presses: dict[str, tuple[str, float]] = {}
        """The request ids of recent presses by their card, and until when each may be answered."""

    async def open(self) -> Socket:
        """Connect and subscribe. Raises PlatformError where WeCom refuses the bot."""
        socket = await open_web_socket(self._server, max_bytes=MAX_FRAME_BYTES)
        try:
            await asyncio.wait_for(self._subscribe(socket), SUBSCRIBE_SECONDS)
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _subscribe(self, socket: Any) -> None:
        request_id, frame = request_frame(
            SUBSCRIBE, {"bot_id": self._account.id, "secret": self._account.secret}
        )
        await socket.send(frame)
        while True:
            answer = parse_json_object(await socket.recv())
            if request_id_of(answer) == request_id:
                break
        code = answer.get("errcode")
        if code != 0:
            raise PlatformError("busy" if code in BUSY_CODES else "token", permanent=code not in BUSY_CODES)

    def read(self, frame: Frame, received_at: datetime) -> ReceivedFrame:
        """Return what a frame means."""
        found = parse_json_object(frame)
        if card := pressed_card(found):
            self._note_press(card, request_id_of(found))
        answers = "" if found.get("cmd") in {MESSAGE, EVENT} else request_id_of(found)
        return ReceivedFrame(
            updates=tuple(to_inbox_updates(found, received_at)),
            answers=answers,
            data=found if answers else {},
            said_at=said_at(found),
            displaced=event_kind(found) == DISPLACED_EVENT,
        )

    def heartbeat(self) -> Frame:
        """The heartbeat, which WeCom answers."""
        return request_frame(PING, None)[1]

    def take_press(self, card: str) -> str:
        """The request id by which a pressed card can be changed, once; empty where it is too late."""
        with self._lock:
            request_id, until = self._presses.pop(card, ("", 0.0))
        return request_id if time.monotonic() < until else ""

    def _note_press(self, card: str, request_id: str) -> None:
        now = time.monotonic()
        with self._lock:
            self._presses = {name: one for name, one in self._presses.items() if one[1] > now}
            self._presses[card] = (request_id, now + CARD_SECONDS)
