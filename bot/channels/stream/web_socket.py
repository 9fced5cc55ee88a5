"""Opens the WebSocket of a long connection, and lets requests that are sent over it wait for their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bot.channels.stream.platform_interface import Frame, PlatformError, Socket
from config.office.channel_secrets import ChannelAccount
from storage.web.guarded_transport import trusted_context

CLOSE_SECONDS = 2.0


async def open_web_socket(address: str, *, max_bytes: int) -> ClientConnection:
    """Connect; a frame may have ``max_bytes``. Raises OSError and the library's errors.

    Neither proxy nor certificate is taken from the environment, and heartbeats are left to ``StreamConnection``.
    """
    return await connect(
        address,
        ssl=trusted_context() if address.startswith("wss:") else None,
        ping_interval=None,
        close_timeout=CLOSE_SECONDS,
        max_size=max_bytes,
        max_queue=None,  # what arrives is stored at once
        compression=None,
        proxy=None,
    )


def socket_address(told: object, account: ChannelAccount) -> str:
    """The address of a connection as the platform told it: without TLS only on a server of one's own.

    Raises PlatformError where it is none.
    """
    schemes = ("wss://", "ws://") if account.server else ("wss://",)
    if not isinstance(told, str) or not told.startswith(schemes):
        raise PlatformError("garbled")
    return told


class ConnectionDown(Exception):
    """The connection is down: nothing was sent."""


class RequestUnanswered(Exception):
    """The request was sent, and no answer came: ``why`` is ``timeout`` or ``broken``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class PendingRequests:
    """The requests of one connection, by their ids; used on the connection's own thread."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}

    async def ask(
        self, socket: Socket | None, request_id: str, frame: Frame, seconds: float
    ) -> Mapping[str, Any]:
        """Send a request and wait for its answer. Raises ConnectionDown and RequestUnanswered."""
        if socket is None:
            raise ConnectionDown
        answer = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            await socket.send(frame)
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            raise RequestUnanswered("timeout") from None
        except ConnectionClosed:
            raise RequestUnanswered("broken") from None
        finally:
            self._waiting.pop(request_id, None)

    def answer(self, request_id: str, data: Mapping[str, Any]) -> None:
        """Hand an answer to whoever waits for it; one that nobody waits for is dropped."""
        waiting = self._waiting.get(request_id)
        if waiting and not waiting.done():
            waiting.set_result(data)

    def abandon(self) -> None:
        """Let everybody know that no answer will come: the connection is gone."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(RequestUnanswered("broken"))
