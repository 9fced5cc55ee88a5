"""Opens DingTalk's Stream connection and reads its frames."""

from __future__ import annotations

import asyncio
from datetime import datetime
from urllib.parse import urlencode

from bot.channels.dingtalk.frames import (
    CALLBACK,
    CARDS,
    DISCONNECT,
    MESSAGES,
    NAME,
    SYSTEM,
    acknowledgement,
    data_of,
    said_at,
    to_inbox_updates,
    topic_of,
)
from bot.channels.stream.platform_interface import Frame, PlatformError, ReceivedFrame, Socket
from bot.channels.stream.web_socket import open_web_socket, socket_address
from config.json_text import parse_json_object
from config.office.channel_secrets import ChannelAccount
from storage.web.api_client import ApiClient
from storage.web.http_results import PostOutcome

OPEN = "/v1.0/gateway/connections/open"
HEARTBEAT_SECONDS = 20.0
MAX_FRAME_BYTES = 4_000_000
CLIENT_ERRORS = range(400, 500)
TOO_MANY_REQUESTS = 429
SUBSCRIPTIONS = [{"type": CALLBACK, "topic": topic} for topic in (MESSAGES, CARDS)]


class DingTalkProtocol:
    """The protocol of one bot (``bot/channels/stream/platform_interface.py``)."""

    name = NAME
    heartbeat_seconds = HEARTBEAT_SECONDS

    def __init__(self, account: ChannelAccount, api: ApiClient) -> None:
        self._account, self._api = account, api

    async def open(self) -> Socket:
        """Ask for the address of a connection, and connect. Raises PlatformError where DingTalk refuses the bot."""
        address = await asyncio.to_thread(self._connection_address)
        return await open_web_socket(address, max_bytes=MAX_FRAME_BYTES)

    def _connection_address(self) -> str:
        asked = {
            "clientId": self._account.id,
            "clientSecret": self._account.secret,
            "subscriptions": SUBSCRIPTIONS,
            "ua": "gongkai",
        }
        answer = self._api.call("POST", OPEN, json=asked)
        if answer.outcome is not PostOutcome.SENT:
            refused = answer.status in CLIENT_ERRORS and answer.status != TOO_MANY_REQUESTS
            why = "token" if refused else "busy" if answer.status else "no_connection"
            raise PlatformError(why, permanent=refused)
        endpoint = socket_address(answer.data.get("endpoint"), self._account)
        ticket = answer.data.get("ticket")
        if not isinstance(ticket, str):
            raise PlatformError("garbled")
        return f"{endpoint}?{urlencode({'ticket': ticket})}"

    def read(self, frame: Frame, received_at: datetime) -> ReceivedFrame:
        """Return what a frame means. Before DingTalk closes a connection it says so: a new one is opened first."""
        found = parse_json_object(frame)
        if not found:
            return ReceivedFrame()
        data = data_of(found)
        return ReceivedFrame(
            updates=tuple(to_inbox_updates(found, data, received_at)),
            acknowledgement=acknowledgement(found),
            said_at=said_at(found, data),
            ending=found.get("type") == SYSTEM and topic_of(found) == DISCONNECT,
        )

    def heartbeat(self) -> Frame | None:
        """None: DingTalk answers the ping of the WebSocket."""
        return None
