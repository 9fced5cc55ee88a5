"""Serves the training town: choose any post to act as, and move the clock by a button.

Nobody signs in, for there is nothing to protect. Moving the clock runs the sweep and delivers what is due. Outside
training every one of these pages is NoSuchPage.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest, TrainingMode
from bot.channels.web_chat import WEB_CHANNEL
from config.clock import OFFICE_ZONE, office_day
from storage.events.account_events import TERMINAL
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import MAX_LINK_LIFETIME, SessionStore

HOUR, DAY, MORNING = "hour", "day", "morning"


def posts_page(page: PageRequest) -> Response:
    """The page to choose a post."""
    _require_training(page)
    return page.render("posts.html")


def act_as(page: PageRequest) -> Response:
    """Sign in as the chosen post. NoSuchPage where there is no such person."""
    _require_training(page)
    app, wanted = page.app, page.form.get("person", "")
    if wanted not in {person.id for person in app.office.people}:
        raise NoSuchPage
    with app.store.writing(app.office.slug) as connection:
        people = SessionStore(connection, app.office.slug)
        token = people.invite(wanted, at=page.at, lasts=MAX_LINK_LIFETIME)
        secret = people.open_session(token, at=page.at, confirmed_by=TERMINAL)
        Accounts(connection, app.office.slug).bind(
            wanted, WEB_CHANNEL, wanted, at=page.at, confirmed_by=TERMINAL
        )
    response = page.redirect("/")
    page.web_app.token_signer.set_session_cookie(response, secret, page.web_app.address)
    return response


def move_clock(page: PageRequest) -> Response:
    """Move the clock an hour, a day, or to half past eight of the next working day, and run what is due."""
    training = _require_training(page)
    now = training.clock.now()
    steps = {HOUR: now + timedelta(hours=1), DAY: now + timedelta(days=1), MORNING: _next_morning(page, now)}
    wanted = page.form.get("to", "")
    if wanted not in steps:
        raise NoSuchPage
    training.clock.at = steps[wanted]
    training.on_clock_moved()
    return page.redirect("/")


def _require_training(page: PageRequest) -> TrainingMode:
    if page.web_app.training is None:
        raise NoSuchPage
    return page.web_app.training


def _next_morning(page: PageRequest, now: datetime) -> datetime:
    day = page.app.known_calendar().nth_after(office_day(now), 1)
    return datetime.combine(day, page.app.office.hours.digest, OFFICE_ZONE).astimezone(now.tzinfo)
