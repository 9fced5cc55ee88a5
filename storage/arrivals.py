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

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from storage.tables_channels import ARRIVALS


class Arrival(NamedTuple):
    """One file that a message brought, or why it did not come."""

    message: str
    """The channel's id of that message."""
    place: int
    """Which of its files."""
    name: str
    content: bytes
    why: str = ""
    """A key (``too_large``, ``timeout``); empty where the file is here."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One person's on one channel, over an open connection."""

    connection: Connection
    office: str
    person: str
    channel: str

    def put(self, files: Iterable[Arrival], at: datetime) -> None:
        """Keep them; what a message brought before gives way."""
        here = {"office": self.office, "person": self.person, "channel": self.channel}
        rows = [{**here, **one._asdict(), "arrived_at": at} for one in files]
        self.drop({str(row["message"]) for row in rows})
        if rows:
            self.connection.execute(insert(ARRIVALS), rows)

    def of(self, messages: Iterable[str]) -> list[Arrival]:
        """What these messages brought, in the order of the messages and of their files."""
        columns = [ARRIVALS.c[name] for name in Arrival._fields]
        wanted = list(dict.fromkeys(messages))
        query = select(*columns).where(*self._mine, ARRIVALS.c.message.in_(wanted))
        found = [Arrival._make(row) for row in self.connection.execute(query)]
        return sorted(found, key=lambda one: (wanted.index(one.message), one.place))

    def drop(self, messages: Iterable[str]) -> None:
        """Forget what these brought."""
        gone = (*self._mine, ARRIVALS.c.message.in_(list(messages)))
        self.connection.execute(delete(ARRIVALS).where(*gone))

    def drop_all(self) -> None:
        """Forget everything of theirs."""
        self.connection.execute(delete(ARRIVALS).where(*self._mine))

    @property
    def _mine(self) -> list[ColumnElement[bool]]:
        here = {"office": self.office, "person": self.person, "channel": self.channel}
        return [ARRIVALS.c[name] == value for name, value in here.items()]


def forget_arrivals(connection: Connection, office: str, before: datetime) -> int:
    """What nobody used since then goes. Returns how many."""
    old = (ARRIVALS.c.office == office, ARRIVALS.c.arrived_at < before)
    return connection.execute(delete(ARRIVALS).where(*old)).rowcount
