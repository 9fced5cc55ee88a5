"""Every answer that records says what: its title, figures and words, its legal day, and whether it was in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.dispatch.command_table import COMMANDS
from bot.language.verbs import VerbKind
from tests.bot.speaker import word
from tests.scheduler.signoff.town import SIGNERS, draft, open_text, sign
from tests.town import case_number, log_end, run_sweep, transaction
from tests.village_items import hand_in

CLERK, HEAD, REPORTER = "clerk", "office_director", "jia_reporter"
TODAY = "日期 2026-11-23（周一）"
SAID = {
    VerbKind.COUNT: (CLERK, "许可 3", (), (TODAY, "行政许可 3")),
    VerbKind.HOLD: (CLERK, "业务培训 政策解读 80人", ("确认",), (TODAY, "“政策解读”", "80")),
    VerbKind.OPEN: (
        CLERK,
        "登记依申请公开 召公开〔2026〕7号",
        ("1", "确认"),
        (TODAY, "召公开〔2026〕7号", "截止"),
    ),
    VerbKind.STEP: (
        CLERK,
        "补正告知 {request} 时间范围",
        ("2026-12-04", "确认"),
        (TODAY, "补正告知", "时间范围"),
    ),
    VerbKind.CLOSE: (CLERK, "办结 {request}", ("1", "确认"), (TODAY, "办结：", "在期限内")),
    VerbKind.APPROVE: (SIGNERS[1], "同意 {text}", (), (TODAY, "同意，环节：初审·一校", "2026年预算公开")),
    VerbKind.RETURN: (SIGNERS[1], "退回 {text} 标题写错", ("确认",), (TODAY, "退回修改", "理由：标题写错")),
    VerbKind.REJECT: (
        SIGNERS[1],
        "不予通过 {text} 已经过时",
        ("确认",),
        (TODAY, "不予通过", "理由：已经过时"),
    ),
    VerbKind.WITHDRAW: (SIGNERS[0], "撤回 {text} 看漏一处", ("确认",), (TODAY, "撤回签名", "理由：看漏一处")),
    VerbKind.HAND_ON: (
        CLERK,
        "转交 {request} 农业农村办主任 涉及宅基地",
        ("确认",),
        (TODAY, "转交", "涉及宅基地"),
    ),
    VerbKind.ACKNOWLEDGE: (CLERK, "在办 {request}", (), (TODAY, "在办", "召公开〔2026〕1号")),
    VerbKind.SNOOZE: (CLERK, "稍后提醒 {request} 一小时后", (), (TODAY, "再提醒您")),
    VerbKind.NUDGE: (CLERK, "催办 {text}", (), ("会提醒财政所所长",)),
    VerbKind.AWAY: (HEAD, "请假 2026-12-01 至 2026-12-05 党政办档案员", (), (TODAY, "由党政办档案员代办")),
    VerbKind.BACK: (HEAD, "销假", (), (TODAY, "不再由")),
    VerbKind.HAND_OVER: (HEAD, "移交 党政办档案员 调岗", ("确认",), (TODAY, "移交", "调岗")),
    VerbKind.CONSENT: (
        HEAD,
        "同意代办 分管政务公开的副镇长 正在住院",
        ("确认",),
        (TODAY, "分管政务公开的副镇长"),
    ),
    VerbKind.DECLINE: ("deputy_mayor", "不同意代办", (), (TODAY,)),
    VerbKind.UNDO: (CLERK, "撤销", (), (TODAY, "撤销了：行政许可 3")),
    VerbKind.RECEIVE: (CLERK, "收下 {item}", (), (TODAY, "收下", "清淤")),
    VerbKind.TAKE_UP: (CLERK, "采用 {item}", ("确认",), (TODAY, "清淤")),
    VerbKind.CIRCULATE: (SIGNERS[1], "传阅 {text} 镇长", (), (TODAY, "镇长")),
    VerbKind.COMMENT: ("mayor", "已阅 {text}", (), (TODAY, "已阅")),
}
"""By kind: who says it, what, the answers to its questions, and what the answer says."""
TOLD_ELSEWHERE = {VerbKind.OVERRIDE, VerbKind.LET_IN, VerbKind.SIGN_IN, VerbKind.FEEDBACK}
"""What two decide (test_override), and what is no fact about the office's work (test_join)."""
FIRST = {
    VerbKind.UNDO: ((CLERK, "许可 3"),),
    VerbKind.COMMENT: ((SIGNERS[1], "传阅 {text} 镇长"),),
    VerbKind.BACK: ((HEAD, "请假 2026-11-23 至 2026-12-05 党政办档案员"),),
}


@pytest.fixture
def cases(app, room) -> dict[str, int]:
    run_sweep(app)
    with transaction(app) as uow:
        request = uow.cases.open(
            "request", "召公开〔2026〕1号", date(2026, 11, 20), {"applicant_kind": "natural_person"}
        )
        uow.office.delegate("deputy_mayor", "mayor", date(2026, 11, 24), date(2026, 11, 30))
    text = open_text(app)
    draft(app, text)
    sign(app, text, 0)
    item = hand_in(app, "jia", app.today, "清淤", month=app.today, body="清淤两公里。")
    room.expected = room.queued()
    return {"request": request, "text": text, "item": item}


def test_every_verb_that_records_is_in_the_table():
    recording = {kind for kind, rule in COMMANDS.items() if not rule.read_only}
    assert recording == SAID.keys() | TOLD_ELSEWHERE


@pytest.mark.parametrize("kind", SAID)
def test_the_answer_says_what_was_recorded_and_when(app, room, cases, kind):
    who, said, answers, told = SAID[kind]
    for by, first in FIRST.get(kind, ()):
        speaker = room.person(by)
        speaker.says(str(cases["text"]))
        speaker.says(first.format(**cases))
    person, before = room.person(who), log_end(app)
    person.says(str(cases["text"]))
    answer = person.says(said.format(**cases))
    for one in answers:
        answer = person.presses(one) if one in person.labels() else person.says(one)
    assert kind is VerbKind.NUDGE or log_end(app) > before, answer
    assert [part for part in told if part not in answer] == [], answer
    room.expected = room.queued()
    for place in room.unseen:
        room.took(place)


ZERO = {
    date(2026, 12, 3): "零报送，按时",
    date(2026, 12, 28): "零报送，迟报，在宽限内（宽限到 2026-12-29（周二））",
}


@pytest.mark.parametrize("day", ZERO)
def test_a_village_hears_whether_it_was_in_time(app, any_room, day):
    run_sweep(app, date(2026, 12, 1))
    month = case_number(app, "village_report", "2026-12/jia")
    reporter = any_room.person(REPORTER)
    app.clock.set_day(day)
    answer = reporter.says(f"零报送 {month}")
    assert f"甲村 2026-12 {ZERO[day]}" in answer
    assert "本月已零报送" in answer
    any_room.expected = any_room.queued()


def test_a_second_tap_leaves_the_way_back_where_it_is(app, room):
    """Two presses of one button: the message still says what was recorded, with 撤销, for its minute."""
    case = open_text(app)
    draft(app, case)
    officer, undo = room.person(SIGNERS[0]), word("verb.undo")
    officer.says(str(case))
    button, at = officer.choice("同意").callback_token, officer.looks_at
    first = officer.taps(button, at)
    again = officer.taps(button, at)
    assert again == first
    assert undo in officer.labels()
    assert "没有重复办理" in officer.reply.callback_answer
    before = log_end(app)
    assert officer.presses(undo).startswith("已记录")
    assert log_end(app) == before + 1
    app.clock.move(timedelta(minutes=2))
    assert undo not in [one.label for one in (officer.taps(button, at) and officer.reply.choices)]
