"""The days to come are foreseen as they then come, and foreseeing them changes nothing."""

import json
from datetime import date

from scheduler.simulation import simulate
from tests.cli.conftest import gongkai
from tests.reminders.town import delivered, opened, rows, swept, through, town

__all__ = ["gongkai"]
MONDAY, LAST = date(2026, 11, 9), date(2026, 12, 9)


def test_what_is_foreseen_is_what_then_comes(home):
    works = town(home, MONDAY, months=True)
    opened(works, date(2026, 11, 2))
    swept(works)
    works.clock.set_day(MONDAY, 20)
    delivered(works)
    before = len(rows(works))
    foreseen = simulate(works.desk, works.schemes(), 30)
    assert len(rows(works)) == before
    through(works, date(2026, 11, 10), LAST)
    came = sorted(
        (row.notice.not_before, row.notice.person, row.notice.rung)
        for row in rows(works)[before:]
        if row.state == "sent"
    )
    assert sorted((one.at, one.person, one.rung) for one in foreseen) == came
    assert len(came) > 30


def test_the_command_speaks_to_people_and_to_programs(gongkai):
    gongkai("tick")
    told = gongkai("simulate", "--days", 5)
    assert told.code == 0
    assert "没有发送任何消息" in told.out
    found = json.loads(gongkai("simulate", "--days", 5, "--json").out)
    assert found["days"] == 5
    assert {"at", "person", "rung", "reference", "statutory"} <= set(found["reminders"][0])


def test_the_audit_speaks_to_people_and_to_programs(gongkai):
    gongkai("tick")
    assert json.loads(gongkai("audit", "--json").out)["clean"] is True
    assert "该提醒的都提醒了" in gongkai("audit").out


def test_the_doctor_says_who_cannot_be_reached(gongkai):
    assert "甲村信息员联系不上" in gongkai("doctor").out
