"""Sending a message: which of four outcomes it had, and that it is sent once at most."""

import json
import socket
from dataclasses import replace

import pytest

from storage.web.guarded_network import Network
from storage.web.http_client import MAX_ANSWER_BYTES, post_json
from storage.web.http_results import FailureReason, PostOutcome, PostResult, retry_after_seconds
from tests.storage.web.server import cut, drip, flood, reply, silent


def test_what_is_taken_is_sent_and_its_answer_kept(site, policy):
    site.pages["/hook"] = reply(b'{"errcode":0}')
    posted = post_json(site.url("/hook"), {"text": "本月公告"}, policy)
    assert posted == PostResult(outcome=PostOutcome.SENT, status=200, body=b'{"errcode":0}')
    head, _, body = site.asked[0].encode("latin-1").partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook")
    assert b"application/json" in head
    assert not body or json.loads(body) == {"text": "本月公告"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("204 No Content", PostOutcome.SENT),
        ("302 Found", PostOutcome.REFUSED),
        ("400 Bad Request", PostOutcome.REFUSED),
        ("404 Not Found", PostOutcome.REFUSED),
        ("408 Request Timeout", PostOutcome.NOT_ATTEMPTED),
        ("429 Too Many Requests", PostOutcome.NOT_ATTEMPTED),
        ("500 Oh", PostOutcome.UNCERTAIN),
        ("502 Bad Gateway", PostOutcome.UNCERTAIN),
        ("503 Unavailable", PostOutcome.NOT_ATTEMPTED),
    ],
)
def test_a_status_says_what_became_of_it(site, policy, status, outcome):
    site.pages["/hook"] = reply(status=status, Location="/other", Retry_After="7")
    posted = post_json(site.url("/hook"), {}, policy)
    assert (posted.outcome, posted.status, posted.retry_after) == (outcome, int(status[:3]), 7)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (silent, FailureReason.SLOW),
        (drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), FailureReason.SLOW),
        (cut(b""), FailureReason.BROKEN),
        (cut(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), FailureReason.BROKEN),
    ],
    ids=["silent", "dripping", "reset after sending", "reset in the answer"],
)
def test_what_left_and_had_no_answer_is_uncertain(site, hasty, page, why):
    site.pages["/hook"] = page
    assert post_json(site.url("/hook"), {}, hasty) == PostResult(outcome=PostOutcome.UNCERTAIN, why=why)
    assert len(site.asked) == 1


def test_what_never_left_was_not_attempted(policy):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/"
    nowhere = Network(resolve=lambda *_: [])
    assert post_json(closed, {}, policy) == PostResult(
        outcome=PostOutcome.NOT_ATTEMPTED, why=FailureReason.NO_CONNECTION
    )
    assert post_json("http://nowhere.test/", {}, policy, nowhere) == PostResult(
        outcome=PostOutcome.NOT_ATTEMPTED, why=FailureReason.UNRESOLVED
    )


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", FailureReason.BAD_URL),
        ("http://other.test/", FailureReason.HOST_NOT_ALLOWED),
        ("http://robot.test/", FailureReason.PRIVATE_ADDRESS),
    ],
)
def test_what_may_not_be_asked_is_refused_for_good(policy, url, why):
    network = Network(resolve=lambda *_: ["10.0.0.1"], connect=lambda *_: pytest.fail("dialled"))
    strict = replace(policy, allow_private=False, hosts=("robot.test",))
    assert post_json(url, {}, strict, network) == PostResult(outcome=PostOutcome.REFUSED, why=why)


def test_an_answer_without_end_is_cut(site, policy):
    site.pages["/hook"] = flood
    posted = post_json(site.url("/hook"), {}, policy)
    assert (posted.outcome, len(posted.body)) == (PostOutcome.SENT, MAX_ANSWER_BYTES)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "Mon, 23 Nov 2026 01:00:30 GMT", "date": "Mon, 23 Nov 2026 01:00:00 GMT"}, 30),
        ({"retry-after": "Mon, 23 Nov 2026 00:59:30 GMT", "date": "Mon, 23 Nov 2026 01:00:00 GMT"}, 0),
        ({"retry-after": "Mon, 23 Nov 2026 01:00:30 GMT"}, None),
    ],
)
def test_how_long_a_server_asks_to_wait(headers, seconds):
    assert retry_after_seconds(headers) == seconds
