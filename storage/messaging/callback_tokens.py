"""Callback tokens: a short random token per button, for one person, one action and a limited time.

The button carries 128 random bits (22 characters; Telegram takes 64 bytes). The database holds only their hash, so
that nobody who reads it or a backup of it can press. A token is no permission: the recorder decides again, when the
button is pressed, whether the action is allowed.
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
from storage.database.tables_messaging import CALLBACK_TOKENS
from storage.eventlog.clock_readings import LATEST_READING
from storage.messaging.sessions import SECRET_BYTES, hash_secret

# Built once, as in storage/eventlog/log.py: a press reads its token, uses it up and expires the others.
_INSERT = insert(CALLBACK_TOKENS)
_SELECT = select(CALLBACK_TOKENS, LATEST_READING.label("latest")).where(
    CALLBACK_TOKENS.c.office == bindparam("office"), CALLBACK_TOKENS.c.token == bindparam("token")
)
_MARK_USED = (
    update(CALLBACK_TOKENS)
    .where(CALLBACK_TOKENS.c.office == bindparam("of"), CALLBACK_TOKENS.c.token == bindparam("this"))
    .values(used_at=bindparam("at"))
)
_EXPIRE = (
    update(CALLBACK_TOKENS)
    .where(
        CALLBACK_TOKENS.c.office == bindparam("of"),
        CALLBACK_TOKENS.c.case == bindparam("about"),
        CALLBACK_TOKENS.c.expires_at > bindparam("at"),
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
    """What the decision is about: a stage and the hash of a text. The recorder compares it with the current one."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """Small JSON values; nothing of an applicant."""
    expires_at: datetime
    used_at: datetime | None = None


class HandleRefused(Refusal):
    """This button does nothing any more. Ask for the list anew."""

    def __init__(self, action: CallbackAction | None = None, **words: object) -> None:
        self.action = action
        """The action behind the button, if there is one: to describe the present state of its case."""
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
    """One office's callback tokens over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def issue(self, action: CallbackAction) -> str:
        """Store the action of a new button. Returns its token, which is stored nowhere."""
        token = secrets.token_urlsafe(SECRET_BYTES)
        row = {
            "office": self.office,
            "token": hash_secret(token),
            "person": action.person,
            "act": action.act,
            "case": action.case,
            "basis": action.basis,
            "data": json.dumps(dict(action.data), sort_keys=True),
            "expires_at": action.expires_at,
        }
        self.connection.execute(_INSERT, row)
        return token

    def peek(self, token: str, person: str, *, at: datetime) -> CallbackAction:
        """The action of a button that works for this person, without using it up. HandleRefused where it does not."""
        row = self.connection.execute(_SELECT, {"office": self.office, "token": hash_secret(token)}).first()
        if row is None:
            raise HandleUnknown
        action = _action_from_row(row)
        if action.person != person:  # first: another person must not learn what became of it
            raise HandleOfAnother(action, person=action.person)
        if action.used_at is not None:
            raise HandleUsed(action, at=action.used_at)
        if max(at, row.latest or at) >= action.expires_at:  # a clock that was set back revives nothing
            raise HandleExpired(action, at=action.expires_at)
        return action

    def consume(self, token: str, person: str, *, at: datetime) -> CallbackAction:
        """Use a button up; under the write lock that happens once."""
        action = self.peek(token, person, at=at)
        self.connection.execute(_MARK_USED, {"of": self.office, "this": hash_secret(token), "at": at})
        return action

    def expire(self, case: int, *, at: datetime, person: str = "") -> None:
        """Expire the other buttons of a case that moved on, everybody's or one person's."""
        here = {"of": self.office, "about": case, "at": at}
        if person:
            self.connection.execute(_EXPIRE.where(CALLBACK_TOKENS.c.person == person), here)
        else:
            self.connection.execute(_EXPIRE, here)

    def forget(self, before: datetime) -> int:
        """Delete the tokens that expired before an instant. Returns how many."""
        here = (CALLBACK_TOKENS.c.office == self.office, CALLBACK_TOKENS.c.expires_at < before)
        return self.connection.execute(delete(CALLBACK_TOKENS).where(*here)).rowcount


def office_of_token(connection: Connection, token: str) -> str:
    """The office, of several that share a bot, that issued a token; empty if none did."""
    query = select(CALLBACK_TOKENS.c.office).where(CALLBACK_TOKENS.c.token == hash_secret(token))
    return connection.execute(query).scalar() or ""


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
