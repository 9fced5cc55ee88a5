"""Whatever is recorded in words of one's own is shown before it counts: one step for every verb, on every channel."""

from __future__ import annotations

from datetime import date

import pytest

from tests.bot.speaker import word
from tests.scheduler.signoff.town import SIGNERS, draft, open_text, sign
from tests.town import log_end, run_sweep, transaction
from tests.village_items import hand_in

CLERK, HEAD = "clerk", "office_director"
WRITTEN = {
    "a reference": (CLERK, "登记依申请公开 召公开〔2026〕7号", ("1",), "召公开〔2026〕7号"),
    "a title": (
        CLERK,
        "登记信息发布 召政发〔2026〕9号",
        ("汛期值班", "党政办公室", "主动公开", "2026-11-20"),
        "汛期值班",
    ),
    "an activity": (CLERK, "业务培训 政策解读 80人", (), "政策解读"),
    "a party": (CLERK, "征求意见 {request} 某公司", ("1",), "某公司"),
    "what is to be corrected": (CLERK, "补正告知 {request} 时间范围", ("2026-12-04",), "时间范围"),
    "a handing on": (CLERK, "转交 {request} 农业农村办主任 涉及宅基地", (), "涉及宅基地"),
    "a handing over": (CLERK, "移交 党政办档案员 调岗", (), "调岗"),
    "a return": (SIGNERS[1], "退回 {text} 标题写错", (), "标题写错"),
    "a rejection": (SIGNERS[1], "不予通过 {text} 已经过时", (), "已经过时"),
    "an opinion": (SIGNERS[1], "同意 {text} 附意见：发前再核一次数字", (), "发前再核一次数字"),
    "a signature taken back": (SIGNERS[0], "撤回 {text} 看漏一处", (), "看漏一处"),
    "a returned item": (CLERK, "退回 {item} 缺时间地点", (), "缺时间地点"),
    "an item not used": (CLERK, "不予采用 {item} 与上月重复", (), "与上月重复"),
    "a mistake": (CLERK, "严重差错 {item} 写错了村名", (), "写错了村名"),
    "a leave consented to": (HEAD, "同意代办 分管政务公开的副镇长 正在住院", (), "正在住院"),
}

DECIDED_OTHERWISE = {
    "a rejection",
    "an opinion",
    "a handing over",
    "an item not used",
    "a signature taken back",
}
"""What cannot be decided any more once the others are."""


@pytest.fixture
def cases(app, any_room) -> dict[str, int]:
    """A request, a signed text, an item of a village, and a leave that waits for a second keeper."""
    run_sweep(app)
    facts = {"applicant_kind": "natural_person"}
    with transaction(app) as uow:
        request = uow.cases.open("request", "召公开〔2026〕1号", date(2026, 11, 20), facts)
        uow.office.delegate("deputy_mayor", "mayor", date(2026, 11, 24), date(2026, 11, 30))
    text = open_text(app)
    draft(app, text)
    sign(app, text, 0)
    any_room.expected = any_room.queued()
    return {"request": request, "text": text, "item": hand_in(app, "jia", app.today, "清淤", month=app.today)}


def write(person, cases: dict[str, int], kind: str) -> str:
    """What is shown once everything was written."""
    _, said, answers, words = WRITTEN[kind]
    shown = person.says(said.format(**cases))
    for answer in answers:
        shown = person.says(answer)
    assert words in shown, kind
    assert "确认吗" in shown, kind
    return shown


def test_words_of_one_s_own_are_shown_before_they_count(app, any_room, cases):
    people = {who: any_room.person(who) for who in dict.fromkeys(who for who, *_ in WRITTEN.values())}
    for person in people.values():
        for number in cases.values():
            person.says(str(number))  # what is decided on was shown
    for kind, (who, *_) in WRITTEN.items():
        before = log_end(app)
        write(people[who], cases, kind)
        people[who].says("取消")
        assert log_end(app) == before, kind
    for kind, (who, *_) in WRITTEN.items():
        if kind not in DECIDED_OTHERWISE:
            before = log_end(app)
            write(people[who], cases, kind)
            assert people[who].presses("确认").startswith("已记录"), kind
            assert log_end(app) > before, kind


def test_who_writes_again_instead_of_confirming_means_the_new_words(app, any_room, cases):
    clerk, before = any_room.person(CLERK), log_end(app)
    clerk.says(f"补正告知 {cases['request']} 时间范围")
    assert "时间范围" in clerk.says("2026-12-04")
    shown = clerk.says("所需信息的名称")
    assert "所需信息的名称" in shown
    assert "时间范围" not in shown
    assert log_end(app) == before
    clerk.presses("确认")
    with app.log() as log:
        assert list(log.read())[-1].record.facts["items"] == "所需信息的名称"


@pytest.mark.parametrize("leave", ["取消", "算了"])
def test_what_is_left_records_nothing(app, any_room, cases, leave):
    clerk, before = any_room.person(CLERK), log_end(app)
    clerk.says(f"补正告知 {cases['request']} 时间范围")
    clerk.says("2026-12-04")
    assert clerk.says(leave) == word("talk.cancelled")
    assert clerk.says("确认") != ""
    assert log_end(app) == before


def test_what_would_be_refused_is_refused_before_anything_is_asked(app, any_room, cases):
    reviewer, before = any_room.person(SIGNERS[1]), log_end(app)
    reviewer.says(str(cases["text"]))
    said = reviewer.says(f"不予通过 {cases['text']} 本人电话 13812345678")
    assert "确认吗" not in said
    assert log_end(app) == before


def test_a_number_alone_is_recorded_at_once(app, any_room):
    before = log_end(app)
    assert any_room.person(CLERK).says("许可 3").startswith("已记录")
    assert log_end(app) == before + 1
