"""Listening: whatever waits in an inbox is handled by one thread, and what came of it is said by others.

Saying takes a round trip to another machine and must not hold up the next press; within one chat the order stays.
Nothing here knows a channel.
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
WORKER_THREADS = 8  # chats that can be spoken to at once
POLL_SECONDS = 5.0  # seconds, after which it looks by itself: another instance may have stored something
RETRY_SECONDS = 1.0

HandlerResult = TypeVar("HandlerResult")
FaultHandler = Callable[[Exception], object]
"""Hears of what is nobody's mistake but the program's or the machine's."""


class PerChatExecutor:
    """Threads that each do their work in order; the work of one chat always meets the same one."""

    def __init__(self, told: FaultHandler, count: int = WORKER_THREADS) -> None:
        self._told = told
        self._queues: list[queue.SimpleQueue[Callable[[], object] | None]] = []
        self._threads: list[threading.Thread] = []
        for _ in range(count):
            work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
            self._queues.append(work)
            self._threads.append(threading.Thread(target=self._run, args=(work,), daemon=True))
        for thread in self._threads:
            thread.start()

    def submit(self, chat: str, work: Callable[[], object]) -> None:
        """Do it after whatever is to be done in this chat before."""
        self._queues[zlib.crc32(chat.encode()) % len(self._queues)].put(work)

    def close(self) -> None:
        """Finish what was begun."""
        for work in self._queues:
            work.put(None)
        for thread in self._threads:
            thread.join()

    def _run(self, queued: queue.SimpleQueue[Callable[[], object] | None]) -> None:
        while (work := queued.get()) is not None:
            try:
                work()
            except Exception as fault:  # noqa: BLE001 - one chat's fault must not silence the others
                self._told(fault)


class InboxWorker(Generic[HandlerResult]):
    """Handles an inbox from the moment it is entered until it is left."""

    def __init__(
        self,
        inbox: Inbox,
        handler: Handler[HandlerResult],
        *,
        say: Callable[[HandledUpdate[HandlerResult]], object],
        told: FaultHandler,
    ) -> None:
        self._inbox, self._handler, self._say, self._told = inbox, handler, say, told
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._lanes = PerChatExecutor(self._told)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._woken.set()
        self._thread.join()
        self._lanes.close()

    def wake(self) -> None:
        """Something was stored."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()  # before looking: what is stored meanwhile sets it again
            try:
                wait = self._drain()
            except Exception as fault:  # noqa: BLE001 - the database: it is told, and tried again
                self._told(fault)
                wait = RETRY_SECONDS
            self._woken.wait(wait)

    def _deliver_result(self, handled: HandledUpdate[HandlerResult]) -> None:
        self._say(handled)
        if handled.retry_later:  # what it waited for is here
            self.wake()

    def _drain(self) -> float:
        """Handle what may be handled. Returns for how long nothing will be to do, as far as is known."""
        some = self._inbox.handle_some(self._handler, most=UPDATES_PER_TRANSACTION)
        for handled in some:
            if handled.fault:
                self._told(handled.fault)
            self._lanes.submit(handled.update.chat, partial(self._deliver_result, handled))
        if len(some) == UPDATES_PER_TRANSACTION:
            return 0.0
        wakes_at = self._inbox.next_attempt_at()
        if wakes_at is None:
            return POLL_SECONDS
        wait = (wakes_at - self._inbox.clock.now()).total_seconds()
        return min(max(wait, 0.0), POLL_SECONDS)
