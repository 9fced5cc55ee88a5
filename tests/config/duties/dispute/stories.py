"""How the table of this folder is read."""

import tomllib
from functools import partial
from pathlib import Path

from config.duties.dispute import DUTY
from scheduler.terms.deadlines import due_date
from storage.events.events import Opened
from tests.config.duties.facts import CALENDAR, fact

SITUATIONS = tomllib.loads((Path(__file__).parent / "dispute.toml").read_text("utf-8"))["situation"]


def opened(day, route, copy=None, **facts):
    """A dispute, with the day its copy came where that is known."""
    facts |= {"copy_received_on": str(copy)} if copy else {}
    return Opened(case=1, happened_on=day, kind=DUTY.kind, facts={"route": route, **facts})


happened = partial(fact, DUTY)


def story_of(situation):
    """The facts of a row of the table."""
    facts = {"procedure": situation["procedure"]} if "procedure" in situation else {}
    first = opened(situation["opened"], situation["route"], situation.get("copy"), **facts)
    return [first, *(happened(day, name) for day, name in situation.get("steps", []))]


def dated(story, calendar=CALENDAR):
    return due_date(story, DUTY, calendar)
