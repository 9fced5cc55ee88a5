"""Nobody's machine keeps the page from the others: requests, forms, bytes, heads and bodies have their limits."""

import asyncio
import re
import socket
import time
from contextlib import ExitStack

import httpx
import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from bot.channels.web import server
from bot.channels.web.request import request, security
from bot.channels.web.request.public_address import PublicAddress
from bot.channels.web.request.security import PageLimits, RequestMeter, TimedProtocol
from bot.channels.web.server import create_web_app
from tests.bot.channels.web.test_behind_proxy import serving
from tests.bot.channels.web.visitor import ADDRESS, Visitor


class Ticks:
    now = 100.0

    def __call__(self):
        return self.now


def test_an_address_has_so_many_requests_forms_and_bytes_a_minute():
    ticks = Ticks()
    meter = RequestMeter(PageLimits(requests=3, forms=2, megabytes=1), ticks)
    assert [meter.admit("a", form=False, size=0) for _ in range(4)] == [0, 0, 0, 60]
    assert meter.admit("b", form=False, size=0) == 0
    assert [meter.admit("c", form=True, size=0) for _ in range(3)] == [0, 0, 60]
    assert [meter.admit("d", form=True, size=600_000) for _ in range(2)] == [0, 60]
    assert meter.admit("e", form=True, size=2_000_000) == 0  # one large file alone is none too many
    ticks.now += 45
    assert meter.admit("a", form=False, size=0) == 15
    ticks.now += 15
    assert [meter.admit(each, form=True, size=1) for each in "acd"] == [0, 0, 0]


def test_whoever_asks_too_often_is_told_when_to_come_again(app):
    browser = TestClient(create_web_app(app, limits=PageLimits(requests=2)), base_url="http://localhost")
    assert [browser.get("/").status_code for _ in range(3)] == [401, 401, 429]
    answer = browser.get("/")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert "请求太频繁" in answer.text


def test_a_person_has_so_many_forms_a_minute_from_wherever_they_send_them(app, monkeypatch):
    monkeypatch.setattr(request, "PERSON_LIMITS", PageLimits(forms=2))
    clerk, reporter = (Visitor(app).join(person) for person in ("clerk", "jia_reporter"))
    reporter.client = TestClient(clerk.client.app, base_url=ADDRESS, follow_redirects=False)
    reporter.join("jia_reporter")
    assert [send(clerk) for _ in range(3)] == [303, 303, 429]
    assert "请稍等一分钟" in clerk.shown.text
    clerk.go("/chat")  # looking is not sending
    assert send(reporter) == 303


def test_an_answer_may_take_longer_to_send_than_a_form_to_come(monkeypatch):
    monkeypatch.setattr(security, "BODY_SECONDS", 0.02)
    sent = []

    async def slow_answer(scope, receive, send):
        async def pieces():
            for piece in (b"one ", b"two"):
                yield piece
                await asyncio.sleep(0.1)

        await StreamingResponse(pieces())(scope, receive, send)

    async def ask():
        coming = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive():
            return coming.pop() if coming else await asyncio.Future()

        async def send(message):
            sent.append(message.get("body", b""))

        guard = security.SecurityMiddleware(
            slow_answer, address=PublicAddress(), meter=RequestMeter(PageLimits()), uploads=()
        )
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"localhost")]}
        await guard(scope, receive, send)

    asyncio.run(ask())
    assert b"".join(sent) == b"one two"


def send(visitor):
    token = re.search(r'name="token" value="([^"]+)"', visitor.go("/chat"))[1]
    visitor.shown = visitor.client.post("/chat", data={"token": token, "text": "在办"})
    return visitor.shown.status_code


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 13, "33554433"])
def test_a_length_of_any_length_is_refused_before_it_is_read(app, length):
    browser = TestClient(create_web_app(app), base_url="http://localhost")
    assert browser.post("/texts/new", headers={"content-length": length}).status_code == 413


def closed_after(port, sent):
    """Send the beginning of a request, and return the seconds until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(sent)
        began = time.monotonic()
        while connection.recv(4096):
            pass
        return time.monotonic() - began


def test_a_head_or_a_body_that_never_ends_is_given_up(app, monkeypatch):
    monkeypatch.setattr(TimedProtocol, "head_seconds", 0.3)
    monkeypatch.setattr(security, "BODY_SECONDS", 0.3)
    with serving(app) as port:
        assert closed_after(port, b"") < 5
        assert closed_after(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") < 5
        head = (
            b"POST /join/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        )
        assert closed_after(port, head + b"Content-Length: 100\r\n\r\na") < 15


def test_more_connections_than_there_may_be_are_told_to_come_again(app, monkeypatch):
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 3)
    with serving(app) as port, ExitStack() as held:
        waiting = [held.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(3)]
        for one in waiting:  # each is known to the server before the next comes
            one.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=20).status_code == 503
