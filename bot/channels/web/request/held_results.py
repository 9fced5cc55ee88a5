"""Holds in memory, for half an hour, what a form produced, and a form that was sent after its session had ended.

A result is for the browser that made it, a form for its person once they are signed in again; nothing is written.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

HELD_SECONDS = 30 * 60.0
MAX_HELD_BYTES = 128 * 1024 * 1024  # bytes of all results together; beyond them the oldest are given up
MACHINERY = frozenset(
    {"token", "act", "seen", "once", "basis", "manifest", "stage", "checked", "proposed", "tried"}
)
"""The fields that no person writes; they are sent again with the rest, but not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    owner: str
    result: object
    size: int
    until: float


class HeldResults:
    """Results by a random token, each for the session that made it. A session's newer result replaces its older one.

    What ran out is given up whenever anything is held or looked up; it can be read by nobody from that moment on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._held: dict[str, _Held] = {}

    def hold(self, owner: str, result: object, size: int) -> str:
        """Hold a result of ``size`` bytes for a session. Returns its token."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._give_up(owner)
            self._held[token] = _Held(
                owner=owner, result=result, size=size, until=self._clock() + HELD_SECONDS
            )
            while len(self._held) > 1 and sum(one.size for one in self._held.values()) > MAX_HELD_BYTES:
                del self._held[next(iter(self._held))]
        return token

    def find(self, owner: str, token: str) -> object | None:
        """The session's result; None where it ran out, was replaced, or is somebody else's."""
        with self._lock:
            self._give_up("")
            found = self._held.get(token)
        return found.result if found and found.owner == owner else None

    def _give_up(self, owner: str) -> None:
        """Give up what ran out, and what the owner held before."""
        now = self._clock()
        self._held = {
            token: one for token, one in self._held.items() if one.until > now and one.owner != owner
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """A form that was sent after its session had ended: where to, with what; its files are not kept."""

    path: str
    fields: Mapping[str, str]
    files: tuple[str, ...]
    """The names of the files that have to be chosen again."""

    @property
    def words(self) -> tuple[str, ...]:
        """What a person wrote, without what only the machine needs."""
        return tuple(value for name, value in self.fields.items() if value and name not in MACHINERY)


@dataclass(frozen=True, slots=True)
class KeptForms:
    """The kept forms, the newest of each person."""

    held: HeldResults

    def keep(self, person: str, form: KeptForm) -> str:
        """Keep a person's form. Returns the token by which they find it again."""
        size = sum(len(value.encode()) for value in form.fields.values())
        return self.held.hold(person, form, size)

    def find(self, person: str, token: str) -> KeptForm | None:
        """The person's form; None where it ran out or is somebody else's."""
        found = self.held.find(person, token)
        return found if isinstance(found, KeptForm) else None
