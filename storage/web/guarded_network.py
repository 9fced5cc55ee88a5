"""A connection to an address that was checked, under one stopwatch: what ``storage/web/http_client.py`` speaks over.

The name is resolved here, every address it has is judged, and exactly those are connected to, so that a name
which resolves otherwise a second later (DNS rebinding) gains nothing. Host and certificate stay those of the
name. Reads and writes get what is left of the whole time, so that a server which drips cannot hold us.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Thread

import httpcore

from storage.web.http_results import Policy, Why
from storage.web.public_addresses import is_public

_PIECE = 16_384  # bytes written between two looks at the stopwatch


class Undialled(Exception):  # noqa: N818 - carries its reason through the library, seen by nobody
    """No connection was tried."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why)


def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, as the machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def system_dial(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A connection to an address."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The two things asked of the machine; tests put others in their place."""

    lookup: Callable[[str, int], Sequence[str]] = system_lookup
    dial: Callable[[str, int, float], httpcore.NetworkStream] = system_dial


SYSTEM = Network()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """How much of a request's time is left. It tells no time: that is ``config/clock.py`` alone."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Seconds; below zero when it is over."""
        return self.seconds - (time.monotonic() - self.started)


class Call(httpcore.NetworkBackend):
    """One request's way out. ``spoke`` tells whether any byte of it left."""

    def __init__(self, policy: Policy, network: Network, watch: Stopwatch) -> None:
        self.policy, self.network, self.watch = policy, network, watch
        self.spoke = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - the library's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore.NetworkStream:
        """A connection to the first address that answers, once all of them were judged."""
        failed: Exception = Undialled(Why.UNRESOLVED)
        for address in self._addresses(host, port):
            try:
                return _Line(self.network.dial(address, port, self.allowed(timeout)), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:  # the next one may answer
                failed = error
        raise failed

    def allowed(self, timeout: float | None) -> float:
        """The seconds a single wait may take."""
        left = self.watch.left()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        found = self._resolved(host, port)
        if not self.policy.allow_private and not all(map(is_public, found)):
            raise Undialled(Why.PRIVATE_ADDRESS)
        return found

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """The system's resolver cannot be stopped, so it is left behind when its time is over."""
        answer: Future[Sequence[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self.network.lookup(host, port))
            except Exception as error:  # noqa: BLE001 - carried over, and raised below
                answer.set_exception(error)

        Thread(target=ask, daemon=True).start()
        try:
            return answer.result(self.allowed(self.policy.connect_seconds))
        except (OSError, UnicodeError):  # no such name, none that can be, or no answer in time
            return ()


class _Line(httpcore.NetworkStream):
    """A connection whose every wait is cut to what is left of the whole time."""

    def __init__(self, inner: httpcore.NetworkStream, call: Call) -> None:
        self.inner, self.call = inner, call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.call.allowed(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            allowed = self.call.allowed(timeout)
            self.call.spoke = True
            self.inner.write(buffer[start : start + _PIECE], allowed)

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Line(
            self.inner.start_tls(ssl_context, server_hostname, self.call.allowed(timeout)), self.call
        )

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)
