"""Undoing, being reminded later, reminding others, being away: at the edges where a clumsy person finds them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.services.app import open_app
from scheduler.sweep.sweep import sweep
from storage.events.events import Amended, Signed, Withdrawn
from storage.events.office_events import Delegated
from storage.messaging.outbox import Outbox
from tests.bot.commands.test_signing import last
from tests.bot.commands.test_year_of_each_role import opened
from tests.bot.speaker import Room, word
from tests.scheduler.signoff.town import SIGNERS, draft, open_text, sign
from tests.town import log_end

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def text(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


def waiting(app) -> list[tuple[str, int]]:
    with app.store.reading() as connection:
        rows = [row.notice for row in Outbox(connection, app.office.slug).unfinished()]
    return [(one.person, one.case) for one in rows]


def test_what_was_undone_is_told_to_nobody(app, text):
    """The next signer's notice is held back as long as the signature can be taken back."""
    room = Room(app)
    officer, director = room.person(SIGNERS[0]), room.person(SIGNERS[1])
    officer.says("待办")
    officer.presses("同意")
    sweep(app.recorder, app.schemes())
    assert (SIGNERS[1], text) in waiting(app)
    app.clock.move(MINUTE - SECOND)
    room.deliver()
    assert room.took(director.address) == []
    assert officer.presses(word("verb.undo")).startswith("已记录")
    assert isinstance(last(app), Withdrawn)
    app.clock.move(MINUTE * 10)
    sweep(app.recorder, app.schemes())
    room.deliver()
    assert room.took(director.address) == []
    assert "没有待办" in director.says("待办")
    room.took(officer.address)  # it is theirs again, and they hear so
    room.assert_nothing_else()


@pytest.mark.parametrize(("later", "undone"), [(MINUTE, True), (MINUTE + SECOND, False)])
def test_a_minute_is_a_minute(app, any_room, text, later, undone):
    officer = any_room.person(SIGNERS[0])
    officer.says(str(text))
    officer.presses("同意")
    before = log_end(app)
    app.clock.move(later)
    said = officer.presses(word("verb.undo"))
    assert said.startswith("已记录") is undone
    assert log_end(app) == before + undone
    assert undone or "找信息公开工作人员" in said


def test_nothing_is_undone_twice_or_by_anybody_else_or_forgotten_by_a_restart(app, text):
    room = Room(app)
    officer, clerk = room.person(SIGNERS[0]), room.person("clerk")
    officer.says(str(text))
    officer.presses("同意")
    button, at = officer.choice(word("verb.undo")), officer.looks_at
    before = log_end(app)
    assert "是给 保密审查员 的" in clerk.taps(button.callback_token)
    assert "没有可以撤销" in clerk.says(f"撤销 {text}")
    assert log_end(app) == before
    again = Room(replace(open_app(app.home.path, app.clock), store=app.store))
    again.standing[officer.address, at] = room.standing[officer.address, at]
    officer.room = again
    assert officer.taps(button.callback_token, at).startswith("已记录")
    for said in (lambda: officer.taps(button.callback_token, at), lambda: officer.says("撤销")):
        assert "已记录" not in said()
    assert log_end(app) == before + 1


def test_what_somebody_else_built_upon_is_not_undone(app, any_room):
    clerk, head = any_room.person("clerk"), any_room.person("office_director")
    clerk.says("登记依申请公开 召公开〔2026〕3号")
    clerk.presses("自然人")
    clerk.presses("确认")
    case = last(app).case
    head.says(f"征求意见 {case} 某公司")
    head.presses("第三方")
    head.presses("确认")
    before = log_end(app)
    said = clerk.says("撤销")
    assert f"案件 {case} 之后党政办主任已经接着处理（№{before}）" in said
    assert log_end(app) == before
    assert head.says("撤销").startswith("已记录")  # the last word is
    assert isinstance(last(app), Amended)
    assert f"（案件 {case}）" in head.reply.text  # and how the case stands is told


def test_a_reminder_is_put_off_over_any_holiday(app, any_room):
    """On the eve of the Spring Festival the next working day is ten days away."""
    case = opened(app, day=date(2026, 2, 9))
    clerk = any_room.person("clerk")
    app.clock.set_day(date(2026, 2, 14))
    before = log_end(app)
    clerk.says(f"稍后提醒 {case}")
    said = clerk.presses("明天上午")
    assert said.startswith("已记录")
    assert "2026-02-24 08:30 再提醒您" in said
    assert log_end(app) == before + 1


@pytest.mark.parametrize(
    ("hour", "minute", "offered"),
    [
        (15, 59, ["一小时后", "下班前", "明天上午"]),
        (16, 0, ["一小时后", "明天上午"]),
        (23, 59, ["一小时后", "明天上午"]),
    ],
)
def test_later_is_never_past(app, room, hour, minute, offered):
    case = opened(app)
    clerk = room.person("clerk")
    app.clock.set_day(date(2026, 11, 23), hour, minute)
    clerk.says(f"稍后提醒 {case}")
    assert clerk.labels() == offered
    for said in ("下班前", "昨天", "一百年后"):
        if said not in offered:
            clerk.says(f"稍后提醒 {case} {said}")
            assert clerk.labels() == offered


def test_the_last_day_of_a_year_that_is_known_has_a_morning_after(app, room):
    app.clock.set_day(date(2026, 12, 31))
    case = opened(app, day=date(2026, 12, 21))
    clerk = room.person("clerk")
    clerk.says(f"稍后提醒 {case}")
    assert clerk.presses("明天上午").startswith("已记录")


def test_each_holder_is_reminded_once_in_four_hours(app, any_room, text):
    """Who has it now was not reminded of it, whoever had it before."""
    leader = any_room.person("deputy_mayor")
    assert "会提醒保密审查员" in leader.says(f"催办 {text}")
    app.clock.move(HOUR * 4 - SECOND)
    assert "保密审查员在 2026-11-23 09:00 已经催过一次" in leader.says(f"催办 {text}")
    sign(app, text, 0)
    assert "会提醒财政所所长" in leader.says(f"催办 {text}")
    app.clock.move(SECOND)
    assert "财政所所长在" in any_room.person("clerk").says(f"催办 {text}")
    any_room.expected = {"nudge"}


def test_whoever_said_twice_that_they_are_away_is_back_once(app, any_room):
    leader = any_room.person("deputy_mayor")
    said = leader.says("请假 2026-11-23 至 2026-11-27")
    assert "2026-11-23 至 2026-11-27 由常务副镇长代办；提前回来，请写“销假”" in said
    position = log_end(app)
    assert f"那几天已经请假：№{position}，" in leader.says("请假 2026-11-23 至 2026-11-27")
    assert log_end(app) == position
    assert isinstance(last(app), Delegated)
    assert "不再由常务副镇长代办" in leader.says("销假")
    assert "没有登记请假" in leader.says("销假")


def test_nobody_hears_their_own_words(app, any_room):
    clerk = any_room.person("clerk")
    assert "收到" in clerk.says("反馈 台账太长")
    assert [person for person, _ in waiting(app)] == ["office_director"]
    any_room.expected = {"feedback"}


def test_a_signature_confirmed_and_undone_are_never_both_asked(app, any_room, text):
    """Whatever is confirmed offers no undoing, and what can be undone was not asked to be confirmed."""
    for place, who in enumerate(SIGNERS):
        signer = any_room.person(who)
        signer.says(str(text))
        said = signer.presses("同意")
        assert isinstance(last(app), Signed), place
        assert "确认吗" not in said
        assert word("verb.undo") in signer.labels()
    clerk = any_room.person("clerk")
    case = opened(app, "召公开〔2026〕5号")
    clerk.says(f"办结 {case}")
    clerk.says("1")
    assert "不能撤销，确认吗" in clerk.reply.text
    clerk.presses("确认")
    assert word("verb.undo") not in clerk.labels()
    before = log_end(app)
    assert "已记录" not in clerk.says("撤销")
    assert log_end(app) == before
