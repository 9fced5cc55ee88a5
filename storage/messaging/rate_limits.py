"""Rate limits per address and per channel: of what is sent, and of what is handled of whoever sends to us.

Sending has sliding windows, shared by all instances of the program. A slot is taken before a message is sent, in the
transaction that marks it as sending; an answer takes one without waiting. A channel is shared fairly: while several
offices have messages to send, none takes more than its share.

What somebody sends beyond their window is not handled: they are told so once, with the instant from which it can be
sent again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, or_, select, text, update

from storage.database.tables import equals_bound
from storage.database.tables_delivery import OUTBOX, SLOTS
from storage.database.tables_messaging import HANDLED_AMOUNTS
from storage.messaging.outbox import IN_HAND_STATES, OutboxState

WINDOW_RETENTION, DAY = timedelta(hours=1), timedelta(days=1)
UPDATES, BYTES = "updates", "bytes"
UNSTATED_FILE_BYTES = 10_000_000
"""As what a file counts whose size the channel does not state before it is downloaded."""
ONCE_PREFIX = "once "
"""Before the name of a channel, in the rows of what it answers once a day."""

_DELETE_OLD = delete(SLOTS).where(*equals_bound(SLOTS, "channel"), SLOTS.c.at < bindparam("before"))
_SELECT_TAKEN = (
    select(SLOTS.c.at)
    .where(*equals_bound(SLOTS, "channel"), SLOTS.c.at > bindparam("after"))
    .order_by(SLOTS.c.at.desc())
    .limit(bindparam("most"))
)
_TAKEN_AT, _TAKEN_BY = (_SELECT_TAKEN.where(*equals_bound(SLOTS, name)) for name in ("address", "office"))
_INSERT = insert(SLOTS)
_WINDOW_KEY = ("office", "channel", "address", "kind")
_THIS_WINDOW = [HANDLED_AMOUNTS.c[name] == bindparam(f"of_{name}") for name in _WINDOW_KEY]
_ADD_HANDLED = (
    update(HANDLED_AMOUNTS)
    .where(
        *_THIS_WINDOW,
        HANDLED_AMOUNTS.c.began_at <= bindparam("at"),
        HANDLED_AMOUNTS.c.began_at > bindparam("after"),
        HANDLED_AMOUNTS.c.told.is_(False),
        or_(HANDLED_AMOUNTS.c.amount == 0, HANDLED_AMOUNTS.c.amount <= bindparam("most")),
    )
    .values(amount=HANDLED_AMOUNTS.c.amount + bindparam("size"))
)
"""Counts in a window that is open and not full, as each update but the first and the last ones does."""
_SELECT_HANDLED = select(HANDLED_AMOUNTS).where(*_THIS_WINDOW)
_BEGIN_HANDLED = insert(HANDLED_AMOUNTS)
_BEGIN_ANEW = (
    update(HANDLED_AMOUNTS)
    .where(*_THIS_WINDOW)
    .values(began_at=bindparam("begins"), amount=bindparam("size"), told=False)
)
_MARK_TOLD = update(HANDLED_AMOUNTS).where(*_THIS_WINDOW).values(told=True)
_FORGET_HANDLED = delete(HANDLED_AMOUNTS).where(
    HANDLED_AMOUNTS.c.office == bindparam("of_office"), HANDLED_AMOUNTS.c.began_at < bindparam("before")
)
_COUNT_WAITING_OFFICES = select(func.count(func.distinct(OUTBOX.c.office))).where(
    OUTBOX.c.state.in_((OutboxState.QUEUED, *IN_HAND_STATES)), OUTBOX.c.not_before <= bindparam("at")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWindow:
    """At most ``most`` messages in any period of ``within``."""

    most: int
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The limits of a channel: by default those of the strictest one known, Telegram's published limits."""

    person: RateWindow = RateWindow(most=1, within=timedelta(seconds=1))
    group: RateWindow = RateWindow(most=20, within=timedelta(minutes=1))
    channel: RateWindow = RateWindow(most=30, within=timedelta(seconds=1))
    hour: RateWindow = RateWindow(most=240, within=timedelta(hours=1))
    """A second window of each address, beside that of a person or group; at most an hour long.

    What waits for it goes out in one bundle afterwards, and a digest counts what it does not list.
    """


BURST = RateWindow(most=20, within=timedelta(minutes=1))
"""Of answers that nobody of the office is owed."""


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """One channel's windows over an open connection, counted over all offices, which share the channel."""

    connection: Connection
    channel: str
    limits: RateLimits

    def acquire(
        self, office: str, address: str, at: datetime, *, group: bool = False, parts: int = 1
    ) -> datetime | None:
        """Take a slot for each part. Returns None if they were taken, else the instant at which to try again.

        A message of more parts than an address's window holds takes the whole window.
        """
        self._lock_channel()
        self.connection.execute(_DELETE_OLD, {"channel": self.channel, "before": at - WINDOW_RETENTION})
        window = self.limits.group if group else self.limits.person
        hour = self.limits.hour
        free = [
            self._next_free(window, at, _TAKEN_AT, parts, address=address),
            self._next_free(hour, at, _TAKEN_AT, parts, address=address),
            self._next_free(self.limits.channel, at, _SELECT_TAKEN),
            self._next_free(self._office_share(at), at, _TAKEN_BY, office=office),
        ]
        later = [instant for instant in free if instant]
        if later:
            return max(later)
        for _ in range(min(parts, window.most)):
            self.count(office, address, at)
        return None

    def count(self, office: str, address: str, at: datetime) -> None:
        """Count a message that cannot wait, such as an answer: it takes a slot, and other messages wait longer."""
        row = {"id": uuid4().hex, "office": office, "channel": self.channel, "address": address, "at": at}
        self.connection.execute(_INSERT, row)

    def _next_free(
        self, window: RateWindow, at: datetime, query: Select[Any], parts: int = 1, **of: str
    ) -> datetime | None:
        """None if the window has room for so many parts; else the instant at which it will have."""
        most = max(1, window.most - parts + 1)
        asked = {"channel": self.channel, "after": at - window.within, "most": most, **of}
        taken = list(self.connection.execute(query, asked).scalars())
        return taken[-1] + window.within if len(taken) == most else None

    def _office_share(self, at: datetime) -> RateWindow:
        """An office's share of the channel: an equal one while several have messages to send."""
        offices = self.connection.execute(_COUNT_WAITING_OFFICES, {"at": at}).scalar() or 1
        whole = self.limits.channel
        return RateWindow(most=max(1, whole.most // max(1, offices)), within=whole.within)

    def _lock_channel(self) -> None:
        """On PostgreSQL, lock a channel's windows against other offices' writers. SQLite has one writer anyway."""
        if self.connection.dialect.name == "postgresql":
            lock = text("select pg_advisory_xact_lock(hashtext(:channel))")
            self.connection.execute(lock, {"channel": f"slots of {self.channel}"})


@dataclass(frozen=True, slots=True)
class OncePerDay:
    """Decides what a channel answers only once a day: strangers, changed messages, the photographs of one album.

    All such answers together stay below ``BURST`` a minute, whoever asks for them.
    """

    connection: Connection
    office: str
    channel: str

    def first(self, occasion: str, at: datetime) -> bool:
        """Whether an occasion is to be answered now; it is then not answered again for a day."""
        key = f"{ONCE_PREFIX}{self.channel}"
        self.connection.execute(_DELETE_OLD, {"channel": key, "before": at - DAY})
        said = {"channel": key, "after": at - DAY, "most": 1, "address": occasion}
        lately = {"channel": key, "after": at - BURST.within, "most": BURST.most}
        if self.connection.execute(_TAKEN_AT, said).first():
            return False
        if len(self.connection.execute(_SELECT_TAKEN, lately).all()) == BURST.most:
            return False
        row = {"id": uuid4().hex, "office": self.office, "channel": key, "address": occasion, "at": at}
        self.connection.execute(_INSERT, row)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLimits:
    """What one address may have handled in a window: an update a second, and thirty of the largest files."""

    updates: int = 600
    file_bytes: int = 1_000_000_000
    within: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OverLimit:
    """What was not handled because its sender sent too much."""

    until: datetime
    """The instant from which it can be sent again."""
    is_first: bool
    """True where the sender has not been told of this window yet."""


@dataclass(frozen=True, slots=True)
class PersonMeter:
    """Counts what is handled of each address, over the open connection of whoever handles it."""

    connection: Connection
    office: str
    limits: PersonLimits

    def admit(self, channel: str, address: str, at: datetime, *, file_bytes: int = 0) -> OverLimit | None:
        """Count an update and the bytes of its files. Returns None where it is handled.

        One message's files alone are never too many, however large: each of them has its own limit.
        """
        over = self._count((self.office, channel, address, UPDATES), at, 1, self.limits.updates)
        if over or not file_bytes:
            return over
        key = (self.office, channel, address, BYTES)
        return self._count(key, at, file_bytes, self.limits.file_bytes)

    def _count(self, key: tuple[str, ...], at: datetime, size: int, most: int) -> OverLimit | None:
        here: dict[str, object] = {f"of_{name}": value for name, value in zip(_WINDOW_KEY, key, strict=True)}
        room = {"at": at, "after": at - self.limits.within, "most": most - size, "size": size}
        if self.connection.execute(_ADD_HANDLED, here | room).rowcount:
            return None
        window = self.connection.execute(_SELECT_HANDLED, here).first()
        if window is None:
            self._begin_window(key, at, size)
            return None
        if not window.began_at <= at < window.began_at + self.limits.within:
            self.connection.execute(_BEGIN_ANEW, here | {"begins": _minute(at), "size": size})
            return None
        if not window.told:
            self.connection.execute(_MARK_TOLD, here)
        return OverLimit(window.began_at + self.limits.within, is_first=not window.told)

    def _begin_window(self, key: tuple[str, ...], at: datetime, size: int) -> None:
        """Begin counting somebody; what was counted days ago is forgotten, so that strangers do not pile up."""
        self.connection.execute(_FORGET_HANDLED, {"of_office": self.office, "before": at - DAY})
        window = dict(zip(_WINDOW_KEY, key, strict=True))
        self.connection.execute(
            _BEGIN_HANDLED, window | {"began_at": _minute(at), "amount": size, "told": False}
        )


def _minute(at: datetime) -> datetime:
    """The minute in which a window begins: people are told its end to the minute."""
    return at.replace(second=0, microsecond=0)
