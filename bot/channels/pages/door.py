"""Coming in and leaving: a join link is looked at first and used by its button.

Chat programs open links to draw a preview. A link that worked by being opened would be used up by them
before its person saw it.
"""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.page_chat import NAME
from bot.channels.pages.sessions import COOKIE
from bot.channels.pages.visit import NoSuchPage, Visit
from storage.accounts import Accounts
from storage.people import LinkUsed, People


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
        Accounts(connection, works.office.slug).bind(person, NAME, person, at=visit.at)
    response = visit.go("/chat")
    visit.site.seals.hand_over(response, secret, secure=visit.request.url.scheme == "https")
    return response


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
