"""Questions, conditions and words beside a verb record nothing: they are asked about, and the button is plain."""

import pytest

from bot.dialog.incoming import UpdateKind
from tests.bot.speaker import GROUP, Room
from tests.scheduler.signoff.town import SIGNERS, draft, open_text

SECRECY = SIGNERS[0]
NO_PLAIN_APPROVAL = [
    "同意 {case}，但是第二段改一下",
    "同意 {case}？",
    "{case}同意？",
    "同意 {case}。先别发",
    "同意 {case}\n但要改",
    "{case}同意，第二段改一下",
    "同意 {case} 吗",
    "同意 {case} 行不行",
    "同意 {case}，书记说的",
    "同意 {case}、20、21",
    "approve {case}, but change the title",
    "在办 {case} 吗？",
]
PLAIN_APPROVAL = [
    "同意 {case}",
    "同意 {case}。",
    "同意 {case}！",
    "{case} 同意",
    "同意 {case} 了",
    "approve {case}",
]


def end(app) -> int:
    with app.log() as log:
        return log.end().position


@pytest.fixture
def case(app):
    case = open_text(app)
    draft(app, case)
    return case


@pytest.fixture
def reviewer(any_room, case):
    person = any_room.person(SECRECY)
    assert case
    person.says("待办")
    return person


@pytest.mark.parametrize("said", NO_PLAIN_APPROVAL)
def test_what_is_no_plain_approval_is_asked_about(app, reviewer, case, said):
    before = end(app)
    assert "没有记下任何内容" in reviewer.says(said.format(case=case))
    assert end(app) == before


@pytest.mark.parametrize("said", PLAIN_APPROVAL)
def test_a_plain_approval_signs(app, reviewer, case, said):
    before = end(app)
    assert reviewer.says(said.format(case=case)).startswith("已记录")
    assert end(app) == before + 1


def test_the_words_beside_an_approval_are_kept_for_a_return(app, reviewer, case):
    reviewer.says(f"同意 {case}，但是第二段改一下")
    before = end(app)
    answer = reviewer.presses("退回修改：但是第二段改一下")
    if not reviewer.capabilities.buttons:  # what is written is shown back; the button had the reason on it
        answer = reviewer.presses("确认")
    assert answer.startswith("已记录")
    with app.log() as log:
        assert list(log.read())[-1].record.reason == "但是第二段改一下"
    assert end(app) == before + 1


def test_the_button_of_a_question_is_plain(reviewer, case):
    reviewer.says(f"同意 {case}？")
    assert reviewer.presses("同意").startswith("已记录")


def test_a_forwarded_word_never_acts(app, reviewer, case):
    before = end(app)
    assert "转发" in reviewer.hears(UpdateKind.TEXT, text=f"同意 {case}", forwarded=True)
    assert end(app) == before
    assert reviewer.presses("同意").startswith("已记录")


@pytest.mark.parametrize("said", ["放行 {case} 是什么意思？", "退回 {case}？", "不予通过 {case} 行不行"])
def test_a_bare_question_about_a_decision_decides_nothing(app, reviewer, case, said):
    before = end(app)
    assert "没有记下任何内容" in reviewer.says(said.format(case=case))
    assert end(app) == before


def test_a_reason_may_hold_a_question(app, reviewer, case):
    before = end(app)
    assert reviewer.says_and_confirms(f"退回 {case} 第二段的数字对吗？").startswith("已记录")
    assert end(app) == before + 1


@pytest.mark.parametrize("said", ["不报了", "算了", "取消吧", "打错了", "不填了", "明天再说", "先放着"])
def test_an_open_question_is_left_as_people_leave_it(app, reviewer, case, said):
    reviewer.says(f"退回 {case}")
    before = end(app)
    assert "取消" in reviewer.says(said)
    assert end(app) == before
    assert "没有听懂" in reviewer.says("第二段的数字不对")


@pytest.mark.parametrize("said", ["收到", "好的", "谢谢", "好的，谢谢", "👌"])
def test_courtesy_answers_no_open_question(app, reviewer, case, said):
    reviewer.says(f"退回 {case}")
    before = end(app)
    assert "还等着回答" in reviewer.says(said)
    assert end(app) == before
    assert reviewer.says_and_confirms("第二段的数字不对").startswith("已记录")


def test_a_decision_without_a_number_shows_nothing_in_a_group(app, case):
    room = Room(app)
    reviewer = room.person(SECRECY)
    for said in ("同意", "退回 标题写错", "在办"):
        answer = reviewer.says(said, private=False)
        assert "2026年预算公开" not in answer, (said, case)
    assert [one.text for one in room.unseen[GROUP]] == []


def test_the_words_beside_an_approval_are_kept_as_an_opinion(app, reviewer, case):
    reviewer.says(f"同意 {case}，但标题改一下")
    before = end(app)
    answer = reviewer.presses("同意，附意见")
    if not reviewer.capabilities.buttons:  # written out it is words like any others, which are shown first
        answer = reviewer.presses("确认")
    assert answer.startswith("已记录")
    with app.log() as log:
        signed = list(log.read())[-1].record
    assert (signed.by, signed.opinion) == (SECRECY, "但标题改一下")
    assert end(app) == before + 1


def test_an_opinion_is_written_with_its_own_word(app, reviewer, case):
    said = reviewer.says_and_confirms(f"同意 {case} 附意见：发前再核一次数字")
    assert said.startswith("已记录")
    with app.log() as log:
        assert list(log.read())[-1].record.opinion == "发前再核一次数字"
