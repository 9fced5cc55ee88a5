"""Coming in and leaving: a join link is looked at first and used by its button.

Chat programs open links to draw a preview. A link that worked by being opened would be used up by them
before its person saw it.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.sessions import COOKIE
from bot.channels.web_chat import NAME
from bot.commands.join import is_signer
from bot.dialog.permissions import REGISTER_KEEPER_ROLES
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.sessions import LinkUsed, SessionStore


def invitation_page(visit: PageRequest) -> Response:
    """Whom the link is for, and the button."""
    with visit.app.store.reading() as connection:
        found = SessionStore(connection, visit.app.office.slug).find_invitation(_token(visit), at=visit.at)
    post = visit.labels.post(found.person)
    return visit.render("join.html", post=post, until=visit.labels.moment(found.expires_at))


def join(visit: PageRequest) -> Response:
    """Use the link up and sign in."""
    app, token = visit.app, _token(visit)
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        person = people.find_invitation(token, at=visit.at).person
        if person not in {row.id for row in app.office.people}:
            raise LinkUsed  # the post has gone since
        secret = people.open_session(token, at=visit.at)
        accounts = Accounts(connection, app.office.slug)
        state = AddressState.UNCONFIRMED if _needs_confirmation(visit, accounts, person) else AddressState.OK
        accounts.bind(person, NAME, person, at=visit.at, state=state)
    response = visit.redirect("/")
    visit.web_app.token_signer.set_session_cookie(
        response, secret, secure=visit.request.url.scheme == "https"
    )
    return response


def _needs_confirmation(visit: PageRequest, accounts: Accounts, person: str) -> bool:
    """Whoever signs is let in by a second person; while there is none who could, the first ones come in alone."""
    office = visit.app.office
    keepers = {one.id for role in REGISTER_KEEPER_ROLES for one in office.holders(role)} - {person}
    there = any(account.state is AddressState.OK for one in keepers for account in accounts.of_person(one))
    return there and is_signer(office, office.person(person))


def sign_out(visit: PageRequest) -> Response:
    """Sign out at this browser."""
    if visit.session:
        with visit.app.store.writing(visit.app.office.slug) as connection:
            SessionStore(connection, visit.app.office.slug).end_session(visit.session.id)
    response = visit.redirect("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def not_found(_visit: PageRequest) -> Response:
    """Every other address."""
    raise NoSuchPage


def _token(visit: PageRequest) -> str:
    token: str = visit.request.path_params["token"]
    return token
