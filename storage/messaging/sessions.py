"""Join links that work once, and the browser sessions of the people who are signed in.

A secret is never stored, only its hash: nobody who reads the database or a backup of it can sign in with that. The
rights of a person are not stored here either: they stand in the office's file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete
from sqlmodel import Session, col, select

from config.errors import Refusal
from storage.database.orm_session import orm_session
from storage.database.tables import BrowserSession, Invitation

__all__ = [
    "BrowserSession",
    "Invitation",
    "LinkExpired",
    "LinkTime",
    "LinkUsed",
    "SessionStore",
    "hash_secret",
    "office_of_link",
]

SECRET_BYTES = 16  # 128 bits: nobody guesses it
MIN_LINK_LIFETIME, MAX_LINK_LIFETIME = timedelta(minutes=15), timedelta(hours=24)
SESSION_LIFETIME = timedelta(days=30)


class LinkTime(Refusal):
    """A join link can last from 15 minutes to 24 hours, not {hours} hours. Choose --hours in between."""


class LinkUsed(Refusal):
    """This link was used already, or it never was one. Ask the clerk for a new one."""


class LinkExpired(Refusal):
    """This link has run out. Ask the clerk for a new one."""


@dataclass(frozen=True, slots=True)
class SessionStore:
    """One office's join links and browser sessions over an open connection."""

    connection: Connection
    office: str

    def invite(self, person: str, *, at: datetime, lasts: timedelta) -> str:
        """Make a join link. Returns its token, which is stored nowhere; LinkTime for a lifetime out of range."""
        if not MIN_LINK_LIFETIME <= lasts <= MAX_LINK_LIFETIME:
            raise LinkTime(hours=round(lasts / timedelta(hours=1), 2))
        token = secrets.token_urlsafe(SECRET_BYTES)
        with orm_session(self.connection) as session:
            session.add(
                Invitation(office=self.office, token=hash_secret(token), person=person, expires_at=at + lasts)
            )
        return token

    def find_invitation(self, token: str, *, at: datetime) -> Invitation:
        """The invitation behind a link, without using it up. LinkUsed, LinkExpired."""
        with orm_session(self.connection) as session:
            return self._open_invitation(session, token, at)

    def use_invitation(self, token: str, *, at: datetime) -> str:
        """Use a link up; under the write lock that happens once. Returns the invited person."""
        with orm_session(self.connection) as session:
            invitation = self._open_invitation(session, token, at)
            invitation.used_at = at
            return invitation.person

    def open_session(self, token: str, *, at: datetime) -> str:
        """Use a link up and sign its person in. Returns the secret of the new session."""
        person = self.use_invitation(token, at=at)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        with orm_session(self.connection) as session:
            session.add(
                BrowserSession(
                    office=self.office,
                    id=hash_secret(secret),
                    person=person,
                    began_at=at,
                    expires_at=at + SESSION_LIFETIME,
                )
            )
        return secret

    def session(self, secret: str, *, at: datetime) -> BrowserSession | None:
        """The session behind a cookie's secret, unless it has expired."""
        return next(self.sessions(at=at, secret=secret), None)

    def sessions(self, *, at: datetime, secret: str = "") -> Iterator[BrowserSession]:
        """The sessions that have not expired, or the one with this secret."""
        query = select(BrowserSession).where(
            col(BrowserSession.office) == self.office, col(BrowserSession.expires_at) > at
        )
        if secret:
            query = query.where(col(BrowserSession.id) == hash_secret(secret))
        query = query.order_by(col(BrowserSession.person), col(BrowserSession.began_at))
        with orm_session(self.connection) as session:
            found = session.exec(query).all()
        yield from found

    def end_session(self, session_id: str) -> None:
        """End one session."""
        with orm_session(self.connection) as session:
            if browser := session.get(BrowserSession, (self.office, session_id)):
                session.delete(browser)

    def remove(self, person: str) -> int:
        """Sign a person out everywhere and delete their unused links. Returns how many sessions ended."""
        with orm_session(self.connection) as session:
            sessions, _ = (
                session.exec(delete(kind).where(col(kind.office) == self.office, col(kind.person) == person))
                for kind in (BrowserSession, Invitation)
            )
            return sessions.rowcount

    def _open_invitation(self, session: Session, token: str, at: datetime) -> Invitation:
        invitation = session.get(Invitation, (self.office, hash_secret(token)))
        if invitation is None or invitation.used_at is not None:
            raise LinkUsed
        if at >= invitation.expires_at:
            raise LinkExpired
        return invitation


def office_of_link(connection: Connection, token: str) -> str:
    """The office, of several that share a bot, that made a join link; empty if none did."""
    with orm_session(connection) as session:
        query = select(Invitation.office).where(col(Invitation.token) == hash_secret(token))
        return session.exec(query).first() or ""


def hash_secret(secret: str) -> str:
    """The SHA-256 of a secret: enough to recognise it, not enough to use it."""
    return sha256(secret.encode()).hexdigest()
