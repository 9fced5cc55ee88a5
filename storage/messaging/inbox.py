"""The inbox: updates that the channels delivered, each under the id its channel gave it.

An id is kept for as long as its channel could deliver the update again, and a little longer; then its row is
deleted. Ids may start again anywhere after a week without updates, so the order is that of arrival, and an id older
than that is no duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, update

from storage.database.tables import chunks
from storage.database.tables_messaging import INBOX, LISTENING

UPDATE_ID_RETENTION = timedelta(days=3)
"""Telegram drops undelivered updates after 24 hours, and starts its ids again after a week without updates."""


class RawUpdate(NamedTuple):
    """One update as a channel delivers it."""

    update_id: str
    chat: str
    """Updates of one chat are handled in their order."""
    body: str
    content_key: str = ""
    """Equal for two deliveries of one message under different ids; empty where ids alone tell them apart."""


class InboxEntry(NamedTuple):
    """An update in the inbox."""

    number: int
    update_id: str
    chat: str
    body: str
    """Empty once the update was handled: messages are not kept twice."""
    received_at: datetime
    attempts: int
    fault: str


def _channel_conditions(table: Any) -> tuple[Any, ...]:
    return (table.c.office == bindparam("of"), table.c.channel == bindparam("on"))


def _pending_conditions(table: Any) -> tuple[Any, ...]:
    return (*_channel_conditions(table), table.c.handled_at.is_(None), table.c.aside_at.is_(None))


# Built once, as in storage/eventlog/log.py: every press passes here twice.
_FIRST = INBOX.alias("first")
_EARLIER = (*_pending_conditions(_FIRST), _FIRST.c.chat == INBOX.c.chat, _FIRST.c.number < INBOX.c.number)
_STORED = [INBOX.c[name] for name in InboxEntry._fields]
_PENDING = select(*_STORED).where(*_pending_conditions(INBOX)).order_by(INBOX.c.number)
_READY = _PENDING.where(
    INBOX.c.not_before <= bindparam("at"), ~exists().where(*_EARLIER, _FIRST.c.not_before > bindparam("at"))
).limit(bindparam("most"))
_WAKES_AT = select(func.min(INBOX.c.not_before)).where(
    *_pending_conditions(INBOX), ~exists().where(*_EARLIER)
)
_SELECT_DEAD_LETTERS = (
    select(*_STORED)
    .where(*_channel_conditions(INBOX), INBOX.c.aside_at.is_not(None))
    .order_by(INBOX.c.number)
)
_KNOWN = select(INBOX.c.update_id, INBOX.c.received_at).where(
    *_channel_conditions(INBOX), INBOX.c.update_id.in_(bindparam("ids", expanding=True))
)
_KNOWN_CONTENT = select(INBOX.c.content_key).where(
    *_channel_conditions(INBOX),
    INBOX.c.content_key.in_(bindparam("ids", expanding=True)),
    INBOX.c.received_at >= bindparam("fresh"),
)
_LAST = select(func.max(INBOX.c.number)).where(INBOX.c.office == bindparam("of"))
_LAST_HEARD = select(LISTENING.c.heard_at).where(*_channel_conditions(LISTENING))
_PUT = insert(INBOX)
_DONE = (
    update(INBOX)
    .where(INBOX.c.office == bindparam("of"), INBOX.c.number.in_(bindparam("numbers", expanding=True)))
    .values(handled_at=bindparam("at"), body="")
)


@dataclass(frozen=True, slots=True)
class InboxTable:
    """One channel's inbox over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str
    channel: str

    def put(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        """Store updates in their order; those stored already stay as they are. Returns how many are new."""
        wanted = {one.update_id: one for one in updates}
        fresh = at - UPDATE_ID_RETENTION
        known = self._known(list(wanted), fresh)
        new = self._without_repeated([one for one in wanted.values() if one.update_id not in known], fresh)
        last = self.connection.execute(_LAST, {"of": self.office}).scalar() or 0
        rows = [
            {
                "office": self.office,
                "channel": self.channel,
                "number": number,
                **one._asdict(),
                "received_at": at,
                "not_before": at,
                "attempts": 0,
                "fault": "",
            }
            for number, one in enumerate(new, last + 1)
        ]
        if rows:
            self.connection.execute(_PUT, rows)
        return len(new)

    def ready(self, at: datetime, most: int) -> list[InboxEntry]:
        """Updates to be handled, in order of arrival; none that follows a postponed one of its chat."""
        rows = self.connection.execute(_READY, {**self._key, "at": at, "most": most})
        return [InboxEntry._make(row) for row in rows]

    def done(self, numbers: Sequence[int], at: datetime) -> None:
        """Mark updates as handled: their ids stay, their texts are deleted."""
        for some in chunks(numbers):
            self.connection.execute(_DONE, {"of": self.office, "numbers": some, "at": at})

    def failed(self, number: int, fault: str, not_before: datetime) -> None:
        """Record that an update failed and is tried again at an instant."""
        self._set(number, attempts=INBOX.c.attempts + 1, fault=fault, not_before=not_before)

    def postpone(self, number: int, not_before: datetime) -> None:
        """Put off an update that needs something first, such as a file; this does not count as a failure."""
        self._set(number, not_before=not_before)

    def dead_letter(self, number: int, fault: str, at: datetime) -> None:
        """Set an update aside that cannot be handled: the others of its chat go on."""
        self._set(number, attempts=INBOX.c.attempts + 1, fault=fault, aside_at=at)

    def requeue(self, number: int, at: datetime) -> None:
        """Try a dead letter again, after its cause was repaired."""
        self._set(number, attempts=0, aside_at=None, not_before=at)

    def dead_letters(self) -> list[InboxEntry]:
        """The updates that were set aside until the program is repaired."""
        return self._all(_SELECT_DEAD_LETTERS)

    def pending(self) -> list[InboxEntry]:
        """The updates that wait to be handled, in order of arrival."""
        return self._all(_PENDING)

    def next_attempt_at(self) -> datetime | None:
        """The instant at which the first update of any chat may be tried; None if none waits."""
        found: datetime | None = self.connection.execute(_WAKES_AT, self._key).scalar()
        return found

    def mark_heard(self, at: datetime) -> None:
        """Record that at this instant the channel had nothing more to deliver."""
        here = (LISTENING.c.office == self.office, LISTENING.c.channel == self.channel)
        if not self.connection.execute(update(LISTENING).where(*here).values(heard_at=at)).rowcount:
            row = {"office": self.office, "channel": self.channel, "heard_at": at}
            self.connection.execute(insert(LISTENING).values(row))

    def last_heard(self) -> datetime | None:
        """The last such instant; None if there was none."""
        found: datetime | None = self.connection.execute(_LAST_HEARD, self._key).scalar()
        return found

    def forget(self, before: datetime) -> None:
        """Delete rows that cannot be delivered again; dead letters stay, under ids that no channel gives."""
        own = (INBOX.c.office == self.office, INBOX.c.channel == self.channel)
        old = (*own, INBOX.c.received_at < before)
        newest = select(func.max(INBOX.c.number)).where(INBOX.c.office == self.office).scalar_subquery()
        gone = (*old, INBOX.c.handled_at.is_not(None), INBOX.c.number < newest)  # the newest keeps the count
        self.connection.execute(delete(INBOX).where(*gone))
        left = select(INBOX.c.number).where(*old, INBOX.c.update_id.not_like("old %"))
        for number in self.connection.execute(left).scalars().all():
            self._set(number, update_id=f"old {number}")

    def _known(self, ids: Sequence[str], fresh: datetime) -> set[str]:
        """Which of these ids are stored. An id older than ``fresh`` is not: its row is deleted."""
        known: dict[str, datetime] = {}
        for some in chunks(ids):
            rows = self.connection.execute(_KNOWN, {**self._key, "ids": some})
            known.update((row[0], row[1]) for row in rows)
        if any(received < fresh for received in known.values()):
            self.forget(fresh)
        return {name for name, received in known.items() if received >= fresh}

    def _without_repeated(self, new: Sequence[RawUpdate], fresh: datetime) -> list[RawUpdate]:
        """Leave out the updates that a channel delivers again under another id."""
        known: set[str] = set()
        for some in chunks([one.content_key for one in new if one.content_key]):
            query = {**self._key, "ids": some, "fresh": fresh}
            known.update(self.connection.execute(_KNOWN_CONTENT, query).scalars())
        first = {one.content_key: one.update_id for one in reversed(new)}
        return [
            one
            for one in new
            if not one.content_key
            or (one.content_key not in known and first[one.content_key] == one.update_id)
        ]

    @property
    def _key(self) -> dict[str, Any]:
        return {"of": self.office, "on": self.channel}

    def _set(self, number: int, **values: Any) -> None:
        here = (INBOX.c.office == self.office, INBOX.c.number == number)
        self.connection.execute(update(INBOX).where(*here).values(values))

    def _all(self, query: Select[Any]) -> list[InboxEntry]:
        return [InboxEntry._make(row) for row in self.connection.execute(query, self._key)]


def all_dead_letters(connection: Connection, office: str) -> list[InboxEntry]:
    """The dead letters of every channel, without their texts."""
    query = select(*_STORED).where(INBOX.c.office == office, INBOX.c.aside_at.is_not(None))
    rows = connection.execute(query.order_by(INBOX.c.number))
    return [InboxEntry._make(row)._replace(body="", chat="") for row in rows]


def forget_handled(connection: Connection, office: str, before: datetime) -> None:
    """Delete the updates of every channel that cannot be delivered again; dead letters stay."""
    channels = select(INBOX.c.channel).where(INBOX.c.office == office).distinct()
    for channel in connection.execute(channels).scalars().all():
        InboxTable(connection, office, channel).forget(before)
