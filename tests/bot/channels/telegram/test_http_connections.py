"""The wires against a server that says anything at all: every way an answer can be framed, broken off or late."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.channels.telegram.http_connections import ConnectionBroken, HttpPool, RequestNotSent, ResponseTimeout

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: no\r\n\r\n"
)
ANSWERS = {
    "with its length": (OK, (200, b"ok"), 1),
    "in pieces": (CHUNKED, (200, b"abcd"), 1),
    "until it hangs up": (b"HTTP/1.0 200 OK\r\n\r\nall of it", (200, b"all of it"), 2),
    "and goodbye": (
        b"HTTP/1.1 400 Bad Request\r\nconnection: Close\r\nContent-Length: 1\r\n\r\nx",
        (400, b"x"),
        2,
    ),
    "after a word in between": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, (200, b"ok"), 1),
    "without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b""), 1),
}
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

    def __init__(self, answer: bytes, *, hangs_up: bool, late: float = 0) -> None:
        self.answer, self.hangs_up, self.late = answer, hangs_up, late
        self.came, self.asked = 0, list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                self.asked.append(head + await reader.readexactly(length))
                await asyncio.sleep(self.late)
                writer.write(self.answer)
                if self.hangs_up:
                    break
        except (EOFError, OSError):
            pass  # they hung up
        finally:
            writer.close()


Work = Callable[[HttpPool, str], Coroutine[Any, Any, Any]]


def run(server: Server, work: Work, *, most: int = 4, seconds: float = 5) -> Any:
    async def all_of_it() -> Any:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        address = listening.sockets[0].getsockname()
        wires = HttpPool(most, seconds, ssl.create_default_context())
        try:
            return await work(wires, f"http://127.0.0.1:{address[1]}/bot1/sendMessage")
        finally:
            wires.close()
            listening.close()

    return asyncio.run(all_of_it())


@pytest.mark.parametrize("name", ANSWERS)
def test_every_frame_is_read_and_the_wire_kept_where_it_may_be(name):
    answer, expected, connections = ANSWERS[name]
    server = Server(answer, hangs_up=name == "until it hangs up")

    async def twice(wires: HttpPool, url: str) -> list[tuple[int, bytes]]:
        return [await wires.post(url, b"text=a", "bot") for _ in range(2)]

    assert run(server, twice) == [expected, expected]
    assert (server.came, len(server.asked)) == (connections, 2)
    assert server.asked[0].startswith(b"POST /bot1/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.asked[0].endswith(b"Content-Length: 6\r\n\r\ntext=a")


@pytest.mark.parametrize("name", BROKEN)
def test_what_broke_off_may_have_arrived_and_its_wire_is_not_used_again(name):
    server = Server(BROKEN[name], hangs_up=True)

    async def ask(wires: HttpPool, url: str) -> tuple[int, bytes]:
        with pytest.raises(ConnectionBroken):
            await wires.post(url, b"", "bot")
        server.answer = OK
        return await wires.post(url, b"", "bot")

    assert run(server, ask) == (200, b"ok")
    assert server.came == 2


def test_what_is_late_may_have_arrived_and_nobody_reads_it_as_their_own():
    server = Server(OK, hangs_up=False, late=0.3)

    async def ask(wires: HttpPool, url: str) -> tuple[int, bytes]:
        with pytest.raises(ResponseTimeout):
            await wires.post(url, b"", "bot")
        server.answer, server.late = OK.replace(b"ok", b"2."), 0
        return await wires.post(url, b"", "bot")

    assert run(server, ask, seconds=0.1) == (200, b"2.")


def test_whoever_waits_for_a_wire_too_long_has_sent_nothing():
    server = Server(OK, hangs_up=False, late=0.5)

    async def two(wires: HttpPool, url: str) -> list[Any]:
        return await asyncio.gather(*(wires.post(url, b"", "bot") for _ in range(2)), return_exceptions=True)

    first, second = run(server, two, most=1, seconds=0.1)
    assert (type(first), type(second), len(server.asked)) == (ResponseTimeout, RequestNotSent, 1)


def test_nobody_there_is_never_left():
    async def ask(wires: HttpPool, _url: str) -> None:
        with pytest.raises(RequestNotSent):
            await wires.post("http://127.0.0.1:9/bot1/getMe", b"", "bot")
        with pytest.raises(RequestNotSent):
            await wires.post("https://127.0.0.1:9/bot1/getMe", b"", "bot")

    run(Server(OK, hangs_up=False), ask)


def test_a_server_we_do_not_trust_is_told_nothing():
    server = Server(OK, hangs_up=False)

    async def ask(wires: HttpPool, url: str) -> None:
        with pytest.raises(RequestNotSent):
            await wires.post(url.replace("http:", "https:"), b"secret", "bot")

    run(server, ask, seconds=1)
    assert server.asked == []


def test_a_wire_the_server_hung_up_meanwhile_is_not_used():
    server = Server(OK, hangs_up=True)

    async def twice(wires: HttpPool, url: str) -> list[tuple[int, bytes]]:
        first = await wires.post(url, b"", "bot")
        await asyncio.sleep(0.05)
        return [first, await wires.post(url, b"", "bot")]

    assert run(server, twice) == [(200, b"ok")] * 2
    assert server.came == 2


def test_whoever_gives_up_leaves_no_answer_for_the_next():
    server = Server(OK.replace(b"ok", b"1."), hangs_up=False, late=0.2)

    async def ask(wires: HttpPool, url: str) -> tuple[int, bytes]:
        given_up = asyncio.ensure_future(wires.post(url, b"", "bot"))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        server.answer, server.late = OK, 0
        return await wires.post(url, b"", "bot")

    assert run(server, ask) == (200, b"ok")


def test_no_more_at_once_than_there_may_be():
    server = Server(OK, hangs_up=False, late=0.01)

    async def many(wires: HttpPool, url: str) -> list[Any]:
        return await asyncio.gather(*(wires.post(url, b"", "bot") for _ in range(40)))

    assert run(server, many, most=3) == [(200, b"ok")] * 40
    assert server.came == 3
