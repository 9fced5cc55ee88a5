"""The days to come are foreseen as they then come, and foreseeing them changes nothing."""

import json
from datetime import date

from bot.language.phrasebook import phrasebook
from bot.services.reminder_forecast import forecast_messages, forecast_tables, render_bundle
from scheduler.sweep.simulation import simulate
from tests.scheduler.reminders.town import delivered, opened, rows, swept, through, town

MONDAY, LAST = date(2026, 11, 9), date(2026, 12, 9)


def test_what_is_foreseen_is_what_then_comes(home):
    app = town(home, MONDAY, months=True)
    opened(app, date(2026, 11, 2))
    swept(app)
    app.clock.set_day(MONDAY, 20)
    delivered(app)
    before = len(rows(app))
    foreseen = simulate(app.recorder, app.schemes(), 30)
    assert len(rows(app)) == before
    through(app, date(2026, 11, 10), LAST)
    came = sorted(
        (row.notice.not_before, row.notice.person, row.notice.rung)
        for row in rows(app)[before:]
        if row.state == "sent"
    )
    assert sorted((one.at, one.notice.person, one.notice.rung) for one in foreseen) == came
    assert len(came) > 30


def test_the_command_speaks_to_people_and_to_programs(gongkai):
    gongkai("tick")
    told = gongkai("simulate", "--days", 5)
    assert told.code == 0
    assert "没有发送任何消息" in told.out
    assert "第 " not in told.out  # in days, not in rungs
    found = json.loads(gongkai("simulate", "--days", 5, "--json").out)
    assert found["days"] == 5
    assert {"at", "person", "rung", "reference", "statutory"} <= set(found["reminders"][0])
    assert "text" not in found["reminders"][0]


def test_each_person_has_a_table_with_the_day_what_is_asked_and_what_is_left(home):
    app = town(home, date(2026, 12, 8), months=True)
    swept(app)
    opened(app, date(2026, 12, 8), "A1")
    tables = list(forecast_tables(simulate(app.recorder, app.schemes(), 70), app))
    clerk = next(table for table in tables if table.startswith("党政办文书")).splitlines()
    assert clerk[1].split() == ["什么时候", "什么事", "期限", "到那时", "说明"]
    rows = [line.split("  ") for line in clerk[2:] if "依申请公开" in line]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells[0] == [
        "2026-12-22（周二） 08:30",
        "办理：依申请公开 A1（案件 7）",
        "2027-01-05（周二）（暂定）",
        "还剩 10 个工作日",
    ]
    assert [(row[0][:10], row[3], row[4:]) for row in cells[1:]] == [
        ("2026-12-29", "还剩 5 个工作日", []),
        ("2027-01-01", "还剩 2 个工作日", []),
        ("2027-01-05", "当天到期", ["法定"]),
    ]
    assert cells[2][0] == "2027-01-01（周五）（暂定） 08:30"  # its notice is not out


def test_the_text_is_the_very_message_and_whom_nobody_reaches_is_one_line_of_it(home):
    app = town(home, date(2026, 11, 26), months=True)
    swept(app, tuple(one.id for one in app.office.people))
    texts = list(forecast_messages(simulate(app.recorder, app.schemes(), 3, render_bundle), app))
    place = texts.index("—— 党政办文书，2026-11-27（周五） 08:30")
    assert "个岗位还联系不上" in texts[place + 1]
    assert texts[place + 1].count("联系不上") == 1
    assert "在网页的工作台点“邀请全部”" in texts[place + 1]
    notices = {key: text for key, text in phrasebook("zh").phrases.items() if key.startswith("reminder.")}
    assert [key for key, text in notices.items() if "gongkai " in text] == [
        "reminder.proof"
    ]  # no page has that
    assert "为什么 0" not in texts[place + 1]


def test_the_audit_speaks_to_people_and_to_programs(gongkai):
    gongkai("tick")
    assert json.loads(gongkai("audit", "--json").out)["clean"] is True
    assert "该提醒的都提醒了" in gongkai("audit").out


def test_the_doctor_says_who_cannot_be_reached(gongkai):
    assert "甲村信息员联系不上" in gongkai("doctor").out
