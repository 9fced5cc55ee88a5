"""Handles the updates of an inbox in one thread, and delivers their results in others.

Delivering takes a round trip to another machine and must not hold up the next update; within one chat results stay
in order. Nothing here depends on a channel.
"""

from __future__ import annotations

import queue
import threading
import zlib
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeVar

from scheduler.delivery.inbox import HandledUpdate, Handler, Inbox

UPDATES_PER_TRANSACTION = 20  # in one transaction: more would keep the first waiting
WORKER_THREADS = 8  # chats to which results are delivered at once
POLL_SECONDS = 5.0  # seconds between looks without being woken: another process may have stored an update
RETRY_SECONDS = 1.0

HandlerResult = TypeVar("HandlerResult")
FaultHandler = Callable[[Exception], object]
"""Called with faults of the program or the machine."""


class PerChatExecutor:
    """Runs work in several threads, each in order; the work of one chat always goes to the same thread."""

    def __init__(self, on_fault: FaultHandler, count: int = WORKER_THREADS) -> None:
        self._on_fault = on_fault
        self._queues: list[queue.SimpleQueue[Callable[[], object] | None]] = []
        self._threads: list[threading.Thread] = []
        for _ in range(count):
            work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
            self._queues.append(work)
            self._threads.append(threading.Thread(target=self._run, args=(work,), daemon=True))
        for thread in self._threads:
            thread.start()

    def submit(self, chat: str, work: Callable[[], object]) -> None:
        """Queue work behind the chat's earlier work."""
        self._queues[zlib.crc32(chat.encode()) % len(self._queues)].put(work)

    def close(self) -> None:
        """Finish the queued work and end the threads."""
        for work in self._queues:
            work.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self, queued: queue.SimpleQueue[Callable[[], object] | None]) -> None:
        while (work := queued.get()) is not None:
            try:
                work()
            except Exception as fault:  # noqa: BLE001 - one chat's fault must not stop the others
                self._on_fault(fault)


class InboxWorker(Generic[HandlerResult]):
    """Handles an inbox while its ``with`` block lasts."""

    def __init__(
        self,
        inbox: Inbox,
        handler: Handler[HandlerResult],
        *,
        deliver: Callable[[HandledUpdate[HandlerResult]], object],
        on_fault: FaultHandler,
    ) -> None:
        self._inbox, self._handler, self._deliver, self._on_fault = inbox, handler, deliver, on_fault
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._executor = PerChatExecutor(self._on_fault)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join()
        self._executor.close()

    def wake(self) -> None:
        """Look for updates now: one was stored."""
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

    def _deliver_result(self, handled: HandledUpdate[HandlerResult]) -> None:
        self._deliver(handled)
        if handled.retry_later:  # what it waited for has arrived
            self.wake()

    def _drain(self) -> float:
        """Handle what is due. Returns the seconds until the next update is due, as far as is known."""
        some = self._inbox.handle_some(self._handler, most=UPDATES_PER_TRANSACTION)
        for handled in some:
            if handled.fault:
                self._on_fault(handled.fault)
            self._executor.submit(handled.update.chat, partial(self._deliver_result, handled))
        if len(some) == UPDATES_PER_TRANSACTION:
            return 0.0
        wakes_at = self._inbox.next_attempt_at()
        if wakes_at is None:
            return POLL_SECONDS
        wait = (wakes_at - self._inbox.clock.now()).total_seconds()
        return min(max(wait, 0.0), POLL_SECONDS)
