"""Checks the host name and size of every request, and sets the security headers of every response.

The page is served on an office's own machine. A foreign site open in the same browser must not be able to
speak to it: not under a name of its own that points here (the host is checked), not in a frame, not by form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 64 * 1024  # the longest form with every field full is below 40 KiB
MAX_UPLOAD_BYTES = (
    32 * 1024 * 1024
)  # one of the largest files that are kept (storage/content/content_store.py), and some beside it
UPLOAD_PATHS = re.compile(r"/texts/(new|\d+/draft)|/cases/\d+/evidence|/items/(new|\d+(/again|/draft)?)|/setup/people")
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


UNKNOWN_HOST = PlainTextResponse("unknown host", status_code=400)
BODY_TOO_LARGE = PlainTextResponse("too large", status_code=413)


class SecurityMiddleware:
    """Middleware around the whole web application: host check, size limit, security headers."""

    def __init__(self, app: ASGIApp, *, name: str = "localhost") -> None:
        self.app = app
        self.names = {"localhost", name.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it here with status 400 or 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        ours = self._is_own_host(headers.get("host", ""))
        most = MAX_UPLOAD_BYTES if UPLOAD_PATHS.fullmatch(scope["path"]) else MAX_BODY_BYTES
        answer = (
            UNKNOWN_HOST if not ours else BODY_TOO_LARGE if _declared_length(headers) > most else self.app
        )
        await answer(scope, _size_limited(receive, most), _with_safe_headers(send))

    def _is_own_host(self, host: str) -> bool:
        """Whether the host is an IP address, or one of our own names: no other site can point a name at us."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").lower()
            ip_address(name)
        except ValueError:
            return _host_name(host) in self.names
        return True


def same_origin(headers: Headers) -> bool:
    """Whether a form comes from our own pages, by the Origin header; true where the browser sends none."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _declared_length(headers: Headers) -> int:
    """The declared Content-Length in bytes; 0 where there is none. A body that is too long is never read."""
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _host_name(host: str) -> str:
    name, _, port = host.rpartition(":")
    return (name if port.isdigit() else host).lower()


def _size_limited(receive: Receive, most: int) -> Receive:
    """Count a body's bytes as they arrive, whatever length was declared. HTTPException 413 above ``most``."""
    total = 0

    async def measured() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise HTTPException(413)
        return message

    return measured


def _with_safe_headers(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return dressed
