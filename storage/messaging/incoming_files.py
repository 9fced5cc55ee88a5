"""Files on their way in: what somebody sent in a chat, from when it was fetched until it is laid down or forgotten.

Nothing of it is a fact. A file becomes one when the desk records the text or the step it belongs to; then its
content lies in the archive, and what lies here goes. What nobody used goes with the form it was sent for, or after
a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from storage.database.queries import equals_bound, in_bound
from storage.database.tables_messaging import ARRIVALS


class IncomingFile(NamedTuple):
    """One file that a message brought, or why it did not come."""

    message: str
    """The channel's id of that message."""
    place: int
    """Which of its files."""
    name: str
    content: bytes
    why: str = ""
    """A key (``too_large``, ``timeout``); empty where the file is here."""


_KEY_CONDITIONS = equals_bound(ARRIVALS, "office", "person", "channel")
_SELECT = select(*(ARRIVALS.c[name] for name in IncomingFile._fields)).where(
    *_KEY_CONDITIONS, in_bound(ARRIVALS.c.message, "messages")
)
_DELETE = delete(ARRIVALS).where(*_KEY_CONDITIONS, in_bound(ARRIVALS.c.message, "messages"))
_DELETE_ALL = delete(ARRIVALS).where(*_KEY_CONDITIONS)  # at the end of each form


@dataclass(frozen=True, slots=True)
class IncomingFiles:
    """One person's on one channel, over an open connection."""

    connection: Connection
    office: str
    person: str
    channel: str

    def put(self, files: Iterable[IncomingFile], at: datetime) -> None:
        """Keep them; what a message brought before gives way."""
        rows = [{**self._key, **one._asdict(), "arrived_at": at} for one in files]
        self.drop({str(row["message"]) for row in rows})
        if rows:
            self.connection.execute(insert(ARRIVALS), rows)

    def of_messages(self, messages: Iterable[str]) -> list[IncomingFile]:
        """What these messages brought, in the order of the messages and of their files."""
        wanted = list(dict.fromkeys(messages))
        rows = self.connection.execute(_SELECT, {**self._key, "messages": wanted})
        found = [IncomingFile._make(row) for row in rows]
        return sorted(found, key=lambda one: (wanted.index(one.message), one.place))

    def drop(self, messages: Iterable[str]) -> None:
        """Forget what these brought."""
        self.connection.execute(_DELETE, {**self._key, "messages": list(messages)})

    def drop_all(self) -> None:
        """Forget everything of theirs."""
        self.connection.execute(_DELETE_ALL, self._key)

    @property
    def _key(self) -> dict[str, str]:
        return {"office": self.office, "person": self.person, "channel": self.channel}


def delete_old_incoming_files(connection: Connection, office: str, before: datetime) -> int:
    """What nobody used since then goes. Returns how many."""
    old = (ARRIVALS.c.office == office, ARRIVALS.c.arrived_at < before)
    return connection.execute(delete(ARRIVALS).where(*old)).rowcount
