"""The limits of sending, kept in sliding windows that all instances share: for one address, and for a channel.

A slot is taken before speaking, in the transaction that begins to send; an answer takes one without asking. A shared
channel is shared fairly: while several offices have something to say, none takes more than its part of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, text

from storage.database.queries import same
from storage.database.tables_delivery import OUTBOX, SLOTS
from storage.messaging.outbox import IN_HAND, State

KEPT = timedelta(hours=1)

_FORGET = delete(SLOTS).where(*same(SLOTS, "channel"), SLOTS.c.at < bindparam("before"))
_TAKEN = (
    select(SLOTS.c.at)
    .where(*same(SLOTS, "channel"), SLOTS.c.at > bindparam("after"))
    .order_by(SLOTS.c.at.desc())
    .limit(bindparam("most"))
)
_TAKEN_AT, _TAKEN_BY = (_TAKEN.where(*same(SLOTS, name)) for name in ("address", "office"))
_TAKE = insert(SLOTS)
_SPEAKING = select(func.count(func.distinct(OUTBOX.c.office))).where(
    OUTBOX.c.state.in_((State.QUEUED, *IN_HAND)), OUTBOX.c.not_before <= bindparam("at")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most so many in any stretch of so long."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel takes: the numbers of the strictest we know (Telegram's published limits)."""

    person: Window = Window(most=1, within=timedelta(seconds=1))
    group: Window = Window(most=20, within=timedelta(minutes=1))
    channel: Window = Window(most=30, within=timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Slots:
    """One channel's windows over an open connection. Counts over all offices: they share the channel."""

    connection: Connection
    channel: str
    limits: Limits

    def take(
        self, office: str, address: str, at: datetime, *, group: bool = False, parts: int = 1
    ) -> datetime | None:
        """Take a slot for each part. Returns None when they were taken, else the instant at which to try again.

        Of more parts than an address's window holds, the whole of it is taken.
        """
        self._alone()
        self.connection.execute(_FORGET, {"channel": self.channel, "before": at - KEPT})
        window = self.limits.group if group else self.limits.person
        free = [
            self._free(window, at, _TAKEN_AT, parts, address=address),
            self._free(self.limits.channel, at, _TAKEN),
            self._free(self._part(at), at, _TAKEN_BY, office=office),
        ]
        later = [instant for instant in free if instant]
        if later:
            return max(later)
        for _ in range(min(parts, window.most)):
            self.count(office, address, at)
        return None

    def count(self, office: str, address: str, at: datetime) -> None:
        """Something is said that cannot wait, an answer: it fills the windows, and whatever can wait gives way."""
        row = {"id": uuid4().hex, "office": office, "channel": self.channel, "address": address, "at": at}
        self.connection.execute(_TAKE, row)

    def _free(
        self, window: Window, at: datetime, query: Select[Any], parts: int = 1, **of: str
    ) -> datetime | None:
        """None while the window has room for so many; else the instant at which enough have left it."""
        most = max(1, window.most - parts + 1)
        asked = {"channel": self.channel, "after": at - window.within, "most": most, **of}
        taken = list(self.connection.execute(query, asked).scalars())
        return taken[-1] + window.within if len(taken) == most else None

    def _part(self, at: datetime) -> Window:
        """An office's part of the channel: an equal one while several have something to say."""
        offices = self.connection.execute(_SPEAKING, {"at": at}).scalar() or 1
        whole = self.limits.channel
        return Window(most=max(1, whole.most // max(1, offices)), within=whole.within)

    def _alone(self) -> None:
        """Two offices look at one channel's windows: on PostgreSQL they take turns. SQLite has one writer anyway."""
        if self.connection.dialect.name == "postgresql":
            lock = text("select pg_advisory_xact_lock(hashtext(:channel))")
            self.connection.execute(lock, {"channel": f"slots of {self.channel}"})
