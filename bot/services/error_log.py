"""Where a fault of the program is written down, with its trace, for whoever mends it.

Writing it down must not be a fault of its own: where the disk is full or the file may not be written, it is said on
the error output (systemd keeps that), and whoever told us goes on.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO


def log_fault(folder: Path | None, fault: Exception | None = None, **words: object) -> Path:
    """Write a fault, or the exception being handled, to a folder's log. Returns the file."""
    target = (folder if folder and folder.is_dir() else Path(tempfile.gettempdir())) / "gongkai.log"
    _write_log(target, lambda log: log.error("fault", exc_info=fault or True, **words))
    return target


def log_warning(folder: Path, event: str, **words: object) -> None:
    """Write down what is no fault but wants to be seen: keys and ids, never what somebody wrote."""
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
