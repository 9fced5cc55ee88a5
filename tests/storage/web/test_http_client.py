"""Fetching a page: what a good server gives, and what none of the bad ones can do to us."""

import socket
import time
import tracemalloc
from dataclasses import replace

import httpcore
import pytest

from config import shipped_data
from config.office.loader import load_office
from storage.web.guarded_network import Network, system_connect
from storage.web.http_client import fetch
from storage.web.http_results import FailureReason, FetchedPage, FetchFailure, RequestPolicy, website_policy
from tests.storage.web.server import BOMB, cut, drip, fifty_megabytes, flood, reply, silent

PUBLIC = "93.184.216.34"  # a public address; connected to here is always our own server


def names(site, **hosts):
    """A network in which these hosts have these addresses; what is public is dialled at our own site."""
    dialled = []

    def lookup(host, _port):
        if host not in hosts:
            raise socket.gaierror(-2, "no such name")
        found = hosts[host]
        return found.pop(0) if isinstance(found[0], list) else found

    def dial(address, _port, seconds):
        dialled.append(address)
        return system_connect("127.0.0.1" if address == PUBLIC else address, site.port, seconds)

    return Network(resolve=lookup, connect=dial), dialled


def took(act):
    start = time.monotonic()
    return act(), time.monotonic() - start


def test_a_page_comes_back_with_its_bytes_and_headers(site, policy):
    site.page("/a", "<p>公告</p>")
    got = fetch(site.url("/a"), policy)
    assert got == FetchedPage(
        url=site.url("/a"),
        status=200,
        headers=got.headers,
        body="<p>公告</p>".encode(),
        hops=(site.url("/a"),),
    )
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "500 Oh", "412 Precondition Failed"])
def test_a_bad_status_is_an_answer_and_no_failure(site, policy, status):
    site.pages["/a"] = reply(b"no", status)
    got = fetch(site.url("/a"), policy)
    assert (type(got), got.status) == (FetchedPage, int(status[:3]))


@pytest.mark.parametrize(
    "page",
    [
        silent,
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 "),
    ],
    ids=["silent", "dripping headers", "dripping body", "dripping after 100"],
)
def test_a_slow_server_holds_nobody_beyond_the_whole_time(site, hasty, page):
    site.pages["/a"] = page
    got, seconds = took(lambda: fetch(site.url("/a"), hasty))
    assert got == FetchFailure(url=site.url("/a"), why=FailureReason.SLOW, hops=(site.url("/a"),))
    assert seconds < hasty.total_seconds + 2


def test_a_single_wait_is_cut_to_what_is_left_of_the_whole_time(site, hasty):
    site.pages["/a"] = silent
    got, seconds = took(lambda: fetch(site.url("/a"), replace(hasty, read_seconds=4)))
    assert (got.why, seconds < 2) == (FailureReason.SLOW, True)


def test_the_whole_time_is_one_for_all_redirects_together(site, hasty):
    def late(to):
        def go(visit):
            visit.wait(0.15)
            visit.send(reply(status="302 Found", Location=to))

        return go

    for step in range(9):
        site.pages[f"/{step}"] = late(f"/{step + 1}")
    got, seconds = took(lambda: fetch(site.url("/0"), replace(hasty, max_redirects=50)))
    assert (got.why, len(got.hops) <= 4) == (FailureReason.SLOW, True)
    assert seconds < hasty.total_seconds + 2


@pytest.mark.parametrize("page", [flood, fifty_megabytes], ids=["endless", "50 MB"])
def test_a_large_page_stops_at_the_limit(site, policy, page):
    site.pages["/a"] = page
    got = fetch(site.url("/a"), policy)
    assert got.why is FailureReason.TOO_LARGE
    assert site.sent["/a"] < 15_000_000  # what lies in the machine's own buffers, not fifty


def test_a_page_that_says_how_large_it_is_is_not_waited_for(site, policy):
    def heavy(visit):
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        visit.wait(5)

    site.pages["/a"] = heavy
    got, seconds = took(lambda: fetch(site.url("/a"), policy))
    assert (got.why, seconds < 3) == (FailureReason.TOO_LARGE, True)


def test_a_page_may_be_as_large_as_the_limit_and_no_larger(site, policy):
    site.page("/most", b"z" * 1_000_000)
    site.page("/more", b"z" * 1_000_001)
    assert len(fetch(site.url("/most"), policy).body) == 1_000_000
    assert fetch(site.url("/more"), policy).why is FailureReason.TOO_LARGE


def test_nothing_is_asked_once_the_time_is_over(site, hasty):
    assert fetch(site.url("/"), replace(hasty, total_seconds=0)).why is FailureReason.SLOW
    assert site.asked == []


def test_a_packed_page_is_unpacked(site, policy):
    import gzip
    import zlib

    page = "<p>公告</p>".encode() * 50
    site.page("/gzip", gzip.compress(page), Content_Encoding="gzip")
    site.page("/zlib", zlib.compress(page), Content_Encoding="deflate")
    site.page("/cut", gzip.compress(page)[:-9], Content_Encoding="gzip")
    site.page("/odd", page, Content_Encoding="br")
    assert [fetch(site.url(path), policy).body for path in ("/gzip", "/zlib")] == [page, page]
    assert [fetch(site.url(path), policy).why for path in ("/cut", "/odd")] == [
        FailureReason.BROKEN,
        FailureReason.BROKEN,
    ]


def test_a_bomb_of_forty_megabytes_is_never_unpacked(site, policy):
    site.page("/bomb", BOMB, Content_Encoding="gzip")
    tracemalloc.start()
    got = fetch(site.url("/bomb"), policy)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.why is FailureReason.TOO_LARGE
    assert most < 10_000_000


@pytest.mark.parametrize(
    "page",
    [
        cut(b""),
        cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf"),
        reply(b"half").replace(b"Length: 4", b"Length: 9"),
        b"SSH-2.0-OpenSSH\r\n",
    ],
    ids=["reset at once", "reset in the body", "reset in a chunk", "short", "no HTTP"],
)
def test_what_breaks_off_is_no_page(site, policy, page):
    site.pages["/a"] = page
    assert fetch(site.url("/a"), policy).why is FailureReason.BROKEN


def test_nobody_at_home(policy):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert fetch(f"http://127.0.0.1:{port}/", policy).why is FailureReason.NO_CONNECTION


def test_a_server_that_speaks_no_tls_is_not_spoken_to(site, hasty):
    site.page("/", "open")
    got = fetch(site.url("/").replace("http:", "https:"), hasty)
    assert got.why in {FailureReason.UNTRUSTED, FailureReason.SLOW, FailureReason.NO_CONNECTION}
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.cn/a",
        "gopher://example.cn/",
        "javascript:alert(1)",
        "//example.cn/a",
        "example.cn",
        "",
        "http://",
        "http://clerk:secret@127.0.0.1/",
        "http://clerk@127.0.0.1/",
        "http://exa mple.cn/",
        "http://[::1/",
        "http://a:99999999/",
    ],
)
def test_no_such_address_is_ever_asked(url, policy):
    def never(*_):
        raise AssertionError

    got = fetch(url, policy, Network(resolve=never, connect=never))
    assert got == FetchFailure(url=url, why=FailureReason.BAD_URL)


# ── redirects ────────────────────────────────────────────────


def test_a_redirect_is_followed_within_its_host_and_carries_no_cookie(site, policy):
    site.redirect("/old", "new?a=1#part")
    site.page("/new?a=1", "here")
    got = fetch(site.url("/old"), policy)
    assert (got.url, got.hops) == (site.url("/new?a=1"), (site.url("/old"), site.url("/new?a=1")))
    assert not any("cookie" in head.lower() for head in site.asked)


def test_a_redirect_loop_ends_at_its_first_return(site, policy):
    site.redirect("/a", "/b")
    site.redirect("/b", "/c")
    site.redirect("/c", "/b")
    got = fetch(site.url("/a"), policy)
    assert (got.why, len(got.hops), len(site.asked)) == (FailureReason.REDIRECT_LOOP, 3, 3)


def test_redirects_without_end_are_counted(site, policy):
    for step in range(20):
        site.redirect(f"/{step}", f"/{step + 1}")
    assert fetch(site.url("/0"), policy).why is FailureReason.TOO_MANY_REDIRECTS
    assert len(site.asked) == policy.max_redirects + 1


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://elsewhere.test/", FailureReason.REDIRECTED_AWAY),
        ("//elsewhere.test/", FailureReason.REDIRECTED_AWAY),
        ("http://town.test.elsewhere.test/", FailureReason.REDIRECTED_AWAY),
        ("file:///etc/passwd", FailureReason.BAD_URL),
        ("http://clerk:secret@town.test/", FailureReason.BAD_URL),
        ("http://[::1", FailureReason.BAD_URL),
    ],
)
def test_a_redirect_off_the_hosts_is_not_followed(site, policy, to, why):
    network, dialled = names(site, **{"town.test": [PUBLIC], "elsewhere.test": [PUBLIC]})
    site.redirect("/", to)
    got = fetch("http://town.test/", replace(policy, allow_private=False), network)
    assert (got.why, dialled) == (why, [PUBLIC])


def test_a_redirect_to_another_host_of_the_list_is_followed(site, policy):
    network, _ = names(site, **{"town.test": [PUBLIC], "www.county.test": [PUBLIC]})
    site.redirect("/", "http://WWW.county.test/there")
    site.page("/there", "here")
    hosts = ("town.test", "*.county.test")
    policy = replace(policy, allow_private=False, hosts=hosts)
    assert fetch("http://town.test/", policy, network).body == b"here"
    assert [head.split("Host: ")[1].split("\r")[0] for head in site.asked] == ["town.test", "www.county.test"]
    assert fetch("http://county.test/", policy, network).why is FailureReason.HOST_NOT_ALLOWED
    assert fetch("http://other.test/", policy, network).why is FailureReason.HOST_NOT_ALLOWED


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "192.168.1.1",
    "172.16.0.9",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - not bound, refused
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::1",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_redirect_to_a_private_address_is_not_followed(site, policy, address):
    network, dialled = names(site, **{"town.test": [PUBLIC], "inside.test": [address]})
    site.redirect("/", "http://inside.test/admin")
    policy = replace(policy, allow_private=False, hosts=("town.test", "inside.test"))
    got = fetch("http://town.test/", policy, network)
    assert (got.why, got.url, dialled) == (
        FailureReason.PRIVATE_ADDRESS,
        "http://inside.test/admin",
        [PUBLIC],
    )


def test_one_private_address_among_public_ones_is_enough(site, policy):
    network, dialled = names(site, **{"town.test": [PUBLIC, "10.0.0.1"]})
    assert (
        fetch("http://town.test/", replace(policy, allow_private=False), network).why
        is FailureReason.PRIVATE_ADDRESS
    )
    assert dialled == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost", "127.0.0.1", "[::1]"])
def test_no_spelling_of_this_machine_passes_for_a_public_host(site, policy, host):
    from storage.web.guarded_network import system_resolve

    network = Network(resolve=system_resolve, connect=lambda *_: pytest.fail("dialled"))
    got = fetch(f"http://{host}:{site.port}/", replace(policy, allow_private=False), network)
    assert got.why in {FailureReason.PRIVATE_ADDRESS, FailureReason.UNRESOLVED}


def test_a_name_that_resolves_otherwise_a_moment_later_gains_nothing(site, policy):
    """DNS rebinding: what was judged is what is dialled, and each request judges anew."""
    network, dialled = names(site, **{"town.test": [[PUBLIC], ["127.0.0.1"]]})
    site.redirect("/", "/again")
    site.page("/again", "inside")
    got = fetch("http://town.test/", replace(policy, allow_private=False), network)
    assert (got.why, dialled) == (FailureReason.PRIVATE_ADDRESS, [PUBLIC])
    assert [head.split()[1] for head in site.asked] == ["/"]


def test_a_name_without_an_address_is_said_so(site, policy):
    network, _ = names(site, **{"town.test": [PUBLIC]})
    assert fetch("http://nowhere.test/", policy, network).why is FailureReason.UNRESOLVED


def test_a_resolver_that_hangs_is_left_behind(site, hasty):
    network = Network(resolve=lambda *_: site.over.wait(5) and [], connect=system_connect)
    got, seconds = took(lambda: fetch("http://town.test/", hasty, network))
    assert (got.why, seconds < 2) == (FailureReason.UNRESOLVED, True)


def test_the_next_address_is_tried_when_the_first_does_not_answer(site, policy):
    site.page("/", "here")
    tried = []

    def dial(address, _port, seconds):
        tried.append(address)
        if len(tried) == 1:
            raise httpcore.ConnectError
        return system_connect("127.0.0.1", site.port, seconds)

    network = Network(resolve=lambda *_: ["93.184.216.34", "93.184.216.35"], connect=dial)
    assert fetch("http://town.test/", replace(policy, allow_private=False), network).body == b"here"
    assert tried == ["93.184.216.34", "93.184.216.35"]


def test_no_proxy_is_taken_from_the_environment(site, policy, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.page("/", "here")
    assert fetch(site.url("/"), policy).body == b"here"


def test_the_offices_bounds_come_from_its_file():
    office = load_office(
        (shipped_data.data_dir() / "office" / "sample.toml").read_text("utf-8"), "sample.toml"
    )
    assert website_policy(office.site) == RequestPolicy(hosts=("www.zhaoduba.example",), allow_private=False)
    assert (website_policy(office.site).max_bytes, website_policy(office.site).total_seconds) == (
        5_000_000,
        30,
    )
