"""The chat of the local page: the messages to and from a person, with the buttons that still work.

It is stored because a browser keeps nothing: a person who opens the page the next day finds the chat as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func
from sqlmodel import col, select

from storage.database.store import orm_session
from storage.database.tables_messaging import ChatMessage

SHOWN_MESSAGES = 100  # older ones are in the histories of the cases


@dataclass(frozen=True, slots=True)
class WebChat:
    """One person's chat over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str
    person: str

    def add(self, text: str, *, at: datetime, own: bool = False, buttons: Sequence[Any] = ()) -> int:
        """Append a message. Returns its number."""
        last = select(func.max(ChatMessage.number)).where(col(ChatMessage.office) == self.office)
        changed = self.newest() + 1
        with orm_session(self.connection) as session:
            message = ChatMessage(
                office=self.office,
                number=(session.exec(last).one() or 0) + 1,
                person=self.person,
                own=own,
                text=text,
                buttons=list(buttons),
                said_at=at,
                changed=changed,
            )
            session.add(message)
            return message.number

    def change(self, number: int, text: str, buttons: Sequence[Any] = (), *, at: datetime) -> bool:
        """Change a message in place, and keep when its words changed. True if it is one of this chat."""
        changed = self.newest() + 1
        with orm_session(self.connection) as session:
            message = session.get(ChatMessage, (self.office, number))
            if message is None or message.person != self.person:
                return False
            if message.text != text:
                message.changed_at = at
            message.text, message.buttons, message.changed = text, list(buttons), changed
            return True

    def button_label(self, number: int, token: str) -> str:
        """What stands on a button of a message; empty where the message has no such button."""
        with orm_session(self.connection) as session:
            message = session.get(ChatMessage, (self.office, number))
        if message is None or message.person != self.person:
            return ""
        labels = (label for row in message.buttons for label, callback in row if callback == token)
        return next(labels, "")

    def newest(self) -> int:
        """The mark of the last change."""
        query = select(func.max(ChatMessage.changed)).where(*self._conditions())
        with orm_session(self.connection) as session:
            return session.exec(query).one() or 0

    def read(self) -> list[ChatMessage]:
        """The last messages, the newest at the end."""
        query = select(ChatMessage).where(*self._conditions()).order_by(col(ChatMessage.number).desc())
        with orm_session(self.connection) as session:
            return list(session.exec(query.limit(SHOWN_MESSAGES)))[::-1]

    def _conditions(self) -> tuple[Any, ...]:
        return (col(ChatMessage.office) == self.office, col(ChatMessage.person) == self.person)


def delete_old_messages(connection: Connection, office: str, before: datetime) -> int:
    """Delete the messages said before an instant, without the newest: its number must not be given again."""
    newest = select(func.max(ChatMessage.number)).where(col(ChatMessage.office) == office).scalar_subquery()
    old = (
        col(ChatMessage.office) == office,
        col(ChatMessage.said_at) < before,
        col(ChatMessage.number) < newest,
    )
    with orm_session(connection) as session:
        return session.exec(delete(ChatMessage).where(*old)).rowcount
