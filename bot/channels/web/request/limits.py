"""Limits what one address, and one person, may ask of the page, so that nobody can keep it from the others."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
MAX_KNOWN = 10_000
"""Addresses remembered at once; beyond them the oldest is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What one address may do in a minute: a page is about six requests, and a whole office may share an address."""

    requests: int = 1200
    forms: int = 240
    megabytes: int = 400


PERSON_LIMITS = PageLimits(forms=120, megabytes=200)
"""What one person may send in a minute: half of what their whole office may, which shares an address."""
MAX_LENGTH_DIGITS = 12  # of a declared length: more is too large, whatever follows


class RequestMeter:
    """Counts requests, forms and bytes of each address, or person, over the last minute, in this process."""

    def __init__(self, limits: PageLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._lock = threading.Lock()
        self._seen: dict[str, deque[tuple[float, int, int]]] = {}

    def admit(self, who: str, *, form: bool, size: int) -> int:
        """Count a request. Returns 0 where it may go on, else the seconds after which to come again."""
        now = self._clock()
        with self._lock:
            window = self._seen.pop(who, None) or deque()
            self._seen[who] = window
            while window and window[0][0] <= now - WINDOW_SECONDS:
                window.popleft()
            if self._is_over(window, form=form, size=size):
                return max(1, round(window[0][0] + WINDOW_SECONDS - now))
            window.append((now, int(form), size))
            if len(self._seen) > MAX_KNOWN:
                del self._seen[next(iter(self._seen))]
        return 0

    def _is_over(self, window: deque[tuple[float, int, int]], *, form: bool, size: int) -> bool:
        if len(window) >= self._limits.requests:
            return True
        if not form:
            return False
        forms, taken = sum(each[1] for each in window), sum(each[2] for each in window)
        return forms >= self._limits.forms or (
            bool(taken) and taken + size > self._limits.megabytes * 1_000_000
        )


def declared_length(headers: Mapping[str, str]) -> int:
    """The declared Content-Length in bytes; 0 where there is none. A body that is too long is never read."""
    length = headers.get("content-length", "0")
    return int(length[:MAX_LENGTH_DIGITS]) if length.isascii() and length.isdigit() else 0
