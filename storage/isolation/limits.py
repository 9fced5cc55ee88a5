"""The limits of a reader of foreign files, and the reasons why it was stopped.

The reason's key is a field of the refusal, so that the phrase book has the same sentence in the person's
language (``unreadable.<reason>.why`` and ``.next_step``).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from config.errors import Unreadable

if sys.platform != "win32":
    import resource

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
MEGABYTE = 1024 * 1024


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


def isolation_error(file: str, reason: str, **words: object) -> Unreadable:
    """Make the refusal for a reason; the caller raises it."""
    return Unreadable.for_reason(reason, REASONS[reason], file=file, **words)


def limit_this_process(limits: ReadingLimits) -> None:
    """Let the system hold this process to its limits; where it cannot (Windows), the caller's clock alone does."""
    if sys.platform == "win32":
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_mb * MEGABYTE, most))
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))  # it ends even where its parent was killed
