"""A town to practise in: any post to act as, and a clock that a button moves. Only where the clock is set by hand.

Nobody signs in: there is nothing to protect but the practice. Whoever moves the clock lets everything happen that
would have: the sweep runs and what is due is said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest, TrainingMode
from config.clock import OFFICE_ZONE, office_day
from scheduler.reminders.quiet_hours import QuietHours
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import MAX_LINK_LIFETIME, SessionStore

HOUR, DAY, MORNING = "hour", "day", "morning"


def posts_page(visit: PageRequest) -> Response:
    """Every post, to be chosen."""
    _require_training(visit)
    return visit.render("posts.html")


def act_as(visit: PageRequest) -> Response:
    """Sign in as the chosen post."""
    _require_training(visit)
    app, wanted = visit.app, visit.form.get("person", "")
    if wanted not in {person.id for person in app.office.people}:
        raise NoSuchPage
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        token = people.invite(wanted, at=visit.at, lasts=MAX_LINK_LIFETIME)
        secret = people.open_session(token, at=visit.at)
        Accounts(connection, app.office.slug).bind(wanted, "page", wanted, at=visit.at)
    response = visit.redirect("/")
    visit.web_app.token_signer.set_session_cookie(
        response, secret, secure=visit.request.url.scheme == "https"
    )
    return response


def move_clock(visit: PageRequest) -> Response:
    """An hour, a day, or to half past eight of the next working day; then everything happens that is due."""
    training = _require_training(visit)
    now = training.clock.now()
    steps = {HOUR: now + timedelta(hours=1), DAY: now + timedelta(days=1), MORNING: _next_morning(visit, now)}
    wanted = visit.form.get("to", "")
    if wanted not in steps:
        raise NoSuchPage
    training.clock.at = steps[wanted]
    training.on_clock_moved()
    return visit.redirect("/")


def _require_training(visit: PageRequest) -> TrainingMode:
    if visit.web_app.training is None:
        raise NoSuchPage
    return visit.web_app.training


def _next_morning(visit: PageRequest, now: datetime) -> datetime:
    day = visit.app.known_calendar().nth_after(office_day(now), 1)
    return datetime.combine(day, QuietHours().digest, OFFICE_ZONE).astimezone(now.tzinfo)
