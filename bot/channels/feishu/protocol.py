"""Opens Feishu's long connection and reads its frames."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import InvalidStatus

from bot.channels.feishu.events import NAME, said_at, to_inbox_updates
from bot.channels.feishu.wire import CONTROL, DATA, FrameAssembler, FrameDamaged, WireFrame, decode, encode
from bot.channels.stream.platform_interface import Frame, PlatformError, ReceivedFrame, Socket
from bot.channels.stream.web_socket import open_web_socket, socket_address
from config.json_text import object_part, parse_json_object
from config.office.channel_secrets import ChannelAccount
from storage.web.api_client import ApiClient
from storage.web.http_results import PostOutcome

ENDPOINT = "/callback/ws/endpoint"
HEARTBEAT_SECONDS = 30.0  # Feishu proposes two minutes; an office's router forgets a quiet line sooner
MAX_FRAME_BYTES = 8_000_000
BUSY_CODES = frozenset({1, 1000040343})
TOO_MANY_CONNECTIONS = 1000040350
ACCEPTED = json.dumps({"code": 200}).encode()


class FeishuProtocol:
    """The protocol of one bot (``bot/channels/stream/platform_interface.py``)."""

    name = NAME
    heartbeat_seconds = HEARTBEAT_SECONDS

    def __init__(self, account: ChannelAccount, api: ApiClient) -> None:
        self._account, self._api = account, api
        self._assembler = FrameAssembler()
        self._service = 0

    async def open(self) -> Socket:
        """Ask for the address of a connection, and connect. Raises PlatformError where Feishu refuses the bot."""
        address = await asyncio.to_thread(self._connection_address)
        service = parse_qs(urlsplit(address).query).get("service_id", ["0"])[0]
        self._service = int(service) if service.isdecimal() else 0
        try:
            return await open_web_socket(address, max_bytes=MAX_FRAME_BYTES)
        except InvalidStatus as refused:
            code = refused.response.headers.get("Handshake-Status", "")
            raise PlatformError("token" if code == "403" else "refused", permanent=code == "403") from None

    def _connection_address(self) -> str:
        asked = {"AppID": self._account.id, "AppSecret": self._account.secret}
        answer = self._api.call("POST", ENDPOINT, json=asked, headers={"locale": "zh"})
        code = answer.data.get("code")
        if answer.outcome is not PostOutcome.SENT and not isinstance(code, int):
            raise PlatformError("no_connection")
        if code == TOO_MANY_CONNECTIONS:
            raise PlatformError("too_many_connections", permanent=True)
        if code != 0:
            raise PlatformError("busy" if code in BUSY_CODES else "token", permanent=code not in BUSY_CODES)
        return socket_address(object_part(answer.data, "data").get("URL"), self._account)

    def read(self, frame: Frame, received_at: datetime) -> ReceivedFrame:
        """Return what a frame means."""
        try:
            whole = self._assembler.add(decode(frame)) if isinstance(frame, bytes) else None
        except FrameDamaged:
            whole = None
        if whole is None or whole.method != DATA:
            return ReceivedFrame()
        # Presses come as events or as cards, by the version of the platform; both have the same payload.
        payload = parse_json_object(whole.payload)
        return ReceivedFrame(
            updates=tuple(to_inbox_updates(payload, received_at)),
            acknowledgement=encode(replace(whole, payload=ACCEPTED)),
            said_at=said_at(payload),
        )

    def heartbeat(self) -> Frame:
        """The heartbeat, which Feishu answers."""
        return encode(WireFrame(service=self._service, method=CONTROL, headers={"type": "ping"}))
