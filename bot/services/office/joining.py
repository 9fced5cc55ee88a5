"""Finds who has not joined yet and who waits for a second person, and invites everybody who is missing at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.services.accounts.accounts import AccountService
from bot.services.app import OfficeApp
from bot.services.office.founding import InviteCard, invite_people
from config.office.model import Person
from scheduler.signoff.confirmation import confirmers
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import (
    SESSION_CHANNEL,
    BrowserSession,
    JoinRequest,
    JoinRequests,
    SessionStore,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoiningState:
    """Who of the office is not in yet."""

    missing: tuple[Person, ...]
    """Who has neither a chat account nor a session, and asked for none: never joined, or signed in too long ago."""
    waiting: tuple[JoinRequest, ...]
    """What waits for a second person to confirm it, the oldest first."""


def joining_state(app: OfficeApp, connection: Connection, at: datetime) -> JoiningState:
    """Who has not joined as of an instant, and who waits."""
    office = app.office.slug
    waiting = tuple(JoinRequests(connection, office).waiting())
    accounts = Accounts(connection, office).all()
    there = {one.person for one in accounts if one.channel != SESSION_CHANNEL}
    there |= {one.person for one in SessionStore(connection, office).sessions(at=at)}
    there |= {one.person for one in waiting}
    missing = tuple(one for one in app.office.people if one.id not in there)
    return JoiningState(missing=missing, waiting=waiting)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingJoin:
    """A join that waits for a second person: the code to read out, and who can confirm it."""

    code: str
    confirmers: tuple[Person, ...]
    """Of whoever may confirm it those who are in; where none of them is in yet, all. Empty where nobody may."""


def waiting_join(app: OfficeApp, connection: Connection, request: JoinRequest) -> WaitingJoin:
    """What somebody who waits has to know. Neither they nor whoever invited them are among the confirmers."""
    may = confirmers(app.office, request.person, request.invited_by)
    keepers = AccountService(app=app, connection=connection, means=request.channel).keepers_in()
    there = tuple(one for one in may if one.id in keepers)
    return WaitingJoin(code=request.code, confirmers=there or may)


def waiting_session(
    app: OfficeApp, connection: Connection, session: BrowserSession | None
) -> WaitingJoin | None:
    """The same of a session; None where it waits for nobody."""
    requests = JoinRequests(connection, app.office.slug)
    request = requests.find(session.joined) if session and session.waits else None
    return waiting_join(app, connection, request) if request else None


def invite_missing(service: AccountService) -> tuple[InviteCard, ...]:
    """A join link for each person who has not joined; whoever is in or waits gets none."""
    return invite_people(service, joining_state(service.app, service.connection, service.now).missing)
