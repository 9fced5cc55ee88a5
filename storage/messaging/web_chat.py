"""The chat of the local page: what was said to a person and by them, with the buttons that still work.

It stands here because a browser keeps nothing: whoever opens the page tomorrow finds the talk where they left it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from storage.database.tables_messaging import PAGE_MESSAGES

SHOWN_MESSAGES = 100  # messages that are shown; older ones are in the cases' histories


class ChatMessage(NamedTuple):
    """One message. ``buttons`` are rows of label and handle."""

    number: int
    own: bool
    text: str
    buttons: Sequence[Sequence[Sequence[str]]]
    said_at: datetime
    changed: int
    """Rises whenever anything in this chat does, so that a page can ask what is new."""


@dataclass(frozen=True, slots=True)
class WebChat:
    """One person's chat over an open connection. Who writes holds the office's write lock."""

    connection: Connection
    office: str
    person: str

    def add(self, text: str, *, at: datetime, own: bool = False, buttons: Sequence[object] = ()) -> int:
        """Put a message at the end. Returns its number."""
        last = select(func.max(PAGE_MESSAGES.c.number)).where(PAGE_MESSAGES.c.office == self.office)
        number = (self.connection.execute(last).scalar() or 0) + 1
        row = {"office": self.office, "number": number, "person": self.person, "own": own, "text": text}
        row |= {"buttons": json.dumps(buttons), "said_at": at, "changed": self.newest() + 1}
        self.connection.execute(insert(PAGE_MESSAGES).values(row))
        return number

    def change(self, number: int, text: str, buttons: Sequence[object] = ()) -> bool:
        """Change a message in place. Whether it was one of this chat."""
        values = {"text": text, "buttons": json.dumps(buttons), "changed": self.newest() + 1}
        here = update(PAGE_MESSAGES).where(*self._here(), PAGE_MESSAGES.c.number == number)
        return self.connection.execute(here.values(values)).rowcount > 0

    def newest(self) -> int:
        """The mark of the last change."""
        query = select(func.max(PAGE_MESSAGES.c.changed)).where(*self._here())
        return self.connection.execute(query).scalar() or 0

    def read(self) -> list[ChatMessage]:
        """The last messages, the newest at the end."""
        query = select(*(PAGE_MESSAGES.c[name] for name in ChatMessage._fields)).where(*self._here())
        rows = self.connection.execute(query.order_by(PAGE_MESSAGES.c.number.desc()).limit(SHOWN_MESSAGES))
        return [ChatMessage._make(row)._replace(buttons=json.loads(row.buttons)) for row in rows][::-1]

    def _here(self) -> tuple[Any, ...]:
        return (PAGE_MESSAGES.c.office == self.office, PAGE_MESSAGES.c.person == self.person)
