"""The waits between attempts to reach a platform: they grow, and never end."""

from __future__ import annotations

FIRST_WAIT, MAX_WAIT = 1.0, 60.0  # seconds


def longer_wait(wait: float, *, first: float = FIRST_WAIT, most: float = MAX_WAIT) -> float:
    """Twice the last wait in seconds, at least ``first`` and at most ``most``."""
    return min(max(wait * 2, first), most)
