"""The child process: it calls one reader after another, and answers with what each returned.

A request is the module and name of a function, its arguments and its limits; requests and answers are pickled, each
behind its length in eight bytes. That keeps a bomb away from the program; it is no wall against a file that takes
over the reader's own code.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, BinaryIO

from config.errors import GongkaiError

if sys.platform != "win32":
    import resource

LENGTH_BYTES = 8
IDLE_SECONDS = 300.0  # seconds: a reader holds some 60 MB, which nobody needs at night
NICE = 5  # a press is answered before a file is read
MEGABYTE = 1024 * 1024
RETURNED, REFUSED, FAULT, OUT_OF_MEMORY = "returned", "refused", "fault", "out_of_memory"
_process: dict[str, bool] = {"is_worker": False}


def in_worker() -> bool:
    """Whether this process is a worker: what a reader calls runs here and needs no further process."""
    return _process["is_worker"]


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write bytes behind their length."""
    stream.write(len(content).to_bytes(LENGTH_BYTES, "big"))
    stream.write(content)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read the bytes of one frame; None where the stream ended."""
    head = stream.read(LENGTH_BYTES)
    size = int.from_bytes(head, "big")
    content = stream.read(size) if len(head) == LENGTH_BYTES else b""
    return content if len(head) == LENGTH_BYTES and len(content) == size else None


def serve_requests() -> None:
    """Answer requests from standard input until it ends, or until nothing came for five minutes."""
    _process["is_worker"] = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which then closes this one
    if hasattr(os, "nice"):
        os.nice(NICE)
    requests = sys.stdin.buffer
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a reader prints must not stand among the answers
        while (request := _next_request(requests)) is not None:
            kind, value = _answer(request)
            write_frame(answers, pickle.dumps((kind, value)))
            if kind == OUT_OF_MEMORY:  # a fresh process has its memory in order
                return


def _next_request(requests: BinaryIO) -> bytes | None:
    end = threading.Timer(IDLE_SECONDS, os._exit, args=(0,))
    end.daemon = True
    end.start()
    try:
        return read_frame(requests)
    finally:
        end.cancel()


def _answer(request: bytes) -> tuple[str, Any]:
    module, name, args, kwargs, limit_seconds, memory_mb = pickle.loads(request)  # noqa: S301 - from our own parent process
    function = getattr(importlib.import_module(module), name)
    _limit_this_process(limit_seconds, memory_mb)
    try:
        return RETURNED, function(*args, **kwargs)
    except GongkaiError as refusal:
        return REFUSED, (type(refusal), dict(vars(refusal)), refusal.args)
    except MemoryError:
        return OUT_OF_MEMORY, None
    except Exception:  # noqa: BLE001 - it is raised again in the parent, with this trace
        with suppress(MemoryError):
            return FAULT, traceback.format_exc()
        return OUT_OF_MEMORY, None


def _limit_this_process(limit_seconds: float, memory_mb: int) -> None:
    """Let the system hold this process to its limits; where it cannot (Windows), the caller's clock alone does."""
    if sys.platform == "win32":
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MEGABYTE, most))
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = int(used.ru_utime + used.ru_stime + limit_seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))  # it ends even where its parent was killed
