"""A text before its stages: whoever must sign hears at once and rings; whoever is away does not hear at all."""

from dataclasses import replace
from datetime import date

import pytest

from storage.events.manifest import Manifest
from tests.scheduler.reminders.town import act, by_day, delivered, opened, rows, swept, through, told, town
from tests.town import with_office

TEXT = Manifest(title="答复书", text="一稿", decision="granted")
MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)


@pytest.fixture
def app(home):
    return town(home, MONDAY)


@pytest.fixture
def case(app):
    return opened(app, MONDAY)


def laid_down(app, case, hour=10):
    app.clock.set_day(MONDAY, hour)
    act(app, "clerk", lambda uow: uow.signoff.draft(case, "clerk", TEXT))
    swept(app)


def test_a_text_rings_at_once_for_whoever_signs_and_for_nobody_else(app, case):
    laid_down(app, case)
    assert told(app) == [("secrecy_officer", "0", "sign", "11-09 10:01")]
    assert rows(app)[0].notice.rings


def test_laid_down_in_the_evening_it_rings_in_the_morning(app, case):
    laid_down(app, case, hour=21)
    assert [one.at for one in told(app)] == ["11-10 08:00"]


def test_unsigned_it_climbs_day_by_day(app, case):
    laid_down(app, case)
    app.clock.set_day(MONDAY, 11)
    delivered(app)
    through(app, TUESDAY, date(2026, 11, 14))
    assert by_day(app) == {
        "11-09": {"secrecy_officer": "0"},
        "11-10": {"secrecy_officer": "+1"},
        "11-11": {"secrecy_officer": "+2", "office_deputy": "+2"},
        "11-13": {"office_director": "+4", "deputy_mayor": "+4", "office_deputy": "+4"},
    }


def test_signed_the_next_stage_hears_and_the_signer_does_not(app, case):
    laid_down(app, case)
    app.clock.set_day(MONDAY, 14)
    act(
        app, "secrecy_officer", lambda uow: uow.signoff.sign(case, "secrecy_officer", "保密审查", TEXT.digest)
    )
    swept(app)
    assert told(app)[-1] == ("office_director", "0", "sign", "11-09 14:01")
    through(app, TUESDAY, TUESDAY)
    assert by_day(app)["11-10"] == {"office_director": "+1"}


def test_a_reviewer_on_leave_with_a_deputy_is_not_disturbed(app, case):
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.office.delegate("secrecy_officer", "archivist", MONDAY, date(2026, 11, 13)),
    )
    laid_down(app, case)
    through(app, TUESDAY, TUESDAY)
    assert {one.person for one in told(app)} == {"archivist"}
    assert {row.notice.for_person for row in rows(app)} == {"secrecy_officer"}


def test_a_reviewer_out_of_reach_without_a_deputy_is_passed_over_at_once(home):
    app = town(home, MONDAY)
    case = opened(app, MONDAY)
    app.clock.set_day(MONDAY, 10)
    act(app, "clerk", lambda uow: uow.signoff.draft(case, "clerk", TEXT))
    swept(app, ("secrecy_officer", "archivist"))
    assert told(app) == [("office_deputy", "0", "sign", "11-09 10:01")]


def test_the_second_deputy_hears_where_nothing_reaches_the_first(home):
    app = town(home, MONDAY)
    people = {one.id: one for one in app.office.people}
    people["secrecy_officer"] = replace(people["secrecy_officer"], deputies=("archivist", "finance_director"))
    app = with_office(app, replace(app.office, people=tuple(people.values())))
    case = opened(app, MONDAY)
    app.clock.set_day(MONDAY, 10)
    act(app, "clerk", lambda uow: uow.signoff.draft(case, "clerk", TEXT))
    swept(app, ("secrecy_officer", "archivist"))
    assert told(app) == [("finance_director", "0", "sign", "11-09 10:01")]
    assert {row.notice.for_person for row in rows(app)} == {"secrecy_officer"}


def test_a_delegation_in_the_middle_moves_what_waits_to_the_deputy_at_once(app, case):
    laid_down(app, case)
    through(app, TUESDAY, TUESDAY)
    app.clock.set_day(date(2026, 11, 11), 14)
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.office.delegate(
            "secrecy_officer", "archivist", date(2026, 11, 11), date(2026, 11, 13)
        ),
    )
    swept(app)
    assert ("archivist", "+2", "sign", "11-11 14:00") in told(app)
    assert [row.notice.person for row in rows(app) if row.state == "stale"] == ["secrecy_officer"]


def test_the_first_day_of_a_leave_moves_it_though_nothing_is_recorded_that_day(app, case):
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.office.delegate("secrecy_officer", "archivist", TUESDAY, date(2026, 11, 13)),
    )
    laid_down(app, case)
    through(app, MONDAY, date(2026, 11, 10))
    assert by_day(app) == {"11-09": {"secrecy_officer": "0"}, "11-10": {"archivist": "+1"}}


def test_returned_it_is_the_writer_who_hears(app, case):
    laid_down(app, case)
    app.clock.set_day(MONDAY, 14)
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.signoff.send_back(case, "secrecy_officer", TEXT.digest, "缺附件"),
    )
    swept(app)
    assert told(app)[-1] == ("clerk", "0", "rewrite", "11-09 14:00")


def test_an_office_sets_another_ladder_for_its_texts_and_only_later_cases_have_it(home):
    before = town(home, MONDAY)
    old = opened(before, MONDAY)
    text = before.home.office_file.read_text("utf-8")
    ladder = '[[ladder]]\nfor = "sign"\nrungs = ["0 holder", "+1 leader"]\n'
    before.home.office_file.write_text(text + "\n" + ladder, "utf-8")
    app = town(home, MONDAY)
    new = opened(app, MONDAY, "A2")
    app.clock.set_day(MONDAY, 10)
    for case in (old, new):
        act(app, "clerk", lambda uow, case=case: uow.signoff.draft(case, "clerk", TEXT))
    through(app, TUESDAY, TUESDAY)
    tuesday = {(row.notice.case, row.notice.person) for row in rows(app) if row.notice.rung == "+1"}
    assert tuesday == {(old, "secrecy_officer"), (new, "deputy_mayor")}


def test_a_delegation_wakes_what_had_been_said_today_already(app, case):
    laid_down(app, case)
    through(app, TUESDAY, date(2026, 11, 11))
    app.clock.set_day(date(2026, 11, 11), 16)
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.office.delegate(
            "secrecy_officer", "archivist", date(2026, 11, 11), date(2026, 11, 13)
        ),
    )
    swept(app)
    assert told(app)[-1] == ("archivist", "+2", "sign", "11-11 16:00")


def test_of_two_things_about_one_case_a_person_hears_one_on_a_day(home):
    app = town(home, date(2026, 11, 2))
    case = opened(app, date(2026, 11, 2))
    app.clock.set_day(date(2026, 11, 20), 10)
    act(app, "clerk", lambda uow: uow.signoff.draft(case, "clerk", TEXT))
    app.clock.set_day(date(2026, 11, 23), 0)
    act(
        app,
        "secrecy_officer",
        lambda uow: uow.signoff.send_back(case, "secrecy_officer", TEXT.digest, "缺附件"),
    )
    through(app, date(2026, 11, 23), date(2026, 11, 23))
    assert by_day(app) == {"11-23": {"clerk": "0"}}
    assert [row.notice.what for row in rows(app)] == ["rewrite"]
