"""Files that came with chat messages, from when they were fetched until they are filed or dropped.

They are no facts yet. When the recorder writes the text or step they belong to, their content goes into the content
store and the rows here are deleted. Files that nobody used are dropped with the form they were sent for, or after
a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete
from sqlmodel import col, select

from storage.database.store import orm_session
from storage.database.tables_messaging import IncomingFile

__all__ = ["IncomingFile", "IncomingFiles", "delete_old_incoming_files"]


@dataclass(frozen=True, slots=True)
class IncomingFiles:
    """The files of one person on one channel, over an open connection."""

    connection: Connection
    office: str
    person: str
    channel: str

    def put(self, files: Sequence[IncomingFile], at: datetime) -> None:
        """Save files; those that came earlier with the same messages are replaced."""
        self.drop({file.message for file in files})
        with orm_session(self.connection) as session:
            for file in files:
                file.office, file.person, file.channel = self.office, self.person, self.channel
                file.arrived_at = at
                session.add(file)

    def of_messages(self, messages: Iterable[str]) -> list[IncomingFile]:
        """The files of these messages, in the order of the messages and of their files."""
        wanted = list(dict.fromkeys(messages))
        query = select(IncomingFile).where(*self._conditions(), col(IncomingFile.message).in_(wanted))
        with orm_session(self.connection) as session:
            return sorted(session.exec(query), key=lambda file: (wanted.index(file.message), file.place))

    def drop(self, messages: Iterable[str]) -> None:
        """Delete the files of these messages."""
        dropped = delete(IncomingFile).where(
            *self._conditions(), col(IncomingFile.message).in_(list(messages))
        )
        with orm_session(self.connection) as session:
            session.exec(dropped)

    def drop_all(self) -> None:
        """Delete all the person's files on this channel."""
        with orm_session(self.connection) as session:
            session.exec(delete(IncomingFile).where(*self._conditions()))

    def _conditions(self) -> tuple[Any, ...]:
        return (
            col(IncomingFile.office) == self.office,
            col(IncomingFile.person) == self.person,
            col(IncomingFile.channel) == self.channel,
        )


def delete_old_incoming_files(connection: Connection, office: str, before: datetime) -> int:
    """Delete the files that arrived before an instant and were not used. Returns how many."""
    old = delete(IncomingFile).where(
        col(IncomingFile.office) == office, col(IncomingFile.arrived_at) < before
    )
    with orm_session(connection) as session:
        return session.exec(old).rowcount
