"""HTTP requests to a Bot API server over ``aiohttp``, as the request class of python-telegram-bot's ``Bot``.

The class that comes with the library takes six times as much processor time for a call, which nearly doubles that of
a button press (``docs/decisions/0023-telegram-http.md``). Errors are raised without their cause: its text holds the
URL, and the URL holds the token.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from config.json_text import object_part, parse_json_object
from storage.web.guarded_transport import trusted_context

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
