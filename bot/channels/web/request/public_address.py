"""The address under which people open the page: the server's own, or that of a proxy in front of it.

With ``GONGKAI_PUBLIC_URL=https://…`` nothing is taken from headers that a proxy might pass on: the name in links, the
origin of forms and whether cookies are secure follow from the setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from config.errors import Refusal

COOKIE = "gongkai_session"
HOST_PREFIX = "__Host-"
"""Browsers take such a cookie only over https, for this host alone and its whole site (RFC 6265bis, 4.1.3.2)."""
STRICT_TRANSPORT = "max-age=31536000"
HTTPS_PORT = 443
FORWARDED = "x-forwarded-for"


class BadPublicAddress(Refusal):
    """GONGKAI_PUBLIC_URL is “{url}”. It must be https:// and a name, such as https://gongkai.town.example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAddress:
    """Where the page is served: ``url`` is empty without a proxy, ``name`` the host it was started with."""

    url: str = ""
    name: str = "localhost"

    @property
    def is_secure(self) -> bool:
        """Whether people open it over https."""
        return bool(self.url)

    @property
    def cookie(self) -> str:
        """The name of the session cookie."""
        return HOST_PREFIX + COOKIE if self.is_secure else COOKIE

    @property
    def extra_headers(self) -> Mapping[str, str]:
        """The headers that only a page over https has."""
        return {"Strict-Transport-Security": STRICT_TRANSPORT} if self.is_secure else {}

    def base(self, request: Request) -> str:
        """The beginning of a link to this page."""
        return self.url or f"{request.url.scheme}://{request.headers.get('host', '')}"

    def serves(self, host: str) -> bool:
        """Whether a Host header names us: no other site can point a name of its own here.

        Without a proxy any IP address is ours; behind one only this machine's loopback, for whoever sits at it.
        """
        named = _host_name(host)
        if named in {"localhost", self.name.lower(), (urlsplit(self.url).hostname or "localhost")}:
            return True
        try:
            address = ip_address(named)
        except ValueError:
            return False
        return not self.is_secure or address.is_loopback

    def same_origin(self, headers: Headers) -> bool:
        """Whether a form comes from our own pages, by the Origin header; true where the browser sends none."""
        origin = headers.get("origin")
        if origin is None:
            return True
        if self.is_secure:
            return origin.lower() == self.url.lower() or _is_loopback_origin(origin, headers)
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()

    def client(self, request_headers: Headers, peer: str) -> str:
        """The address that a request comes from; a proxy is believed where one is set up on this machine."""
        if self.is_secure and _is_loopback(peer):
            return request_headers.get(FORWARDED, peer).rpartition(",")[2].strip() or peer
        return peer


def parse_public_address(url: str, name: str = "localhost") -> PublicAddress:
    """Read the setting; an empty one stands for no proxy. BadPublicAddress."""
    if not url:
        return PublicAddress(name=name)
    try:
        parts = urlsplit(url.strip().rstrip("/"))
        port = parts.port
    except ValueError as error:
        raise BadPublicAddress(url=url) from error
    spare = (parts.path, parts.query, parts.fragment, parts.username or "", parts.password or "")
    if parts.scheme != "https" or not parts.hostname or any(spare):
        raise BadPublicAddress(url=url)
    return PublicAddress(
        url=f"https://{parts.hostname}" + (f":{port}" if port and port != HTTPS_PORT else ""), name=name
    )


def _is_loopback_origin(origin: str, headers: Headers) -> bool:
    """Whether a form was sent on this machine itself, past the proxy."""
    parts = urlsplit(origin)
    return _is_loopback(parts.hostname or "") and parts.netloc.lower() == headers.get("host", "").lower()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
