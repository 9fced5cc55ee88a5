"""The shipped notices are the published ones; a notice that does not add up is refused with every reason."""

import json
import tomllib
from datetime import date
from pathlib import Path

import chinese_calendar
import pytest

from bot.language.phrasebook import LANGUAGES, phrasebook
from config.calendar.holiday_notices import check_notice, read_notice, shipped_calendar
from config.calendar.working_calendar import DayKind, build_calendar, days_between
from config.errors import BadInput
from config.findings import Severity
from config.shipped_data import load_holiday_notices
from tests.paths import SHARED

HERE = Path(__file__).parent
FAULTS = tomllib.loads((HERE / "faults.toml").read_text("utf-8"))["notice"]
PUBLISHED = json.loads((SHARED / "calendar" / "state-council-2019-2026.json").read_text("utf-8"))
YEARS = range(2019, 2027)
# 全国年节及纪念日放假办法: 11 days for everybody; since 2025 New Year's Eve and 2 May as well.
STATUTORY = {year: 11 if year < 2025 else 13 for year in YEARS}
# The extension of 2020 gave Friday 31 January and took back the make-up Saturday 1 February.
BEYOND_STATUTORY = {2020: 2}
STATUTORY_NAMES = {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}
# Days on which the second opinion is known to say otherwise, with the reason. There is none.
DISAGREEMENTS: dict[date, str] = {}

ENTERED = {
    "year": 2027,
    "number": "国办发明电〔2026〕9号",
    "holiday": [{"name": "元旦", "off": ["2026-12-31", "2027-01-01"], "work": ["2027-01-03"]}],
}


@pytest.fixture(scope="module")
def calendar():
    return shipped_calendar(load_holiday_notices())


def written(year, *parts):
    return {
        day
        for holiday in load_holiday_notices()[year]["holiday"]
        for part in parts
        for day in holiday.get(part, [])
    }


def days(texts):
    return {date.fromisoformat(text) for text in texts}


def test_every_published_year_is_shipped():
    assert set(load_holiday_notices()) == {int(year) for year in PUBLISHED} == set(YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_the_days_are_the_published_ones(year, calendar):
    published = PUBLISHED[str(year)]
    assert set(calendar.notices[year].off) == written(year, "off") == days(published["off"])
    assert written(year, "work", "resumes") == days(published["work_weekend"])
    assert list(calendar.notices[year].papers) == published["papers"]


def test_only_one_published_day_of_work_is_no_weekend():
    """3 February 2020, a Monday: the supplement names it as the day ordinary work resumes."""
    assert {year: written(year, "resumes") for year in YEARS if written(year, "resumes")} == {
        2020: {date(2020, 2, 3)}
    }


@pytest.mark.parametrize("year", YEARS)
def test_days_off_add_up_to_the_statutory_number(year, calendar):
    """A statutory day on a weekend is made good, so weekdays won less weekends worked is their number."""
    notice = calendar.notices[year]
    won = sum(day.weekday() < 5 for day in notice.off) - len(notice.work)
    assert won == STATUTORY[year] + BEYOND_STATUTORY.get(year, 0)


@pytest.mark.parametrize("year", YEARS)
def test_every_statutory_holiday_is_named(year, calendar):
    names = {part for name in calendar.notices[year].off.values() for part in name.split("、")}
    assert names == STATUTORY_NAMES
    assert set(calendar.notices[year].work.values()) <= set(calendar.notices[year].off.values())


@pytest.mark.parametrize("year", YEARS)
def test_every_notice_says_which_it_is(year, calendar):
    notice = calendar.notices[year]
    assert notice.issued_on.year == year - 1
    assert notice.numbers[0].startswith(f"国办发明电〔{year - 1}〕")
    assert len(notice.numbers) == len(notice.titles) == len(notice.papers)
    assert str(year) in notice.titles[0]


def test_a_second_opinion_agrees_day_by_day(calendar):
    told = {
        day
        for day in days_between(date(2018, 12, 25), date(2026, 12, 31))
        if calendar.is_workday(day) != chinese_calendar.is_workday(day)
    }
    assert told == set(DISAGREEMENTS)


def test_a_supplement_is_the_basis_of_its_days(calendar):
    assert calendar.day(date(2020, 1, 30)).basis == "国办发明电〔2019〕16号"
    assert calendar.day(date(2020, 1, 31)).basis == "国办发明电〔2020〕1号"
    assert calendar.day(date(2019, 5, 5)).basis == "国办发明电〔2019〕3号"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["story"])
def test_a_faulty_notice_is_refused(fault):
    with pytest.raises(BadInput) as refusal:
        read_notice(fault["data"], file="2027.toml")
    found = sorted(f"{finding.rule} @ {finding.place}" for finding in refusal.value.findings)
    assert found == sorted(fault["findings"])
    assert "2027.toml" in str(refusal.value)


def test_a_stored_notice_reads_like_a_written_one():
    again = read_notice(json.loads(json.dumps(load_holiday_notices()[2020], default=str)))
    assert again == read_notice(load_holiday_notices()[2020])


def test_days_without_a_holiday_are_as_good():
    notice = read_notice(
        {"year": 2027, "number": "九号", "off": [date(2027, 1, 1)], "work": [date(2027, 1, 3)]}
    )
    assert (notice.off, notice.work) == ({date(2027, 1, 1): ""}, {date(2027, 1, 3): ""})
    assert notice.basis(date(2027, 1, 1)) == "九号"


def test_a_notice_without_number_is_only_warned_of():
    data = {**ENTERED, "number": ""}
    assert [(finding.rule, finding.severity) for finding in check_notice(data)] == [
        ("calendar.number", Severity.WARNING)
    ]
    assert read_notice(data).basis(date(2027, 1, 1)) == ""


def test_the_file_must_be_named_for_its_year():
    with pytest.raises(BadInput) as refusal:
        shipped_calendar({2028: ENTERED})
    assert [finding.rule for finding in refusal.value.findings] == ["calendar.file_year"]


def test_a_new_notice_settles_its_year(calendar):
    entered = calendar.with_notice(read_notice(ENTERED))
    assert not calendar.day(date(2027, 1, 1)).known
    assert entered.day(date(2027, 1, 1)).kind is DayKind.HOLIDAY
    assert entered.day(date(2026, 12, 31)).name == "元旦"
    assert entered.day(date(2027, 1, 3)).is_workday
    assert (entered.known_until, calendar.known_until) == (date(2027, 12, 31), date(2026, 12, 31))


def test_of_two_notices_the_later_year_has_the_last_word():
    """New Year's Eve of 2027, a Friday: as one notice left it, then as the next one made it."""
    before = read_notice({"year": 2027, "number": "一号", "off": ["2027-01-01", "2027-12-31"]})
    later = read_notice({"year": 2028, "number": "二号", "off": ["2027-12-31", "2028-01-01"]})
    for order in ((before, later), (later, before)):
        assert build_calendar(order).day(date(2027, 12, 31)).basis == "二号"


def test_a_notice_takes_the_place_of_the_one_before(calendar):
    first = calendar.with_notice(read_notice(ENTERED))
    again = first.with_notice(read_notice({**ENTERED, "holiday": [{"name": "元旦", "off": ["2027-01-01"]}]}))
    assert again.day(date(2026, 12, 31)).kind is DayKind.WORKDAY
    assert again.day(date(2027, 1, 3)).kind is DayKind.WEEKEND


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentence(language):
    book = phrasebook(language)
    warning = check_notice({**ENTERED, "number": ""})
    for fault in FAULTS:
        for finding in (*check_notice(fault["data"]), *warning):
            sentence = book.finding(finding)
            assert "[" not in sentence.replace("[[", "").replace(" = [", ""), sentence
            assert "{" not in sentence, sentence
