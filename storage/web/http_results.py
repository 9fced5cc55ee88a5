"""The bounds of an outgoing request and its results, as plain values.

A failed request is a value and no exception: a page that could not be fetched is a ``FetchFailure`` with its reason,
and the caller decides what that means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from config.office.model import Website

MEGABYTE = 1_000_000


class FailureReason(StrEnum):
    """Why a request failed; each reason has its sentence under ``live.why``."""

    BAD_URL = "bad_url"  # not http or https, no host, or a name and password in it
    HOST_NOT_ALLOWED = "host_not_allowed"
    PRIVATE_ADDRESS = "private_address"
    REDIRECTED_AWAY = "redirected_away"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNRESOLVED = "unresolved"
    NO_CONNECTION = "no_connection"
    UNTRUSTED = "untrusted"  # its certificate is not valid
    SLOW = "slow"
    BROKEN = "broken"  # the connection broke off, or the answer is no HTTP
    TOO_LARGE = "too_large"


PERMANENT_REASONS = frozenset(
    {FailureReason.BAD_URL, FailureReason.HOST_NOT_ALLOWED, FailureReason.PRIVATE_ADDRESS}
)
"""Reasons for which trying again is useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """The bounds of a request: hosts, seconds, and bytes both as sent and as unpacked."""

    hosts: tuple[str, ...] = ()
    """Hosts that may be requested, ``*.`` before one for all below it. If empty, only the first address's own."""
    allow_private: bool = False
    """Whether private addresses may be connected to: the site stands behind the office's firewall."""
    connect_seconds: float = 5
    read_seconds: float = 10  # between two pieces
    total_seconds: float = 30  # for everything: a server that drips bytes must not hold up the sweep
    max_bytes: int = 5 * MEGABYTE  # a page of text has some hundred kilobytes
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A server's last answer, whatever its status, read to its end and unpacked."""

    url: str
    """Where the redirects ended."""
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    hops: tuple[str, ...] = ()
    """Every address requested, the last one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """No answer, and why; ``url`` is the address at which it ended."""

    url: str
    why: FailureReason
    hops: tuple[str, ...] = ()


class PostOutcome(StrEnum):
    """How sending a message ended."""

    SENT = "sent"
    REFUSED = "refused"  # permanently: sent again, it would be refused again
    NOT_ATTEMPTED = (
        "not_attempted"  # it was not sent, or the server says that it did not handle it: try later
    )
    UNCERTAIN = "uncertain"  # it was sent, with no answer: sent again, it may arrive twice


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """How posting a message ended; ``body`` is the beginning of the answer."""

    outcome: PostOutcome
    why: FailureReason | None = None
    status: int = 0
    body: bytes = b""
    retry_after: float | None = None
    """Seconds the server asks to wait."""


NOT_HANDLED = frozenset({408, 429, 503})  # RFC 9110, 15.5.9 and 15.6.4; RFC 6585, 4
SERVER_FAULTS = 500


def post_outcome(status: int) -> PostOutcome:
    """Return the outcome an HTTP status stands for. A redirect is a refusal: messages follow none."""
    if status in NOT_HANDLED:
        return PostOutcome.NOT_ATTEMPTED
    if status >= SERVER_FAULTS:
        return PostOutcome.UNCERTAIN
    return PostOutcome.SENT if status // 100 == 2 else PostOutcome.REFUSED  # noqa: PLR2004 - the class of success


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """Return ``Retry-After`` in seconds, a date relative to the server's own ``Date``; None if unreadable."""
    wanted = headers.get("retry-after", "").strip()
    if wanted.isascii() and wanted.isdigit():
        return float(wanted)
    until, now = _parse_http_date(wanted), _parse_http_date(headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _parse_http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def website_policy(site: Website) -> RequestPolicy:
    """Return the bounds that an office sets for requests to its own website."""
    return RequestPolicy(hosts=site.hosts, allow_private=site.allow_private)
