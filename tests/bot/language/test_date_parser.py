"""Days and spans as people write them, read on Monday 2 November 2026; doubtful ones say why."""

from datetime import date, timedelta

import pytest

from bot.language.date_parser import SpanDoubt, read_single_day, read_span
from scheduler.validation.date_calculator import NotADay

TODAY = date(2026, 11, 2)
PLAIN = {
    "2026-12-01 至 2026-12-05": ("12-01", "12-05"),
    "12月1日到5日": ("12-01", "12-05"),
    "12月1日至12月5日": ("12-01", "12-05"),
    "十二月一日到五日": ("12-01", "12-05"),
    "明天": ("11-03", "11-03"),
    "明天到后天": ("11-03", "11-04"),
    "下周一到周五": ("11-09", "11-13"),
    "下周一到下周五": ("11-09", "11-13"),
    "下周三": ("11-11", "11-11"),
    "11.3-11.5": ("11-03", "11-05"),
    "11/3-11/5": ("11-03", "11-05"),
    "11月3日到5号": ("11-03", "11-05"),
    "本周五": ("11-06", "11-06"),
    "tomorrow": ("11-03", "11-03"),
}
VAGUE = {
    "今天起三天": ("11-02", "11-04"),
    "从明天开始3天": ("11-03", "11-05"),
    "5号到8号": ("11-05", "11-08"),
    "5-8号": ("11-05", "11-08"),
    "5号": ("11-05", "11-05"),
    "三天": ("11-02", "11-04"),
    "下周": ("11-09", "11-13"),
    "到周五": ("11-02", "11-06"),
    "周三": ("11-04", "11-04"),
}


def span(text):
    found = read_span(text, TODAY)
    assert found is not None, text
    return f"{found.first:%m-%d}", f"{found.last:%m-%d}"


@pytest.mark.parametrize(("text", "days"), PLAIN.items())
def test_what_leaves_no_choice_is_read(text, days):
    assert span(text) == days
    assert read_span(text, TODAY).doubt is None


@pytest.mark.parametrize(("text", "days"), VAGUE.items())
def test_what_leaves_a_choice_is_read_with_a_doubt(text, days):
    assert span(text) == days
    assert read_span(text, TODAY).doubt is SpanDoubt.VAGUE


@pytest.mark.parametrize("text", ["10月1日至10月5日", "昨天", "1号", "1月5日", "2025-11-05", "上周五"])
def test_a_past_day_stays_in_its_year(text):
    found = read_span(text, TODAY)
    assert found.doubt is SpanDoubt.PAST
    assert found.first < TODAY


def test_a_reversed_span_is_not_turned_and_not_moved():
    found = read_span("11月5日至11月3日", TODAY)
    assert (found.doubt, found.first.year, found.last.year) == (SpanDoubt.REVERSED, 2026, 2026)


def test_a_span_over_new_year_is_asked_about():
    found = read_span("12月30日到1月3日", TODAY)
    assert (found.doubt, found.last) == (SpanDoubt.VAGUE, date(2027, 1, 3))


def test_the_day_after_a_holiday_is_the_first_one_worked():
    holiday = {date(2027, 10, 1) + timedelta(days=day) for day in range(7)}
    found = read_span("国庆后一天", TODAY, lambda day: day not in holiday)
    assert (found.first, found.doubt) == (date(2027, 10, 8), SpanDoubt.VAGUE)


@pytest.mark.parametrize("text", ["2月30日", "11月31日", "2026-02-30"])
def test_no_real_day_is_refused(text):
    with pytest.raises(NotADay):
        read_span(text, TODAY)


@pytest.mark.parametrize("text", ["", "没有", "11月", "冬季防火", "第3件", "80人", "12000 元"])
def test_what_names_no_day_names_none(text):
    assert read_span(text, TODAY) is None


def test_what_stands_beside_the_days_is_kept():
    assert read_span("11月2日至11月4日 甲村信息员", TODAY).rest.strip() == "甲村信息员"
    assert read_span("明天的会我去不了", TODAY).rest == "的会我去不了"


def test_a_single_day_is_the_whole_text():
    assert read_single_day("10月30日", TODAY) == date(2026, 10, 30)
    with pytest.raises(NotADay):
        read_single_day("10月30日左右", TODAY)


def test_no_text_makes_the_patterns_slow():
    for text in (
        "1" * 4000,
        "到" * 4000,
        "下" * 4000,
        "周一到" * 1000,
        "  " * 2000,
        "十" * 4000,
        "1月1" * 1000,
    ):
        read_span_or_none(text)


def read_span_or_none(text):
    try:
        return read_span(text, TODAY)
    except NotADay:
        return None
