"""The ``httpx`` transport under every outgoing request: judged addresses, one time limit, no proxy, no environment.

    with GuardedTransport(policy, network, timer) as transport:
        response = transport.handle_request(request)

``httpx.HTTPTransport`` connects to whatever a name resolves to, and lets nobody choose its network backend. This one
sends through ``httpcore`` on the backend of ``storage/web/guarded_network.py``. Like every transport it follows no
redirect, keeps no cookie and raises the errors of ``httpx``.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import httpcore
import httpx

from storage.web.guarded_network import GuardedBackend, Network, Timer
from storage.web.http_results import RequestPolicy


class GuardedTransport(httpx.BaseTransport):
    """Sends requests within a policy. Its timer runs over all of them together, redirects included."""

    def __init__(self, policy: RequestPolicy, network: Network, timer: Timer) -> None:
        self._backend = GuardedBackend(policy, network, timer)
        self._pool = httpcore.ConnectionPool(ssl_context=trusted_context(), network_backend=self._backend)

    @property
    def has_sent(self) -> bool:
        """Whether any byte of a request left this machine."""
        return self._backend.has_sent

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises ConnectionNotAttempted, and httpx.TransportError for what the server does."""
        url = request.url
        with _errors_of_httpx():
            answer = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_ResponseStream(answer.stream)
        )

    def close(self) -> None:
        """Close the connections, whatever of an answer was not read."""
        self._pool.close()


@cache
def trusted_context() -> ssl.SSLContext:
    """The root certificates that come with ``httpx``, read once: reading them takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


class _ResponseStream(httpx.SyncByteStream):
    """The body of an answer as it comes in, with the errors of ``httpx``."""

    def __init__(self, pieces: object) -> None:
        assert isinstance(pieces, Iterable)  # noqa: S101 - narrows httpcore's sync or async stream
        self._pieces: Iterable[bytes] = pieces

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._pieces


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Raise the error of ``httpx`` that has the same name as the one of ``httpcore``."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
