"""A bare number, a long text: what a clumsy person writes while a form stands open does nothing unforeseen."""

from datetime import timedelta

import pytest

from bot.utterances.command_parser import MAX_TEXT_LENGTH
from tests.bot.commands.test_signing import last
from tests.bot.commands.test_year_of_each_role import opened
from tests.bot.speaker import FULL, Room
from tests.scheduler.signoff.town import SIGNERS, draft, open_text
from tests.town import log_end, record


@pytest.fixture
def request_(app) -> int:
    return opened(app)


def test_a_reason_is_no_number_unless_that_is_said(app, any_room):
    """The signer asks for a reason, and then wants to look at another case."""
    case = open_text(app)
    draft(app, case)
    officer = any_room.person(SIGNERS[0])
    officer.says("待办")
    officer.presses("退回修改")
    other = open_text(app, "P2")
    draft(app, other)
    before = log_end(app)
    assert f"还是要看案件 {other}" in officer.says(f"{other}")
    assert "填 2" in officer.labels()
    assert f"案件 {other}" in officer.presses(f"看案件 {other}")
    assert log_end(app) == before
    assert officer.says_and_confirms("标题写错").startswith("已记录")  # what was asked for still stands open
    assert last(app).reason == "标题写错"


def test_who_means_the_number_says_so(app, any_room, request_):
    clerk = any_room.person("clerk")
    clerk.says(f"补正告知 {request_}")
    before = log_end(app)
    assert "请选" in clerk.says(f"{request_}")
    assert log_end(app) == before
    assert clerk.presses(f"填 {request_}").startswith("请填写")
    clerk.says_and_confirms("2026-12-15")
    assert dict(last(app).facts)["items"] == f"{request_}"


def test_on_a_list_that_was_just_shown_a_number_chooses(app, any_room, request_):
    clerk = any_room.person("clerk")
    clerk.says(f"办结 {request_}")
    before = log_end(app)
    assert "确认吗" in clerk.says("1")
    assert log_end(app) == before


def test_on_an_older_list_a_number_is_asked_back(app, any_room, request_):
    clerk = any_room.person("clerk")
    before = log_end(app)
    clerk.says(f"转交 {request_}")
    clerk.says("历史 1")
    said = clerk.says("1")
    assert "请选" in said
    assert clerk.labels() == ["填 1：镇党委书记", "看案件 1", "取消"]
    assert log_end(app) == before
    assert clerk.presses("填 1：镇党委书记").startswith("已记录")
    assert dict(last(app).facts)["to"] == "secretary"


def test_a_list_of_hours_ago_is_dropped_with_a_word(app, any_room, request_):
    clerk = any_room.person("clerk")
    clerk.says(f"转交 {request_}")
    app.clock.move(timedelta(hours=2))
    before = log_end(app)
    answer = clerk.says("1").splitlines()
    assert answer[0] == "上一个问题（转交）已经过了一小时，放下了，没有记下任何内容。"
    assert "请办理" in answer[1]
    assert log_end(app) == before
    assert "请办理" in clerk.says("1").splitlines()[0]


def test_a_number_past_the_list_is_a_case_or_nothing(app, any_room, request_):
    clerk = any_room.person("clerk")
    clerk.says(f"转交 {request_}")
    before = log_end(app)
    assert "“99”不在可选的里面" in clerk.says("99")
    for number in range(2, 31):
        assert opened(app, f"R{number}") == number
    clerk.says(f"转交 {request_}")
    assert "是要看案件 30 吗" in clerk.says("30")
    assert "R30" in clerk.presses("看案件 30")
    assert log_end(app) == before + 29


def test_when_nothing_is_left_to_fill_in_a_number_is_a_case(app, any_room, request_):
    clerk = any_room.person("clerk")
    clerk.says(f"办结 {request_}")
    clerk.says("1")
    before = log_end(app)
    assert "召公开〔2026〕1号" in clerk.says("1")
    assert log_end(app) == before
    assert clerk.says("确认").startswith("已记录")


def test_a_number_that_is_asked_for_is_a_number(app, any_room, request_):
    clerk = any_room.person("clerk")
    asked = clerk.says("登记依申请公开")
    before = log_end(app)
    assert "请填写" in asked
    assert "请选" in clerk.says(f"{request_}")
    assert "申请人" in clerk.says("2026-99")  # no case: it is what it is
    assert log_end(app) == before


LONG = "测" * MAX_TEXT_LENGTH
SAID = (
    "",
    "查 ",
    "查看 ",
    "同意 1 ",
    "转交 1 ",
    "移交 ",
    "请假 2026-12-01 ",
    "补正告知 1 ",
    "登记 ",
    "许可 ",
    "确认加入 ",
)
SAID += (
    "放行 1 ",
    "催办 1 ",
    "稍后提醒 1 ",
    "办结 1 ",
    "撤销 ",
    "为什么 1 ",
    "下一页 ",
    "填 ",
    "业务培训 ",
    "登记依申请公开 ",
)


@pytest.mark.usefixtures("request_")
def test_nobody_is_told_their_own_long_text(app):
    room = Room(app, FULL)
    clerk = room.person("clerk")
    for said in SAID:
        for open_form in ("", "转交 1", "补正告知 1", "办结 1", "登记依申请公开"):
            clerk.says("取消")
            if open_form:
                clerk.says(open_form)
            assert clerk.says(f"{said}{LONG}").count("测") < 130, said
    clerk.says("取消")
    assert "请填写" in clerk.says(f"补正告知 {opened(app, 'R2')} 时间范围")
    assert "不是日期" in clerk.says(LONG)
    assert clerk.reply.text.count("测") < 130


def test_a_bare_word_for_one_case_in_two_ways_is_about_that_case(app, any_room):
    """A text that was returned waits for its writer, and its case for whoever has it: both are the clerk."""
    case = open_text(app)
    draft(app, case)
    officer, clerk = any_room.person(SIGNERS[0]), any_room.person("clerk")
    officer.says(str(case))
    officer.says_and_confirms(f"退回 {case} 标题写错")
    assert "请修改" in clerk.says("待办")
    assert "条例第二十六条" in clerk.says("为什么")


def test_a_bare_word_for_several_is_done_for_the_one_that_is_chosen(app, any_room, request_):
    other = opened(app, "召公开〔2026〕2号")
    clerk = any_room.person("clerk")
    before = log_end(app)
    assert "哪一件" in clerk.says("转交 农业农村办主任 涉及宅基地")
    assert clerk.labels() == [f"转交 {request_}", f"转交 {other}"]
    assert log_end(app) == before
    assert "涉及宅基地。这样记下" in clerk.presses(f"转交 {other}")
    assert clerk.presses("确认").startswith("已记录")
    assert (last(app).case, dict(last(app).facts)["to"]) == (other, "farming_director")


@pytest.mark.parametrize(
    ("said", "word"), [("同意", "同意"), ("放行", "放行"), ("办结", "办结"), ("approve", "同意")]
)
def test_a_bare_word_for_nothing_says_what_to_write(app, any_room, said, word):
    mayor = any_room.person("mayor")
    before = log_end(app)
    assert f"没有能“{word}”的" in mayor.says(said)
    assert log_end(app) == before


@pytest.mark.parametrize("said", ["为什么", "历史", "更多", "步骤", "全文"])
def test_who_looks_at_nothing_in_particular_is_asked_for_a_number(any_room, said):
    assert "哪一件？" in any_room.person("mayor").says(said)


def test_whoever_may_not_sign_hears_who_may(app, any_room):
    case = open_text(app)
    draft(app, case)
    said = any_room.person("mayor").says(f"同意 {case}")
    assert "现在：保密审查，等候 保密审查员。您自己的清单：待办。" in said


def test_a_step_of_another_kind_is_named_as_people_name_it(app, any_room, request_):
    before = log_end(app)
    said = any_room.person("clerk").says(f"零报送 {request_}")
    sentence = f"案件 {request_} 是依申请公开，没有“零报送”这一步。能登记的，请写：登记步骤 {request_}。"
    assert said.startswith(sentence)
    assert log_end(app) == before


def test_a_history_says_how_many_earlier_entries_it_leaves_out(app, any_room, request_):
    clerk = any_room.person("clerk")
    assert "没有列出" not in clerk.says(f"历史 {request_}")
    for person in ["secretary", "clerk"] * 6:
        record(app, lambda uow, to=person: uow.cases.step(request_, "handed_on", app.today, {"to": to}))
    said = clerk.says(f"历史 {request_}").splitlines()
    assert "（更早的 4 条没有列出，网页上的案件页有全部。）" in said
    assert "（更早的 13 条没有列出，网页上的案件页有全部。）" not in said
