"""In hand, later, handed over: each stops exactly what it should, at once, and nothing the law sets."""

from datetime import UTC, date, datetime

import pytest

from config.clock import OFFICE_ZONE
from scheduler.reminders.snoozing import (
    NobodyToTakeOver,
    NotInYourHands,
    NotWaiting,
    NotYoursToHandOver,
    SnoozeTime,
)
from tests.scheduler.reminders.town import act, by_day, delivered, opened, rows, swept, through, told, town

RECEIVED, FIFTH, SECOND, LAST = date(2026, 11, 2), date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 30)
DUE = "2026-11-30"


@pytest.fixture
def app(home):
    return town(home, RECEIVED)


@pytest.fixture
def case(app):
    found = opened(app, RECEIVED)
    through(app, RECEIVED, FIFTH)
    app.clock.set_day(FIFTH, 16)
    return found


def iso(day, hour, minute=0):
    return (
        datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE_ZONE).astimezone(UTC).isoformat()
    )


def test_in_hand_it_is_quiet_until_the_next_rung(app, case):
    act(app, "clerk", lambda uow: uow.reminders.acknowledge(case, "clerk", DUE))
    before = told(app)
    through(app, FIFTH, date(2026, 11, 25))
    assert told(app) == before
    through(app, SECOND, SECOND)
    assert by_day(app)["11-26"] == {"clerk": "-2", "office_deputy": "-2"}


def test_what_is_in_hand_before_it_is_said_is_not_said(home):
    app = town(home, RECEIVED)
    case = opened(app, RECEIVED)
    app.clock.set_day(FIFTH, 7)
    swept(app)
    act(app, "clerk", lambda uow: uow.reminders.acknowledge(case, "clerk"))
    swept(app)
    app.clock.set_day(FIFTH, 9)
    assert delivered(app) == []


def test_in_hand_silences_nothing_that_the_law_sets(app, case):
    through(app, FIFTH, date(2026, 11, 29))
    app.clock.set_day(LAST, 7)
    act(app, "clerk", lambda uow: uow.reminders.acknowledge(case, "clerk"))
    through(app, LAST, LAST)
    assert by_day(app)["11-30"] == {"clerk": "0", "deputy_mayor": "0"}


def test_put_off_it_is_said_once_more_at_its_instant(app, case):
    act(app, "clerk", lambda uow: uow.reminders.snooze(case, "clerk", DUE, iso(FIFTH, 17)))
    swept(app)
    before = told(app)
    app.clock.set_day(FIFTH, 16, 59)
    swept(app)
    assert told(app) == before
    app.clock.set_day(FIFTH, 17)
    swept(app)
    assert [one.at for one in told(app)[len(before) :]] == ["11-23 17:01"]
    through(app, FIFTH, date(2026, 11, 25))
    assert len(told(app)) == len(before) + 1


def test_put_off_past_the_next_rung_it_is_said_then_and_once(app, case):
    act(app, "clerk", lambda uow: uow.reminders.snooze(case, "clerk", DUE, iso(date(2026, 11, 27), 9)))
    through(app, FIFTH, date(2026, 11, 29))
    heard = by_day(app)
    assert heard["11-26"] == {"office_deputy": "-2"}
    assert list(heard["11-27"]) == ["clerk"]


def test_a_changed_date_asks_anew_whatever_was_in_hand(app, case):
    act(app, "clerk", lambda uow: uow.reminders.acknowledge(case, "clerk", DUE))
    facts = {"days": 4, "consented_by": "office_director", "reason": "查档", "notified_on": "2026-11-23"}
    act(app, "office_director", lambda uow: uow.cases.step(case, "extended", FIFTH, facts))
    swept(app)
    assert told(app)[-1] == ("clerk", "-10", "act", "11-23 16:00")


@pytest.mark.parametrize("who", ["finance_director", "deputy_mayor"])
def test_only_whoever_must_act_takes_in_hand(app, case, who):
    with pytest.raises(NotInYourHands) as refused:
        act(app, who, lambda uow: uow.reminders.acknowledge(case, who))
    assert refused.value.words["who"] == "党政办文书"


def test_whoever_a_rung_reaches_may_put_it_off_and_nobody_else(app, case):
    act(app, "deputy_mayor", lambda uow: uow.reminders.snooze(case, "deputy_mayor", DUE, iso(FIFTH, 18)))
    with pytest.raises(NotInYourHands) as refused:
        act(
            app,
            "finance_director",
            lambda uow: uow.reminders.snooze(case, "finance_director", DUE, iso(FIFTH, 18)),
        )
    assert "镇长" in refused.value.words["who"]


@pytest.mark.parametrize(
    "until", ["2026-11-22T10:00:00+00:00", "2026-12-09T10:00:00+00:00", "tomorrow", "2026-11-24T10:00:00"]
)
def test_it_is_put_off_to_a_time_that_is_near(app, case, until):
    with pytest.raises(SnoozeTime):
        act(app, "clerk", lambda uow: uow.reminders.snooze(case, "clerk", DUE, until))


def test_what_waits_for_nothing_cannot_be_taken_in_hand(app, case):
    act(app, "clerk", lambda uow: uow.cases.close(case, "granted", FIFTH))
    act(app, "clerk", lambda uow: uow.cases.step(case, "delivered", FIFTH, {"how": "post"}))
    with pytest.raises(NotWaiting):
        act(app, "clerk", lambda uow: uow.reminders.acknowledge(case, "clerk"))


def test_handed_over_everything_is_the_other_s_at_once(app, case):
    other = opened(app, RECEIVED, "A2")
    swept(app)
    act(app, "clerk", lambda uow: uow.office.hand_over("clerk", "archivist", "调岗"))
    swept(app)
    assert {(one.person, one.rung) for one in told(app)[-2:]} == {("archivist", "-5")}
    through(app, date(2026, 11, 24), date(2026, 11, 27))
    assert set(by_day(app)["11-26"]) == {"archivist", "office_deputy"}
    assert {row.notice.case for row in rows(app) if row.notice.person == "archivist"} == {case, other}


@pytest.mark.parametrize(
    ("who", "to", "refusal"),
    [
        ("clerk", "clerk", NobodyToTakeOver),
        ("clerk", "stranger", NobodyToTakeOver),
        ("finance_director", "archivist", NotYoursToHandOver),
    ],
)
def test_duties_go_over_to_another_of_the_office_by_whoever_has_them(app, who, to, refusal):
    with pytest.raises(refusal):
        act(app, who, lambda uow: uow.office.hand_over("clerk", to))


def test_whoever_registers_late_is_not_told_what_they_just_did_but_the_others_are(home):
    app = town(home, date(2026, 11, 27))
    facts = {"applicant_kind": "natural_person"}
    act(app, "clerk", lambda uow: uow.cases.open("request", "A1", RECEIVED, facts))
    through(app, date(2026, 11, 27), date(2026, 12, 1))
    assert by_day(app) == {
        "11-27": {"office_deputy": "-2"},
        "11-30": {"clerk": "0", "deputy_mayor": "0"},
        "12-01": {"deputy_mayor": "+1", "mayor": "+1"},
    }
