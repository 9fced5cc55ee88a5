"""The network backend of ``GuardedTransport``: connects to judged addresses only, within one time limit.

The name is resolved here, every address it has is judged, and exactly those are connected to, so that a name
which resolves to something else a second later (DNS rebinding) gains nothing. Host and certificate stay those of the
name. Reads and writes get what is left of the whole time, so that a server which drips bytes cannot hold us.
An address is public or not by itself, whatever its name says.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread

import httpcore
import httpx

from storage.web.http_results import FailureReason, RequestPolicy

_NAT64_PREFIX = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_IPV4_MASK = 0xFFFF_FFFF
_NEVER_PUBLIC = (
    IPv6Network("fec0::/10"),  # site-local, given up by RFC 3879 and still routed inside offices
    IPv6Network("::/96"),  # IPv4-compatible, given up by RFC 4291: ::10.0.0.1 is 10.0.0.1
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: translation inside a network
)
"""Networks that the library takes for public, or whose status differs between its versions."""
_WRITE_BYTES = 16_384  # bytes written between two looks at the timer


class ConnectionNotAttempted(httpx.ConnectError):
    """No connection was tried, because the name has no address or one that may not be reached."""

    def __init__(self, why: FailureReason) -> None:
        self.why = why
        super().__init__(why)


def system_resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a name as the operating system resolves it."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def system_connect(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """Connect to an address within so many seconds."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Name resolution and connecting, as functions; tests put others in their place."""

    resolve: Callable[[str, int], Sequence[str]] = system_resolve
    connect: Callable[[str, int, float], httpcore.NetworkStream] = system_connect


SYSTEM_NETWORK = Network()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Measures how much of a request's time is left. It reads no date: only ``config/clock.py`` does."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    def seconds_left(self) -> float:
        """Return the seconds left; negative once the time is over."""
        return self.seconds - (time.monotonic() - self.started)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens the connections of one transport. ``has_sent`` is whether any byte was written to one."""

    def __init__(self, policy: RequestPolicy, network: Network, timer: Timer) -> None:
        self.policy, self.network, self.timer = policy, network, timer
        self.has_sent = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - the library's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - likewise
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, once all were judged. Raises ConnectionNotAttempted."""
        failed: Exception = ConnectionNotAttempted(FailureReason.UNRESOLVED)
        for address in self._addresses(host, port):
            try:
                return _GuardedStream(
                    self.network.connect(address, port, self.allowed_seconds(timeout)), self
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:  # the next one may answer
                failed = error
        raise failed

    def allowed_seconds(self, timeout: float | None) -> float:
        """Return the seconds that a single wait may take. Raises ReadTimeout once the time is over."""
        left = self.timer.seconds_left()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        addresses = self._resolved(host, port)
        if not self.policy.allow_private and not all(map(is_public_address, addresses)):
            raise ConnectionNotAttempted(FailureReason.PRIVATE_ADDRESS)
        return addresses

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Resolve in a thread: the system's resolver cannot be stopped, so it is abandoned at the timeout."""
        answer: Future[Sequence[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self.network.resolve(host, port))
            except Exception as error:  # noqa: BLE001 - passed on, and raised below
                answer.set_exception(error)

        Thread(target=ask, daemon=True).start()
        try:
            return answer.result(self.allowed_seconds(self.policy.connect_seconds))
        except (OSError, UnicodeError):  # no such name, an invalid one, or no answer in time
            return ()


def is_public_address(address: str) -> bool:
    """Whether an address is public: not private, loopback, link-local, reserved or multicast.

    An IPv6 address that wraps an IPv4 one is judged by both: ``::ffff:10.0.0.1`` is 10.0.0.1.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and any(found in network for network in _NEVER_PUBLIC):
        return False
    return all(each.is_global and not each.is_multicast for each in (_embedded_address(found), found) if each)


def _embedded_address(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address wraps, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64_PREFIX:
        return IPv4Address(int(address) & _IPV4_MASK)
    if address.teredo:  # a tunnel through anybody's router
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address


class _GuardedStream(httpcore.NetworkStream):
    """A connection whose every wait is limited to what is left of the whole time."""

    def __init__(self, inner: httpcore.NetworkStream, backend: GuardedBackend) -> None:
        self.inner, self.backend = inner, backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.backend.allowed_seconds(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            allowed = self.backend.allowed_seconds(timeout)
            self.backend.has_sent = True
            self.inner.write(buffer[start : start + _WRITE_BYTES], allowed)

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _GuardedStream(
            self.inner.start_tls(ssl_context, server_hostname, self.backend.allowed_seconds(timeout)),
            self.backend,
        )

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)
