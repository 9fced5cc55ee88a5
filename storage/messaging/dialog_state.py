"""Half-filled forms and live cards, as rows: a restart forgets nothing, and two instances see the same.

A person fills in one form at a time on a channel, and has one live card for each task: it is edited in place, and
whatever is said anew takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, delete, insert, select

from storage.database.queries import same
from storage.database.tables_messaging import CARDS, DIALOGUES

_THEIRS = same(DIALOGUES, "office", "person", "channel")
_KEEP = insert(DIALOGUES)
_FILLING = select(DIALOGUES).where(*_THEIRS, DIALOGUES.c.expires_at > bindparam("at"))
_LEAVE = delete(DIALOGUES).where(*_THEIRS)
_PUT = insert(CARDS)
_END = delete(CARDS).where(*same(CARDS, "office", "person", "case", "what"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A form somebody is filling in."""

    form: str
    data: Mapping[str, Any]
    """What was answered so far: small values that JSON keeps."""
    expires_at: datetime


class Card(NamedTuple):
    """What was said to a person about a task, and where it stands."""

    person: str
    case: int
    what: str
    channel: str
    address: str
    message: str
    """The channel's own id of it."""
    version: str
    """A hash of what it says: an edit that changes nothing is not made."""
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Dialogues:
    """One office's half-filled forms over an open connection."""

    connection: Connection
    office: str

    def keep(self, person: str, channel: str, dialogue: Dialogue) -> None:
        """Remember how far somebody came; what they were filling in before gives way."""
        self.leave(person, channel)
        row = {
            "office": self.office,
            "person": person,
            "channel": channel,
            "form": dialogue.form,
            "data": json.dumps(dict(dialogue.data), sort_keys=True),
            "expires_at": dialogue.expires_at,
        }
        self.connection.execute(_KEEP, row)

    def of(self, person: str, channel: str, *, at: datetime) -> Dialogue | None:
        """What somebody is filling in, while it lasts."""
        row = self.connection.execute(_FILLING, {**self._theirs(person, channel), "at": at}).first()
        if row is None:
            return None
        return Dialogue(form=row.form, data=json.loads(row.data), expires_at=row.expires_at)

    def leave(self, person: str, channel: str) -> bool:
        """Forget it. Whether there was any."""
        return self.connection.execute(_LEAVE, self._theirs(person, channel)).rowcount > 0

    def _theirs(self, person: str, channel: str) -> dict[str, Any]:
        return {"office": self.office, "person": person, "channel": channel}


@dataclass(frozen=True, slots=True)
class Cards:
    """One office's live cards over an open connection."""

    connection: Connection
    office: str

    def put(self, card: Card) -> Card | None:
        """This is the live card of its person and task now. Returns the one it replaces."""
        before = self.of(card.person, card.case, card.what)
        self.end(card.person, card.case, card.what)
        self.connection.execute(_PUT, {"office": self.office, **card._asdict()})
        return before

    def of(self, person: str, case: int, what: str) -> Card | None:
        """The live card of a person and a task."""
        return next(self._rows(person=person, case=case, what=what), None)

    def seen_by(self, person: str) -> dict[int, str]:
        """What a person was shown last of each case: the version of their live card."""
        return {card.case: card.version for card in self._rows(person=person)}

    def about(self, case: int) -> list[Card]:
        """Everybody's live cards about a case: when it moves on, each is edited."""
        return list(self._rows(case=case))

    def behind(self, channel: str, address: str, message: str) -> Card | None:
        """The card that was replied to."""
        return next(self._rows(channel=channel, address=address, message=message), None)

    def end(self, person: str, case: int, what: str) -> None:
        """There is no live card any more."""
        self.connection.execute(_END, {"office": self.office, "person": person, "case": case, "what": what})

    def _rows(self, **here: object) -> Iterator[Card]:
        rows = self.connection.execute(_live(*here), {"office": self.office, **here})
        yield from (Card._make(row) for row in rows)


@cache
def _live(*names: str) -> Select[Any]:
    columns = [CARDS.c[name] for name in Card._fields]
    return select(*columns).where(*same(CARDS, "office", *names)).order_by(CARDS.c.said_at)


def office_of_card(connection: Connection, channel: str, address: str, message: str) -> str:
    """Whose card a message is, where several offices share a bot; empty where it is no live card."""
    here = (CARDS.c.channel == channel, CARDS.c.address == address, CARDS.c.message == message)
    return connection.execute(select(CARDS.c.office).where(*here)).scalar() or ""
