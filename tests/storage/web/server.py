"""A website of our own on 127.0.0.1, good and bad; every wait in it ends when it is stopped."""

import gzip
import socketserver
import struct
import threading
from collections import Counter
from contextlib import suppress

MEGABYTE = 1_000_000
LINGER_RESET = struct.pack("ii", 1, 0)  # closing then sends a reset
SO_LINGER = 13


def reply(body=b"", status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Site(socketserver.ThreadingTCPServer):
    """Answers by path: bytes are sent as they are, a function gets the visit and speaks for itself."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visit)
        self.pages = {}
        self.asked = []
        self.sent = Counter()
        self.over = threading.Event()
        self.port = self.server_address[1]

    def url(self, path="/", host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def page(self, path, body, content_type="text/html; charset=utf-8", **headers):
        body = body if isinstance(body, bytes) else body.encode()
        self.pages[path] = reply(body, Content_Type=content_type, **headers)

    def redirect(self, path, to, status="302 Found"):
        self.pages[path] = reply(status=status, Location=to, Set_Cookie="seen=1")


class Visit(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(5)
        with suppress(OSError):
            self.head = self._read_head()
            self.path = self.head.split(" ")[1]
            self.server.asked.append(self.head)
            found = self.server.pages.get(self.path, reply(status="404 Not Found"))
            if callable(found):
                found(self)
            else:
                self.send(found)

    def _read_head(self):
        got = b""
        while b"\r\n\r\n" not in got:
            piece = self.request.recv(65536)
            if not piece:
                raise OSError
            got += piece
        return got.decode("latin-1")

    def send(self, data):
        self.request.sendall(data)
        self.server.sent[self.path] += len(data)

    def wait(self, seconds):
        """Whether the site goes on after so long."""
        return not self.server.over.wait(seconds)

    def reset(self):
        self.request.setsockopt(1, SO_LINGER, LINGER_RESET)
        self.request.close()


def silent(visit):
    visit.wait(5)


def drip(first):
    """Sends the beginning, then a byte every fiftieth of a second."""

    def go(visit):
        visit.send(first)
        while visit.wait(0.02):
            visit.send(b"a")

    return go


def flood(visit):
    """A body without end."""
    visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    while visit.wait(0):
        visit.send(b"<p>" + b"x" * 65_000)


def fifty_megabytes(visit):
    """A body of 50 MB that says so neither before nor after."""
    visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
    for _ in range(50):
        visit.send(b"y" * MEGABYTE)


def cut(answer):
    """Sends the beginning of an answer, then a reset."""

    def go(visit):
        visit.send(answer)
        visit.reset()

    return go


BOMB = gzip.compress(b"0" * (40 * MEGABYTE), 6)
