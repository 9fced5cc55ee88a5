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

from storage.database.queries import equals_bound
from storage.database.tables_messaging import CARDS, DIALOGUES

_KEY_CONDITIONS = equals_bound(DIALOGUES, "office", "person", "channel")
_INSERT_DIALOG = insert(DIALOGUES)
_SELECT_DIALOG = select(DIALOGUES).where(*_KEY_CONDITIONS, DIALOGUES.c.expires_at > bindparam("at"))
_DELETE_DIALOG = delete(DIALOGUES).where(*_KEY_CONDITIONS)
_INSERT_CARD = insert(CARDS)
_DELETE_CARD = delete(CARDS).where(*equals_bound(CARDS, "office", "person", "case", "what"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogState:
    """A form somebody is filling in."""

    form: str
    data: Mapping[str, Any]
    """What was answered so far: small values that JSON keeps."""
    expires_at: datetime


class LiveCard(NamedTuple):
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
class DialogStates:
    """One office's half-filled forms over an open connection."""

    connection: Connection
    office: str

    def save(self, person: str, channel: str, dialogue: DialogState) -> None:
        """Remember how far somebody came; what they were filling in before gives way."""
        self.discard(person, channel)
        row = {
            "office": self.office,
            "person": person,
            "channel": channel,
            "form": dialogue.form,
            "data": json.dumps(dict(dialogue.data), sort_keys=True),
            "expires_at": dialogue.expires_at,
        }
        self.connection.execute(_INSERT_DIALOG, row)

    def get(self, person: str, channel: str, *, at: datetime) -> DialogState | None:
        """What somebody is filling in, while it lasts."""
        row = self.connection.execute(_SELECT_DIALOG, {**self._key(person, channel), "at": at}).first()
        if row is None:
            return None
        return DialogState(form=row.form, data=json.loads(row.data), expires_at=row.expires_at)

    def discard(self, person: str, channel: str) -> bool:
        """Forget it. Whether there was any."""
        return self.connection.execute(_DELETE_DIALOG, self._key(person, channel)).rowcount > 0

    def _key(self, person: str, channel: str) -> dict[str, Any]:
        return {"office": self.office, "person": person, "channel": channel}


@dataclass(frozen=True, slots=True)
class LiveCards:
    """One office's live cards over an open connection."""

    connection: Connection
    office: str

    def put(self, card: LiveCard) -> LiveCard | None:
        """This is the live card of its person and task now. Returns the one it replaces."""
        before = self.get(card.person, card.case, card.what)
        self.end(card.person, card.case, card.what)
        self.connection.execute(_INSERT_CARD, {"office": self.office, **card._asdict()})
        return before

    def get(self, person: str, case: int, what: str) -> LiveCard | None:
        """The live card of a person and a task."""
        return next(self._rows(person=person, case=case, what=what), None)

    def versions_seen_by(self, person: str) -> dict[int, str]:
        """What a person was shown last of each case: the version of their live card."""
        return {card.case: card.version for card in self._rows(person=person)}

    def about(self, case: int) -> list[LiveCard]:
        """Everybody's live cards about a case: when it moves on, each is edited."""
        return list(self._rows(case=case))

    def of_message(self, channel: str, address: str, message: str) -> LiveCard | None:
        """The card that was replied to."""
        return next(self._rows(channel=channel, address=address, message=message), None)

    def end(self, person: str, case: int, what: str) -> None:
        """There is no live card any more."""
        self.connection.execute(
            _DELETE_CARD, {"office": self.office, "person": person, "case": case, "what": what}
        )

    def _rows(self, **here: object) -> Iterator[LiveCard]:
        rows = self.connection.execute(_select_cards(*here), {"office": self.office, **here})
        yield from (LiveCard._make(row) for row in rows)


@cache
def _select_cards(*names: str) -> Select[Any]:
    columns = [CARDS.c[name] for name in LiveCard._fields]
    return select(*columns).where(*equals_bound(CARDS, "office", *names)).order_by(CARDS.c.said_at)


def office_of_card(connection: Connection, channel: str, address: str, message: str) -> str:
    """Whose card a message is, where several offices share a bot; empty where it is no live card."""
    here = (CARDS.c.channel == channel, CARDS.c.address == address, CARDS.c.message == message)
    return connection.execute(select(CARDS.c.office).where(*here)).scalar() or ""
