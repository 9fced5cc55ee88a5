"""Collects the small writes of the threads that deliver replies, for one transaction of the inbox worker.

A disk takes as long to commit one write as forty. That a reply was said, and which card shows it, is not urgent:
whoever wrote it waits for the future and holds up no thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.database.store import Store

Written = TypeVar("Written")


@dataclass(frozen=True, slots=True)
class _QueuedWrite:
    """A write, and whoever waits for what it returns."""

    write: Callable[[Connection], Any]
    future: Future[Any] = field(default_factory=Future)


class SharedWrites:
    """Writes of one office that wait for a worker's next transaction; without a worker each has its own."""

    def __init__(self, store: Store, office: str) -> None:
        self._store, self._office = store, office
        self._lock = threading.Lock()
        self._queued: list[_QueuedWrite] = []
        self._wake: Callable[[], object] | None = None

    def submit(self, write: Callable[[Connection], Written]) -> Future[Written]:
        """Queue a write. The future is done once it is committed, or has failed."""
        queued = _QueuedWrite(write)
        with self._lock:
            self._queued.append(queued)
            wake = self._wake
        if wake:
            wake()
        else:
            self._commit_queued()
        return queued.future

    def share(self, wake: Callable[[], object]) -> None:
        """From now on a worker carries them out; ``wake`` tells it that something waits."""
        with self._lock:
            self._wake = wake

    def end_sharing(self) -> None:
        """Carry out what waits, and from now on each write by itself."""
        with self._lock:
            self._wake = None
        self._commit_queued()

    @contextmanager
    def next_transaction(self) -> Iterator[Callable[[Connection], None]]:
        """Yields what writes all that waits on a connection, whose transaction must end within the block."""
        with self._lock:
            taken, self._queued = self._queued, []
        outcomes: list[Callable[[], None]] = []
        try:
            yield lambda connection: outcomes.extend(self._outcome(connection, one) for one in taken)
        except BaseException as fault:
            for one in taken:
                one.future.set_exception(fault)
            raise
        for tell in outcomes:
            tell()

    def _outcome(self, connection: Connection, one: _QueuedWrite) -> Callable[[], None]:
        """Write one in a savepoint. Returns what tells its result. A failing database raises: nothing is kept."""
        try:
            with self._store.savepoint(connection, self._office):
                result = one.write(connection)
        except DBAPIError:
            raise
        except Exception as fault:  # noqa: BLE001 - told to whoever wrote it; the others are kept
            told = fault  # the name of an except clause ends with the clause
            return lambda: one.future.set_exception(told)
        return lambda: one.future.set_result(result)

    def _commit_queued(self) -> None:
        try:
            with self.next_transaction() as write, self._store.writing(self._office) as connection:
                write(connection)
        except Exception:  # noqa: BLE001 - each of them was told
            return
