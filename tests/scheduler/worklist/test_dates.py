"""The dates of the year: each by its rule, opened by the sweep, closed with its evidence."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar as Ics

from bot.services.app import cached_calendar as shipped_calendar
from bot.services.app import shipped_duties
from bot.services.personal_calendar import person_ics
from config.calendar.working_calendar import build_calendar
from config.shipped_data import load_holiday_notices
from scheduler.terms.deadlines import due_date
from scheduler.validation.violations import NotAllowed
from scheduler.worklist import recurring_cases
from scheduler.worklist.recurring_cases import openings
from storage.eventlog.recorded_office import notice_as_text
from storage.events.events import Opened
from storage.events.office_events import CalendarEntered
from tests.town import case_of, open_town, record, run_sweep

ROWS = tomllib.loads((Path(__file__).parent / "dates.toml").read_text("utf-8"))["date"]


@pytest.fixture
def town(home):
    return open_town(home, date(2026, 4, 10))


def dates_opened_on(town, day):
    """What a sweep on a day opens of the kinds with dates of the year: each by its reference and its first day."""
    found = run_sweep(town, day)
    assert found.failures == ()
    duties = [duty for duty in town.duties.values() if hasattr(duty.recurrence, "ahead")]
    return {(deed.reference, deed.day) for deed in found.actions if deed.duty in duties}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_a_date_falls_where_its_rule_says(row):
    duty, facts = shipped_duties()["yearly"], {**row["facts"], "year": row["year"]}
    opened = Opened(case=1, happened_on=date(row["year"], 1, 1), kind="yearly", facts=facts)
    found = due_date([opened], duty, shipped_calendar())
    assert (found.day.isoformat(), found.provisional) == (row["day"], row.get("provisional", False))
    assert found.lines[-1].last == found.day or found.lines[-1].why.startswith("named")


def test_the_sweep_opens_each_date_a_month_before_and_once(town):
    assert dates_opened_on(town, date(2026, 4, 10)) == {("2026/openness_plan", date(2026, 3, 16))}
    assert dates_opened_on(town, date(2026, 4, 10)) == set()
    assert dates_opened_on(town, date(2026, 4, 16)) == {("2026/openness_day", date(2026, 4, 15))}


def test_a_day_of_the_year_is_computed_once_for_an_office_and_a_calendar(town, monkeypatch):
    """Each sweep asks for three years of every row: what an hourly look costs must not grow with them."""
    computed = []
    monkeypatch.setattr(
        recurring_cases, "due_date", lambda *asked: computed.append(asked) or due_date(*asked)
    )
    kind, office, day = town.duties["yearly"], town.office, date(2026, 4, 10)
    calendar = build_calendar(town.calendar.notices.values())
    first = openings(kind, office, calendar, day)
    assert len(computed) == 3 * len(office.year_dates) > 0
    assert openings(kind, office, calendar, day) == first
    assert len(computed) == 3 * len(office.year_dates)
    openings(kind, office, build_calendar(calendar.notices.values()), day)
    assert len(computed) == 6 * len(office.year_dates)


def test_an_entered_notice_is_laid_out_once_however_often_it_is_read(town):
    """Each transaction reads the calendar: an office that entered a notice paid twice for every sweep and press."""
    notice = notice_as_text(load_holiday_notices()[2026])
    with town.recorder.transaction(actor="", means="test") as uow:
        uow.context.add_event(CalendarEntered(happened_on=town.today, year=2026, notice=notice))
    entered = town.known_calendar()
    assert entered is not town.calendar
    assert town.known_calendar() is entered


def test_after_weeks_off_what_began_meanwhile_is_opened_as_of_its_day(town):
    dates_opened_on(town, date(2026, 4, 10))
    assert dates_opened_on(town, date(2026, 5, 25)) == {("2026/openness_day", date(2026, 4, 15))}


def test_what_was_over_before_the_office_began_is_not_opened(town):
    assert dates_opened_on(town, date(2026, 5, 16)) == set()


def test_last_year_s_report_opens_at_its_end_and_is_due_before_the_weekend(town):
    town.clock.set_day(date(2026, 12, 20))
    record(town, lambda uow: uow.registers.count("licence", date(2026, 12, 20), quantity=1))
    assert ("2026/report", date(2026, 12, 29)) in dates_opened_on(town, date(2027, 1, 2))
    case = case_of(town, "annual_report", "2026/report")
    found = due_date(case.records, town.duties["annual_report"], town.known_calendar())
    assert (found.day, found.provisional) == (date(2027, 1, 29), True)


def test_a_date_is_closed_only_with_its_evidence(town):
    dates_opened_on(town, date(2026, 4, 16))
    number = case_of(town, "yearly", "2026/openness_day").number
    town.clock.set_day(date(2026, 5, 15))
    record(town, lambda uow: uow.cases.step(number, "done", date(2026, 5, 15)))
    town.clock.set_day(date(2026, 5, 20))
    with pytest.raises(NotAllowed):
        record(town, lambda uow: uow.cases.close(number, "done", date(2026, 5, 20)))
    record(town, lambda uow: uow.cases.step(number, "evidence_filed", date(2026, 5, 20), {"file": "档案柜3"}))
    record(town, lambda uow: uow.cases.close(number, "done", date(2026, 5, 20)))
    case = case_of(town, "yearly", "2026/openness_day")
    found = due_date(case.records, town.duties["yearly"], town.known_calendar())
    assert (case.closing.outcome, found.late_steps) == ("done", ())


def test_a_plan_that_is_signed_off_files_nothing_unsigned(town):
    dates_opened_on(town, date(2026, 4, 10))
    number = case_of(town, "yearly", "2026/openness_plan").number
    with pytest.raises(Exception, match="材料归档"):
        record(town, lambda uow: uow.cases.step(number, "evidence_filed", date(2026, 4, 10), {"file": "x"}))


def test_the_columns_of_the_site_are_opened_by_the_same_declaration(town):
    duty = town.duties["column"]
    found = openings(duty, town.office, town.calendar, date(2026, 4, 10))
    assert [one.reference for one in found] == [column.id for column in town.office.columns]
    assert (
        openings(duty, town.office, town.calendar, date(2026, 4, 10), known={"home", "town_news", "notices"})
        == []
    )


def test_a_person_s_calendar_reads_back_and_keeps_its_identifiers(town):
    before = Ics.from_ical(person_ics(town, "clerk"))
    dates_opened_on(town, date(2026, 4, 16))
    first, second = person_ics(town, "clerk"), person_ics(town, "clerk")
    assert first == second
    after = Ics.from_ical(first)
    uid = {str(event["summary"]): str(event["uid"]) for event in before.walk("VEVENT")}
    again = {str(event["summary"]): str(event["uid"]) for event in after.walk("VEVENT")}
    (name,) = (name for name in uid if "5·15政务公开日活动" in name and "暂定" not in name)
    assert again[name] == uid[name]
    assert len(set(again.values())) == len(list(after.walk("VEVENT")))
    days = {str(event["summary"]): event.decoded("dtstart") for event in after.walk("VEVENT")}
    assert days[name] == date(2026, 5, 15)
    assert any("暂定" in summary and day.year == 2027 for summary, day in days.items())
