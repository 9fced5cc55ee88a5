"""Checks the host name and size of every request, and sets the security headers of every response.

The page is served on an office's own machine. A foreign site open in the same browser must not be able to
speak to it: not under a name of its own that points here (the host is checked), not in a frame, not by form.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.request.limits import RequestMeter, declared_length
from bot.channels.web.request.public_address import PublicAddress

MAX_BODY_BYTES = 64 * 1024  # the longest form with every field full is below 40 KiB
MAX_UPLOAD_BYTES = (
    32 * 1024 * 1024
)  # one of the largest files that are kept (storage/content/content_store.py), and some beside it
UPLOAD_PATHS = re.compile(
    r"/texts/(new|\d+/draft)|/cases/\d+/(evidence|papers)|/items/(new|\d+(/again|/draft)?)|/setup/people|/settings/letters/[a-z_.]+|/checks|/import|/catalogue|/years/\d+/(seal|lists)"
)
"""The paths that accept file uploads."""

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
BODY_SECONDS = 30.0  # between two pieces of a form or file
UNKNOWN_HOST = PlainTextResponse("unknown host", status_code=400)
BODY_TOO_LARGE = PlainTextResponse(TOO_LARGE, status_code=413)


class SecurityMiddleware:
    """Middleware around the whole web application: host check, size limit, security headers."""

    def __init__(self, app: ASGIApp, *, address: PublicAddress, meter: RequestMeter) -> None:
        self.app, self.address, self.meter = app, address, meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it here with status 400, 413 or 429."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        most = MAX_UPLOAD_BYTES if UPLOAD_PATHS.fullmatch(scope["path"]) else MAX_BODY_BYTES
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
