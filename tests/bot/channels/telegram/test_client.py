"""The HTTP requests against a server that says anything at all: broken off, late, untrusted or too many at once."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.channels.telegram.client import HttpRequests, RequestNotSent
from bot.channels.telegram.send_results import send_result_of
from scheduler.delivery.channel import SendOutcome, SendResult
from tests.paths import ROOT

CERTIFICATES = ROOT / "tests" / "storage" / "web" / "certificates"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
NOT_SENT = SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection")
BROKEN_OFF = SendResult(outcome=SendOutcome.UNCERTAIN, why="broken")
BROKEN = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
    "half a piece": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
    "another language": b"SSH-2.0-OpenSSH\r\n\r\n",
    "a status that is none": b"HTTP/1.1 many OK\r\n\r\n",
    "an endless head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * (2 << 20),
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc",
}


class Server:
    """It says the same to whoever asks, and counts who came and what they asked."""

    def __init__(self, answer: bytes, *, hangs_up: bool = False, late: float = 0) -> None:
        self.answer, self.hangs_up, self.late = answer, hangs_up, late
        self.came, self.asked = 0, list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.asked.append(head)
                await asyncio.sleep(self.late)
                writer.write(self.answer)
                if self.hangs_up:
                    break
        except (EOFError, OSError):
            pass  # they hung up
        finally:
            writer.close()


Work = Callable[[HttpRequests, str], Coroutine[Any, Any, Any]]


def run(
    server: Server,
    work: Work,
    *,
    connections: int = 4,
    seconds: float = 5,
    tls: ssl.SSLContext | None = None,
) -> Any:
    async def all_of_it() -> Any:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
        address = listening.sockets[0].getsockname()
        requests = HttpRequests(seconds, connections=connections)
        try:
            return await work(requests, f"http://127.0.0.1:{address[1]}/bot1/sendMessage")
        finally:
            await requests.shutdown()
            listening.close()

    return asyncio.run(all_of_it())


def test_one_connection_is_used_again_and_again():
    server = Server(OK)

    async def thrice(requests: HttpRequests, url: str) -> list[tuple[int, bytes]]:
        return [await requests.do_request(url, "POST") for _ in range(3)]

    assert run(server, thrice) == [(200, b"ok")] * 3
    assert (server.came, len(server.asked)) == (1, 3)
    assert server.asked[0].startswith(b"POST /bot1/sendMessage HTTP/1.1\r\n")


@pytest.mark.parametrize("name", BROKEN)
def test_what_broke_off_may_have_arrived_and_its_connection_is_not_used_again(name):
    server = Server(BROKEN[name], hangs_up=True)

    async def ask(requests: HttpRequests, url: str) -> tuple[int, bytes]:
        with pytest.raises(NetworkError) as broken:
            await requests.do_request(url, "POST")
        assert send_result_of(broken.value) == BROKEN_OFF
        server.answer = OK
        return await requests.do_request(url, "POST")

    assert run(server, ask) == (200, b"ok")
    assert server.came == 2


def test_what_is_late_may_have_arrived_and_nobody_reads_it_as_their_own():
    server = Server(OK, late=0.3)

    async def ask(requests: HttpRequests, url: str) -> tuple[int, bytes]:
        with pytest.raises(TimedOut) as late:
            await requests.do_request(url, "POST")
        assert send_result_of(late.value) == SendResult(outcome=SendOutcome.UNCERTAIN, why="timeout")
        server.answer, server.late = OK.replace(b"ok", b"2."), 0
        return await requests.do_request(url, "POST")

    assert run(server, ask, seconds=0.1) == (200, b"2.")


def test_a_call_may_take_longer_than_others():
    """The long poll asks for a time of its own."""
    server = Server(OK, late=0.2)

    async def ask(requests: HttpRequests, url: str) -> tuple[int, bytes]:
        return await requests.do_request(url, "POST", read_timeout=5)

    assert run(server, ask, seconds=0.05) == (200, b"ok")


def test_whoever_waits_for_a_connection_too_long_has_sent_nothing():
    server = Server(OK, late=0.5)

    async def two(requests: HttpRequests, url: str) -> list[Any]:
        calls = (requests.do_request(url, "POST", read_timeout=0.3) for _ in range(2))
        return await asyncio.gather(*calls, return_exceptions=True)

    first, second = run(server, two, connections=1, seconds=0.1)
    assert (type(first), type(second), len(server.asked)) == (TimedOut, RequestNotSent, 1)
    assert send_result_of(second) == NOT_SENT


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/bot1/getMe", "https://127.0.0.1:9/bot1/getMe"])
def test_where_nobody_listens_nothing_is_sent(url):
    async def ask(requests: HttpRequests, _url: str) -> None:
        with pytest.raises(NetworkError) as nobody:
            await requests.do_request(url, "POST")
        assert send_result_of(nobody.value) == NOT_SENT

    run(Server(OK), ask)


def test_a_server_we_do_not_trust_is_told_nothing():
    server = Server(OK)
    made_by_nobody_known = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made_by_nobody_known.load_cert_chain(CERTIFICATES / "own_name.pem")

    async def ask(requests: HttpRequests, url: str) -> None:
        with pytest.raises(TelegramError) as untrusted:
            await requests.do_request(url.replace("http:", "https:"), "POST")
        assert send_result_of(untrusted.value) == NOT_SENT

    run(server, ask, tls=made_by_nobody_known)
    assert (server.came, server.asked) == (0, [])


def test_a_connection_the_server_closed_meanwhile_is_not_used():
    server = Server(OK, hangs_up=True)

    async def twice(requests: HttpRequests, url: str) -> list[tuple[int, bytes]]:
        first = await requests.do_request(url, "POST")
        await asyncio.sleep(0.05)
        return [first, await requests.do_request(url, "POST")]

    assert run(server, twice) == [(200, b"ok")] * 2
    assert server.came == 2


def test_whoever_gives_up_leaves_no_answer_for_the_next():
    server = Server(OK.replace(b"ok", b"1."), late=0.2)

    async def ask(requests: HttpRequests, url: str) -> tuple[int, bytes]:
        given_up = asyncio.ensure_future(requests.do_request(url, "POST"))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        server.answer, server.late = OK, 0
        return await requests.do_request(url, "POST")

    assert run(server, ask, connections=1) == (200, b"ok")


def test_no_more_at_once_than_there_may_be():
    server = Server(OK, late=0.01)

    async def many(requests: HttpRequests, url: str) -> list[Any]:
        return await asyncio.gather(*(requests.do_request(url, "POST") for _ in range(40)))

    assert run(server, many, connections=3) == [(200, b"ok")] * 40
    assert server.came == 3


def test_the_environment_names_no_proxy(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    async def ask(requests: HttpRequests, url: str) -> tuple[int, bytes]:
        return await requests.do_request(url, "POST")

    assert run(Server(OK), ask) == (200, b"ok")
