"""What people hear, day by day, over whole stories; and that nobody else heard anything."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.scheduler.reminders.town import act, by_day, opened, through, town

pytestmark = pytest.mark.usefixtures("engine")
STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text("utf-8"))["story"]
FACTS = ("to", "days", "consented_by", "reason", "notified_on", "with", "party", "consent_evidence")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"][:60])
def test_a_story_is_told_to_these_people_on_these_days_and_to_nobody_else(home, story):
    received, last = (date.fromisoformat(story[key]) for key in ("received", "through"))
    app, lost = town(home, received), tuple(story.get("lost", ()))
    case = opened(app, received)
    pauses = sorted({received, *_days(story)} - {last})
    for first, until in zip(pauses, [*pauses[1:], last], strict=True):
        app.clock.set_day(first, 10)
        _happens(app, story, case, first)
        through(app, first, until, lost) if until == last else _before(app, first, until, lost)
    heard = {
        day: sorted(f"{who} {rung}" for who, rung in people.items()) for day, people in by_day(app).items()
    }
    assert heard == {day: sorted(people) for day, people in story["told"].items()}


def _days(story):
    found = [one["day"] for one in story.get("steps", ())] + [one["said"] for one in story.get("away", ())]
    ends = [story[key] for key in ("closed", "sent") if key in story]
    return {date.fromisoformat(day) for day in (*found, *ends)}


def _before(app, first, until, lost):
    from datetime import timedelta

    through(app, first, until - timedelta(days=1), lost)


def _happens(app, story, case, day):
    """What people do at ten in the morning, once the morning's digest is said."""
    from tests.scheduler.reminders.town import delivered, swept

    app.clock.set_day(day, 0, 1)
    swept(app, tuple(story.get("lost", ())))
    app.clock.set_day(day, 9)
    delivered(app)
    app.clock.set_day(day, 10)
    for one in story.get("steps", ()):
        if one["day"] == day.isoformat():
            facts = {key: one[key] for key in FACTS if key in one}
            act(
                app,
                one["by"],
                lambda uow, one=one, facts=facts: uow.cases.step(case, one["step"], day, facts),
            )
    for one in story.get("away", ()):
        if one["said"] == day.isoformat():
            span = [date.fromisoformat(one[key]) for key in ("first", "last")]
            act(
                app,
                one["person"],
                lambda uow, one=one, span=span: uow.office.delegate(one["person"], one["deputy"], *span),
            )
    if story.get("closed") == day.isoformat():
        act(app, "clerk", lambda uow: uow.cases.close(case, "granted", day))
    if story.get("sent", story.get("closed")) == day.isoformat():
        act(app, "clerk", lambda uow: uow.cases.step(case, "delivered", day, {"how": "post"}))
