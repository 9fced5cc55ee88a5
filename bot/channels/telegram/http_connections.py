"""One posted form and its answer over HTTP/1.1, on connections that stay open: what a Bot API call is.

The library's own way there is made for the whole of the web, and costs more of the processor than everything the
desk does for a press. What is rarer (files) still goes that way.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
MAX_HEAD_BYTES = 1 << 20  # of a line or the head, in bytes; an answer's are a few hundred
BODILESS_STATUSES = (204, 304)
CRLF = b"\r\n"


class RequestNotSent(Exception):
    """No connection, or none in time: nothing was sent."""


class ResponseTimeout(Exception):
    """It was sent, and nothing came back in time."""


class ConnectionBroken(Exception):
    """It was sent, and the connection broke, or what came back is no HTTP."""


class _ServerAddress(NamedTuple):
    """A server."""

    host: str
    port: int
    secure: bool


class _ResponseHead(NamedTuple):
    """How an answer begins."""

    status: int
    fields: dict[bytes, bytes]


@dataclass(slots=True)
class _HttpConnection:
    """One open connection."""

    server: _ServerAddress

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_closed(self) -> bool:
        """Whether the other side has hung up meanwhile."""
        return self.reader.at_eof() or self.writer.is_closing() or self.reader.exception() is not None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send it, and read what comes back."""
        self.writer.write(request)
        await self.writer.drain()
        head = await self._read_head()
        while head.status < 200:  # noqa: PLR2004 - a word in between: the answer is still to come
            head = await self._read_head()
        body = await self._read_body(head)
        if head.fields.get(b"connection", b"").lower() == b"close":
            self.writer.close()
        return head.status, body

    async def _read_head(self) -> _ResponseHead:
        first, *lines = (await self.reader.readuntil(CRLF + CRLF))[:-4].split(CRLF)
        version, status = first.split(maxsplit=2)[:2]
        if version != b"HTTP/1.1":
            self.writer.close()  # older ones do not keep it open; the answer can still be read
        pairs = (line.partition(b":") for line in lines)
        return _ResponseHead(int(status), {name.strip().lower(): value.strip() for name, _, value in pairs})

    async def _read_body(self, head: _ResponseHead) -> bytes:
        if head.status in BODILESS_STATUSES:
            return b""
        if head.fields.get(b"transfer-encoding", b"").lower() == b"chunked":
            return b"".join([piece async for piece in self._read_chunks()])
        if b"content-length" in head.fields:
            return await self.reader.readexactly(int(head.fields[b"content-length"]))
        body = await self.reader.read()
        self.writer.close()
        return body

    async def _read_chunks(self) -> AsyncIterator[bytes]:
        while size := int((await self.reader.readuntil(CRLF)).partition(b";")[0], 16):
            yield await self.reader.readexactly(size)
            await self.reader.readexactly(len(CRLF))
        while await self.reader.readuntil(CRLF) != CRLF:
            pass  # what may come after the last piece says nothing to us


@dataclass(slots=True)
class HttpPool:
    """Connections, some at once at most; the one used last is used again, so that the rest may go cold."""

    max_connections: int
    seconds: float
    """For one call, from its place in the line to the end of its answer, where it asks for no other."""
    tls_context: ssl.SSLContext
    _idle: dict[_ServerAddress, list[_HttpConnection]] = field(default_factory=lambda: defaultdict(list))
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.max_connections)

    async def post(
        self, url: str, form: bytes, agent: str, seconds: float | None = None
    ) -> tuple[int, bytes]:
        """The status and the content of the answer. NeverLeft, NoAnswer or Broken where there is none.

        ``seconds`` is for a call that may take longer than others.
        """
        left = False
        try:
            async with asyncio.timeout(self.seconds if seconds is None else seconds), self._slots:
                place, request = _build_request(url, form, agent)
                wire = self._idle_connection(place) or await _open_connection(place, self.tls_context)
                left = True
                return await self._exchange(wire, request)
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as fault:
            if not left:
                raise RequestNotSent from fault
            raise (ResponseTimeout if isinstance(fault, TimeoutError) else ConnectionBroken) from fault

    def close(self) -> None:
        """Hang up."""
        for wires in self._idle.values():
            for wire in wires:
                wire.writer.close()
        self._idle.clear()

    def _idle_connection(self, place: _ServerAddress) -> _HttpConnection | None:
        wires = self._idle[place]
        while wires:
            if not (wire := wires.pop()).is_closed:
                return wire
            wire.writer.close()
        return None

    async def _exchange(self, wire: _HttpConnection, request: bytes) -> tuple[int, bytes]:
        try:
            answer = await wire.ask(request)
        except BaseException:  # what was asked may still be answered: nobody else may read that
            wire.writer.transport.abort()
            raise
        if not wire.is_closed:
            self._idle[wire.server].append(wire)
        return answer


async def _open_connection(place: _ServerAddress, trust: ssl.SSLContext) -> _HttpConnection:
    async with asyncio.timeout(CONNECT_SECONDS):
        opened = asyncio.open_connection(
            place.host, place.port, ssl=trust if place.secure else None, limit=MAX_HEAD_BYTES
        )
        return _HttpConnection(place, *await opened)


def _build_request(url: str, form: bytes, agent: str) -> tuple[_ServerAddress, bytes]:
    """Where a form goes, and its bytes."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host = parts.hostname or ""
    place = _ServerAddress(host, parts.port or (443 if secure else 80), secure)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nUser-Agent: {agent}\r\n"
        f"Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(form)}\r\n\r\n"
    )
    return place, head.encode("ascii") + form
