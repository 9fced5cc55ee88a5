"""The order in which a case's facts are replayed: by day, by rank, by words, and never by the order of entry."""

import tomllib
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from config.duties.request import DUTY
from scheduler.terms.deadlines import chronological
from storage.events.events import Closed, Opened, Stepped

CASES = tomllib.loads(Path(__file__).with_name("order.toml").read_text("utf-8"))["case"]


def fact(line):
    day, what, *filled = line.split()
    on, facts = date.fromisoformat(f"2026-{day}"), dict(part.split("=") for part in filled)
    if what == "opened":
        return Opened(case=1, happened_on=on, kind="request", reference="1", facts=facts)
    if what == "closed":
        return Closed(case=1, happened_on=on, outcome=facts.pop("outcome", "granted"), facts=facts)
    return Stepped(case=1, happened_on=on, step=what, facts=facts)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_facts_are_replayed_in_one_order(case):
    expected = [fact(line) for line in case["facts"]]
    for entered in permutations(expected):
        assert chronological(entered, DUTY) == expected


def test_in_which_order_a_fact_was_filled_in_breaks_no_tie():
    one = fact("03-05 consulted party=甲 with=third_party")
    other = fact("03-05 consulted with=third_party party=乙")
    again = fact("03-05 consulted with=third_party party=甲")
    assert chronological([other, again], DUTY) == chronological([one, other], DUTY) == [other, one]
