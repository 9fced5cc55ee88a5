"""Laws of a dispute's term, whatever the year: where it may end, and what may move it in which direction only."""

from datetime import date, timedelta

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from config.calendar.working_calendar import HolidayNotice, build_calendar
from config.duties.dispute import DUTY, ROUTES
from scheduler.terms.deadlines import chronological
from tests.config.duties.dispute.stories import dated, happened, opened
from tests.config.duties.facts import CALENDAR

ONE_DAY = timedelta(days=1)
DAYS = {"litigation_direct": 15, "litigation_after_reconsideration": 15, "reconsideration": 10}
delays = st.integers(0, 20).map(lambda days: timedelta(days=days))
openings = st.builds(
    lambda day, delay, facts: opened(day, copy=day + delay, **facts),
    st.dates(date(2019, 1, 1), date(2026, 10, 31)),
    delays,
    st.fixed_dictionaries(
        {"route": st.sampled_from(sorted(ROUTES))},
        optional={"procedure": st.sampled_from(["ordinary", "summary"])},
    ),
)
lawsuits = openings.filter(lambda record: record.facts["route"].startswith("litigation"))
days_off = st.sets(st.integers(0, 60), min_size=1, max_size=12)


def with_days_off(story, after):
    """The calendar with further days off some days after the opening."""
    calendar = CALENDAR
    for day in {story[0].happened_on + timedelta(days=days) for days in after}:
        notice = calendar.notices[day.year]
        off = {**notice.off, day: "新假"}
        work = {each: name for each, name in notice.work.items() if each not in off}
        calendar = calendar.with_notice(
            HolidayNotice(year=day.year, numbers=notice.numbers, off=off, work=work)
        )
    return calendar


def walked(record):
    """The same law day by day, by another list of days off and without a line of the code under test."""
    day = date.fromisoformat(record.facts["copy_received_on"])
    new_law = record.happened_on >= date(2024, 1, 1)
    reconsidered = record.facts["route"] == "reconsideration"
    left = (
        5
        if reconsidered and new_law and record.facts.get("procedure") != "ordinary"
        else DAYS[record.facts["route"]]
    )
    working = reconsidered and new_law
    while left > 0 or not chinese_calendar.is_workday(day):
        day += ONE_DAY
        left -= chinese_calendar.is_workday(day) if working else 1
    return day


@given(openings)
def test_a_second_hand_walks_to_the_same_date(record):
    assert dated([record]).day == walked(record)


@given(lawsuits, days_off)
def test_no_term_ends_on_a_day_off(record, after):
    calendar = with_days_off([record], after)
    assert calendar.is_workday(dated([record], calendar).day)


@given(openings, days_off)
def test_a_new_holiday_never_brings_a_date_nearer(record, after):
    assert dated([record], with_days_off([record], after)).day >= dated([record]).day


@given(lawsuits, days_off)
def test_holidays_inside_a_term_of_calendar_days_move_nothing(record, after):
    found, start = dated([record]).day, date.fromisoformat(record.facts["copy_received_on"])
    inside = {
        days for days in after if record.happened_on + timedelta(days=days) < start + timedelta(days=15)
    }
    assert dated([record], with_days_off([record], inside)).day == found


@given(openings)
def test_the_counted_days_are_those_of_the_term(record):
    term = DUTY.term_for(record.facts, record.happened_on)
    assert sum(line.days for line in dated([record]).lines) == term.days


@given(openings, st.integers(0, 40), st.sampled_from(sorted(outcome.key for outcome in DUTY.outcomes)))
def test_after_the_reply_no_date_is_ours(record, after, outcome):
    day = record.happened_on + timedelta(days=after)
    story = [record, happened(day, "reply_filed")]
    assert (dated(story).day, dated(story).state) == (None, "waiting_decision")
    ended = dated([*story, happened(day + ONE_DAY, outcome)])
    assert (ended.day, ended.state) == (None, "closed")
    in_time = day <= dated([record]).day
    assert [late.why for late in ended.late_steps] == ([] if in_time else ["fulfilled"])


@given(openings, st.integers(0, 40))
def test_a_reply_explains_every_day_once(record, after):
    found = dated([record, happened(record.happened_on + timedelta(days=after), "reply_filed")])
    expected = record.happened_on + ONE_DAY
    for line in found.lines:
        assert line.first == expected
        expected = (line.last or date.max - ONE_DAY) + ONE_DAY


@given(openings, days_off)
def test_a_certain_date_is_moved_by_no_later_notice(record, after):
    """With a calendar that ends with the year of the opening."""
    year = record.happened_on.year
    known = build_calendar(notice for notice in CALENDAR.notices.values() if notice.year <= year)
    found = dated([record], known)
    if not found.provisional:
        off = {date(year + 1, 1, 1) + timedelta(days=days): "新假" for days in after}
        entered = known.with_notice(HolidayNotice(year=year + 1, numbers=("测试",), off=off, work={}))
        assert dated([record], entered).day == found.day


@given(openings)
def test_the_opening_comes_first(record):
    reply = happened(record.happened_on, "reply_filed")
    assert chronological([reply, record], DUTY) == [record, reply]
