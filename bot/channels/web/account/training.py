"""A town to practise in: any post to act as, and a clock that a button moves. Only where the clock is set by hand.

Nobody signs in: there is nothing to protect but the practice. Whoever moves the clock lets everything happen that
would have: the sweep runs and what is due is said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Training, Visit
from config.clock import OFFICE_ZONE, office_day
from scheduler.reminders.quiet_hours import Hours
from storage.messaging.accounts import Accounts
from storage.messaging.sessions import LONGEST, People

HOUR, DAY, MORNING = "hour", "day", "morning"


def posts(visit: Visit) -> Response:
    """Every post, to be chosen."""
    _training(visit)
    return visit.show("posts.html")


def act_as(visit: Visit) -> Response:
    """Sign in as the chosen post."""
    _training(visit)
    works, wanted = visit.works, visit.form.get("person", "")
    if wanted not in {person.id for person in works.office.people}:
        raise NoSuchPage
    with works.store.writing(works.office.slug) as connection:
        people = People(connection, works.office.slug)
        token = people.invite(wanted, at=visit.at, lasts=LONGEST)
        secret = people.join(token, at=visit.at)
        Accounts(connection, works.office.slug).bind(wanted, "page", wanted, at=visit.at)
    response = visit.go("/")
    visit.site.seals.hand_over(response, secret, secure=visit.request.url.scheme == "https")
    return response


def move_clock(visit: Visit) -> Response:
    """An hour, a day, or to half past eight of the next working day; then everything happens that is due."""
    training = _training(visit)
    now = training.clock.now()
    steps = {HOUR: now + timedelta(hours=1), DAY: now + timedelta(days=1), MORNING: _morning(visit, now)}
    wanted = visit.form.get("to", "")
    if wanted not in steps:
        raise NoSuchPage
    training.clock.at = steps[wanted]
    training.moved()
    return visit.go("/")


def _training(visit: Visit) -> Training:
    if visit.site.training is None:
        raise NoSuchPage
    return visit.site.training


def _morning(visit: Visit, now: datetime) -> datetime:
    day = visit.works.known_calendar().nth_after(office_day(now), 1)
    return datetime.combine(day, Hours().digest, OFFICE_ZONE).astimezone(now.tzinfo)
