"""The wire of the stand-in: requests as the library sends them, answers as Telegram gives them."""

import http.client
import json
import re
import socket
import threading
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

LARGEST = 10_000_000
STRUCTURED = {"reply_markup", "allowed_updates", "commands", "scope", "link_preview_options", "media"}


@dataclass
class Answer:
    status: int = 200
    json: dict[str, Any] = field(default_factory=dict)
    raw: bytes = b""
    reset: bool = False


class Refused(Exception):
    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters

    def shown(self) -> dict[str, Any]:
        told = {"parameters": self.parameters} if self.parameters else {}
        return {"ok": False, "error_code": self.status, "description": self.description, **told}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    stand_in: Any

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST:
            self.close_connection = True
            return
        given = _given(self.headers.get("Content-Type", ""), self.rfile.read(length))
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", self.path)
        if not found:
            self._send(Answer(status=404, json=Refused(404, "Not Found").shown()))
            return
        self._send(self.server.stand_in.call(found[1], found[2].lower(), given))

    def do_GET(self) -> None:
        found = re.fullmatch(r"/file/bot([^/]+)/documents/(\w+)", self.path)
        content = self.server.stand_in.files.get(found[2]) if found else None
        self._send(Answer(status=404) if content is None else Answer(raw=content))

    def _send(self, answer: Answer) -> None:
        if answer.reset:
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # close with a reset, not with a farewell
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        body = answer.raw or json.dumps(answer.json).encode()
        head = f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


def serve(stand_in: Any) -> tuple[_Server, str]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.stand_in = stand_in
    threading.Thread(target=lambda: server.serve_forever(0.05), daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


def post(url: str, secret: str, raw: dict[str, Any]) -> bool:
    """Call a webhook. Whether it said 200."""
    where = urlsplit(url)
    assert where.hostname == "127.0.0.1"
    line = http.client.HTTPConnection(where.hostname, where.port or 80, timeout=10)
    try:
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        line.request("POST", where.path or "/", json.dumps(raw).encode(), headers)
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def _given(kind: str, body: bytes) -> dict[str, Any]:
    if kind.startswith("multipart/"):
        return _parts(kind, body)
    if kind.startswith("application/json"):
        return dict(json.loads(body))
    return {name: _value(name, value) for name, value in parse_qsl(body.decode(), keep_blank_values=True)}


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    found: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = bytes(part.get_payload(decode=True))
        file = part.get_filename()
        found[name] = (file, content) if file else _value(name, content.decode())
    for name, value in list(found.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            found[name] = found.pop(value.removeprefix("attach://"))
    return found


def _value(name: str, value: str) -> Any:
    return (
        json.loads(value) if name in STRUCTURED else value == "true" if value in {"true", "false"} else value
    )
