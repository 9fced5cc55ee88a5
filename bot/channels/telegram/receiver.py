"""The two ears: asking for updates, and being called with them. Both store before they confirm.

Asking: a confirmation is the offset of the next question, and the next question is asked after the store has
committed. The offset is sent only while there is something to confirm: after a quiet week the ids start anew
anywhere, and an old, higher offset would confirm, unseen, whatever comes then.

Being called: 200 is answered after the store has committed; anything else, and Telegram calls again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
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

from bot.channels.telegram.client import FloodWait, TelegramClient
from bot.channels.telegram.send_results import send_result_of
from bot.channels.telegram.updates import UPDATE_KINDS, callback_query_ids, to_inbox_update
from config.errors import GongkaiError
from scheduler.delivery.inbox import Inbox, ReceiveGap

LONG_POLL_SECONDS = 30  # how long a question may stay unanswered: Telegram holds it until something happens
UPDATES_PER_REQUEST = 100  # the most it gives at once
FIRST_WAIT, MAX_WAIT = 1.0, 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header, no secret
MAX_UPDATE_BYTES = 1_000_000  # of one update, in bytes; Telegram's have some kilobytes
MINUTE = 60.0


class TelegramSilent(GongkaiError):
    """Telegram hands nothing over ({why}). What people send waits there for 24 hours; it is asked again by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSink:
    """What an ear has to do with the rest of the program."""

    inbox: Inbox
    wake: Callable[[], object]
    """Something was stored."""
    on_fault: Callable[[Exception], object]
    on_gap: Callable[[ReceiveGap], object]
    """People may have spoken unheard: ask again."""

    def store_updates(self, line: TelegramClient, raws: Sequence[dict[str, Any]]) -> None:
        """Store updates, then answer their presses at once; what they bring about is said when it is done."""
        if not raws:
            return
        self.inbox.store_updates([to_inbox_update(raw) for raw in raws])
        self.wake()
        for raw in raws:
            for query in callback_query_ids(raw):
                line.start(
                    line.bot.answer_callback_query(query)
                )  # too late is no harm: it ends a spinning sign

    def mark_contact(self) -> None:
        """Telegram has nothing more for us."""
        if silence := self.inbox.mark_heard():
            self.on_gap(silence)


class Polling:
    """Asks for updates until it is closed."""

    def __init__(self, line: TelegramClient, ear: UpdateSink) -> None:
        self._line, self._ear = line, ear
        self._stopping = threading.Event()
        self._asked: Future[Any] | None = None
        self._troubled = ""
        self._caught_up = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ask no more. What was stored stays."""
        self._stopping.set()
        if asked := self._asked:
            asked.cancel()
        self._thread.join()

    def _run(self) -> None:
        offset: int | None = None
        wait, first = 0.0, True
        while not self._stopping.wait(wait):
            try:
                if first:
                    self._wait_for(self._line.bot.delete_webhook())  # while one is set, questions are refused
                    first = False
                offset, wait = self._poll_once(offset), 0.0
                self._troubled, self._caught_up = "", True
            except CancelledError:
                return
            except TelegramError as error:
                self._caught_up = False
                offset, wait = None, self._backoff_after(error, wait)
            except Exception as fault:  # noqa: BLE001 - the database: nothing was confirmed, and it is asked again
                self._ear.on_fault(fault)
                offset, wait = None, _longer_wait(wait)

    def _poll_once(self, offset: int | None) -> int | None:
        """One question. Returns what is to be confirmed with the next, if anything."""
        # Whoever was away asks at once what there is, to know soon whether there was a silence.
        seconds = LONG_POLL_SECONDS if self._caught_up else 0
        wanted = {"timeout": seconds, "limit": UPDATES_PER_REQUEST, "allowed_updates": list(UPDATE_KINDS)}
        confirms = {"offset": offset} if offset is not None else {}
        # Raw, and by its lower-case name (methods know no case): the library's own call reads all updates of a
        # batch at once, so that one it cannot read would stop every other.
        asking = self._line.bot.do_api_request(
            "getupdates", api_kwargs={**wanted, **confirms}, read_timeout=seconds + 10
        )
        raws: list[dict[str, Any]] = self._wait_for(asking)
        self._ear.store_updates(self._line, sorted(raws, key=lambda raw: int(raw["update_id"])))
        if len(raws) < UPDATES_PER_REQUEST:
            self._ear.mark_contact()
        return max(int(raw["update_id"]) for raw in raws) + 1 if raws else None

    def _wait_for(self, question: Any) -> Any:
        self._asked = self._line.start(question)
        if self._stopping.is_set():
            self._asked.cancel()
        return self._asked.result()

    def _backoff_after(self, error: TelegramError, wait: float) -> float:
        why = "conflict" if isinstance(error, Conflict) else send_result_of(error).why
        if why != self._troubled:
            self._ear.on_fault(TelegramSilent(why=why))
        self._troubled = why
        return min(error.seconds, MAX_WAIT) if isinstance(error, FloodWait) else _longer_wait(wait)


def _longer_wait(wait: float) -> float:
    return min(max(wait * 2, FIRST_WAIT), MAX_WAIT)


def webhook_secret(home_secret: bytes) -> str:
    """What Telegram shows with each call: made from the office's own secret, which itself is told to nobody."""
    return hmac.new(home_secret, b"telegram webhook", hashlib.sha256).hexdigest()


def webhook_app(line: TelegramClient, ear: UpdateSink, secret: str) -> Starlette:
    """What Telegram calls: whoever does not know the secret is turned away before their words are read."""

    async def called(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        raw = await _read_update(request)
        if raw is None:
            return Response(status_code=400)
        try:
            await run_in_threadpool(ear.store_updates, line, [raw])
        except Exception as fault:  # noqa: BLE001 - not stored, so not confirmed: Telegram calls again
            ear.on_fault(fault)
            return Response(status_code=503)
        return Response(status_code=200)

    return Starlette(routes=[Route("/{path:path}", called, methods=["POST"])])


async def _read_update(request: Request) -> dict[str, Any] | None:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_UPDATE_BYTES:
            return None
    try:
        raw = json.loads(body)
    except ValueError:
        return None
    return raw if isinstance(raw, dict) and isinstance(raw.get("update_id"), int) else None


class Webhook:
    """Tells Telegram where to call, until it has heard it, and notes each minute that we can be called."""

    def __init__(self, line: TelegramClient, ear: UpdateSink, *, address: str, secret: str) -> None:
        self._line, self._ear, self._address, self._secret = line, ear, address, secret
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Note no more. Telegram goes on calling, and keeps for a day what nobody takes."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        wait, known = 0.0, False
        while not self._stopping.wait(wait):
            try:
                if not known:
                    self._line.ask(self._register_webhook())
                    known = True
                self._ear.mark_contact()
                wait = MINUTE
            except TelegramError as error:
                self._ear.on_fault(TelegramSilent(why=send_result_of(error).why))
                wait = min(error.seconds, MAX_WAIT) if isinstance(error, FloodWait) else _longer_wait(wait)
            except Exception as fault:  # noqa: BLE001 - the database: it is told, and tried again
                self._ear.on_fault(fault)
                wait = MINUTE

    async def _register_webhook(self) -> None:
        # One call at a time: several would come in any order.
        await self._line.bot.set_webhook(
            self._address, secret_token=self._secret, max_connections=1, allowed_updates=list(UPDATE_KINDS)
        )
