"""Calls a reader of a foreign file in a child process, so that no file can stop, fill or slow the program.

    @isolated("name")
    def read_docx(content: bytes, name: str) -> Document: …

The function stands at the top of a module, and its arguments and result are data. A process is started once (half a
second) and kept; a call then costs a millisecond beside the reading itself. What an isolated reader calls itself runs
in the same child.
"""

from __future__ import annotations

import atexit
import inspect
import io
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import wraps
from pathlib import Path, PurePath
from typing import Any, BinaryIO, ParamSpec, TypeVar, cast

from config.errors import GongkaiError, Unreadable
from storage.isolation import worker

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")
MAX_PROCESSES = 3  # files read at once; the fourth waits
KEPT_PROCESSES = 1
_START = (
    "import sys; sys.path[:] = sys.argv[1:]; from storage.isolation.worker import serve_requests as s; s()"
)
_PLAIN = frozenset(
    {("datetime", "date"), ("datetime", "datetime"), ("decimal", "Decimal"), ("builtins", "frozenset")}
)
_OWN = ("config.", "storage.", "tests.")
REASONS = {
    "too_slow": (
        "reading it takes longer than {limit} seconds",
        "Copy its content into a new file without pictures and unused sheets, then give that.",
    ),
    "too_much_memory": (
        "reading it takes more than {limit} MB of memory",
        "Copy its content into a new file without pictures and unused sheets, then give that.",
    ),
    "reader_ended": (
        "the program that reads it broke off",
        "Open it in the program it was written with, save it again, and give that.",
    ),
}
"""The reasons why a reader was stopped. The key is a field of the refusal, so that the phrase book has the same
sentence in the person's language (``unreadable.<reason>.why`` and ``.next_step``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """What reading one file may take: seconds by the clock, and memory in MB of the whole child process."""

    seconds: float = 30
    memory_mb: int = 1024


DOCUMENT = ReadingLimits()
PICTURE = ReadingLimits(memory_mb=1536)
"""A photograph of 120 million pixels takes 480 MB decoded, and is made smaller beside itself."""
REGISTER = ReadingLimits(seconds=300, memory_mb=2048)
"""A register of 200,000 rows is read whole; only a command brings one in, and nobody waits behind it."""


class ReaderFault(Exception):
    """A reader failed by a fault of the program; the child's trace is its text."""


def isolated(
    file: str, limits: ReadingLimits = DOCUMENT
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Let a reader run in a child process; ``file`` is its argument that names the file: a path, or a name.

    The reader then also raises Unreadable where it was stopped at its limits or broke off, and ReaderFault where it
    failed by a fault of the program.
    """

    def decorate(reader: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        signature = inspect.signature(reader)

        @wraps(reader)
        def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            if worker.in_worker():
                return reader(*args, **kwargs)
            named = signature.bind(*args, **kwargs).arguments[file]
            shown = named.name if isinstance(named, PurePath) else str(named)
            return _call_child(reader, _absolute_paths(args), kwargs, shown, limits)

        return call

    return decorate


def _absolute_paths(arguments: tuple[object, ...]) -> tuple[object, ...]:
    """Return the arguments with absolute paths: the child stands in the folder in which it was started."""
    return tuple(each.absolute() if isinstance(each, Path) else each for each in arguments)


def _call_child(
    reader: Callable[..., Result],
    args: tuple[object, ...],
    kwargs: dict[str, Any],
    file: str,
    limits: ReadingLimits,
) -> Result:
    request = pickle.dumps(
        (reader.__module__, reader.__qualname__, args, kwargs, limits.seconds, limits.memory_mb)
    )
    kind, value = _PROCESSES.call(request, file, limits)
    if kind == worker.RETURNED:
        return cast("Result", value)
    if kind == worker.REFUSED:
        raise _refusal(*value)
    if kind == worker.OUT_OF_MEMORY:
        raise _isolation_error(file, "too_much_memory", limit=limits.memory_mb)
    raise ReaderFault(value)


def _refusal(kind: type[GongkaiError], facts: dict[str, Any], arguments: tuple[Any, ...]) -> GongkaiError:
    """Make the child's refusal anew: its class takes words that the exception's own copying does not know."""
    refusal = kind.__new__(kind, *arguments)
    vars(refusal).update(facts)
    refusal.args = arguments
    return refusal


def _isolation_error(file: str, reason: str, **words: object) -> Unreadable:
    """Make the refusal for a reason; the caller raises it."""
    return Unreadable.for_reason(reason, REASONS[reason], file=file, **words)


class _ChildProcess:
    """One child process; a call that outlasts its time ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", _START, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._in, self._out = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)

    def call(self, request: bytes, seconds: float) -> tuple[bytes | None, bool]:
        """Return the answer, None where the process ended, and whether its time had run out."""
        late = threading.Event()
        clock = threading.Timer(seconds, self._stop, args=(late,))
        clock.start()
        try:
            worker.write_frame(self._in, request)
            return worker.read_frame(self._out), late.is_set()
        except OSError:  # it ended while the request was written
            return None, late.is_set()
        finally:
            clock.cancel()

    def _stop(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def ended_by_itself(self) -> bool:
        """Whether it ended because nothing was asked of it for long."""
        return self._process.wait() == 0

    def close(self) -> None:
        """End it and take its exit code."""
        self._process.kill()
        for stream in (self._in, self._out):
            try:
                stream.close()
            except OSError:  # what was still to be written has no reader any more
                continue
        self._process.wait()


class _ProcessPool:
    """The child processes: one is kept, and further ones are started while it is in use."""

    def __init__(self) -> None:
        self._free: list[_ChildProcess] = []
        self._lock, self._places = threading.Lock(), threading.BoundedSemaphore(MAX_PROCESSES)

    def call(self, request: bytes, file: str, limits: ReadingLimits) -> tuple[str, Any]:
        """Return the kind of answer and its value. Raises Unreadable where the process was stopped or broke off."""
        with self._places:
            child = self._take()
            answer, late = child.call(request, limits.seconds)
            if answer is None and not late and child.ended_by_itself():
                child.close()
                child = _ChildProcess()
                answer, late = child.call(request, limits.seconds)
            if answer is None:
                child.close()
                reason = "too_slow" if late else "reader_ended"
                raise _isolation_error(file, reason, limit=int(limits.seconds))
            try:
                kind, value = read_answer(answer)
            except pickle.UnpicklingError as error:
                child.close()
                raise _isolation_error(file, "reader_ended") from error
            self._give_back(child, keep=not late and kind != worker.OUT_OF_MEMORY)
            return kind, value

    def _take(self) -> _ChildProcess:
        with self._lock:
            return self._free.pop() if self._free else _ChildProcess()

    def _give_back(self, child: _ChildProcess, *, keep: bool) -> None:
        with self._lock:
            keep = keep and len(self._free) < KEPT_PROCESSES
            if keep:
                self._free.append(child)
        if not keep:
            child.close()

    def close(self) -> None:
        """End the processes that are free; a busy one ends with its call."""
        with self._lock:
            children, self._free = self._free, []
        for child in children:
            child.close()


class _AnswerReader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return a class that an answer may hold. Raises UnpicklingError for any other, and for functions."""
        if (module, name) in _PLAIN or module.startswith(_OWN):
            found = super().find_class(module, name)
            record = is_dataclass(found) or (
                isinstance(found, type) and issubclass(found, tuple | Enum | GongkaiError)
            )
            if (module, name) in _PLAIN or (isinstance(found, type) and record):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def read_answer(content: bytes) -> tuple[str, Any]:
    """Return the kind of an answer and its value: plain values and the program's own records, and nothing else.

    A pickle can name any function and call it. Whoever took over a reader's process could otherwise go on in this
    one. Raises UnpicklingError where it holds anything else.
    """
    kind, value = _AnswerReader(io.BytesIO(content)).load()
    return kind, value


_PROCESSES = _ProcessPool()
atexit.register(_PROCESSES.close)
