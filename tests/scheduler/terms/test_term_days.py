"""Counting working days: situations a clerk could write, and laws that hold whatever the notices say."""

import tomllib
from datetime import MAXYEAR, date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.calendar.holiday_notices import shipped_calendar
from config.calendar.working_calendar import Calendar, HolidayNotice, build_calendar
from config.shipped_data import load_holiday_notices
from scheduler.terms import term_days
from tests.draws import examples

HERE = Path(__file__).parent
TERMS = tomllib.loads((HERE / "terms.toml").read_text("utf-8"))["situation"]
SHIPPED = shipped_calendar(load_holiday_notices())
ONE_DAY = timedelta(days=1)

starts = st.dates(date(2018, 1, 1), date(2028, 12, 31))
lengths = st.integers(1, 60)
days_of_2024 = st.dates(date(2024, 1, 1), date(2024, 12, 31))


def only(off=(), work=()):
    """A calendar of 2024 alone, with these days off and these weekends worked."""
    return build_calendar(
        [
            HolidayNotice(
                year=2024, numbers=("测试",), off=dict.fromkeys(off, "节"), work=dict.fromkeys(work, "节")
            )
        ]
    )


@st.composite
def notices_of_2024(draw):
    off = draw(st.sets(days_of_2024, max_size=40))
    weekends = days_of_2024.filter(lambda day: day.weekday() >= 5)
    return off, draw(st.sets(weekends, max_size=20)) - off


@pytest.mark.parametrize("situation", TERMS, ids=lambda situation: situation["story"])
def test_a_term_ends_where_it_should(situation):
    found = term_days.add_working_days(SHIPPED, situation["start"], situation["days"])
    assert found == (situation["last"], situation.get("provisional", False))


def test_unknown_days_say_so():
    assert not SHIPPED.known(2027)
    assert not SHIPPED.day(date(2027, 10, 1)).known
    assert not SHIPPED.day(date(2018, 12, 28)).known
    assert SHIPPED.day(date(2018, 12, 29)).known, "the notice of 2019 names it"
    assert SHIPPED.unknown_years(date(2026, 12, 31), date(2027, 1, 1))
    assert not SHIPPED.unknown_years(date(2019, 1, 1), date(2026, 12, 31))


def test_a_calendar_without_notices_knows_nothing():
    empty = Calendar(notices={})
    assert (empty.known_from, empty.known_until) == (None, None)
    assert term_days.add_working_days(empty, date(2024, 9, 30), 1) == (date(2024, 10, 1), True)


def test_a_gap_ends_what_is_known():
    later = HolidayNotice(year=2028, numbers=(), off={date(2028, 1, 1): "元旦"}, work={})
    gapped = SHIPPED.with_notice(later)
    assert gapped.known_until == date(2026, 12, 31)
    assert gapped.unknown_years(date(2026, 1, 1), date(2028, 12, 31)) == (2027,)
    assert gapped.day(date(2028, 3, 1)).known
    assert term_days.add_working_days(gapped, date(2028, 3, 1), 5) == (date(2028, 3, 8), False)


def test_a_published_year_takes_the_mark_away():
    entered = SHIPPED.with_notice(
        HolidayNotice(year=2027, numbers=(), off={date(2027, 1, 1): "元旦"}, work={})
    )
    assert term_days.add_working_days(SHIPPED, date(2026, 12, 31), 1) == (date(2027, 1, 1), True)
    assert term_days.add_working_days(entered, date(2026, 12, 31), 1) == (date(2027, 1, 4), False)


def test_what_is_left_counts_down_to_zero_and_below():
    due = date(2026, 10, 12)
    assert term_days.working_days_left(SHIPPED, date(2026, 9, 30), due) == 4, (
        "8, 9, the worked Saturday 10, and 12 October"
    )
    assert term_days.working_days_left(SHIPPED, date(2026, 10, 5), due) == 4
    assert term_days.working_days_left(SHIPPED, due, due) == 0
    assert term_days.working_days_left(SHIPPED, date(2026, 10, 13), due) == -1
    assert term_days.working_days_left(SHIPPED, date(2026, 10, 18), due) == -4, "the weekend adds nothing"


def test_working_days_are_counted_with_both_ends():
    assert SHIPPED.count(date(2026, 10, 9), date(2026, 10, 10)) == 2
    assert SHIPPED.count(date(2026, 10, 1), date(2026, 10, 7)) == 0
    assert SHIPPED.count(date(2026, 10, 20), date(2026, 10, 8)) == 0, "back to front"
    assert SHIPPED.count(date(2024, 1, 1), date(2024, 12, 31)) == 251


def test_neighbours_pass_over_days_off():
    assert SHIPPED.nth_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert SHIPPED.nth_before(date(2026, 10, 8), 1) == date(2026, 9, 30)
    assert SHIPPED.nth_before(date(2026, 10, 12), 1) == date(2026, 10, 10)
    assert not SHIPPED.is_workday(date(2026, 10, 1))


def test_a_negative_term_is_a_fault_of_the_program():
    with pytest.raises(ValueError, match="-1th"):
        term_days.add_working_days(SHIPPED, date(2026, 1, 1), -1)
    with pytest.raises(ValueError, match="0th"):
        SHIPPED.nth_before(date(2026, 1, 1), 0)


def test_dates_far_away_widen_the_calendar():
    fresh = build_calendar(SHIPPED.notices.values())
    assert fresh.nth_after(date(2049, 10, 1), 1) == date(2049, 10, 4)
    assert fresh.nth_before(date(2061, 6, 4), 1) == date(2061, 6, 3)
    assert fresh.nth_after(date(1999, 10, 1), 1) == date(1999, 10, 4)
    assert fresh.nth_before(date(1990, 1, 1), 1) == date(1989, 12, 29)
    assert fresh.count(date(1985, 1, 1), date(1985, 1, 7)) == 5
    assert fresh.nth_after(date(2024, 5, 6), 2000) == SHIPPED.nth_after(date(2024, 5, 6), 2000)


def test_the_end_of_time_is_refused_not_looped():
    late = build_calendar([HolidayNotice(year=MAXYEAR - 3, numbers=(), off={}, work={})])
    with pytest.raises(OverflowError):
        late.nth_after(date(MAXYEAR, 12, 31), 1)


@settings(max_examples=examples(100), deadline=None)
@given(starts, lengths)
def test_counting_forth_and_back_is_one(start, n):
    last = term_days.add_working_days(SHIPPED, start, n).day
    assert SHIPPED.count(start + ONE_DAY, last) == term_days.working_days_left(SHIPPED, start, last) == n
    assert SHIPPED.is_workday(last)
    assert SHIPPED.nth_before(last + ONE_DAY, n) == SHIPPED.nth_after(start, 1)


@settings(max_examples=examples(100), deadline=None)
@given(starts, lengths)
def test_counting_is_walking_day_by_day(start, n):
    day, counted, known = start, 0, True
    while counted < n:
        day += ONE_DAY
        told = SHIPPED.day(day)
        counted, known = counted + told.is_workday, known and told.known
    assert term_days.add_working_days(SHIPPED, start, n) == (day, not known)


@settings(max_examples=examples(100), deadline=None)
@given(notices_of_2024(), days_of_2024, days_of_2024, lengths)
def test_a_day_off_never_brings_a_date_forward(notice, extra, start, n):
    off, work = notice
    without, having = only(off, work), only(off | {extra}, work - {extra})
    assert having.nth_after(start, n) >= without.nth_after(start, n)


@settings(max_examples=examples(100), deadline=None)
@given(notices_of_2024(), days_of_2024, days_of_2024, lengths)
def test_a_make_up_day_never_puts_a_date_off(notice, extra, start, n):
    off, work = notice
    without, having = only(off, work), only(off - {extra}, work | {extra})
    assert having.nth_after(start, n) <= without.nth_after(start, n)
