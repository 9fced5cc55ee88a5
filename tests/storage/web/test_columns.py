"""A column of the website from its first day: fresh for a whole term, stale, fresh again."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar.holiday_notices import shipped_calendar
from config.declarations.reminder_ladders import parse_policy
from config.declarations.website_freshness import FRESHNESS_RULES, SIX_MONTHS
from config.duties.column import DUTY
from config.errors import BadInput
from config.office.loader import load_office
from config.shipped_data import data_dir, load_holiday_notices
from scheduler.terms.deadlines import due_date
from scheduler.validation.validator import violations
from scheduler.worklist.pending import WaitKind, pending_actions
from scheduler.worklist.recurring_cases import openings
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Closed, Opened, Stepped

CALENDAR = shipped_calendar(load_holiday_notices())
SAMPLE = (data_dir() / "office" / "sample.toml").read_text("utf-8")
OFFICE = load_office(SAMPLE, "sample.toml")
LAST = date(2030, 12, 31)
ROWS = tomllib.loads((Path(__file__).parent / "columns.toml").read_text("utf-8"))["column"]


def opened(day, rule, days=0, updated=None):
    facts = {"name": "栏目", "url": "https://www.zhaoduba.example/", "rule": rule, "owner": "clerk"}
    facts |= {"days": days} if days else {}
    facts |= {"newest_on": updated.isoformat()} if updated else {}
    return Opened(case=1, happened_on=day, kind=DUTY.kind, facts=facts)


def step(day, name, **facts):
    return Stepped(case=1, happened_on=day, step=name, facts=facts)


def updated(day):
    return step(day, "updated", title="公告")


def told(name, day, facts):
    if DUTY.outcome(name):
        return Closed(case=1, happened_on=day, outcome=name)
    return step(day, name, **facts)


def objected(story):
    roles = {person.id: frozenset({"anyone"}) for person in OFFICE.people}
    return violations(DUTY, story, CALENDAR, today=LAST, roles=lambda who: roles.get(who, frozenset()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["story"])
def test_a_column_is_due(row):
    story = [opened(row["opened"], row["rule"], row.get("days", 0), row.get("updated"))]
    story += [told(name, day, facts[0] if facts else {}) for day, name, *facts in row["steps"]]
    found = due_date(story, DUTY, CALENDAR)
    assert found.day == row["due"], row["story"]
    assert [(late.why, late.limit) for late in found.late_steps] == [
        ("stale", day) for day in row.get("stale", [])
    ]
    assert [line.why for line in found.lines] == [row["why"]]
    assert (found.provisional, found.lines[0].known) == (False, True)
    assert objected(story) == []


def test_the_explanation_counts_every_day_of_the_term_and_no_other():
    story = [opened(date(2026, 9, 1), "news"), *(updated(date(2026, 9, day)) for day in range(1, 25))]
    (line,) = due_date(story, DUTY, CALENDAR).lines
    assert (line.first, line.last, line.days) == (date(2026, 9, 25), date(2026, 10, 8), 14)
    assert line.article == "国办秘函〔2019〕19号"


@given(
    rule=st.sampled_from(sorted(FRESHNESS_RULES)),
    days=st.lists(st.integers(0, 900), min_size=1, max_size=8),
    fewer=st.integers(0, 400),
)
def test_it_is_always_due_its_term_after_its_newest_entry(rule, days, fewer):
    first = date(2024, 1, 1)
    story = [opened(first, rule, fewer), *(updated(first + timedelta(days=day)) for day in days)]
    term = min(FRESHNESS_RULES[rule].days, fewer or 999)
    for told_in in (story, story[::-1]):
        assert due_date(told_in, DUTY, CALENDAR).day == first + timedelta(days=max(days) + term)


@given(st.dates(date(2019, 1, 1), date(2040, 12, 31)))
def test_six_months_are_never_longer_than_the_rule(day):
    month = (day.month + 5) % 12 + 1
    year = day.year + (day.month > 6)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    six_months_on = min(last, last.replace(day=min(day.day, last.day)))
    assert day + timedelta(days=SIX_MONTHS) <= six_months_on
    assert (six_months_on - day).days - SIX_MONTHS <= 3


def test_the_sweep_finds_each_column_once_and_it_waits_for_its_owner():
    today = date(2026, 11, 23)
    found = openings(DUTY, OFFICE, CALENDAR, today)
    assert [opening.reference for opening in found] == ["home", "town_news", "notices"]
    assert [opening.facts["owner"] for opening in found] == ["clerk", "publicity_member", "office_deputy"]
    assert found[1].facts["days"] == 10
    assert "days" not in found[0].facts
    assert openings(DUTY, OFFICE, CALENDAR, today, known={"home", "town_news", "notices"}) == []
    opening = Opened(case=1, happened_on=today, kind=DUTY.kind, facts=found[1].facts)
    assert objected([opening]) == []
    case = Case(number=1, timeline=((1, opening),))
    (wait,) = pending_actions(case, DUTY, OFFICE, CALENDAR, Absences())
    assert (wait.what, wait.who, wait.since, wait.until) == (
        WaitKind.ACT,
        ("publicity_member",),
        date(2026, 11, 24),
        date(2026, 12, 3),
    )
    assert wait.article == "国办秘函〔2019〕19号"
    fresh = Case(number=1, timeline=((1, opening), (2, updated(date(2026, 11, 24)))))
    (later,) = pending_actions(fresh, DUTY, OFFICE, CALENDAR, Absences())
    assert (later.until, later.basis == wait.basis) == (date(2026, 12, 4), False)


def test_it_waits_for_whoever_the_file_names_now_unless_it_was_handed_on():
    opening = replace(opened(date(2026, 11, 23), "home"), reference="home")
    columns = tuple(
        replace(one, owner="publicity_member") if one.id == "home" else one for one in OFFICE.columns
    )
    later = replace(OFFICE, columns=columns)
    handed = step(date(2026, 11, 24), "handed_on", to="office_deputy", reason="轮岗")
    for office, records, owner in (
        (OFFICE, [opening], "clerk"),
        (later, [opening], "publicity_member"),
        (later, [opening, handed], "office_deputy"),
        (replace(OFFICE, columns=()), [opening], "clerk"),
    ):
        case = Case(number=1, timeline=tuple(enumerate(records, 1)))
        (wait,) = pending_actions(case, DUTY, office, CALENDAR, Absences())
        assert wait.who == (owner,)


def test_its_owner_hears_of_it_before_an_inspection_does():
    before = [rung for rung in DUTY.ladder if rung.at < 0]
    assert before == list(parse_policy("-3 holder"))


def test_what_is_refused_of_a_column():
    first = date(2026, 11, 2)
    ahead = step(first, "checked", newest_on="2031-01-01")
    bare = step(first, "checked")
    untitled = step(first, "updated")
    early = updated(date(2026, 11, 1))
    stranger = step(first, "handed_on", to="nobody")
    for wrong in (ahead, bare, untitled, early, stranger):
        assert len(objected([opened(first, "news"), wrong])) == 1
    assert len(objected([opened(first, "weekly")])) == 1


# ── the office's file ────────────────────────────────────────


def faults(find, write):
    assert find in SAMPLE
    with pytest.raises(BadInput) as refused:
        load_office(SAMPLE.replace(find, write, 1), "office.toml")
    return [(found.rule, found.found) for found in refused.value.findings]


@pytest.mark.parametrize(
    ("find", "write", "rule", "found"),
    [
        ("days = 10 ", "days = 15 ", "days_longer", "15"),
        ("allow_private = false", 'allow_private = "no"', "not_flag", "no"),
        ("allow_private = false", "allow_private = 0", "not_flag", "0"),
        ('hosts = ["www', 'hosts = ["https://www', "bad_host", "https://www.zhaoduba.example"),
        ('hosts = ["www.', 'hosts = ["*.county.', "host_not_listed", "www.zhaoduba.example"),
        (
            '"https://www.zhaoduba.example/news/"',
            '"www.zhaoduba.example"',
            "bad_address",
            "www.zhaoduba.example",
        ),
        ("https://www.zhaoduba.example/news/", "http://a:b@c/", "bad_address", "http://a:b@c/"),
        ("https://www.zhaoduba.example/news/", "http://a:999999/", "bad_address", "http://a:999999/"),
        ('kind = "news"', 'kind = "weekly"', "no_choice", "weekly"),
        ('id = "town_news"', 'id = "home"', "twice", "home"),
        ('owner = "publicity_member"', 'owner = "nobody"', "unknown_person", "nobody"),
    ],
)
def test_the_file_says_what_does_not_fit(find, write, rule, found):
    told_of = faults(find, write)
    assert (f"office.{rule}", found) in told_of
    assert {name for name, _ in told_of} == {f"office.{rule}"}


def test_an_office_may_ask_more_of_itself_and_say_nothing_of_a_site():
    assert load_office(SAMPLE.replace("days = 10 ", "days = 14 "), "x").columns[1].days == 14
    start, stop = SAMPLE.index("[site]"), SAMPLE.index("# ── 县里自定的日期")
    bare = load_office(SAMPLE[:start] + SAMPLE[stop:], "x")
    assert (bare.site.hosts, bare.site.allow_private, bare.columns) == ((), False, ())


def test_the_blank_file_shows_a_column_that_holds_once_its_marks_are_taken_off():
    blank = (data_dir() / "office" / "blank.toml").read_text("utf-8")
    shown = [line for line in blank.splitlines() if line.startswith("# [[column]]")]
    assert len(shown) == 1
    at = blank.index("# [[column]]")
    stop = blank.index("\n\n", at)
    example = "\n".join(line.removeprefix("# ") for line in blank[at:stop].splitlines())
    row = tomllib.loads(example)["column"][0]
    assert row.keys() == {"id", "name", "url", "kind", "owner"}
    start = SAMPLE.index("[[column]]")
    office = load_office(SAMPLE[:start].replace('["www.zhaoduba.example"]', "[]") + example + "\n", "x")
    assert [column.id for column in office.columns] == ["town_news"]
