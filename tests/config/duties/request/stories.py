"""How the tables of this folder are read: steps in the calculator's notation, or with their particulars."""

import tomllib
from datetime import date
from pathlib import Path

from config.calendar.holiday_notices import shipped_calendar
from config.duties.request import DUTY
from config.shipped_data import load_holiday_notices
from storage.events.events import Closed, Opened, Stepped

HERE = Path(__file__).parent
CALENDAR = shipped_calendar(load_holiday_notices())
LAST_DAY = date(2030, 12, 31)
BARE = {"source": "register"}
POSTS = {"信息公开机构负责人": {"disclosure_head"}, "信息公开专员": {"clerk"}}


def table(name, key):
    return tomllib.loads((HERE / name).read_text("utf-8"))[key]


def roles(person):
    return frozenset(POSTS.get(person, ()))


def opened(day, **facts):
    return Opened(case=1, happened_on=day, kind=DUTY.kind, facts={"applicant_kind": "business", **facts})


def happened(day, name, facts=None):
    """A step, or a close where the name is one of the results."""
    if DUTY.outcome(name):
        return Closed(case=1, happened_on=day, outcome=name, facts=facts or {})
    return Stepped(case=1, happened_on=day, step=name, facts=facts or {})


def story_of(received, steps):
    """The facts of a table: ``[day, name, {facts}]`` for each."""
    made = [happened(day, name, facts[0] if facts else None) for day, name, *facts in steps]
    return [opened(received), *made]
