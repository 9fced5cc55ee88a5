"""Logs faults of the program with their traces.

Logging never fails itself: where the disk is full or the file may not be written, the fault goes to the error
output, which systemd keeps, and the caller continues.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from config.durable_files import open_private, replace_file

LOG_FILE = "gongkai.log"


def log_fault(folder: Path | None, fault: Exception | None = None, **words: object) -> Path:
    """Write a fault, or the exception being handled, to a folder's log; returns the log's file."""
    target = folder / LOG_FILE if folder and folder.is_dir() else _log_outside_of_home()
    _write_log(target, lambda log: log.error("fault", exc_info=fault or True, **words))
    return target


def _log_outside_of_home() -> Path:
    """A new file of our own: a name that others can foresee, in a folder they share, could be theirs before."""
    handle, name = tempfile.mkstemp(prefix="gongkai-", suffix=".log")
    os.close(handle)
    return Path(name)


def log_warning(folder: Path, event: str, **words: object) -> None:
    """Log something that is no fault but should be noticed: keys and ids, never what somebody wrote."""
    _write_log(folder / LOG_FILE, lambda log: log.warning(event, **words))


def forget_lines(folder: Path, mentions: Callable[[str], bool]) -> int:
    """Delete the lines of a folder's log that mention somebody whose data were erased. Returns how many."""
    target = folder / LOG_FILE
    if not target.exists():
        return 0
    lines = target.read_text("utf-8", errors="replace").splitlines(keepends=True)
    left = [line for line in lines if not mentions(line)]
    if len(left) < len(lines):
        handle, part = tempfile.mkstemp(dir=folder, prefix=".log.")  # mode 600 from the start
        with open(handle, "w", encoding="utf-8") as made:  # noqa: PTH123 - of a handle
            made.write("".join(left))
        replace_file(Path(part), target)
    return len(lines) - len(left)


def _write_log(target: Path, say: Callable[[Any], object]) -> None:
    import structlog  # noqa: PLC0415 - a tenth of a second that only a fault should cost

    def to(file: TextIO) -> None:
        say(structlog.wrap_logger(structlog.WriteLogger(file), processors=_processors()))

    try:
        with open(target, "a", encoding="utf-8", opener=open_private) as file:
            to(file)
    except OSError:
        to(sys.stderr)


def _processors() -> list[Any]:
    import structlog  # noqa: PLC0415 - as above

    return [
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
