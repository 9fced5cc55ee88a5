"""The one door to other machines: every HTTP request of the program goes out here, and here alone.

    verdict = check_live(fetch(url, policy_of(office.site)), title, text)      # storage/web/publication_check.py
    posted = post_json(address, {"msgtype": "text", …}, policy)                # group robots, the heartbeat

Both give values and raise nothing for what other machines do: a page comes back as ``Fetched``, whatever its
status, or as ``Unfetched`` with its reason; a message as ``Posted`` with one of four outcomes, of which only
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

from config.hosts import LAST_PORT, SCHEMES, is_allowed, is_host
from storage.web.guarded_network import SYSTEM, Call, Network, Stopwatch, Undialled
from storage.web.http_results import (
    FOR_EVER,
    Fetched,
    Outcome,
    Policy,
    Posted,
    Unfetched,
    Why,
    outcome_of,
    seconds_to_wait,
)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ASKED = {
    "User-Agent": "gongkai",
    "Accept": "text/html,*/*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}
SAID = {"Content-Type": "application/json; charset=utf-8", "Accept-Encoding": "identity"}
ANSWER_BYTES = 65_536  # of the answer to a message: a robot's is a line of JSON
_GZIP_OR_ZLIB = 47  # zlib finds out which of the two it is
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class _TooLarge(Exception):  # noqa: N818 - a way out of the reading, seen by nobody
    """More came than is taken."""


FAILURES = (
    Undialled,
    _TooLarge,
    zlib.error,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
)
"""What other machines do. Anything else is a fault of ours, and flies."""


def fetch(url: str, policy: Policy, network: Network = SYSTEM) -> Fetched | Unfetched:
    """The page at an address, behind whatever redirects are allowed; or why there is none."""
    watch = Stopwatch(seconds=policy.total_seconds)
    hops: list[str] = []
    while True:
        if why := _unwelcome(url, hops, policy):
            return Unfetched(url=url, why=why, hops=tuple(hops))
        hops.append(url)
        try:
            got = _got(url, policy, Call(policy, network, watch))
        except FAILURES as error:
            return Unfetched(url=url, why=_why(error), hops=tuple(hops))
        onward = _onward(got)
        if not onward:
            return replace(got, hops=tuple(hops))
        url = onward


def post_json(url: str, data: object, policy: Policy, network: Network = SYSTEM) -> Posted:
    """Send a message as JSON, once. Follows no redirect: a message is for the address it was written to."""
    if why := _unwelcome(url, [], policy):
        return Posted(outcome=Outcome.REFUSED, why=why)
    call = Call(policy, network, Stopwatch(seconds=policy.total_seconds))
    content = json.dumps(data, ensure_ascii=False).encode()
    try:
        with _answer("POST", url, policy, call, content) as response:
            return _posted(response)
    except FAILURES as error:
        why = _why(error)
        never_left = Outcome.REFUSED if why in FOR_EVER else Outcome.NOT_ATTEMPTED
        return Posted(outcome=Outcome.UNCERTAIN if call.spoke else never_left, why=why)


def _unwelcome(url: str, hops: Sequence[str], policy: Policy) -> Why | None:
    """Why an address is not asked, after those asked before it."""
    found = _read(url)
    if found is None:
        return Why.BAD_URL
    first = _read(hops[0]) if hops else found
    if first and not is_allowed(_host(found), _host(first), policy.hosts):
        return Why.REDIRECTED_AWAY if hops else Why.HOST_NOT_ALLOWED
    if url in hops:
        return Why.REDIRECT_LOOP
    return Why.TOO_MANY_REDIRECTS if len(hops) > policy.most_redirects else None


def _read(url: str) -> httpx.URL | None:
    """An address that can be asked: of the web, with a host, without a name and password."""
    try:
        found = httpx.URL(url.strip())
    except httpx.InvalidURL:
        return None
    plain = found.scheme in SCHEMES and not found.userinfo and (found.port or 0) <= LAST_PORT
    return found if plain and is_host(_host(found)) else None


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _onward(got: Fetched) -> str:
    """Where a redirect leads, without its fragment, which no server sees; empty where the answer is none."""
    place = got.headers.get("location", "")
    if got.status not in REDIRECTS or not place:
        return ""
    try:
        return str(httpx.URL(got.url).join(place).copy_with(fragment=None))
    except httpx.InvalidURL:
        return place  # refused as an address at the next turn


def _got(url: str, policy: Policy, call: Call) -> Fetched:
    with _answer("GET", url, policy, call) as response:
        body = b"" if response.status_code in REDIRECTS else _body(response, policy.most_bytes)
        return Fetched(url=url, status=response.status_code, headers=_headers(response), body=body)


def _headers(response: httpx.Response) -> Mapping[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _posted(response: httpx.Response) -> Posted:
    answer = bytearray()
    for piece in response.iter_raw():
        answer += piece
        if len(answer) >= ANSWER_BYTES:
            break
    return Posted(
        outcome=outcome_of(response.status_code),
        status=response.status_code,
        body=bytes(answer[:ANSWER_BYTES]),
        retry_after=seconds_to_wait(_headers(response)),
    )


@contextmanager
def _answer(
    method: str, url: str, policy: Policy, call: Call, content: bytes | None = None
) -> Iterator[httpx.Response]:
    """One request, spoken without the library's client, which keeps cookies and reads where redirects lead."""
    waits = httpx.Timeout(policy.read_seconds, connect=policy.connect_seconds)
    asked = ASKED if content is None else {**ASKED, **SAID}
    request = httpx.Request(
        method, url.strip(), headers=asked, content=content, extensions={"timeout": waits.as_dict()}
    )
    context = trusted() if request.url.scheme == "https" else None
    with httpcore.ConnectionPool(ssl_context=context, network_backend=call) as pool:
        answer = pool.handle_request(_spelled(request))
        yield httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Stream(answer.stream))
        # Leaving the pool closes the connection, whatever of the answer was not read.


def _spelled(request: httpx.Request) -> httpcore.Request:
    """A request in the words of the layer below, which lets us say whom to connect to."""
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _body(response: httpx.Response, most: int) -> bytes:
    """The whole body, unpacked; never more than so many bytes of either kind are held."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise _TooLarge
    packed = response.headers.get("content-encoding", "").strip().lower()
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if packed in _PACKED else None
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


def _why(error: Exception) -> Why:
    if isinstance(error, Undialled):
        return error.why
    if isinstance(error, _TooLarge):
        return Why.TOO_LARGE
    if isinstance(error, httpcore.TimeoutException):
        return Why.SLOW
    if isinstance(error, httpcore.ConnectError):
        before = error.__cause__ or error.__context__  # the library keeps it as either
        return Why.UNTRUSTED if isinstance(before, ssl.SSLError) else Why.NO_CONNECTION
    return Why.BROKEN


@cache
def trusted() -> ssl.SSLContext:
    """The roots that come with the library; reading them takes longer than most requests."""
    return httpx.create_ssl_context(trust_env=False)


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Any) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        self.pieces.close()
