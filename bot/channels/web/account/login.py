"""Coming in and leaving: a join link is looked at first and used by its button.

Chat programs open links to draw a preview. A link that worked by being opened would be used up by them
before its person saw it.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.sessions import COOKIE
from bot.channels.web_chat import NAME
from bot.commands.join import signs
from bot.dialog.permissions import RECORDERS
from storage.messaging.accounts import Accounts, State
from storage.messaging.sessions import LinkUsed, People


def invitation(visit: Visit) -> Response:
    """Whom the link is for, and the button."""
    with visit.works.store.reading() as connection:
        found = People(connection, visit.works.office.slug).invited(_token(visit), at=visit.at)
    post = visit.labels.post(found.person)
    return visit.show("join.html", post=post, until=visit.labels.moment(found.expires_at))


def join(visit: Visit) -> Response:
    """Use the link up and sign in."""
    works, token = visit.works, _token(visit)
    with works.store.writing(works.office.slug) as connection:
        people = People(connection, works.office.slug)
        person = people.invited(token, at=visit.at).person
        if person not in {row.id for row in works.office.people}:
            raise LinkUsed  # the post has gone since
        secret = people.join(token, at=visit.at)
        accounts = Accounts(connection, works.office.slug)
        state = State.UNCONFIRMED if _is_to_be_confirmed(visit, accounts, person) else State.OK
        accounts.bind(person, NAME, person, at=visit.at, state=state)
    response = visit.go("/")
    visit.site.seals.hand_over(response, secret, secure=visit.request.url.scheme == "https")
    return response


def _is_to_be_confirmed(visit: Visit, accounts: Accounts, person: str) -> bool:
    """Whoever signs is let in by a second person; while there is none who could, the first ones come in alone."""
    office = visit.works.office
    keepers = {one.id for role in RECORDERS for one in office.holders(role)} - {person}
    there = any(account.state is State.OK for one in keepers for account in accounts.of(one))
    return there and signs(office, office.person(person))


def leave(visit: Visit) -> Response:
    """Sign out at this browser."""
    if visit.session:
        with visit.works.store.writing(visit.works.office.slug) as connection:
            People(connection, visit.works.office.slug).leave(visit.session.id)
    response = visit.go("/")
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def nowhere(_visit: Visit) -> Response:
    """Every other address."""
    raise NoSuchPage


def _token(visit: Visit) -> str:
    token: str = visit.request.path_params["token"]
    return token
