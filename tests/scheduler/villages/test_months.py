"""How a month stands: by the village's own days, whoever sat on its items, and due when the office says."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar
from config.declarations.terms import MonthDay
from config.duties.village_report import DUE_RULES, DUTY
from config.shipped_data import load_holiday_notices
from scheduler.terms.deadlines import due_date
from scheduler.terms.term_days import day_of_month
from scheduler.validation.validator import violations
from scheduler.villages.months import month_before, quarter_months, read_month
from storage.events.case import Case
from storage.events.derived_steps import steps_of_parts
from storage.events.events import Closed, Opened, Stepped

TABLE = tomllib.loads((Path(__file__).parent / "months.toml").read_text("utf-8"))
CALENDAR = shipped_calendar(load_holiday_notices())
ITEM = {"village": "jia", "month": "2026-11", "title": "公告", "text": "-", "by": "jia_reporter"}


def opening(first, rule="day", number=25, **facts):
    month = {"village": "jia", "month": f"{first:%Y-%m}", "due_rule": rule}
    numbered = {"due_number": number} if number else {}
    return Opened(
        case=1,
        happened_on=first,
        kind=DUTY.kind,
        reference="2026-11/jia",
        facts={**month, **numbered, **facts},
    )


def nothing(day):
    return Stepped(case=1, happened_on=date(2026, 11, day), step="zero_declared")


def item(number, days, taken_back=0):
    """An item by its days: handed in, sent back, handed in again and so on; each fact at a place of the log."""
    day = date(2026, 11, days[0])
    story = [Opened(case=number, happened_on=day, kind="village_item", facts=ITEM)]
    for turn, again in enumerate(days[1:]):
        step = "returned" if turn % 2 == 0 else "resubmitted"
        facts = {"reason": "缺日期"} if step == "returned" else {"title": "公告", "text": "-"}
        story.append(Stepped(case=number, happened_on=date(2026, 11, again), step=step, facts=facts))
    if taken_back:
        story.append(Closed(case=number, happened_on=date(2026, 11, taken_back), outcome="withdrawn"))
    return Case(number=number, timeline=tuple((number * 100 + place, one) for place, one in enumerate(story)))


def month(story, items=(), taken_back=()):
    """The records of a month with these items."""
    ends = [*taken_back, *(0 for _ in items)]
    parts = [item(number, days, ends[number - 2]) for number, days in enumerate(items, 2)]
    return [*story, *(step for _, step in steps_of_parts("2026-11/jia", 1, parts, DUTY.parts))]


def read(story, calendar=CALENDAR):
    case = Case(number=1, timeline=tuple(enumerate(story, 1)))
    return read_month(case, story[0], DUTY, DUTY.village_round, calendar)


def lawful(story):
    return not violations(DUTY, story, CALENDAR, today=date(2026, 12, 31), roles=lambda _who: frozenset())


@pytest.mark.parametrize("hand", TABLE["month"], ids=lambda hand: hand["story"])
def test_the_month_stands_as_the_hand_says(hand):
    story = [opening(date(2026, 11, 1), grace=2), *(nothing(day) for day in hand.get("nothing", []))]
    found = read(month(story, hand.get("items", []), hand.get("taken_back", [])))
    reported_on = date(2026, 11, hand["on"]) if "on" in hand else None
    assert (found.outcome, found.reported_on, found.items) == (
        hand["outcome"],
        reported_on,
        hand.get("count", 0),
    )
    assert (found.due, found.last) == (date(2026, 11, 25), date(2026, 11, 27))
    assert found.late is bool(reported_on and reported_on.day > 25)
    assert lawful(month(story, hand.get("items", [])))


@pytest.mark.parametrize(("first", "rule", "number", "day"), TABLE["due"]["days"])
def test_a_month_is_due_on_the_day_its_opening_names(first, rule, number, day):
    found = due_date([opening(first, rule, number)], DUTY, CALENDAR)
    assert (found.day, found.provisional) == (day, False)
    assert day_of_month(CALENDAR, first + timedelta(days=9), MonthDay(rule), number) == day


def test_the_explanation_counts_every_day_to_the_date():
    found = due_date([opening(date(2026, 2, 1), "day", 20)], DUTY, CALENDAR)
    assert found.lines[0].first == date(2026, 2, 2)
    assert found.lines[-1].last == date(2026, 2, 24)
    assert sum(line.days for line in found.lines) == 12  # 2–6 and 9–13; the make-up day 14; 24
    assert all(line.article for line in found.lines)


def test_a_month_of_a_year_without_a_notice_is_provisional():
    assert due_date([opening(date(2027, 3, 1))], DUTY, CALENDAR).provisional
    assert read([opening(date(2026, 12, 1), "last_workday", 0, grace=2)]).provisional  # grace runs into 2027


def test_a_reported_month_is_waited_for_and_never_overdue():
    story = month([opening(date(2026, 11, 1))], [[26]])
    found = due_date(story, DUTY, CALENDAR)
    assert (found.state, found.day) == ("reported", None)
    assert [(late.why, late.day, late.limit) for late in found.late_steps] == [
        ("fulfilled", date(2026, 11, 26), date(2026, 11, 25))
    ]


@pytest.mark.parametrize(
    "facts",
    [{"due_rule": "some day"}, {"due_rule": ""}, {"due_number": "x"}, {"village": " "}, {"grace": "-1"}],
)
def test_an_opening_that_names_no_day_is_refused(facts):
    first = opening(date(2026, 11, 1))
    wrong = Opened(case=1, happened_on=first.happened_on, kind=DUTY.kind, facts={**first.facts, **facts})
    assert not lawful([wrong])
    assert read([wrong]).outcome == "not_reported"  # and stops no list of months


def test_the_rules_that_can_be_recorded_are_those_that_can_be_counted():
    assert list(DUE_RULES) == [rule.value for rule in MonthDay]


def test_months_are_told_apart_across_a_year_s_end():
    assert month_before(date(2026, 1, 31)) == date(2025, 12, 1)
    assert month_before(date(2025, 12, 1), -1) == date(2026, 1, 1)
    assert quarter_months(date(2026, 3, 1)) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert quarter_months(date(2026, 4, 1)) == []


rules = st.sampled_from(list(MonthDay))
firsts = st.dates(date(2019, 1, 1), date(2026, 11, 30))


@given(firsts, rules, st.integers(0, 40))
def test_what_is_due_is_due_on_a_working_day_of_the_month_or_the_first_after_it(day, rule, number):
    found = day_of_month(CALENDAR, day, rule, number)
    assert CALENDAR.is_workday(found)
    assert found >= day.replace(day=1)
    following = month_before(day, -1)
    assert found < following or CALENDAR.count(following, found) == 1


@given(firsts, rules, st.integers(0, 40))
def test_a_later_day_is_never_due_earlier(day, rule, number):
    later = day_of_month(CALENDAR, day, rule, number + 1)
    assert later >= day_of_month(CALENDAR, day, rule, number)


days = st.lists(st.integers(1, 30), min_size=1, max_size=5).map(sorted)
months = st.tuples(st.lists(days, max_size=5), st.lists(st.integers(1, 30), max_size=2))


def told(items, declared):
    return month([opening(date(2026, 11, 1), grace=2), *(nothing(day) for day in declared)], items)


@given(months, st.integers(1, 27))
def test_one_more_item_never_makes_a_month_worse(given_month, day):
    items, declared = given_month
    before, after = read(told(items, declared)), read(told([*items, [day]], declared))
    worth = {"not_reported": 0, "zero_declared": 1, "reported_late": 1, "reported_on_time": 2}
    assert worth[after.outcome] >= worth[before.outcome] or before.outcome == "zero_declared"
    assert after.items == before.items + 1
    assert before.reported_on is None or after.reported_on <= before.reported_on


@given(months)
def test_what_happens_after_the_last_day_changes_no_outcome(given_month):
    items, declared = given_month
    within = [kept for each in items if (kept := [day for day in each if day <= 27])]
    then = read(told(within, [day for day in declared if day <= 27]))
    now = read(told(items, declared))
    assert (now.outcome, now.reported_on) == (then.outcome, then.reported_on)


@given(months)
def test_a_month_waits_for_its_village_as_long_as_nothing_acceptable_came(given_month):
    """What was sent back restarts the waiting; what stands ends it."""
    items, declared = given_month
    story = told(items, declared)
    stands = any(len(each) % 2 for each in items) or bool(declared)
    assert (due_date(story, DUTY, CALENDAR).state == "reported") is stands


def test_an_empty_calendar_only_guesses():
    assert read([opening(date(2026, 11, 1))], Calendar(notices={})).provisional
