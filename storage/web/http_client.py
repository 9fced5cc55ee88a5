"""The one door to other machines: every HTTP request of the program goes out here, and here alone.

    verdict = check_live(fetch(url, policy_of(office.site)), title, text)      # storage/web/publication_check.py
    posted = post_json(address, {"msgtype": "text", …}, policy)                # group robots, the heartbeat

Both give values and raise nothing for what other machines do: a page comes back as ``FetchedPage``, whatever its
status, or as ``FetchFailure`` with its reason; a message as ``PostResult`` with one of four outcomes, of which only
*uncertain* may have arrived without our knowing.

An address is a stranger's: a page may redirect anywhere and a name may resolve to a machine of the office's
own network. So redirects are followed by hand, each one judged like the first address and never off the
allowed hosts; the connection goes to addresses that were judged (``storage/web/guarded_network.py``); what comes in is
bounded as sent, as unpacked and in time. No cookie is kept, and no proxy or certificate is taken from the
environment.
"""

from __future__ import annotations

import json
import ssl
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import httpcore
import httpx

from config.hosts import MAX_PORT, WEB_SCHEMES, is_allowed_host, is_host
from storage.web.guarded_network import (
    SYSTEM_NETWORK,
    ConnectionNotAttempted,
    GuardedBackend,
    Network,
    Stopwatch,
)
from storage.web.http_results import (
    PERMANENT_REASONS,
    FailureReason,
    FetchedPage,
    FetchFailure,
    PostOutcome,
    PostResult,
    RequestPolicy,
    post_outcome,
    retry_after_seconds,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
REQUEST_HEADERS = {
    "User-Agent": "gongkai",
    "Accept": "text/html,*/*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
POST_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}
MAX_ANSWER_BYTES = 65_536  # of the answer to a message: a robot's is a line of JSON
_GZIP_OR_ZLIB = 47  # zlib finds out which of the two it is
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})


class _TooLarge(Exception):
    """More came than is taken."""


NETWORK_ERRORS = (
    ConnectionNotAttempted,
    _TooLarge,
    zlib.error,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
)
"""What other machines do. Anything else is a fault of ours, and flies."""


def fetch(url: str, policy: RequestPolicy, network: Network = SYSTEM_NETWORK) -> FetchedPage | FetchFailure:
    """The page at an address, behind whatever redirects are allowed; or why there is none."""
    watch = Stopwatch(seconds=policy.total_seconds)
    hops: list[str] = []
    while True:
        if why := _refusal_reason(url, hops, policy):
            return FetchFailure(url=url, why=why, hops=tuple(hops))
        hops.append(url)
        try:
            got = _fetch_once(url, policy, GuardedBackend(policy, network, watch))
        except NETWORK_ERRORS as error:
            return FetchFailure(url=url, why=_failure_reason(error), hops=tuple(hops))
        onward = _redirect_target(got)
        if not onward:
            return replace(got, hops=tuple(hops))
        url = onward


def post_json(url: str, data: object, policy: RequestPolicy, network: Network = SYSTEM_NETWORK) -> PostResult:
    """Send a message as JSON, once. Follows no redirect: a message is for the address it was written to."""
    if why := _refusal_reason(url, [], policy):
        return PostResult(outcome=PostOutcome.REFUSED, why=why)
    call = GuardedBackend(policy, network, Stopwatch(seconds=policy.total_seconds))
    content = json.dumps(data, ensure_ascii=False).encode()
    try:
        with _send_request("POST", url, policy, call, content) as response:
            return _post_result(response)
    except NETWORK_ERRORS as error:
        why = _failure_reason(error)
        never_left = PostOutcome.REFUSED if why in PERMANENT_REASONS else PostOutcome.NOT_ATTEMPTED
        return PostResult(outcome=PostOutcome.UNCERTAIN if call.has_sent else never_left, why=why)


def _refusal_reason(url: str, hops: Sequence[str], policy: RequestPolicy) -> FailureReason | None:
    """Why an address is not asked, after those asked before it."""
    found = _parse_url(url)
    if found is None:
        return FailureReason.BAD_URL
    first = _parse_url(hops[0]) if hops else found
    if first and not is_allowed_host(_ascii_host(found), _ascii_host(first), policy.hosts):
        return FailureReason.REDIRECTED_AWAY if hops else FailureReason.HOST_NOT_ALLOWED
    if url in hops:
        return FailureReason.REDIRECT_LOOP
    return FailureReason.TOO_MANY_REDIRECTS if len(hops) > policy.max_redirects else None


def _parse_url(url: str) -> httpx.URL | None:
    """An address that can be asked: of the web, with a host, without a name and password."""
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL:
        return None
    plain = found.scheme in WEB_SCHEMES and not found.userinfo and (found.port or 0) <= MAX_PORT
    return found if plain and is_host(_ascii_host(found)) else None


def _ascii_host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _redirect_target(got: FetchedPage) -> str:
    """Where a redirect leads, without its fragment, which no server sees; empty where the answer is none."""
    place = got.headers.get("location", "")
    if got.status not in REDIRECTS or not place:
        return ""
    try:
        return str(httpx.URL(got.url).join(place).copy_with(fragment=None))
    except httpx.InvalidURL:
        return place  # refused as an address at the next turn


def _fetch_once(url: str, policy: RequestPolicy, call: GuardedBackend) -> FetchedPage:
    with _send_request("GET", url, policy, call) as response:
        body = b"" if response.status_code in REDIRECTS else _read_body(response, policy.max_bytes)
        return FetchedPage(url=url, status=response.status_code, headers=_headers(response), body=body)


def _headers(response: httpx.Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _post_result(response: httpx.Response) -> PostResult:
    answer = bytearray()
    for piece in response.iter_raw():
        answer += piece
        if len(answer) >= MAX_ANSWER_BYTES:
            break
    return PostResult(
        outcome=post_outcome(response.status_code),
        status=response.status_code,
        body=bytes(answer[:MAX_ANSWER_BYTES]),
        retry_after=retry_after_seconds(_headers(response)),
    )


@contextmanager
def _send_request(
    method: str, url: str, policy: RequestPolicy, call: GuardedBackend, content: bytes | None = None
) -> Iterator[httpx.Response]:
    """One request, spoken without the library's client, which keeps cookies and reads where redirects lead."""
    waits = httpx.Timeout(policy.read_seconds, connect=policy.connect_seconds)
    asked = REQUEST_HEADERS if content is None else {**REQUEST_HEADERS, **POST_HEADERS}
    request = httpx.Request(
        method, url.strip(), headers=asked, content=content, extensions={"timeout": waits.as_dict()}
    )
    context = trusted_context() if request.url.scheme == "https" else None
    with httpcore.ConnectionPool(ssl_context=context, network_backend=call) as pool:
        answer = pool.handle_request(_core_request(request))
        yield httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_ResponseStream(answer.stream)
        )
        # Leaving the pool closes the connection, whatever of the answer was not read.


def _core_request(request: httpx.Request) -> httpcore.Request:
    """A request in the words of the layer below, which lets us say whom to connect to."""
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _read_body(response: httpx.Response, most: int) -> bytes:
    """The whole body, unpacked; never more than so many bytes of either kind are held."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise _TooLarge
    packed = response.headers.get("content-encoding", "").strip().lower()
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if packed in _COMPRESSIONS else None
    if packed and unpacker is None and packed != "identity":
        raise zlib.error  # packed in a way that was not asked for
    body, sent = bytearray(), 0
    for piece in response.iter_raw():
        sent += len(piece)
        body += unpacker.decompress(piece, most + 1 - len(body)) if unpacker else piece
        if max(len(body), sent) > most:
            raise _TooLarge
    if unpacker and sent and (not unpacker.eof or unpacker.unused_data):
        raise zlib.error  # cut off, or something stands behind it
    return bytes(body)


def _failure_reason(error: Exception) -> FailureReason:
    if isinstance(error, ConnectionNotAttempted):
        return error.why
    if isinstance(error, _TooLarge):
        return FailureReason.TOO_LARGE
    if isinstance(error, httpcore.TimeoutException):
        return FailureReason.SLOW
    if isinstance(error, httpcore.ConnectError):
        before = error.__cause__ or error.__context__  # the library keeps it as either
        return FailureReason.UNTRUSTED if isinstance(before, ssl.SSLError) else FailureReason.NO_CONNECTION
    return FailureReason.BROKEN


@cache
def trusted_context() -> ssl.SSLContext:
    """The roots that come with the library; reading them takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


class _ResponseStream(httpx.SyncByteStream):
    def __init__(self, pieces: Any) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        self.pieces.close()
