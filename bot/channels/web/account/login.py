"""Signs users in by a join link and out again; the link is used by its button, not by being opened.

Chat programs open links to draw a preview. A link that worked by being opened would be used up by them
before its person saw it.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.sessions import COOKIE
from bot.channels.web_chat import WEB_CHANNEL
from bot.commands.join import is_signer
from config.office.roles import REGISTER_KEEPER_ROLES
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.sessions import LinkUsed, SessionStore


def invitation_page(page: PageRequest) -> Response:
    """The page of a join link: whom it is for, and its button. LinkUsed."""
    with page.app.store.reading() as connection:
        found = SessionStore(connection, page.app.office.slug).find_invitation(_token(page), at=page.at)
    post = page.labels.post(found.person)
    return page.render("join.html", post=post, until=page.labels.moment(found.expires_at))


def join(page: PageRequest) -> Response:
    """Use the join link and sign its person in. LinkUsed where it was used, or its person left office.toml."""
    app, token = page.app, _token(page)
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        person = people.find_invitation(token, at=page.at).person
        if person not in {row.id for row in app.office.people}:
            raise LinkUsed  # the person has left office.toml since
        secret = people.open_session(token, at=page.at)
        accounts = Accounts(connection, app.office.slug)
        state = AddressState.UNCONFIRMED if _needs_confirmation(page, accounts, person) else AddressState.OK
        accounts.bind(person, WEB_CHANNEL, person, at=page.at, state=state)
    response = page.redirect("/")
    page.web_app.token_signer.set_session_cookie(response, secret, secure=page.request.url.scheme == "https")
    return response


def _needs_confirmation(page: PageRequest, accounts: Accounts, person: str) -> bool:
    """Whether a second person has to confirm a signer; not while no keeper of the registers is reachable."""
    office = page.app.office
    keepers = {one.id for role in REGISTER_KEEPER_ROLES for one in office.holders(role)} - {person}
    there = any(account.state is AddressState.OK for one in keepers for account in accounts.of_person(one))
    return there and is_signer(office, office.person(person))


def sign_out(page: PageRequest) -> Response:
    """Sign out at this browser."""
    if page.session:
        with page.app.store.writing(page.app.office.slug) as connection:
            SessionStore(connection, page.app.office.slug).end_session(page.session.id)
    response = page.redirect("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def not_found(_page: PageRequest) -> Response:
    """Answers every other address with NoSuchPage."""
    raise NoSuchPage


def _token(page: PageRequest) -> str:
    token: str = page.request.path_params["token"]
    return token
