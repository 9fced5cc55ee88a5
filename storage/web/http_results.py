"""What is asked of other machines, within which bounds, and what came of it: values, no wire.

Deliveries do not fail with exceptions: a page that could not be had is an ``Unfetched`` with its reason, and
whoever asked decides what that means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from config.office.model import Site

MEGABYTE = 1_000_000


class Why(StrEnum):
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


FOR_EVER = frozenset({Why.BAD_URL, Why.HOST_NOT_ALLOWED, Why.PRIVATE_ADDRESS})
"""Reasons that asking again does not mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How far a request may go. Seconds, and bytes both as sent and as unpacked."""

    hosts: tuple[str, ...] = ()
    """Hosts that may be asked, ``*.`` before one for all below it. Without any, only the first address's own."""
    allow_private: bool = False
    """Whether the office's own network may be asked: a site behind its firewall."""
    connect_seconds: float = 5
    read_seconds: float = 10  # between two pieces
    total_seconds: float = 30  # of it all: a server that drips must not hold the sweep
    most_bytes: int = 5 * MEGABYTE  # a page of text has some hundred kilobytes
    most_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
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
class Unfetched:
    """No answer, and why; ``url`` is the address at which it ended."""

    url: str
    why: Why
    hops: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of something sent."""

    SENT = "sent"
    REFUSED = "refused"  # for good: sent again, it would be refused again
    NOT_ATTEMPTED = "not_attempted"  # it never left, or the server says that it did not handle it: later
    UNCERTAIN = "uncertain"  # it left, and nobody knows: sent again, it may arrive twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What became of a message; ``body`` is the beginning of the answer."""

    outcome: Outcome
    why: Why | None = None
    status: int = 0
    body: bytes = b""
    retry_after: float | None = None
    """Seconds the server asks to wait."""


NOT_HANDLED = frozenset({408, 429, 503})  # RFC 9110, 15.5.9 and 15.6.4; RFC 6585, 4
SERVER_FAULTS = 500


def outcome_of(status: int) -> Outcome:
    """What a status says about a message. A redirect is a refusal: no message is carried to another address."""
    if status in NOT_HANDLED:
        return Outcome.NOT_ATTEMPTED
    if status >= SERVER_FAULTS:
        return Outcome.UNCERTAIN
    return Outcome.SENT if status // 100 == 2 else Outcome.REFUSED  # noqa: PLR2004 - the class of success


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` in seconds; a date in it is read against the server's own, so that no clock is asked."""
    wanted = headers.get("retry-after", "").strip()
    if wanted.isascii() and wanted.isdigit():
        return float(wanted)
    until, now = _instant(wanted), _instant(headers.get("date", ""))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def policy_of(site: Site) -> Policy:
    """The bounds an office sets for looking at its own website."""
    return Policy(hosts=site.hosts, allow_private=site.allow_private)
