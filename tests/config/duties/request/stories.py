"""How the tables of this folder are read: steps in the calculator's notation, or with their particulars."""

import tomllib
from datetime import date
from functools import partial
from pathlib import Path

from config.duties.request import DUTY
from storage.events.events import Opened
from tests.config.duties.facts import fact

HERE = Path(__file__).parent
LAST_DAY = date(2030, 12, 31)
BARE = {"source": "register"}
POSTS = {"信息公开机构负责人": {"disclosure_head"}, "信息公开专员": {"clerk"}}


def table(name, key):
    return tomllib.loads((HERE / name).read_text("utf-8"))[key]


def roles(person):
    return frozenset(POSTS.get(person, ()))


def opened(day, **facts):
    return Opened(case=1, happened_on=day, kind=DUTY.kind, facts={"applicant_kind": "business", **facts})


happened = partial(fact, DUTY)


def story_of(received, steps, **facts_of_opening):
    """The facts of a table: ``[day, name, {facts}]`` for each."""
    made = [happened(day, name, facts[0] if facts else None) for day, name, *facts in steps]
    return [opened(received, **facts_of_opening), *made]
