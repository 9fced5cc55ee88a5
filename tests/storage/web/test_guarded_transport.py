"""The transport under the library's own client: whoever sends over it is guarded, and meets the library's errors."""

from dataclasses import replace

import httpx
import pytest

from storage.web.guarded_network import ConnectionNotAttempted, Network, Timer, system_connect
from storage.web.guarded_transport import GuardedTransport
from storage.web.http_results import FailureReason
from tests.storage.web.server import cut, drip, silent


def network_of(site, address):
    """Every name has this address; whatever is connected to is our own site."""
    return Network(
        resolve=lambda *_: [address],
        connect=lambda _address, _port, seconds: system_connect("127.0.0.1", site.port, seconds),
    )


def client(policy, network):
    transport = GuardedTransport(policy, network, Timer(seconds=policy.total_seconds))
    return httpx.Client(transport=transport, timeout=policy.read_seconds), transport


def test_a_stock_client_reaches_a_public_address_and_no_private_one(site, policy):
    site.page("/", "here")
    strict = replace(policy, allow_private=False)
    public, transport = client(strict, network_of(site, "93.184.216.34"))
    assert not transport.has_sent
    with public:
        assert public.get("http://town.test/").text == "here"
    assert transport.has_sent
    private, transport = client(strict, network_of(site, "10.0.0.1"))
    with private, pytest.raises(ConnectionNotAttempted) as refused:
        private.get("http://town.test/")
    assert (refused.value.why, transport.has_sent) == (FailureReason.PRIVATE_ADDRESS, False)
    assert len(site.asked) == 1


def test_a_stock_client_gets_no_proxy_from_the_environment(site, policy, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    transport = GuardedTransport(policy, network_of(site, "127.0.0.1"), Timer(seconds=5))
    site.page("/", "here")
    with transport:
        response = transport.handle_request(httpx.Request("GET", site.url("/")))
        assert b"".join(response.iter_raw()) == b"here"


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (silent, httpx.ReadTimeout),
        (drip(b"HTTP/1.1 200 OK\r\n\r\n"), httpx.ReadTimeout),
        (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), httpx.ReadError),
        (b"SSH-2.0-OpenSSH\r\n", httpx.RemoteProtocolError),
    ],
    ids=["silent", "dripping", "reset in the answer", "no HTTP"],
)
def test_its_errors_are_the_librarys_while_connecting_and_while_reading(site, hasty, page, error):
    site.pages["/"] = page
    asking, _ = client(hasty, network_of(site, "127.0.0.1"))
    with asking, pytest.raises(error):
        asking.get("http://town.test/")
