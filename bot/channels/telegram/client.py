"""The client of a Bot API server: python-telegram-bot's ``Bot`` on an event loop in a thread, over ``aiohttp``.

The rest of the program is synchronous and calls from any thread. The request class that comes with the library takes
six times as much processor time for a call, which nearly doubles that of a button press
(``docs/decisions/0023-telegram-http.md``). No error of the library leaves this package, and errors are raised without
their cause: their texts hold the URL, and the URL holds the token; logging is off for the same reason.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from config.json_text import object_part, parse_json_object
from storage.web.guarded_transport import trusted_context

Answer = TypeVar("Answer")

DEFAULT_SERVER = "https://api.telegram.org"
VERBOSE_LOGGERS = ("httpx", "httpcore", "telegram")
"""Libraries that log URLs containing the token, or whole updates with people's messages."""
TOO_MANY_REQUESTS, FIRST_SERVER_ERROR = 429, 500
READ_SECONDS = 20.0  # for an answer; a message whose answer takes longer may have arrived
CONNECT_SECONDS = 5.0
CONNECTIONS = 16  # open at once, the long poll's among them
KEEPALIVE_SECONDS = (
    60.0  # after which an idle connection is closed: a press soon after another needs no new one
)
DEFAULT_RETRY_SECONDS = 30.0


class FloodWait(TelegramError):
    """Telegram asks to wait so many ``seconds`` (HTTP 429). Replaces RetryAfter, which warns when constructed."""

    def __init__(self, seconds: float) -> None:
        super().__init__("turned away")
        self.seconds = seconds


class TelegramServerError(TelegramError):
    """The server, or a gateway before it, failed with this HTTP ``status``; the library's error drops the status."""

    def __init__(self, status: int) -> None:
        super().__init__("server trouble")
        self.status = status


class RequestNotSent(NetworkError):
    """No connection could be opened, or none became free in time: nothing was sent."""


class HttpRequests(BaseRequest):
    """Sends the calls of a bot over at most ``connections`` connections, which stay open between calls."""

    def __init__(self, read_seconds: float = READ_SECONDS, *, connections: int = CONNECTIONS) -> None:
        self._read_seconds = read_seconds
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer where a call does not say."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Do nothing: the session is opened with the first call, on the loop of that call."""

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        *_: Any,
        **_timeouts: Any,
    ) -> tuple[int, bytes]:
        """Send one request. Raises RequestNotSent, TimedOut, NetworkError, FloodWait and TelegramServerError."""
        files = bool(request_data and request_data.contains_files)
        limits = self._limits(read_timeout, whole_call=method == "POST" and not files)
        try:
            status, payload = await self._exchange(url, method, _form(request_data), limits)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            raise RequestNotSent("no connection") from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        if status == TOO_MANY_REQUESTS:
            raise FloodWait(_retry_after(payload))
        if status >= FIRST_SERVER_ERROR:
            raise TelegramServerError(status)
        return status, payload

    async def _exchange(
        self, url: str, method: str, form: aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        self._session = self._session or self._open_session()
        async with self._session.request(
            method, url, data=form, timeout=limits, allow_redirects=False
        ) as response:
            return response.status, await response.read()

    def _open_session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._connections, ssl=trusted_context(), keepalive_timeout=KEEPALIVE_SECONDS
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self.USER_AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # only config/settings.py reads the environment
        )

    def _limits(self, read_timeout: object, *, whole_call: bool) -> aiohttp.ClientTimeout:
        """Limit each wait, and where no file is transferred the whole call, so that no server can drip an answer."""
        seconds = read_timeout if isinstance(read_timeout, (int, float)) else self._read_seconds
        return aiohttp.ClientTimeout(
            total=self._read_seconds + seconds if whole_call else None,
            connect=self._read_seconds,
            sock_connect=CONNECT_SECONDS,
            sock_read=seconds,
        )


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    """Encode a call's parameters and files; the names of files as they are, for Telegram decodes no others."""
    if data is None:
        return None
    form = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for field, (name, content, kind) in (data.multipart_data or {}).items():
        form.add_field(field, content, filename=" ".join(name.split()), content_type=kind)
    return form


def _retry_after(payload: bytes) -> float:
    """Return the seconds to wait that the answer names, or thirty."""
    seconds = object_part(parse_json_object(payload), "parameters").get("retry_after")
    return float(seconds) if isinstance(seconds, (int, float)) and seconds > 0 else DEFAULT_RETRY_SECONDS


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
