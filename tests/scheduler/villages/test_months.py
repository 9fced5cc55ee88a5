"""How a month stands: by the village's own days, whoever sat on its items, and due when the office says."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar
from config.declarations.duty import MonthDay
from config.duties.village_report import DUE_RULES, DUTY
from config.shipped_data import load_holiday_notices
from scheduler.terms.deadlines import due_date
from scheduler.terms.workdays import day_of_month
from scheduler.validation.validator import violations
from scheduler.villages.months import month_before, quarter_months, read_month
from storage.events.case import Case
from storage.events.events import Opened, Stepped

TABLE = tomllib.loads((Path(__file__).parent / "months.toml").read_text("utf-8"))
CALENDAR = shipped_calendar(load_holiday_notices())
FILLED = {
    "submitted": {"title": "公告"},
    "returned": {"reason": "缺日期"},
    "zero_declared": {},
}


def opening(first, rule="day", number=25, **facts):
    month = {"village": "jia", "month": f"{first:%Y-%m}", "due_rule": rule}
    numbered = {"due_number": number} if number else {}
    return Opened(
        case=1, happened_on=first, kind=DUTY.kind, reference="jia", facts={**month, **numbered, **facts}
    )


def stepped(day, step, items=0):
    facts = {**FILLED[step], **({"items": items} if items else {})}
    return Stepped(case=1, happened_on=date(2026, 11, day), step=step, facts=facts)


def read(story, calendar=CALENDAR):
    case = Case(number=1, timeline=tuple(enumerate(story, 1)))
    return read_month(case, story[0], DUTY, DUTY.village_round, calendar)


def lawful(story):
    return not violations(DUTY, story, CALENDAR, today=date(2026, 12, 31), roles=lambda _who: frozenset())


@pytest.mark.parametrize("hand", TABLE["month"], ids=lambda hand: hand["story"])
def test_the_month_stands_as_the_hand_says(hand):
    story = [opening(date(2026, 11, 1), grace=2)]
    story += [stepped(*step) for step in hand.get("steps", [])]
    found = read(story)
    reported_on = date(2026, 11, hand["on"]) if "on" in hand else None
    assert (found.outcome, found.reported_on, found.items) == (
        hand["outcome"],
        reported_on,
        hand.get("items", 0),
    )
    assert (found.due, found.last) == (date(2026, 11, 25), date(2026, 11, 27))
    assert found.late is bool(reported_on and reported_on.day > 25)
    assert lawful(story)


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
    story = [opening(date(2026, 11, 1)), stepped(26, "submitted")]
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


acts = st.tuples(
    st.integers(1, 30), st.sampled_from(["submitted", "returned", "zero_declared"]), st.integers(0, 4)
)


@given(st.lists(acts, max_size=7), st.integers(1, 27))
def test_reporting_more_never_makes_a_month_worse(some, day):
    story = [opening(date(2026, 11, 1), grace=2), *(stepped(at, step, n) for at, step, n in some)]
    more = [*story, stepped(day, "submitted", 30)]  # more than all of them can send back
    worth = {"not_reported": 0, "zero_declared": 1, "reported_late": 1, "reported_on_time": 2}
    assert worth[read(more).outcome] >= worth[read(story).outcome] or read(story).outcome == "zero_declared"
    assert read(more).items >= read(story).items


@given(st.lists(acts, max_size=7))
def test_what_happens_after_the_last_day_changes_no_outcome(some):
    story = [opening(date(2026, 11, 1), grace=2), *(stepped(at, step, n) for at, step, n in some)]
    within = [record for record in story if record.happened_on <= date(2026, 11, 27)]
    assert (read(story).outcome, read(story).reported_on) == (read(within).outcome, read(within).reported_on)


def test_an_empty_calendar_only_guesses():
    assert read([opening(date(2026, 11, 1))], Calendar(notices={})).provisional
