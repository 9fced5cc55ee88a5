"""The line to a Bot API server: one thread with a loop in it, and python-telegram-bot's ``Bot`` on that loop.

The rest of the program is synchronous and asks from any thread. No error of the library leaves this room, for its
words and its causes hold the token; what it and httpx would log is not logged, for the same reason.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from bot.channels.telegram.http_connections import ConnectionBroken, HttpPool, RequestNotSent, ResponseTimeout
from storage.web.http_client import trusted_context

Answer = TypeVar("Answer")

DEFAULT_SERVER = "https://api.telegram.org"
TOO_MANY_REQUESTS, FIRST_SERVER_ERROR = 429, 500
READ_SECONDS = 20.0  # of an answer; what takes longer may have arrived
CONNECTIONS = 16  # at once, the long question's among them
VERBOSE_LOGGERS = ("httpx", "httpcore", "telegram")
"""Libraries that log addresses with the token in them, or whole updates with what people wrote."""


class FloodWait(TelegramError):
    """A flood wait. The library's own warns while it is made, and its cause is of no use to us."""

    def __init__(self, seconds: float) -> None:
        super().__init__("turned away")
        self.seconds = seconds


class TelegramServerError(TelegramError):
    """The server, or a gateway before it, failed; the library would not say with which status."""

    def __init__(self, status: int) -> None:
        super().__init__("server trouble")
        self.status = status


class _StatusCheckingRequest(HTTPXRequest):
    """Looks at the status before the library does."""

    async def do_request(self, *args: Any, **words: Any) -> tuple[int, bytes]:
        status, payload = await self._answer(*args, **words)
        if status == TOO_MANY_REQUESTS:
            raise FloodWait(_retry_after(payload))
        if status >= FIRST_SERVER_ERROR:
            raise TelegramServerError(status)
        return status, payload

    async def _answer(self, *args: Any, **words: Any) -> tuple[int, bytes]:
        return await super().do_request(*args, **words)


class _PooledRequest(_StatusCheckingRequest):
    """Every call, the long question too, by wires that cost little. A file goes as the library sends it."""

    def __init__(self, wires: HttpPool, **words: Any) -> None:
        super().__init__(**words)
        self._wires = wires

    async def _answer(
        self, url: str, method: str, request_data: RequestData | None = None, **words: Any
    ) -> tuple[int, bytes]:
        if method != "POST" or (request_data and request_data.contains_files):
            return await super()._answer(url, method, request_data, **words)
        form = urlencode(request_data.json_parameters).encode() if request_data else b""
        asked = words.get("read_timeout")  # the long question's; what else the library gives stands for ours
        seconds = asked if isinstance(asked, int | float) else None
        try:
            return await self._wires.post(url, form, self.USER_AGENT, seconds)
        except ResponseTimeout as fault:
            raise TimedOut from fault
        except (RequestNotSent, ConnectionBroken) as fault:
            raise NetworkError(type(fault).__name__) from fault

    async def shutdown(self) -> None:
        self._wires.close()
        await super().shutdown()


class TelegramClient:
    """A bot and the loop it lives on. ``close`` it."""

    def __init__(
        self, token: str, *, server: str = DEFAULT_SERVER, read_seconds: float = READ_SECONDS
    ) -> None:
        for name in VERBOSE_LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        base = server.rstrip("/")
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=_PooledRequest(
                HttpPool(CONNECTIONS, read_seconds, trusted_context()), **_settings(read_seconds)
            ),
            # Never asked: the library would make one of its own, by what the environment says.
            get_updates_request=_StatusCheckingRequest(**_settings(read_seconds)),
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return "Line()"  # the library's Bot shows its token

    def start(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Begin something on the loop. Whoever never looks at its end misses its error: that is a choice."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def ask(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something on the loop and wait for it. Raises the library's errors, to this room alone."""
        return self.start(work).result()

    def close(self) -> None:
        """Hang up."""
        self.ask(self._shut_down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _shut_down(self) -> None:
        own = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not own]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.gather(*(request.shutdown() for request in self.bot._request))  # noqa: SLF001 - see below
        # Bot.shutdown() closes only what Bot.initialize() opened, and that asks the server who we are.


def _settings(read_seconds: float) -> dict[str, Any]:
    return {
        "connection_pool_size": CONNECTIONS,
        "read_timeout": read_seconds,
        "write_timeout": read_seconds,
        "pool_timeout": read_seconds,
        "httpx_kwargs": {"trust_env": False},  # what the environment says is read in config/settings.py alone
    }


def _retry_after(payload: bytes) -> float:
    """How long to wait; 30 seconds where the answer does not say."""
    try:
        found = json.loads(payload)
    except ValueError:
        found = None
    parameters = found.get("parameters") if isinstance(found, Mapping) else None
    wanted = parameters.get("retry_after") if isinstance(parameters, Mapping) else None
    return float(wanted) if isinstance(wanted, (int, float)) and wanted > 0 else 30.0
