"""Ends the handling of an update that outlasts its time, and remembers it where the process ended with it.

Handling holds the office's write lock: one update that never ends would stop the page, the chats and the reminders.
Python code is ended by an exception in its own thread. Where a library never gives control back, whoever watches the
process ends it (systemd does, by ``WatchdogSec=``); the mark then tells the next start which update that was.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

HANDLING_SECONDS = 20.0  # seconds; the slowest answer there is, a bulletin with its picture, takes under two


class HandlingTooLong(BaseException):
    """An update outlasted its time. No ``except Exception`` inside the handling may keep it going."""


class TookTooLong(Exception):
    """The fault by which such an update is set aside, with the place at which it was ended."""


class ProcessEnded(Exception):
    """The process ended while an update was handled."""


class _DeadlineWatch:
    """One thread that ends what outlasts its time: starting a timer for each update took a seventh of handling it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ends: dict[int, float] = {}
        """By thread, the monotonic instant at which its handling is ended."""
        self._wakes_at: float | None = None
        """When the watching thread looks next; None while it waits to be told."""
        self._thread: threading.Thread | None = None

    def begin(self, thread: int, seconds: float) -> None:
        """Watch a thread from now on. It is seldom that the watching thread has to be woken for it."""
        end = monotonic() + seconds
        with self._changed:
            self._ends[thread] = end
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif self._wakes_at is None or end < self._wakes_at:
                self._changed.notify()

    def leave(self, thread: int) -> None:
        """Watch a thread no longer."""
        with self._changed:
            self._ends.pop(thread, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = monotonic()
                for thread in [each for each, end in self._ends.items() if end <= now]:
                    del self._ends[thread]
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(thread), ctypes.py_object(HandlingTooLong)
                    )
                self._wakes_at = min(self._ends.values(), default=None)
                self._changed.wait(None if self._wakes_at is None else self._wakes_at - now)


_WATCH = _DeadlineWatch()


@contextmanager
def handling_deadline(seconds: float) -> Iterator[None]:
    """Raise HandlingTooLong in this thread where the block takes longer."""
    thread = threading.get_ident()
    _WATCH.begin(thread, seconds)
    try:
        yield
    finally:
        _WATCH.leave(thread)


class HandlingMark:
    """A file that holds the number of the update in hand; without a path, nothing is remembered.

    It is written without a sync: it has to outlive the process, and no power cut is an update's fault.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def set(self, number: int) -> None:
        """Remember the update that is handled now."""
        if self._path:
            self._path.write_text(str(number), "ascii")

    def clear(self) -> None:
        """Forget it: it was handled, and that is committed."""
        if self._path:
            self._path.unlink(missing_ok=True)

    def left_behind(self) -> int:
        """Return the update in hand when a process ended; 0 where there was none."""
        if self._path:
            with suppress(FileNotFoundError, ValueError):  # no mark, or one that was not written to its end
                return int(self._path.read_text("ascii")[:18])
        return 0
