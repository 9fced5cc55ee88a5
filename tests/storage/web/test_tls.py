"""A page over TLS: the address is the one that was judged, the name and the certificate are the site's own."""

import ssl
import threading
from pathlib import Path

import pytest

from bot.language.phrasebook import phrasebook
from storage.web import guarded_transport
from storage.web.guarded_network import Network, system_connect
from storage.web.http_client import fetch
from storage.web.http_results import FailureReason, FetchedPage, FetchFailure, RequestPolicy
from storage.web.publication_check import PublicationState, check_publication
from tests.storage.web.server import Site

CERTIFICATES = Path(__file__).parent / "certificates"
NAME, OTHER, PUBLIC = "www.zhaoduba.example", "www.other.example", "93.184.216.34"
PAGE = "<title>公告</title><h1>公告</h1><p>现予公布。</p>"


class Secure(Site):
    """The same site behind a certificate; it notes the name that was asked for in the greeting (SNI)."""

    def __init__(self, certificate):
        super().__init__()
        self.greeted = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
        self.context.sni_callback = lambda _socket, name, _context: self.greeted.append(name)

    def finish_request(self, request, client_address):
        try:
            secured = self.context.wrap_socket(request, server_side=True)
        except OSError:  # the visitor does not trust us, and is gone
            return
        with secured:
            super().finish_request(secured, client_address)


@pytest.fixture
def served(monkeypatch):
    """Serves under a certificate, which is trusted as its own root; gives the site and the addresses dialled."""
    made = []

    def serve(certificate, *, trusted=True):
        site = Secure(certificate)
        site.page("/1.html", PAGE)
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        made.append((site, thread))
        if trusted:
            context = ssl.create_default_context(cafile=str(CERTIFICATES / f"{certificate}.pem"))
            monkeypatch.setattr(guarded_transport, "trusted_context", lambda: context)
        dialled = []

        def dial(address, _port, seconds):
            dialled.append(address)
            return system_connect("127.0.0.1", site.port, seconds)

        return site, Network(resolve=lambda _host, _port: [PUBLIC], connect=dial), dialled

    yield serve
    for site, thread in made:
        site.over.set()
        site.shutdown()
        site.server_close()
        thread.join(5)


def policy(**bounds):
    return RequestPolicy(connect_seconds=5, read_seconds=5, total_seconds=10, **bounds)


def test_the_judged_address_is_dialled_and_the_certificate_is_held_against_the_name(served):
    site, network, dialled = served("own_name")
    got = fetch(f"https://{NAME}/1.html", policy(), network)
    assert isinstance(got, FetchedPage)
    assert (dialled, site.greeted) == ([PUBLIC], [NAME])
    assert f"Host: {NAME}" in site.asked[0]
    assert check_publication(got, "公告", "现予公布。").state is PublicationState.LIVE


@pytest.mark.parametrize(
    ("certificate", "trusted", "host"),
    [
        ("other_name", True, NAME),
        ("expired", True, NAME),
        ("own_name", False, NAME),
        ("own_name", True, OTHER),
    ],
    ids=["another's certificate", "expired", "made by nobody known", "asked under another name"],
)
def test_a_certificate_that_does_not_hold_is_said_and_nothing_is_asked(served, certificate, trusted, host):
    site, network, _ = served(certificate, trusted=trusted)
    got = fetch(f"https://{host}/1.html", policy(), network)
    assert got == FetchFailure(url=f"https://{host}/1.html", why=FailureReason.UNTRUSTED, hops=got.hops)
    assert site.greeted == [host]
    assert site.asked == []
    found = check_publication(got, "公告", "现予公布。")
    assert found.state is PublicationState.UNREACHABLE
    assert phrasebook("zh").say(f"live.why.{found.why}") == "网站的安全证书有问题"


def test_an_address_in_place_of_the_name_holds_no_certificate(served):
    site, network, _ = served("own_name")
    got = fetch(f"https://{PUBLIC}/1.html", policy(), network)
    assert (got.why, site.asked) == (FailureReason.UNTRUSTED, [])


def test_a_redirect_to_another_host_is_held_against_that_hosts_name(served):
    site, network, _ = served("own_name")
    site.redirect("/2.html", f"https://{OTHER}/1.html")
    got = fetch(f"https://{NAME}/2.html", policy(hosts=(NAME, OTHER)), network)
    assert (got.why, got.url, site.greeted) == (
        FailureReason.UNTRUSTED,
        f"https://{OTHER}/1.html",
        [NAME, OTHER],
    )
    assert len(site.asked) == 1
