"""What each further kind of duty owes, and by when: situations that a clerk could write, one table for each kind.

``due`` is worked out apart from the program; ``fault`` is the refusal of the last fact, which is lawful without it.
"""

import tomllib
from functools import cache
from pathlib import Path

import pytest

import config.duties
from bot.language.phrasebook import LANGUAGES, phrasebook
from config import shipped_data
from scheduler.terms.deadlines import due_date
from scheduler.validation.date_calculator import due_json
from scheduler.validation.validator import violations
from storage.events.events import Opened
from tests.config.duties.facts import CALENDAR, fact
from tests.config.duties.request.stories import LAST_DAY

HERE = Path(__file__).parent
FILES = {
    file.stem: tomllib.loads(file.read_text("utf-8"))["situation"] for file in sorted(HERE.glob("*.toml"))
}
SITUATIONS = [(kind, one) for kind, rows in FILES.items() for one in rows]
each = pytest.mark.parametrize(("kind", "one"), SITUATIONS, ids=[f"{k}: {o['story']}" for k, o in SITUATIONS])


@cache
def duties():
    return shipped_data.load_duties(config.duties)


def story_of(kind, one):
    duty = duties()[kind]
    opening = Opened(case=1, happened_on=one["opened"], kind=kind, facts=one.get("facts", {}))
    steps = [fact(duty, day, name, facts[0] if facts else None) for day, name, *facts in one.get("steps", [])]
    return duty, [opening, *steps]


def judged(duty, story):
    found = violations(duty, story, CALENDAR, today=LAST_DAY, roles=lambda _person: frozenset({"anyone"}))
    return [objection.fault.__name__ for objection in found]


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_has_a_dozen_situations(kind):
    assert len({one["story"] for one in FILES[kind]}) == len(FILES[kind]) >= 12


@each
def test_the_source_of_each_date_stands_at_its_line(kind, one):
    duty, story = story_of(kind, one)
    assert ("basis" in one) == ("due" in one and bool(due_date(story, duty, CALENDAR).lines))


@each
def test_it_is_due_then(kind, one):
    duty, story = story_of(kind, one)
    found = due_date(story, duty, CALENDAR)
    assert (found.day, found.provisional) == (one.get("due"), one.get("provisional", False))
    assert found.state == one.get("state", "running")
    assert [late.why for late in found.late_steps] == one.get("late", [])


@each
def test_only_what_cannot_be_is_refused(kind, one):
    duty, story = story_of(kind, one)
    assert judged(duty, story)[:1] == ([one["fault"]] if "fault" in one else [])
    assert judged(duty, story[:-1]) == [] or len(story) == 1


@each
def test_the_date_is_explained_with_its_basis(kind, one):
    duty, story = story_of(kind, one)
    found = due_date(story, duty, CALENDAR)
    assert not [line for line in found.lines if not line.article]
    assert one.get("basis", "") in "".join(line.article for line in found.lines)
    for language in LANGUAGES:
        data = due_json(found, phrasebook(language).say)
        sentences = [line["why"] for line in data["lines"]] + [late["why"] for late in data.get("late", [])]
        assert not [said for said in sentences if "[" in said or "{" in said]


@each
def test_the_order_of_entry_changes_nothing(kind, one):
    duty, story = story_of(kind, one)
    assert due_date(story[::-1], duty, CALENDAR) == due_date(story, duty, CALENDAR)
