"""The whole of a platform with odd abilities: its frames, its channel, and its entry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar
from uuid import uuid4

from websockets.asyncio.client import connect

from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.message_parts import send_parts
from bot.channels.stream.platform_interface import ChatPlatform, PlatformError, ReceivedFrame
from bot.channels.stream.web_socket import ConnectionDown, RequestUnanswered
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.language.text_pages import split_text
from config.clock import Clock
from config.office.channel_secrets import ChannelAccount
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from storage.messaging.inbox import RawUpdate
from storage.messaging.rate_limits import RateLimits, RateWindow

NAME = "whisper"


class WhisperProtocol:
    """One JSON object a frame; what is not acknowledged is sent again."""

    name = NAME
    heartbeat_seconds = 20.0

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account

    async def open(self):
        socket = await connect(self._account.server, proxy=None)
        await socket.send(json.dumps({"name": self._account.id, "secret": self._account.secret}))
        if json.loads(await socket.recv()) != {"ok": True}:
            raise PlatformError("token", permanent=True)
        return socket

    def read(self, frame, received_at):  # noqa: ARG002 - this platform states its own time
        found = json.loads(frame)
        if "answers" in found:
            return ReceivedFrame(answers=found["answers"], data=found)
        stored = RawUpdate(found["id"], found["from"], json.dumps(found))
        return ReceivedFrame(updates=(stored,), acknowledgement=json.dumps({"took": found["id"]}))

    def heartbeat(self):
        return None


@dataclass(frozen=True, slots=True)
class WhisperChannel:
    """Says at most 2,000 characters at once."""

    connection: StreamConnection

    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(max_length=2000)
    rate_limits: ClassVar[RateLimits] = RateLimits(person=RateWindow(most=10, within=timedelta(seconds=1)))

    def parts(self, message: Message) -> int:
        return len(list(split_text(message.text, self.capabilities.max_length)))

    def send(self, address: str, message: Message) -> SendResult:
        pages = split_text(message.text, self.capabilities.max_length)
        return send_parts(partial(self._say, address, text) for text in pages)

    def edit(self, address, message_id, message):  # noqa: ARG002 - the protocol's
        return SendResult(outcome=SendOutcome.REFUSED, why="not_allowed")

    def close(self) -> None:
        """Nothing but the connection is open."""

    def _say(self, address: str, text: str) -> SendResult:
        number = uuid4().hex
        try:
            frame = json.dumps({"id": number, "to": address, "say": text})
            answer = self.connection.request(number, frame)
        except ConnectionDown:
            return SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection")
        except RequestUnanswered as error:
            return SendResult(outcome=SendOutcome.UNCERTAIN, why=error.why)
        outcome = SendOutcome.SENT if answer["ok"] else SendOutcome.REFUSED
        return SendResult(outcome=outcome, message=number, why="" if answer["ok"] else "not_found")


def parse_update(stored: str) -> IncomingUpdate:
    raw = json.loads(stored)
    at, who = datetime.fromtimestamp(raw["at"], UTC), raw["from"]
    return IncomingUpdate(
        channel=NAME, what=UpdateKind.TEXT, sender=who, chat=who, private=True, text=raw["say"], said_at=at
    )


def open_channel(account: ChannelAccount, clock: Clock) -> WhisperChannel:
    return WhisperChannel(StreamConnection(WhisperProtocol(account), clock))


PLATFORM = ChatPlatform(name=NAME, open=open_channel, parse_update=parse_update, keeps_for=timedelta(hours=1))
