"""Receives Telegram updates by polling or by webhook; both store an update before they confirm it.

Polling: the offset of the next ``getUpdates`` confirms the updates before it, and that call is made after the store
has committed. The offset is sent only while there is something to confirm: after a quiet week update ids restart
anywhere, and an old, higher offset would confirm new updates unseen.

Webhook: 200 is answered after the store has committed; after any other status Telegram calls again.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict, TelegramError

from bot.channels.stream.backoff import FIRST_WAIT, MAX_WAIT, longer_wait
from bot.channels.telegram.client import FloodWait, TelegramClient
from bot.channels.telegram.send_results import send_result_of
from bot.channels.telegram.updates import UPDATE_KINDS, callback_query_ids, to_inbox_update
from config.errors import GongkaiError
from config.json_text import parse_json
from scheduler.delivery.inbox import Inbox, ReceiveGap

LONG_POLL_SECONDS = 30  # how long Telegram holds ``getUpdates`` open while nothing happens
UPDATES_PER_REQUEST = 100  # the most Telegram returns at once
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, no secret
MAX_UPDATE_BYTES = 1_000_000  # of one update, in bytes; Telegram's have some kilobytes
MINUTE = 60.0


class TelegramSilent(GongkaiError):
    """Telegram hands nothing over ({why}). What people send waits there for 24 hours; it is asked again by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSink:
    """Where received updates go: they are stored in the inbox, and the inbox worker is woken."""

    inbox: Inbox
    wake: Callable[[], object]
    """Called after updates were stored."""
    on_fault: Callable[[Exception], object]
    on_gap: Callable[[ReceiveGap], object]
    """Called when updates may have been lost during a long gap: people are asked to send again."""

    def store_updates(self, client: TelegramClient, raws: Sequence[dict[str, Any]]) -> None:
        """Store updates, then answer their button presses at once; the result is sent once it is recorded."""
        if not raws:
            return
        self.inbox.store_updates([to_inbox_update(raw) for raw in raws])
        self.wake()
        for raw in raws:
            for query in callback_query_ids(raw):
                # Only ends the button's spinner: a late or failed answer does no harm.
                client.start(client.bot.answer_callback_query(query))

    def mark_contact(self) -> None:
        """Note that everything Telegram had was received, now; reports the gap before it if that was long."""
        if gap := self.inbox.mark_heard():
            self.on_gap(gap)


class Polling:
    """Polls for updates in a thread until it is closed."""

    def __init__(self, client: TelegramClient, sink: UpdateSink) -> None:
        self._client, self._sink = client, sink
        self._stopping = threading.Event()
        self._pending: Future[Any] | None = None
        self._reported_fault = ""
        self._caught_up = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop polling. Stored updates stay."""
        self._stopping.set()
        if pending := self._pending:
            pending.cancel()
        self._thread.join()

    def _run(self) -> None:
        offset: int | None = None
        wait, first = 0.0, True
        while not self._stopping.wait(wait):
            try:
                if first:
                    # While one is set, getUpdates is refused.
                    self._wait_for(self._client.bot.delete_webhook())
                    first = False
                offset, wait = self._poll_once(offset), 0.0
                self._reported_fault, self._caught_up = "", True
            except CancelledError:
                return
            except TelegramError as error:
                self._caught_up = False
                offset, wait = None, self._backoff_after(error, wait)
            except Exception as fault:  # noqa: BLE001 - the database: nothing was confirmed, and it is tried again
                self._sink.on_fault(fault)
                offset, wait = None, _longer_wait(wait)

    def _poll_once(self, offset: int | None) -> int | None:
        """Call ``getUpdates`` once. Returns the offset that confirms its updates, if there were any."""
        # After an interruption the first call does not wait, so that a gap is noticed at once.
        seconds = LONG_POLL_SECONDS if self._caught_up else 0
        parameters = {"timeout": seconds, "limit": UPDATES_PER_REQUEST, "allowed_updates": list(UPDATE_KINDS)}
        offset_parameter = {"offset": offset} if offset is not None else {}
        # Raw, and by its lower-case name (method names are case-insensitive): the library's own call parses all
        # updates of a batch at once, so that one it cannot parse would stop every other.
        request = self._client.bot.do_api_request(
            "getupdates", api_kwargs={**parameters, **offset_parameter}, read_timeout=seconds + 10
        )
        raws: list[dict[str, Any]] = self._wait_for(request)
        self._sink.store_updates(self._client, sorted(raws, key=lambda raw: int(raw["update_id"])))
        if len(raws) < UPDATES_PER_REQUEST:
            self._sink.mark_contact()
        return max(int(raw["update_id"]) for raw in raws) + 1 if raws else None

    def _wait_for(self, coroutine: Any) -> Any:
        self._pending = self._client.start(coroutine)
        if self._stopping.is_set():
            self._pending.cancel()
        return self._pending.result()

    def _backoff_after(self, error: TelegramError, wait: float) -> float:
        why = "conflict" if isinstance(error, Conflict) else send_result_of(error).why
        if why != self._reported_fault:
            self._sink.on_fault(TelegramSilent(why=why))
        self._reported_fault = why
        return _wait_after(error, wait)


def _wait_after(error: TelegramError, wait: float) -> float:
    """As long as Telegram asks to wait, where it does, but never over a minute; else longer than the last time."""
    return min(error.seconds, MAX_WAIT) if isinstance(error, FloodWait) else _longer_wait(wait)


def _longer_wait(wait: float) -> float:
    return longer_wait(wait, first=FIRST_WAIT, most=MAX_WAIT)


def webhook_secret(home_secret: bytes) -> str:
    """Derive the secret that Telegram sends with each webhook call from the office's own, which stays here."""
    return hmac.new(home_secret, b"telegram webhook", hashlib.sha256).hexdigest()


def webhook_app(client: TelegramClient, sink: UpdateSink, secret: str) -> Starlette:
    """The web app that Telegram calls. A caller without the secret gets 403 before its body is read."""

    async def receive(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        raw = await _read_update(request)
        if raw is None:
            return Response(status_code=400)
        try:
            await run_in_threadpool(sink.store_updates, client, [raw])
        except Exception as fault:  # noqa: BLE001 - not stored, so not confirmed: Telegram calls again
            sink.on_fault(fault)
            return Response(status_code=503)
        return Response(status_code=200)

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"])])


async def _read_update(request: Request) -> dict[str, Any] | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_UPDATE_BYTES:
            return None
    try:
        raw = parse_json(body)
    except ValueError:
        return None
    return raw if isinstance(raw, dict) and isinstance(raw.get("update_id"), int) else None


class Webhook:
    """Registers the webhook address, retrying until Telegram accepts it, and marks contact every minute."""

    def __init__(self, client: TelegramClient, sink: UpdateSink, *, address: str, secret: str) -> None:
        self._client, self._sink, self._address, self._secret = client, sink, address, secret
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop marking contact. Telegram goes on calling, and keeps unaccepted updates for a day."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        wait, registered = 0.0, False
        while not self._stopping.wait(wait):
            try:
                if not registered:
                    self._client.ask(self._register_webhook())
                    registered = True
                self._sink.mark_contact()
                wait = MINUTE
            except TelegramError as error:
                self._sink.on_fault(TelegramSilent(why=send_result_of(error).why))
                wait = _wait_after(error, wait)
            except Exception as fault:  # noqa: BLE001 - the database: it is reported, and tried again
                self._sink.on_fault(fault)
                wait = MINUTE

    async def _register_webhook(self) -> None:
        # One connection: several would deliver updates in any order.
        await self._client.bot.set_webhook(
            self._address, secret_token=self._secret, max_connections=1, allowed_updates=list(UPDATE_KINDS)
        )
