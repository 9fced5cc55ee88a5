"""Hosts and web addresses as people write them: brings them into one form, compares and checks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

WILDCARD_PREFIX = "*."
WEB_SCHEMES = ("http", "https")
MAX_PORT = 65_535
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)*[a-z0-9_][a-z0-9_-]{0,62}|[0-9a-f]*:[0-9a-f:.]+")


def normalize_host(host: str) -> str:
    """A host in the form in which it is compared: lower case, ASCII, without a final dot."""
    bare = host.strip().lower().rstrip(".")
    try:
        return bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare  # no name of the internet: it fits nothing but itself


def is_host(entry: str) -> bool:
    """Whether an entry of a list names a host, or all its subdomains with ``*.`` before it."""
    return bool(_HOST.fullmatch(normalize_host(entry.strip().removeprefix(WILDCARD_PREFIX))))


def is_allowed_host(host: str, first: str, hosts: Sequence[str]) -> bool:
    """Whether a host may be asked: one of the list, or without a list the host that was asked first."""
    wanted = normalize_host(host)
    return (
        any(_matches(wanted, entry.strip()) for entry in hosts) if hosts else wanted == normalize_host(first)
    )


def _matches(host: str, entry: str) -> bool:
    if entry.startswith(WILDCARD_PREFIX):
        return host.endswith("." + normalize_host(entry.removeprefix(WILDCARD_PREFIX)))
    return host == normalize_host(entry)


def host_of_url(address: str) -> str:
    """The host of a web address; empty for anything else, and for an address with a name and password in it."""
    try:
        found = urlsplit(address.strip())
        host, _port = found.hostname or "", found.port
    except ValueError:
        return ""
    return host if found.scheme in WEB_SCHEMES and found.username is None and is_host(host) else ""


def is_under_url(address: str, url: str) -> bool:
    """Whether a page lies below the folder of a column's address; False where that is the whole website."""
    page, part = urlsplit(address.strip()), urlsplit(url.strip())
    folder = part.path[: part.path.rfind("/") + 1]
    inside = folder not in {"", "/"} and page.path.startswith(folder) and page.path != part.path
    return (
        inside
        and bool(host_of_url(address))
        and normalize_host(host_of_url(address)) == normalize_host(host_of_url(url))
    )
