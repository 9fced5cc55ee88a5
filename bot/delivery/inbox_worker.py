"""Handles the updates of an inbox in one thread, and delivers their results in others.

Delivering takes a round trip to another machine and must not hold up the next update; within one chat results stay
in order. Nothing here depends on a channel.
"""

from __future__ import annotations

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from functools import partial
from itertools import count as count_from
from time import monotonic
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from bot.delivery.shared_writes import SharedWrites
from bot.services.app import OfficeApp
from scheduler.delivery.handling_deadline import HandlingMark
from scheduler.delivery.inbox import HandledUpdate, Handler, Inbox

UPDATES_PER_TRANSACTION = 40  # in one transaction: more would keep the first waiting
WORKER_THREADS = 8  # chats to which results are delivered at once
POLL_SECONDS = 5.0  # seconds between looks without being woken: another process may have stored an update
RETRY_SECONDS = 1.0

HandlerResult = TypeVar("HandlerResult")
Wait = float | Future[Any]
"""Seconds, or something that is being done."""
ChatWork = tuple[str, Iterator[Wait]]
"""A chat, and work for it."""
FaultHandler = Callable[[Exception], object]
"""Called with faults of the program or the machine."""


def open_inbox(app: OfficeApp, channel: str) -> Inbox:
    """Open the inbox of a channel; the update in hand is marked in the office's folder, for a start after a crash."""
    mark = HandlingMark(app.home.path / f"handling.{channel}")
    return Inbox(store=app.store, office=app.office.slug, channel=channel, clock=app.clock, mark=mark)


class PerChatExecutor:
    """Runs work in a few threads, each chat's in order.

    Work is an iterator. What it yields is the seconds after which it goes on, or what has to be done first: meanwhile
    its chat waits and no thread does, so that one chat's wait never holds up another's.
    """

    def __init__(self, on_fault: FaultHandler, count: int = WORKER_THREADS) -> None:
        self._on_fault = on_fault
        self._changed = threading.Condition()
        self._works: dict[str, deque[Iterator[Wait]]] = {}
        """By chat, its unfinished work, the current one first."""
        self._due: list[tuple[float, int, str]] = []
        """When each chat goes on, as a heap; a chat that is being worked on is not in it."""
        self._count = count_from(0)
        self._closing = False
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, chat: str, work: Iterator[Wait]) -> None:
        """Queue work behind the chat's earlier work."""
        with self._changed:
            if chat in self._works:
                self._works[chat].append(work)
                return
            self._works[chat] = deque([work])
            self._schedule(chat, 0.0)

    def close(self) -> None:
        """Finish the queued work and end the threads. What waits is left: its replies are owed, and said later."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while chat := self._next_chat():
            wait = self._work_on(chat)
            if isinstance(wait, Future):
                wait.add_done_callback(partial(self._go_on, chat))
                continue
            with self._changed:
                if wait is None:
                    self._works[chat].popleft()
                if self._works[chat]:
                    self._schedule(chat, wait or 0.0)
                else:
                    del self._works[chat]

    def _go_on(self, chat: str, _done: Future[Any]) -> None:
        with self._changed:
            self._schedule(chat, 0.0)

    def _work_on(self, chat: str) -> Wait | None:
        """Go on with the chat's work. Returns what it waits for; None where it is done."""
        try:
            return next(self._works[chat][0], None)
        except Exception as fault:  # noqa: BLE001 - one chat's fault must not stop the others
            self._on_fault(fault)
            return None

    def _next_chat(self) -> str:
        """The next chat that is due; waits for it. Empty where nothing is due any more and no work is to come."""
        with self._changed:
            while True:
                wait = self._due[0][0] - monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                if self._closing:
                    return ""
                self._changed.wait(wait)

    def _schedule(self, chat: str, wait: float) -> None:
        heapq.heappush(self._due, (monotonic() + wait, next(self._count), chat))
        self._changed.notify()


class InboxWorker(Generic[HandlerResult]):
    """Handles an inbox while its ``with`` block lasts."""

    def __init__(
        self,
        inbox: Inbox,
        handler: Handler[HandlerResult],
        *,
        deliver: Callable[[HandledUpdate[HandlerResult]], object],
        on_fault: FaultHandler,
        owed: Callable[[], Iterable[ChatWork]] = tuple,
        writes: SharedWrites | None = None,
    ) -> None:
        """``deliver`` may return an iterator, which waits between its steps; ``owed`` is work of earlier runs.

        ``writes`` are carried out in the transactions of this worker.
        """
        self._inbox, self._handler, self._deliver, self._on_fault = inbox, handler, deliver, on_fault
        self._owed = owed
        self._writes = writes or SharedWrites(inbox.store, inbox.office)
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._executor = PerChatExecutor(self._on_fault)
        for chat, work in self._owed():
            self._executor.submit(chat, work)
        self._writes.share(self.wake)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join()
        self._writes.end_sharing()
        self._executor.close()

    def wake(self) -> None:
        """Look now: an update was stored, or something waits to be written."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()  # before looking: what is stored meanwhile sets it again
            try:
                wait = self._drain()
            except Exception as fault:  # noqa: BLE001 - the database: it is reported, and tried again
                self._on_fault(fault)
                wait = RETRY_SECONDS
            self._woken.wait(wait)

    def _deliver_result(self, handled: HandledUpdate[HandlerResult]) -> Iterator[Wait]:
        delivering = self._deliver(handled)
        if isinstance(delivering, Iterator):
            yield from delivering
        if handled.retry_later:  # what it waited for has arrived
            self.wake()

    def _drain(self) -> float:
        """Handle what is due. Returns the seconds until the next update is due, as far as is known."""
        with self._writes.next_transaction() as write:
            some = self._inbox.handle_some(self._handler, most=UPDATES_PER_TRANSACTION, before=write)
        for handled in some:
            if handled.fault:
                self._on_fault(handled.fault)
            self._executor.submit(handled.update.chat, self._deliver_result(handled))
        if len(some) == UPDATES_PER_TRANSACTION:
            return 0.0
        wakes_at = self._inbox.next_attempt_at()
        if wakes_at is None:
            return POLL_SECONDS
        wait = (wakes_at - self._inbox.clock.now()).total_seconds()
        return min(max(wait, 0.0), POLL_SECONDS)
