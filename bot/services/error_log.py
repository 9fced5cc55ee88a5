"""Logs faults of the program with their traces.

Logging never fails itself: where the disk is full or the file may not be written, the fault goes to the error
output, which systemd keeps, and the caller continues.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO


def log_fault(folder: Path | None, fault: Exception | None = None, **words: object) -> Path:
    """Write a fault, or the exception being handled, to a folder's log; returns the log's file."""
    target = (folder if folder and folder.is_dir() else Path(tempfile.gettempdir())) / "gongkai.log"
    _write_log(target, lambda log: log.error("fault", exc_info=fault or True, **words))
    return target


def log_warning(folder: Path, event: str, **words: object) -> None:
    """Log something that is no fault but should be noticed: keys and ids, never what somebody wrote."""
    _write_log(folder / "gongkai.log", lambda log: log.warning(event, **words))


def _write_log(target: Path, say: Callable[[Any], object]) -> None:
    import structlog  # noqa: PLC0415 - a tenth of a second that only a fault should cost

    def to(file: TextIO) -> None:
        say(structlog.wrap_logger(structlog.WriteLogger(file), processors=_processors()))

    try:
        with target.open("a", encoding="utf-8") as file:
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
