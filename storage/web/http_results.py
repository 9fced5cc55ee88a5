"""What is asked of other machines, within which bounds, and what came of it: values, no wire.

Deliveries do not fail with exceptions: a page that could not be had is an ``FetchFailure`` with its reason, and
whoever asked decides what that means.
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
    """Why a request brought nothing; each has its sentence under ``live.why``."""

    BAD_URL = "bad_url"  # not http or https, no host, or a name and password in it
    HOST_NOT_ALLOWED = "host_not_allowed"
    PRIVATE_ADDRESS = "private_address"
    REDIRECTED_AWAY = "redirected_away"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNRESOLVED = "unresolved"
    NO_CONNECTION = "no_connection"
    UNTRUSTED = "untrusted"  # its certificate does not hold
    SLOW = "slow"
    BROKEN = "broken"  # it broke off, or what it says is no HTTP
    TOO_LARGE = "too_large"


PERMANENT_REASONS = frozenset(
    {FailureReason.BAD_URL, FailureReason.HOST_NOT_ALLOWED, FailureReason.PRIVATE_ADDRESS}
)
"""Reasons that asking again does not mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPolicy:
    """How far a request may go. Seconds, and bytes both as sent and as unpacked."""

    hosts: tuple[str, ...] = ()
    """Hosts that may be asked, ``*.`` before one for all below it. Without any, only the first address's own."""
    allow_private: bool = False
    """Whether the office's own network may be asked: a site behind its firewall."""
    connect_seconds: float = 5
    read_seconds: float = 10  # between two pieces
    total_seconds: float = 30  # of it all: a server that drips must not hold the sweep
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
    """Every address asked, the last one included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """No answer, and why; ``url`` is the address at which it ended."""

    url: str
    why: FailureReason
    hops: tuple[str, ...] = ()


class PostOutcome(StrEnum):
    """What became of something sent."""

    SENT = "sent"
    REFUSED = "refused"  # for good: sent again, it would be refused again
    NOT_ATTEMPTED = "not_attempted"  # it never left, or the server says that it did not handle it: later
    UNCERTAIN = "uncertain"  # it left, and nobody knows: sent again, it may arrive twice


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResult:
    """What became of a message; ``body`` is the beginning of the answer."""

    outcome: PostOutcome
    why: FailureReason | None = None
    status: int = 0
    body: bytes = b""
    retry_after: float | None = None
    """Seconds the server asks to wait."""


NOT_HANDLED = frozenset({408, 429, 503})  # RFC 9110, 15.5.9 and 15.6.4; RFC 6585, 4
SERVER_FAULTS = 500


def post_outcome(status: int) -> PostOutcome:
    """What a status says about a message. A redirect is a refusal: no message is carried to another address."""
    if status in NOT_HANDLED:
        return PostOutcome.NOT_ATTEMPTED
    if status >= SERVER_FAULTS:
        return PostOutcome.UNCERTAIN
    return PostOutcome.SENT if status // 100 == 2 else PostOutcome.REFUSED  # noqa: PLR2004 - the class of success


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` in seconds; a date in it is read against the server's own, so that no clock is asked."""
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
    """The bounds an office sets for looking at its own website."""
    return RequestPolicy(hosts=site.hosts, allow_private=site.allow_private)
