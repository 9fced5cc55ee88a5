"""How the table of this folder is read."""

import tomllib
from pathlib import Path

from config.calendar.holiday_notices import shipped_calendar
from config.duties.dispute import DUTY
from config.shipped_data import load_holiday_notices
from scheduler.terms.deadlines import due_date
from storage.events.events import Closed, Opened, Stepped

CALENDAR = shipped_calendar(load_holiday_notices())
SITUATIONS = tomllib.loads((Path(__file__).parent / "dispute.toml").read_text("utf-8"))["situation"]


def opened(day, route, copy=None, **facts):
    """A dispute, with the day its copy came where that is known."""
    facts |= {"copy_received_on": str(copy)} if copy else {}
    return Opened(case=1, happened_on=day, kind=DUTY.kind, facts={"route": route, **facts})


def happened(day, name, facts=None):
    """A step, or a close where the name is one of the results."""
    if DUTY.outcome(name):
        return Closed(case=1, happened_on=day, outcome=name, facts=facts or {})
    return Stepped(case=1, happened_on=day, step=name, facts=facts or {})


def story_of(situation):
    """The facts of a row of the table."""
    facts = {"procedure": situation["procedure"]} if "procedure" in situation else {}
    first = opened(situation["opened"], situation["route"], situation.get("copy"), **facts)
    return [first, *(happened(day, name) for day, name in situation.get("steps", []))]


def dated(story, calendar=CALENDAR):
    return due_date(story, DUTY, calendar)
