"""What a button stands for: a short random handle, one person's, for one act, for a while.

The button carries 128 random bits (22 characters; Telegram takes 64 bytes); here stands only their hash, so
that nobody who reads the database, or a backup of it, can press. A handle is no right: whether the act may be
done is judged again at the desk, at the tap.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from config.errors import Refusal
from storage.database.tables_messaging import HANDLES
from storage.messaging.sessions import SECRET_BYTES, hash_secret

# Put together once, as in storage/eventlog/log.py: a press looks for its handle, uses it up and ends the others.
_INSERT = insert(HANDLES)
_SELECT = select(HANDLES).where(
    HANDLES.c.office == bindparam("office"), HANDLES.c.token == bindparam("token")
)
_MARK_USED = (
    update(HANDLES)
    .where(HANDLES.c.office == bindparam("of"), HANDLES.c.token == bindparam("this"))
    .values(used_at=bindparam("at"))
)
_EXPIRE = (
    update(HANDLES)
    .where(
        HANDLES.c.office == bindparam("of"),
        HANDLES.c.case == bindparam("about"),
        HANDLES.c.expires_at > bindparam("at"),
    )
    .values(expires_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAction:
    """What a button does, and for whom."""

    person: str
    act: str
    case: int = 0
    basis: str = ""
    """What it was decided on: a stage and the hash of a text. The desk compares it with what stands."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Small values that JSON keeps; nothing of an applicant."""
    expires_at: datetime
    used_at: datetime | None = None


class HandleRefused(Refusal):
    """This button does nothing any more. Ask for the list anew."""

    def __init__(self, handle: CallbackAction | None = None, **words: object) -> None:
        self.action = handle
        """What it stood for, where it stood for anything: to say how that matter stands now."""
        super().__init__(**words)


class HandleUnknown(HandleRefused):
    """This button is not one of ours, or it is long gone. Ask for the list anew."""


class HandleOfAnother(HandleRefused):
    """This button is for {person}. Your own tasks are in your list."""


class HandleExpired(HandleRefused):
    """This button ran out at {at}. Ask for the list anew."""


class HandleUsed(HandleRefused):
    """This button was pressed already, at {at}. Nothing was done again."""


@dataclass(frozen=True, slots=True)
class CallbackTokens:
    """One office's handles over an open connection. Who writes holds the office's write lock."""

    connection: Connection
    office: str

    def issue(self, act: CallbackAction) -> str:
        """A new button's handle, told once and kept nowhere."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        row = {
            "office": self.office,
            "token": hash_secret(token),
            "person": act.person,
            "act": act.act,
            "case": act.case,
            "basis": act.basis,
            "data": json.dumps(dict(act.data), sort_keys=True),
            "expires_at": act.expires_at,
        }
        self.connection.execute(_INSERT, row)
        return token

    def peek(self, token: str, person: str, *, at: datetime) -> CallbackAction:
        """What a button stands for, as long as it works for this person. Looking does not use it up."""
        row = self.connection.execute(_SELECT, {"office": self.office, "token": hash_secret(token)}).first()
        if row is None:
            raise HandleUnknown
        act = _action_from_row(row)
        if act.person != person:  # first: somebody else learns nothing of its fate
            raise HandleOfAnother(act, person=act.person)
        if act.used_at is not None:
            raise HandleUsed(act, at=act.used_at)
        if at >= act.expires_at:
            raise HandleExpired(act, at=act.expires_at)
        return act

    def consume(self, token: str, person: str, *, at: datetime) -> CallbackAction:
        """Use a button up: under the write lock, once."""
        act = self.peek(token, person, at=at)
        self.connection.execute(_MARK_USED, {"of": self.office, "this": hash_secret(token), "at": at})
        return act

    def expire(self, case: int, *, at: datetime, person: str = "") -> None:
        """A matter moved on: its other buttons, everybody's or one person's, run out now."""
        here = {"of": self.office, "about": case, "at": at}
        if person:
            self.connection.execute(_EXPIRE.where(HANDLES.c.person == person), here)
        else:
            self.connection.execute(_EXPIRE, here)

    def forget(self, before: datetime) -> int:
        """Throw away what ran out before an instant. Returns how many went."""
        here = (HANDLES.c.office == self.office, HANDLES.c.expires_at < before)
        return self.connection.execute(delete(HANDLES).where(*here)).rowcount


def office_of_token(connection: Connection, token: str) -> str:
    """Which office a press is for, where several share a bot; empty where no office made it."""
    return (
        connection.execute(select(HANDLES.c.office).where(HANDLES.c.token == hash_secret(token))).scalar()
        or ""
    )


def _action_from_row(row: Row[Any]) -> CallbackAction:
    return CallbackAction(
        person=row.person,
        act=row.act,
        case=row.case,
        basis=row.basis,
        data=json.loads(row.data),
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
