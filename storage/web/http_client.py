"""Makes every outgoing HTTP request of the program: fetches web pages and posts JSON messages.

    verdict = check_publication(fetch(url, website_policy(office.site)), title, text)
    posted = post_json(address, {"msgtype": "text", …}, policy)                # group robots, the heartbeat

Both return values and raise nothing for what other machines do: a page comes back as ``FetchedPage``, whatever its
status, or as ``FetchFailure`` with its reason; a message as ``PostResult`` with one of four outcomes, of which only
*uncertain* may have arrived without our knowing.

Addresses are typed by people and pages may redirect anywhere, even into the office's own network. So requests go out
over ``GuardedTransport``, which connects to judged addresses alone; redirects are followed here, each one judged like
the first address and never off the allowed hosts; an answer is bounded as sent, as unpacked and in time. No cookie is
kept, and no proxy or certificate is taken from the environment.
"""

from __future__ import annotations

import json
import ssl
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import httpx

from config.hosts import MAX_PORT, WEB_SCHEMES, is_allowed_host, is_host
from storage.web.guarded_network import SYSTEM_NETWORK, ConnectionNotAttempted, Network, Timer
from storage.web.guarded_transport import GuardedTransport
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
    """The answer is larger than the policy allows."""


NETWORK_ERRORS = (
    _TooLarge,
    zlib.error,
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.ProtocolError,
)
"""Errors that other machines cause, ConnectionNotAttempted included. Any other is a fault of ours and is raised."""


def fetch(url: str, policy: RequestPolicy, network: Network = SYSTEM_NETWORK) -> FetchedPage | FetchFailure:
    """Fetch the page at an address, following allowed redirects; returns why, where there is none."""
    timer = Timer(seconds=policy.total_seconds)
    hops: list[str] = []
    while True:
        if why := _refusal_reason(url, hops, policy):
            return FetchFailure(url=url, why=why, hops=tuple(hops))
        hops.append(url)
        try:
            with GuardedTransport(policy, network, timer) as transport:
                page = _fetch_once(url, policy, transport)
        except NETWORK_ERRORS as error:
            return FetchFailure(url=url, why=_failure_reason(error), hops=tuple(hops))
        target = _redirect_target(page)
        if not target:
            return replace(page, hops=tuple(hops))
        url = target


def post_json(url: str, data: object, policy: RequestPolicy, network: Network = SYSTEM_NETWORK) -> PostResult:
    """Send a message as JSON, once. Follows no redirect: a message is only for the address it is posted to."""
    if why := _refusal_reason(url, [], policy):
        return PostResult(outcome=PostOutcome.REFUSED, why=why)
    request = _build_request("POST", url, policy, json.dumps(data, ensure_ascii=False).encode())
    with GuardedTransport(policy, network, Timer(seconds=policy.total_seconds)) as transport:
        try:
            return _post_result(transport.handle_request(request))
        except NETWORK_ERRORS as error:
            why = _failure_reason(error)
            unsent = PostOutcome.REFUSED if why in PERMANENT_REASONS else PostOutcome.NOT_ATTEMPTED
            return PostResult(outcome=PostOutcome.UNCERTAIN if transport.has_sent else unsent, why=why)


def _refusal_reason(url: str, hops: Sequence[str], policy: RequestPolicy) -> FailureReason | None:
    """Return why an address may not be requested after those before it; None if it may."""
    parsed = _parse_url(url)
    if parsed is None:
        return FailureReason.BAD_URL
    first = _parse_url(hops[0]) if hops else parsed
    if first and not is_allowed_host(_ascii_host(parsed), _ascii_host(first), policy.hosts):
        return FailureReason.REDIRECTED_AWAY if hops else FailureReason.HOST_NOT_ALLOWED
    if url in hops:
        return FailureReason.REDIRECT_LOOP
    return FailureReason.TOO_MANY_REDIRECTS if len(hops) > policy.max_redirects else None


def _parse_url(url: str) -> httpx.URL | None:
    """Parse a web address with a host and without a user name or password; None if it is no such address."""
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        return None
    plain = parsed.scheme in WEB_SCHEMES and not parsed.userinfo and (parsed.port or 0) <= MAX_PORT
    return parsed if plain and is_host(_ascii_host(parsed)) else None


def _ascii_host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii")


def _redirect_target(page: FetchedPage) -> str:
    """Return where a redirect leads, without its fragment, which no server sees; "" if the answer is none."""
    location = page.headers.get("location", "")
    if page.status not in REDIRECTS or not location:
        return ""
    try:
        return str(httpx.URL(page.url).join(location).copy_with(fragment=None))
    except httpx.InvalidURL:
        return location  # refused as an address in the next round


def _fetch_once(url: str, policy: RequestPolicy, transport: GuardedTransport) -> FetchedPage:
    response = transport.handle_request(_build_request("GET", url, policy))
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
        retry_after=retry_after_seconds(response.headers),
    )


def _build_request(
    method: str, url: str, policy: RequestPolicy, content: bytes | None = None
) -> httpx.Request:
    # Handed to the transport itself: the library's client would keep cookies and read where redirects lead.
    timeout = httpx.Timeout(policy.read_seconds, connect=policy.connect_seconds)
    headers = REQUEST_HEADERS if content is None else {**REQUEST_HEADERS, **POST_HEADERS}
    return httpx.Request(
        method, url.strip(), headers=headers, content=content, extensions={"timeout": timeout.as_dict()}
    )


def _read_body(response: httpx.Response, most: int) -> bytes:
    """Read and unpack the body. Holds at most ``most`` bytes, packed or unpacked; raises _TooLarge beyond."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise _TooLarge
    packed = response.headers.get("content-encoding", "").strip().lower()
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB) if packed in _COMPRESSIONS else None
    if packed and unpacker is None and packed != "identity":
        raise zlib.error  # an encoding that was not asked for
    body, sent = bytearray(), 0
    for piece in response.iter_raw():
        sent += len(piece)
        body += unpacker.decompress(piece, most + 1 - len(body)) if unpacker else piece
        if max(len(body), sent) > most:
            raise _TooLarge
    if unpacker and sent and (not unpacker.eof or unpacker.unused_data):
        raise zlib.error  # cut off, or followed by other bytes
    return bytes(body)


def _failure_reason(error: Exception) -> FailureReason:
    if isinstance(error, ConnectionNotAttempted):
        return error.why
    if isinstance(error, _TooLarge):
        return FailureReason.TOO_LARGE
    if isinstance(error, httpx.TimeoutException):
        return FailureReason.SLOW
    if isinstance(error, httpx.ConnectError):
        untrusted = any(isinstance(cause, ssl.SSLError) for cause in _causes(error))
        return FailureReason.UNTRUSTED if untrusted else FailureReason.NO_CONNECTION
    return FailureReason.BROKEN


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what raised an error, and what raised that; the libraries keep it as cause or as context."""
    cause = error.__cause__ or error.__context__
    while cause:
        yield cause
        cause = cause.__cause__ or cause.__context__
