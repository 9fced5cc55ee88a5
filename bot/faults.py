"""Where a fault of the program is written down, with its trace, for whoever mends it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any


def log_fault(folder: Path | None, fault: Exception | None = None, **words: object) -> Path:
    """Write a fault, or the exception being handled, to a folder's log. Returns the file."""
    import structlog  # noqa: PLC0415 - a tenth of a second that only a fault should cost

    target = (folder if folder and folder.is_dir() else Path(tempfile.gettempdir())) / "gongkai.log"
    with target.open("a", encoding="utf-8") as file:
        structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=_processors(),
        ).error("fault", exc_info=fault or True, **words)
    return target


def log_note(folder: Path, event: str, **words: object) -> None:
    """Write down what is no fault but wants to be seen: keys and ids, never what somebody wrote."""
    import structlog  # noqa: PLC0415 - as above

    with (folder / "gongkai.log").open("a", encoding="utf-8") as file:
        structlog.wrap_logger(structlog.WriteLogger(file), processors=_processors()).warning(event, **words)


def _processors() -> list[Any]:
    import structlog  # noqa: PLC0415 - as above

    return [
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
