"""What the channels handed over, each update under the id its channel gave it: the inbox's rows.

An id is remembered for as long as its channel could hand the update over again, and a little longer; then its row
goes. Ids may start anew anywhere after a quiet week, so the order is that of arrival, and an old id is no double.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, update

from storage.database.queries import chunks
from storage.database.tables_messaging import INBOX, LISTENING

UPDATE_ID_RETENTION = timedelta(days=3)
"""Telegram forgets what it could not hand over after 24 hours, and starts its ids anew after a week."""


class RawUpdate(NamedTuple):
    """One update as a channel hands it over."""

    update_id: str
    chat: str
    """Whose turn it is: updates of one chat are handled in their order."""
    body: str


class InboxEntry(NamedTuple):
    """An update in the inbox."""

    number: int
    update_id: str
    chat: str
    body: str
    """Empty once it was handled: what people wrote is not kept twice."""
    received_at: datetime
    attempts: int
    fault: str


def _channel_conditions(table: Any) -> tuple[Any, ...]:
    return (table.c.office == bindparam("of"), table.c.channel == bindparam("on"))


def _pending_conditions(table: Any) -> tuple[Any, ...]:
    return (*_channel_conditions(table), table.c.handled_at.is_(None), table.c.aside_at.is_(None))


# Put together once, as in storage/eventlog/log.py: every press comes through here twice.
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
    """One channel's inbox over an open connection. Who writes holds the office's write lock."""

    connection: Connection
    office: str
    channel: str

    def put(self, updates: Sequence[RawUpdate], at: datetime) -> int:
        """Keep updates, in their order; what is there already stays as it is. Returns how many are new."""
        wanted = {one.update_id: one for one in updates}
        known = self._known(list(wanted), at - UPDATE_ID_RETENTION)
        new = [one for one in wanted.values() if one.update_id not in known]
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
        """The first that may be handled, in order of arrival: nothing before them in their chat is put off."""
        rows = self.connection.execute(_READY, {**self._key, "at": at, "most": most})
        return [InboxEntry._make(row) for row in rows]

    def done(self, numbers: Sequence[int], at: datetime) -> None:
        """They were handled. Their ids stay, what they said does not."""
        for some in chunks(numbers):
            self.connection.execute(_DONE, {"of": self.office, "numbers": some, "at": at})

    def failed(self, number: int, fault: str, not_before: datetime) -> None:
        """It could not be handled, and waits for another try."""
        self._set(number, attempts=INBOX.c.attempts + 1, fault=fault, not_before=not_before)

    def postpone(self, number: int, not_before: datetime) -> None:
        """It needs something first; this is no try that failed."""
        self._set(number, not_before=not_before)

    def dead_letter(self, number: int, fault: str, at: datetime) -> None:
        """It cannot be handled: the rest go on without it."""
        self._set(number, attempts=INBOX.c.attempts + 1, fault=fault, aside_at=at)

    def requeue(self, number: int, at: datetime) -> None:
        """What was set aside may be tried again: whatever was wrong was mended."""
        self._set(number, attempts=0, aside_at=None, not_before=at)

    def dead_letters(self) -> list[InboxEntry]:
        """What was set aside and waits for whoever mends the program."""
        return self._all(_SELECT_DEAD_LETTERS)

    def pending(self) -> list[InboxEntry]:
        """What waits to be handled, in order of arrival."""
        return self._all(_PENDING)

    def next_attempt_at(self) -> datetime | None:
        """When the first of any chat may be tried; nothing where nothing waits."""
        found: datetime | None = self.connection.execute(_WAKES_AT, self._key).scalar()
        return found

    def mark_heard(self, at: datetime) -> None:
        """Everything the channel had was taken over, as of this instant."""
        here = (LISTENING.c.office == self.office, LISTENING.c.channel == self.channel)
        if not self.connection.execute(update(LISTENING).where(*here).values(heard_at=at)).rowcount:
            row = {"office": self.office, "channel": self.channel, "heard_at": at}
            self.connection.execute(insert(LISTENING).values(row))

    def last_heard(self) -> datetime | None:
        """When that was last; nothing where it never was."""
        found: datetime | None = self.connection.execute(_LAST_HEARD, self._key).scalar()
        return found

    def forget(self, before: datetime) -> None:
        """Rows nobody can hand over again go; what was set aside stays, under an id no channel gives."""
        own = (INBOX.c.office == self.office, INBOX.c.channel == self.channel)
        old = (*own, INBOX.c.received_at < before)
        newest = select(func.max(INBOX.c.number)).where(INBOX.c.office == self.office).scalar_subquery()
        gone = (*old, INBOX.c.handled_at.is_not(None), INBOX.c.number < newest)  # the newest keeps the count
        self.connection.execute(delete(INBOX).where(*gone))
        left = select(INBOX.c.number).where(*old, INBOX.c.update_id.not_like("old %"))
        for number in self.connection.execute(left).scalars().all():
            self._set(number, update_id=f"old {number}")

    def _known(self, ids: Sequence[str], fresh: datetime) -> set[str]:
        """Which of these ids are there already. An old one is none of them: its row makes way."""
        known: dict[str, datetime] = {}
        for some in chunks(ids):
            rows = self.connection.execute(_KNOWN, {**self._key, "ids": some})
            known.update((row[0], row[1]) for row in rows)
        if any(received < fresh for received in known.values()):
            self.forget(fresh)
        return {name for name, received in known.items() if received >= fresh}

    @property
    def _key(self) -> dict[str, Any]:
        return {"of": self.office, "on": self.channel}

    def _set(self, number: int, **values: Any) -> None:
        here = (INBOX.c.office == self.office, INBOX.c.number == number)
        self.connection.execute(update(INBOX).where(*here).values(values))

    def _all(self, query: Select[Any]) -> list[InboxEntry]:
        return [InboxEntry._make(row) for row in self.connection.execute(query, self._key)]


def all_dead_letters(connection: Connection, office: str) -> list[InboxEntry]:
    """What was set aside of every channel; what was written in it stays where it is."""
    query = select(*_STORED).where(INBOX.c.office == office, INBOX.c.aside_at.is_not(None))
    rows = connection.execute(query.order_by(INBOX.c.number))
    return [InboxEntry._make(row)._replace(body="", chat="") for row in rows]
