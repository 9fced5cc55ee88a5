"""A WebSocket server in a thread of its own, under the stand-ins of the platforms: what they share, and no protocol."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

from config.office.channel_secrets import ChannelAccount

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class LineServer:
    """Accepts connections on a free port and knows the chats; a subclass says what is meant in ``serve_line``."""

    group = ""
    """A group as the platform names one; empty where it has none."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        """What a real platform would never have been sent; each fails the test."""
        self.changed = threading.Condition()
        self.connections = 0
        """How many connections were ever accepted."""
        self.refusing = False
        self.chats: dict[str, deque[Any]] = defaultdict(deque)
        """What was shown in each chat and nobody has looked at yet."""
        self.known: set[str] = set()
        """Chats to which the bot may write."""
        self.numbers = 0
        """The number of whatever was numbered last."""
        self.seconds = time.time
        self.loop = asyncio.new_event_loop()
        self.lines: list[ServerConnection] = []
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    async def serve_line(self, line: ServerConnection) -> None:
        """Serve one connection until it ends."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def cut(self) -> None:
        """Break every connection as a pulled cable does: without a goodbye."""
        self.on_loop(self._cut)

    def on_loop(self, act: Callable[[], Any]) -> Any:
        """Do something on the server's thread, and wait for it."""

        async def done() -> Any:
            return act()

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(10)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 30) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def took(self, chat: str, *, count: int = 1, seconds: float = 30) -> list[Any]:
        """What was shown in a chat since somebody looked: so much at least, and whatever follows at once."""
        assert self.wait_for(lambda: len(self.chats[chat]) >= count, seconds), (chat, self.chats[chat])
        while (before := len(self.chats[chat])) and self.wait_for(
            lambda: len(self.chats[chat]) > before,
            0.15,
        ):
            pass
        found = list(self.chats[chat])
        self.chats[chat].clear()
        return found

    def assert_nothing_else(self) -> None:
        left = {chat: [one.text for one in shown] for chat, shown in self.chats.items() if shown}
        assert not left, left
        assert not self.problems, self.problems

    def knows(self, chat: str) -> None:
        """From now on the bot may write to a chat: somebody wrote to it, or it is shown to them."""
        self.known.add(chat)

    def forget(self, chat: str) -> None:
        """Somebody left, or the bot is hidden from them."""
        self.known.discard(chat)

    def note(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _cut(self) -> None:
        for line in list(self.lines):
            line.transport.abort()

    def _run(self, started: threading.Event) -> None:
        self.loop.run_until_complete(self._serve(started))
        self.loop.close()

    async def _serve(self, started: threading.Event) -> None:
        self._stop = asyncio.Event()
        async with serve(self._accept, "127.0.0.1", 0, ping_interval=None, compression=None) as server:
            self.port = server.sockets[0].getsockname()[1]
            started.set()
            await self._stop.wait()
            self._cut()

    async def _accept(self, line: ServerConnection) -> None:
        if self.refusing:
            line.transport.abort()
            return
        self.connections += 1
        self.lines.append(line)
        self.note()
        try:
            await self.serve_line(line)
        finally:
            self.lines.remove(line)
            self.note()


class PlatformServer(LineServer):
    """A platform that has an HTTP interface beside its connections; a subclass answers its calls."""

    account: ChannelAccount
    """What an office enters to reach the bot."""

    def __init__(self) -> None:
        self.http = HttpServer(self.answer_call)
        super().__init__()

    def answer_call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Answer a call to the HTTP interface."""
        raise NotImplementedError

    def close(self) -> None:
        super().close()
        self.http.close()


def json_answer(status: int, data: dict[str, Any]) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(data).encode()


class HttpServer:
    """An HTTP server whose answers a function gives, of the method, path, headers and body of a call."""

    def __init__(self, answer: Callable[[str, str, dict[str, str], bytes], Answer]):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, own, body = answer(self.command, self.path, headers, self.rfile.read(length))
                self.send_response(status)
                for name, value in own.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                outer.calls += 1

            do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.calls = 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
