"""Who may come in: join links that work once, and the browsers people are signed in at.

A secret is never stored, only its hash: whoever reads the database, or a backup of it, cannot come in with
it. Nor is what a person may do: that stands in the office's file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from config.errors import Refusal
from storage.database.tables import INVITATIONS, SESSIONS

SECRET_BYTES = 16  # 128 bits: nobody guesses it
MIN_LINK_LIFETIME, MAX_LINK_LIFETIME = timedelta(minutes=15), timedelta(hours=24)
SESSION_LIFETIME = timedelta(days=30)


class LinkTime(Refusal):
    """A join link can last from 15 minutes to 24 hours, not {hours} hours. Choose --hours in between."""


class LinkUsed(Refusal):
    """This link was used already, or it never was one. Ask the clerk for a new one."""


class LinkExpired(Refusal):
    """This link has run out. Ask the clerk for a new one."""


class OpenInvitation(NamedTuple):
    """Whom an unused link is for, and until when."""

    person: str
    expires_at: datetime


class BrowserSession(NamedTuple):
    """A browser someone is signed in at; ``id`` is only the hash of what its cookie holds."""

    id: str
    person: str
    began_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SessionStore:
    """One office's join links and sessions over an open connection."""

    connection: Connection
    office: str

    def invite(self, person: str, *, at: datetime, lasts: timedelta) -> str:
        """A new link's token, told once and kept nowhere."""
        if not MIN_LINK_LIFETIME <= lasts <= MAX_LINK_LIFETIME:
            raise LinkTime(hours=round(lasts / timedelta(hours=1), 2))
        token = secrets.token_urlsafe(SECRET_BYTES)
        row = {"office": self.office, "token": hash_secret(token), "person": person, "expires_at": at + lasts}
        self.connection.execute(insert(INVITATIONS).values(row))
        return token

    def find_invitation(self, token: str, *, at: datetime) -> OpenInvitation:
        """Whom a link is for, as long as it works. Looking does not use it up."""
        query = select(INVITATIONS).where(
            INVITATIONS.c.office == self.office, INVITATIONS.c.token == hash_secret(token)
        )
        row = self.connection.execute(query).first()
        if row is None or row.used_at is not None:
            raise LinkUsed
        if at >= row.expires_at:
            raise LinkExpired
        return OpenInvitation(row.person, row.expires_at)

    def use_invitation(self, token: str, *, at: datetime) -> str:
        """Use a link up; under the write lock that happens once. Returns whom it was for."""
        person = self.find_invitation(token, at=at).person
        used = update(INVITATIONS).where(
            INVITATIONS.c.office == self.office, INVITATIONS.c.token == hash_secret(token)
        )
        self.connection.execute(used.values(used_at=at))
        return person

    def open_session(self, token: str, *, at: datetime) -> str:
        """Use a link up. Returns the secret of a new session."""
        person = self.use_invitation(token, at=at)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row = {"office": self.office, "id": hash_secret(secret), "person": person, "began_at": at}
        self.connection.execute(insert(SESSIONS).values(row | {"expires_at": at + SESSION_LIFETIME}))
        return secret

    def session(self, secret: str, *, at: datetime) -> BrowserSession | None:
        """The session behind a cookie's secret, while it lasts."""
        found = (one for one in self.sessions(at=at, secret=secret))
        return next(found, None)

    def sessions(self, *, at: datetime, secret: str = "") -> Iterator[BrowserSession]:
        """Everyone who is signed in, or the one with this secret."""
        columns = [SESSIONS.c[name] for name in BrowserSession._fields]
        query = select(*columns).where(SESSIONS.c.office == self.office, SESSIONS.c.expires_at > at)
        if secret:
            query = query.where(SESSIONS.c.id == hash_secret(secret))
        for row in self.connection.execute(query.order_by(SESSIONS.c.person, SESSIONS.c.began_at)):
            yield BrowserSession._make(row)

    def end_session(self, session: str) -> None:
        """End one session."""
        here = (SESSIONS.c.office == self.office, SESSIONS.c.id == session)
        self.connection.execute(delete(SESSIONS).where(*here))

    def remove(self, person: str) -> int:
        """Sign someone out everywhere and take back their unused links. Returns how many sessions ended."""
        ended = 0
        for table in (SESSIONS, INVITATIONS):
            here = (table.c.office == self.office, table.c.person == person)
            found = self.connection.execute(delete(table).where(*here))
            ended += found.rowcount if table is SESSIONS else 0
        return ended


def office_of_link(connection: Connection, token: str) -> str:
    """Which office a join link is of, where several share a bot; empty where none made it."""
    query = select(INVITATIONS.c.office).where(INVITATIONS.c.token == hash_secret(token))
    return connection.execute(query).scalar() or ""


def hash_secret(secret: str) -> str:
    """What is stored of a secret: enough to know it again, not enough to use it."""
    return sha256(secret.encode()).hexdigest()
