"""Requests over a long connection that wait for their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from websockets.exceptions import ConnectionClosed

from bot.channels.stream.platform_interface import Frame, Socket


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
