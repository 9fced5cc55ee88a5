"""What people hear, day by day, over whole stories; and that nobody else heard anything."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from tests.scheduler.reminders.town import act, by_day, opened, through, town

pytestmark = pytest.mark.usefixtures("engine")
STORIES = tomllib.loads((Path(__file__).parent / "stories.toml").read_text("utf-8"))["story"]
FACTS = ("to", "days", "consented_by", "reason", "notified_on", "with", "party")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"][:60])
def test_a_story_is_told_to_these_people_on_these_days_and_to_nobody_else(home, story):
    received, last = (date.fromisoformat(story[key]) for key in ("received", "through"))
    works, lost = town(home, received), tuple(story.get("lost", ()))
    case = opened(works, received)
    pauses = sorted({received, *_days(story)} - {last})
    for first, until in zip(pauses, [*pauses[1:], last], strict=True):
        works.clock.set_day(first, 10)
        _happens(works, story, case, first)
        through(works, first, until, lost) if until == last else _before(works, first, until, lost)
    heard = {
        day: sorted(f"{who} {rung}" for who, rung in people.items()) for day, people in by_day(works).items()
    }
    assert heard == {day: sorted(people) for day, people in story["told"].items()}


def _days(story):
    found = [one["day"] for one in story.get("steps", ())] + [one["said"] for one in story.get("away", ())]
    return {date.fromisoformat(day) for day in (*found, *([story["closed"]] if "closed" in story else []))}


def _before(works, first, until, lost):
    from datetime import timedelta

    through(works, first, until - timedelta(days=1), lost)


def _happens(works, story, case, day):
    """What people do at ten in the morning, once the morning's digest is said."""
    from tests.scheduler.reminders.town import delivered, swept

    works.clock.set_day(day, 0, 1)
    swept(works, tuple(story.get("lost", ())))
    works.clock.set_day(day, 9)
    delivered(works)
    works.clock.set_day(day, 10)
    for one in story.get("steps", ()):
        if one["day"] == day.isoformat():
            facts = {key: one[key] for key in FACTS if key in one}
            act(works, one["by"], lambda desk, one=one, facts=facts: desk.step(case, one["step"], day, facts))
    for one in story.get("away", ()):
        if one["said"] == day.isoformat():
            span = [date.fromisoformat(one[key]) for key in ("first", "last")]
            act(
                works,
                one["person"],
                lambda desk, one=one, span=span: desk.delegate(one["person"], one["deputy"], *span),
            )
    if story.get("closed") == day.isoformat():
        act(works, "clerk", lambda desk: desk.close(case, "granted", day))
