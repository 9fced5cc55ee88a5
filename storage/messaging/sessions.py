"""Join links that work once, what waits for a second person, and the browser sessions of those who are signed in.

Where a second person has to confirm it, whoever joins waits as a ``JoinRequest`` and takes nobody's place meanwhile.

A secret is never stored, only its hash: nobody who reads the database or a backup of it can sign in with that. The
rights of a person are not stored here either: they stand in the office's file.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete
from sqlmodel import Session, col, select

from config.errors import Refusal
from storage.database.store import orm_session
from storage.database.tables import BrowserSession, Invitation
from storage.database.tables_messaging import JoinRequest
from storage.eventlog.clock_readings import ClockReadings

__all__ = [
    "SESSION_CHANNEL",
    "BrowserSession",
    "Invitation",
    "JoinRequest",
    "JoinRequests",
    "LinkExpired",
    "LinkTime",
    "LinkUsed",
    "SessionStore",
    "hash_secret",
    "new_secret",
    "office_of_link",
    "require_link_lifetime",
    "waiting_offices",
]

SESSION_CHANNEL = "page"
"""The channel of browser sessions; as an account's address it has the person's id."""
CODE_DIGITS = 6
SECRET_BYTES = 16  # 128 bits: nobody guesses it
MIN_LINK_LIFETIME, MAX_LINK_LIFETIME = timedelta(minutes=15), timedelta(hours=24)
SESSION_LIFETIME = timedelta(days=30)
"""How long a session lives after it was last used: whoever comes every month stays signed in."""
RENEWAL_INTERVAL = timedelta(days=1)


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

    def invite(
        self, person: str, *, at: datetime, lasts: timedelta, invited_by: str = "", position: int = 0
    ) -> str:
        """Make a join link. Returns its token, which is stored nowhere; LinkTime for a lifetime out of range."""
        require_link_lifetime(lasts)
        token = secrets.token_urlsafe(SECRET_BYTES)
        invitation = Invitation(
            office=self.office,
            token=hash_secret(token),
            person=person,
            expires_at=at + lasts,
            invited_by=invited_by,
            position=position,
        )
        with orm_session(self.connection) as session:
            session.add(invitation)
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

    def known_invitation(self, token: str) -> Invitation | None:
        """The invitation behind a link, used up or expired as it may be; None where there never was one."""
        with orm_session(self.connection) as session:
            return session.get(Invitation, (self.office, hash_secret(token)))

    def open_session(self, token: str, *, at: datetime, confirmed_by: str = "") -> str:
        """Use a link up and sign its person in. Returns the secret of the new session."""
        person, secret = self.use_invitation(token, at=at), new_secret()
        self.sign_in(person, secret, at=at, confirmed_by=confirmed_by)
        return secret

    def sign_in(
        self,
        person: str,
        secret: str,
        *,
        at: datetime,
        joined: int = 0,
        confirmed_by: str = "",
        waits: bool = False,
    ) -> None:
        """Open a session with this secret; one that ``waits`` opens nothing until it is admitted."""
        with orm_session(self.connection) as session:
            session.add(
                BrowserSession(
                    office=self.office,
                    id=hash_secret(secret),
                    person=person,
                    began_at=at,
                    expires_at=at + SESSION_LIFETIME,
                    joined=joined,
                    confirmed_by=confirmed_by,
                    waits=waits,
                )
            )

    def admit(self, session_id: str, by: str) -> None:
        """Record that a second person confirmed a session: from now on it may be used."""
        with orm_session(self.connection) as session:
            if browser := session.get(BrowserSession, (self.office, session_id)):
                browser.waits, browser.confirmed_by = False, by

    def session(self, secret: str, *, at: datetime) -> BrowserSession | None:
        """The session behind a cookie's secret, also one that waits, unless it has expired."""
        with orm_session(self.connection) as session:
            browser = session.get(BrowserSession, (self.office, hash_secret(secret)))
        return browser if browser and browser.expires_at > self._latest(at) else None

    def person_of_ended(self, secret: str) -> str:
        """Whose session a cookie's secret opened, also after it expired; empty where it was ended by hand."""
        with orm_session(self.connection) as session:
            browser = session.get(BrowserSession, (self.office, hash_secret(secret)))
        return browser.person if browser and not browser.waits else ""

    def sessions(self, *, at: datetime) -> list[BrowserSession]:
        """The sessions in use that have not expired."""
        query = select(BrowserSession).where(
            col(BrowserSession.office) == self.office,
            col(BrowserSession.expires_at) > self._latest(at),
            ~col(BrowserSession.waits),
        )
        query = query.order_by(col(BrowserSession.person), col(BrowserSession.began_at))
        with orm_session(self.connection) as session:
            return list(session.exec(query))

    @staticmethod
    def is_due_for_renewal(browser: BrowserSession, at: datetime) -> bool:
        """Whether a session that is used now was last renewed more than a day ago."""
        return not browser.waits and browser.expires_at - at < SESSION_LIFETIME - RENEWAL_INTERVAL

    def renew(self, session_id: str, *, at: datetime) -> None:
        """Let a session live its whole lifetime from now on: it is in use. One that has ended stays ended."""
        with orm_session(self.connection) as session:
            browser = session.get(BrowserSession, (self.office, session_id))
            if browser and browser.expires_at > self._latest(at):
                browser.expires_at = at + SESSION_LIFETIME

    def of_person(self, person: str, *, at: datetime) -> list[BrowserSession]:
        """A person's sessions that are in use, the one used last first."""
        own = [one for one in self.sessions(at=at) if one.person == person]
        return sorted(own, key=lambda one: one.expires_at, reverse=True)

    def describe(self, session_id: str, device: str) -> None:
        """Keep what a session's device calls itself."""
        with orm_session(self.connection) as session:
            if browser := session.get(BrowserSession, (self.office, session_id)):
                browser.device = device

    def prove(self, session_id: str, *, at: datetime) -> None:
        """Record that the person of a session showed anew who they are."""
        with orm_session(self.connection) as session:
            if browser := session.get(BrowserSession, (self.office, session_id)):
                browser.proved_at = at

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
        if self._latest(at) >= invitation.expires_at:
            raise LinkExpired
        return invitation

    def _latest(self, at: datetime) -> datetime:
        """The instant by which it is judged what has expired: a clock that was set back revives nothing."""
        return max(at, ClockReadings(self.connection, self.office).latest() or at)


@dataclass(frozen=True, slots=True)
class JoinRequests:
    """One office's accounts and browser sessions that wait for a second person, over an open connection."""

    connection: Connection
    office: str

    def add(self, request: JoinRequest) -> None:
        """Let an account or a session wait; an earlier request from the same place is forgotten."""
        request.office = self.office
        if earlier := self.at(request.channel, request.address):
            self.remove(earlier.joined)
        with orm_session(self.connection) as session:
            session.add(request)

    def new_code(self) -> str:
        """A code that no other request has: what both screens show."""
        used = {one.code for one in self.waiting()}
        while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}") in used:
            pass
        return code

    def waiting(self, *conditions: Any) -> list[JoinRequest]:
        """The requests that wait, the oldest first."""
        query = select(JoinRequest).where(col(JoinRequest.office) == self.office, *conditions)
        with orm_session(self.connection) as session:
            return list(session.exec(query.order_by(col(JoinRequest.joined))))

    def of_person(self, person: str) -> list[JoinRequest]:
        """The requests to be a person's."""
        return self.waiting(col(JoinRequest.person) == person)

    def at(self, channel: str, address: str) -> JoinRequest | None:
        """The request of an address or a session."""
        here = self.waiting(col(JoinRequest.channel) == channel, col(JoinRequest.address) == address)
        return next(iter(here), None)

    def find(self, joined: int) -> JoinRequest | None:
        """The request by the log position at which it joined."""
        with orm_session(self.connection) as session:
            return session.get(JoinRequest, (self.office, joined))

    def count_wrong_code(self, joined: int) -> int:
        """Count a wrong code against a request. Returns how many there were."""
        with orm_session(self.connection) as session:
            request = session.get_one(JoinRequest, (self.office, joined))
            request.wrong_codes += 1
            return request.wrong_codes

    def remove(self, joined: int) -> None:
        """Forget a request: it was confirmed, or refused."""
        with orm_session(self.connection) as session:
            if request := session.get(JoinRequest, (self.office, joined)):
                session.delete(request)


def office_of_link(connection: Connection, token: str) -> str:
    """The office, of several that share a bot, that made a join link; empty if none did."""
    with orm_session(connection) as session:
        query = select(Invitation.office).where(col(Invitation.token) == hash_secret(token))
        return session.exec(query).first() or ""


def waiting_offices(connection: Connection, channel: str, address: str) -> list[str]:
    """The offices in which an address waits for a second person. A shared bot asks across offices."""
    query = select(JoinRequest.office).where(
        col(JoinRequest.channel) == channel, col(JoinRequest.address) == address
    )
    with orm_session(connection) as session:
        return list(session.exec(query.order_by(col(JoinRequest.office))))


def require_link_lifetime(lasts: timedelta) -> None:
    """LinkTime where a link may not last so long, or so short."""
    if not MIN_LINK_LIFETIME <= lasts <= MAX_LINK_LIFETIME:
        raise LinkTime(hours=round(lasts / timedelta(hours=1), 2))


def new_secret() -> str:
    """A secret for a session: nobody guesses it."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """The SHA-256 of a secret: enough to recognise it, not enough to use it."""
    return sha256(secret.encode()).hexdigest()
