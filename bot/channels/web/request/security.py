"""Guards every request (host name, size, rate, time, headers), and signs the session cookie and the form tokens.

The page is served on an office's own machine. A foreign site open in the same browser must not be able to
speak to it: not under a name of its own that points here (the host is checked), not in a frame, not by form.
Neither may one address, or one person, keep it from the others by asking too much or too slowly.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, Signer
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.channels.web.request.public_address import PublicAddress
from storage.messaging.sessions import SESSION_LIFETIME

MAX_BODY_BYTES = 64 * 1024  # the longest form with every field full is below 40 KiB
MAX_UPLOAD_BYTES = 32 * 1024 * 1024
"""One of the largest files that are kept (``storage/content/content_store.py``), and some beside it."""
SAFE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that, browsers send our own forms with the origin "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",  # a shared PC must not keep what someone has seen
}
TOO_MANY = "请求太频繁，请过一分钟再试。Too many requests: come again in a minute."
TOO_LARGE = "太大了，没有收下：文件一次最多 30 MB，请分批放。Too large: send files of 30 MB at most at once."
HEAD_SECONDS = 15.0  # until the head of a request is here
BODY_SECONDS = 30.0  # between two pieces of a form or file
WINDOW_SECONDS = 60.0  # over which requests are counted
MAX_KNOWN = 10_000
"""Addresses remembered at once; beyond them the oldest is forgotten."""
MAX_LENGTH_DIGITS = 12  # of a declared length: more is too large, whatever follows
UNKNOWN_HOST = PlainTextResponse("unknown host", status_code=400)
BODY_TOO_LARGE = PlainTextResponse(TOO_LARGE, status_code=413)


class SecurityMiddleware:
    """Middleware around the whole web application: host check, size limit, security headers."""

    def __init__(
        self, app: ASGIApp, *, address: PublicAddress, meter: RequestMeter, uploads: Iterable[str]
    ) -> None:
        """``uploads``: the addresses whose forms accept files, written as the routes are."""
        self.app, self.address, self.meter = app, address, meter
        self.uploads = tuple(compile_path(path)[0] for path in uploads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it here with status 400, 413 or 429."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = any(path.match(scope["path"]) for path in self.uploads)
        most = MAX_UPLOAD_BYTES if is_upload else MAX_BODY_BYTES
        answer = self._refusal(scope, headers, most) or self.app
        await answer(scope, _bounded(receive, most), _with_safe_headers(send, self.address.extra_headers))

    def _refusal(self, scope: Scope, headers: Headers, most: int) -> PlainTextResponse | None:
        if not self.address.serves(headers.get("host", "")):
            return UNKNOWN_HOST
        length = declared_length(headers)
        if length > most:
            return BODY_TOO_LARGE
        peer = self.address.client(headers, (scope.get("client") or ("",))[0])
        wait = self.meter.admit(peer, form=scope["method"] == "POST", size=length)
        return PlainTextResponse(TOO_MANY, 429, {"Retry-After": str(wait)}) if wait else None


def _bounded(receive: Receive, most: int) -> Receive:
    """Count a body's bytes as they arrive, whatever length was declared. HTTPException 413 above ``most``.

    HTTPException 408 where nothing arrived for half a minute: a body that drips would hold its connection for ever.
    Once the body is there, only the end of the connection is waited for, for as long as the answer is sent.
    """
    total, is_complete = 0, False

    async def measured() -> Message:
        nonlocal total, is_complete
        try:
            message = await asyncio.wait_for(receive(), None if is_complete else BODY_SECONDS)
        except TimeoutError as error:
            raise HTTPException(408) from error
        is_complete = not message.get("more_body", False)
        total += len(message.get("body", b""))
        if total > most:
            raise HTTPException(413)
        return message

    return measured


def _with_safe_headers(send: Send, more: Mapping[str, str]) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**SAFE_HEADERS, **more}.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What one address may do in a minute: a page is about six requests, and a whole office may share an address."""

    requests: int = 1200
    forms: int = 240
    megabytes: int = 400


PERSON_LIMITS = PageLimits(forms=120, megabytes=200)
"""What one person may send in a minute: half of what their whole office may, which shares an address."""


class RequestMeter:
    """Counts requests, forms and bytes of each address, or person, over the last minute, in this process."""

    def __init__(self, limits: PageLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._lock = threading.Lock()
        self._seen: dict[str, deque[tuple[float, int, int]]] = {}

    def admit(self, who: str, *, form: bool, size: int) -> int:
        """Count a request. Returns 0 where it may go on, else the seconds after which to come again."""
        now = self._clock()
        with self._lock:
            window = self._seen.pop(who, None) or deque()
            self._seen[who] = window
            while window and window[0][0] <= now - WINDOW_SECONDS:
                window.popleft()
            if self._is_over(window, form=form, size=size):
                return max(1, round(window[0][0] + WINDOW_SECONDS - now))
            window.append((now, int(form), size))
            if len(self._seen) > MAX_KNOWN:
                del self._seen[next(iter(self._seen))]
        return 0

    def _is_over(self, window: deque[tuple[float, int, int]], *, form: bool, size: int) -> bool:
        if len(window) >= self._limits.requests:
            return True
        if not form:
            return False
        forms, taken = sum(each[1] for each in window), sum(each[2] for each in window)
        return forms >= self._limits.forms or (
            bool(taken) and taken + size > self._limits.megabytes * 1_000_000
        )


def declared_length(headers: Mapping[str, str]) -> int:
    """The declared Content-Length in bytes; 0 where there is none. A body that is too long is never read."""
    length = headers.get("content-length", "0")
    return int(length[:MAX_LENGTH_DIGITS]) if length.isascii() and length.isdigit() else 0


class TimedProtocol(H11Protocol):
    """HTTP as uvicorn speaks it; closes a connection whose request has not begun in time.

    Else one that sends a header a minute would be kept for ever, and a few hundred of them are all there may be.
    What follows the head has limits of its own.
    """

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, and begin to wait for a request."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(self.head_seconds, self._close_unbegun)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting: the connection is gone."""
        self._waiting.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request on the same connection."""
        self._waiting.cancel()
        self._waiting = self.loop.call_later(self.head_seconds, self._close_unbegun)
        super().on_response_complete()

    def _close_unbegun(self) -> None:
        cycle: Any = self.cycle
        if (cycle is None or cycle.response_complete) and not self.transport.is_closing():
            self.transport.close()


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Signs the session cookie and the form tokens with the office's key, each for its own purpose alone.

    The cookie holds a session's random secret and no more. Whether the session is still valid is read from the
    database each time, so that a session can be ended at the server.
    """

    key: bytes

    def set_session_cookie(self, response: Response, secret: str, address: PublicAddress) -> None:
        """Set a browser's session cookie, or give it another lifetime from now on."""
        response.set_cookie(
            address.cookie,
            self._signer("session").sign(secret).decode(),
            max_age=int(SESSION_LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=address.is_secure,
        )

    def session_secret(self, cookie: str) -> str | None:
        """The session secret in a cookie; None where the signature is not ours."""
        try:
            return self._signer("session").unsign(cookie).decode()
        except (BadSignature, UnicodeError):
            return None

    def form_token(self, session: str) -> str:
        """The token that each form of a session carries against cross-site requests."""
        return self._signer("form").get_signature(session).decode()

    def is_form_token(self, session: str, token: str) -> bool:
        """Whether a form was made for this session."""
        return self._signer("form").verify_signature(session, token)

    def _signer(self, purpose: str) -> Signer:
        return Signer(self.key, salt=f"gongkai.{purpose}")
