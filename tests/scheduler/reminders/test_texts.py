"""A text before its stages: whoever must sign hears at once and rings; whoever is away does not hear at all."""

from datetime import date

import pytest

from storage.events.manifest import Manifest
from tests.scheduler.reminders.town import act, by_day, delivered, opened, rows, swept, through, told, town

TEXT = Manifest(title="答复书", text="一稿", decision="granted")
MONDAY, TUESDAY = date(2026, 11, 9), date(2026, 11, 10)


@pytest.fixture
def works(home):
    return town(home, MONDAY)


@pytest.fixture
def case(works):
    return opened(works, MONDAY)


def laid_down(works, case, hour=10):
    works.clock.set_day(MONDAY, hour)
    act(works, "clerk", lambda desk: desk.draft(case, "clerk", TEXT))
    swept(works)


def test_a_text_rings_at_once_for_whoever_signs_and_for_nobody_else(works, case):
    laid_down(works, case)
    assert told(works) == [("secrecy_officer", "0", "sign", "11-09 10:01")]
    assert rows(works)[0].notice.rings


def test_laid_down_in_the_evening_it_rings_in_the_morning(works, case):
    laid_down(works, case, hour=21)
    assert [one.at for one in told(works)] == ["11-10 08:00"]


def test_unsigned_it_climbs_day_by_day(works, case):
    laid_down(works, case)
    works.clock.set_day(MONDAY, 11)
    delivered(works)
    through(works, TUESDAY, date(2026, 11, 14))
    assert by_day(works) == {
        "11-09": {"secrecy_officer": "0"},
        "11-10": {"secrecy_officer": "+1"},
        "11-11": {"secrecy_officer": "+2", "office_deputy": "+2"},
        "11-13": {"office_director": "+4", "deputy_mayor": "+4", "office_deputy": "+4"},
    }


def test_signed_the_next_stage_hears_and_the_signer_does_not(works, case):
    laid_down(works, case)
    works.clock.set_day(MONDAY, 14)
    act(works, "secrecy_officer", lambda desk: desk.sign(case, "secrecy_officer", "保密审查", TEXT.digest))
    swept(works)
    assert told(works)[-1] == ("office_director", "0", "sign", "11-09 14:01")
    through(works, TUESDAY, TUESDAY)
    assert by_day(works)["11-10"] == {"office_director": "+1"}


def test_a_reviewer_on_leave_with_a_deputy_is_not_disturbed(works, case):
    act(
        works,
        "secrecy_officer",
        lambda desk: desk.delegate("secrecy_officer", "archivist", MONDAY, date(2026, 11, 13)),
    )
    laid_down(works, case)
    through(works, TUESDAY, TUESDAY)
    assert {one.person for one in told(works)} == {"archivist"}
    assert {row.notice.for_person for row in rows(works)} == {"secrecy_officer"}


def test_a_reviewer_out_of_reach_without_a_deputy_is_passed_over_at_once(home):
    works = town(home, MONDAY)
    case = opened(works, MONDAY)
    works.clock.set_day(MONDAY, 10)
    act(works, "clerk", lambda desk: desk.draft(case, "clerk", TEXT))
    swept(works, ("secrecy_officer", "archivist"))
    assert told(works) == [("office_deputy", "0", "sign", "11-09 10:01")]


def test_a_delegation_in_the_middle_moves_what_waits_to_the_deputy_at_once(works, case):
    laid_down(works, case)
    through(works, TUESDAY, TUESDAY)
    works.clock.set_day(date(2026, 11, 11), 14)
    act(
        works,
        "secrecy_officer",
        lambda desk: desk.delegate("secrecy_officer", "archivist", date(2026, 11, 11), date(2026, 11, 13)),
    )
    swept(works)
    assert ("archivist", "+2", "sign", "11-11 14:00") in told(works)
    assert [row.notice.person for row in rows(works) if row.state == "stale"] == ["secrecy_officer"]


def test_the_first_day_of_a_leave_moves_it_though_nothing_is_recorded_that_day(works, case):
    act(
        works,
        "secrecy_officer",
        lambda desk: desk.delegate("secrecy_officer", "archivist", TUESDAY, date(2026, 11, 13)),
    )
    laid_down(works, case)
    through(works, MONDAY, date(2026, 11, 10))
    assert by_day(works) == {"11-09": {"secrecy_officer": "0"}, "11-10": {"archivist": "+1"}}


def test_returned_it_is_the_writer_who_hears(works, case):
    laid_down(works, case)
    works.clock.set_day(MONDAY, 14)
    act(
        works,
        "secrecy_officer",
        lambda desk: desk.send_back(case, "secrecy_officer", TEXT.digest, "缺附件"),
    )
    swept(works)
    assert told(works)[-1] == ("clerk", "0", "rewrite", "11-09 14:00")


def test_an_office_sets_another_ladder_for_its_texts_and_only_later_cases_have_it(home):
    before = town(home, MONDAY)
    old = opened(before, MONDAY)
    text = before.home.office_file.read_text("utf-8")
    ladder = '[[ladder]]\nfor = "sign"\nrungs = ["0 holder", "+1 leader"]\n'
    before.home.office_file.write_text(text + "\n" + ladder, "utf-8")
    works = town(home, MONDAY)
    new = opened(works, MONDAY, "A2")
    works.clock.set_day(MONDAY, 10)
    for case in (old, new):
        act(works, "clerk", lambda desk, case=case: desk.draft(case, "clerk", TEXT))
    through(works, TUESDAY, TUESDAY)
    tuesday = {(row.notice.case, row.notice.person) for row in rows(works) if row.notice.rung == "+1"}
    assert tuesday == {(old, "secrecy_officer"), (new, "deputy_mayor")}


def test_a_delegation_wakes_what_had_been_said_today_already(works, case):
    laid_down(works, case)
    through(works, TUESDAY, date(2026, 11, 11))
    works.clock.set_day(date(2026, 11, 11), 16)
    act(
        works,
        "secrecy_officer",
        lambda desk: desk.delegate("secrecy_officer", "archivist", date(2026, 11, 11), date(2026, 11, 13)),
    )
    swept(works)
    assert told(works)[-1] == ("archivist", "+2", "sign", "11-11 16:00")


def test_of_two_things_about_one_case_a_person_hears_one_on_a_day(home):
    works = town(home, date(2026, 11, 2))
    case = opened(works, date(2026, 11, 2))
    works.clock.set_day(date(2026, 11, 20), 10)
    act(works, "clerk", lambda desk: desk.draft(case, "clerk", TEXT))
    works.clock.set_day(date(2026, 11, 23), 0)
    act(works, "secrecy_officer", lambda desk: desk.send_back(case, "secrecy_officer", TEXT.digest, "缺附件"))
    through(works, date(2026, 11, 23), date(2026, 11, 23))
    assert by_day(works) == {"11-23": {"clerk": "0"}}
    assert [row.notice.what for row in rows(works)] == ["rewrite"]
