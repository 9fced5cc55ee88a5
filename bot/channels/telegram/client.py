"""The client of a Bot API server: python-telegram-bot's ``Bot`` on an event loop in a thread of its own.

The rest of the program is synchronous and calls from any thread. No error of the library leaves this package, for
its messages and causes contain the token; the library's and httpx's logging is off for the same reason.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from telegram import Bot

from bot.channels.telegram.http_requests import READ_SECONDS, HttpRequests

Answer = TypeVar("Answer")

DEFAULT_SERVER = "https://api.telegram.org"
VERBOSE_LOGGERS = ("httpx", "httpcore", "telegram")
"""Libraries that log URLs containing the token, or whole updates with people's messages."""


class TelegramClient:
    """A bot and the event loop it runs on. Call ``close`` when done."""

    def __init__(
        self, token: str, *, server: str = DEFAULT_SERVER, read_seconds: float = READ_SECONDS
    ) -> None:
        for name in VERBOSE_LOGGERS:
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        base = server.rstrip("/")
        requests = HttpRequests(read_seconds)
        # One for both: without the second the library would make its own, reading the environment.
        self.bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=requests,
            get_updates_request=requests,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return "TelegramClient()"  # the library's Bot shows its token

    def start(self, work: Coroutine[Any, Any, Answer]) -> Future[Answer]:
        """Start a coroutine on the loop. Its error is in the returned future, and lost if nobody reads that."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def ask(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a coroutine on the loop and return its result. Raises TelegramError, which stays in this package."""
        return self.start(work).result()

    def close(self) -> None:
        """Cancel what still runs, close the connections and stop the loop."""
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
        # Bot.shutdown() closes only what Bot.initialize() opened, and that asks the server for the bot's name.
        await self.bot.request.shutdown()
