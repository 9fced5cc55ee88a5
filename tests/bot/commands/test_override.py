"""放行: two people let a stage pass at which nobody can sign; by word, by button, on every channel."""

from datetime import timedelta

import pytest

from scheduler.sweep.sweep import sweep
from storage.events.events import Overridden
from tests.bot.commands.test_signing import buttons_of, last
from tests.bot.speaker import Room
from tests.scheduler.signoff.town import STAGES, TEXT, draft, open_text, sign
from tests.town import log_end, transaction

MAYOR, SECRETARY, VICE = "mayor", "secretary", "executive_deputy_mayor"
REASON = "党政办主任起草，无人复审"


@pytest.fixture
def case(app) -> int:
    """Its third stage has only the one who wrote it."""
    case = open_text(app)
    draft(app, case, by="office_director")
    sign(app, case, 0)
    sign(app, case, 1)
    return case


@pytest.mark.usefixtures("case")
def test_two_let_a_stage_pass_by_card(app, any_room):
    mayor, secretary = any_room.person(MAYOR), any_room.person(SECRETARY)
    card = mayor.says("待办")
    assert card.splitlines()[0] == f"请决定是否放行“{STAGES[2]}”：信息发布 2026年预算公开"
    assert "还没有人确认" in card
    before = log_end(app)
    assert "不能撤销" in mayor.presses("放行")
    assert log_end(app) == before
    said = mayor.says_and_confirms(REASON)
    assert said.startswith(f"已记录 №{before + 1}")
    assert f"两人放行“{STAGES[2]}”，等候 镇党委书记、常务副镇长" in said
    assert (last(app).by, last(app).reason) == (MAYOR, REASON)
    assert mayor.labels() == []  # nothing of it is undone unheard
    assert "没有待办" in mayor.says("待办")
    card = secretary.says("待办")
    assert "镇长已确认放行，还要另一位自己确认" in card
    secretary.presses("放行")
    assert f"现在：{STAGES[3]}" in secretary.says_and_confirms("同意放行，主任写的稿")
    assert log_end(app) == before + 2


def test_nothing_is_let_pass_unseen(app, any_room, case):
    mayor = any_room.person(MAYOR)
    before = log_end(app)
    assert "还没有看过" in mayor.says(f"放行 {case} {REASON}").splitlines()[0]
    assert log_end(app) == before
    assert mayor.says_and_confirms(f"放行 {case} {REASON}").startswith("已记录")
    assert isinstance(last(app), Overridden)


def test_a_stage_somebody_can_sign_is_let_pass_from_more(app, any_room):
    """Its signer lies ill: whoever may let it pass finds the button, and the second is asked."""
    case = open_text(app)
    draft(app, case)
    mayor, secretary, clerk = (any_room.person(who) for who in (MAYOR, SECRETARY, "clerk"))
    assert "没有待办" in secretary.says("待办")
    clerk.says(f"更多 {case}")
    assert "放行" not in clerk.labels()
    mayor.says(f"更多 {case}")
    assert mayor.presses("放行").startswith(f"请决定是否放行“{STAGES[0]}”")
    mayor.presses("放行")
    assert "等候 保密审查员" in mayor.says_and_confirms("保密审查员住院")
    assert "镇长已确认放行" in secretary.says("待办")
    sign(app, case, 0)  # who was ill signs after all, and nobody is asked any more
    assert "没有待办" in secretary.says("待办")


def test_the_second_hears_of_it_with_the_button(app, case):
    room = Room(app)
    mayor, secretary, vice = (room.person(who) for who in (MAYOR, SECRETARY, VICE))
    mayor.says("待办")
    mayor.presses("放行")
    mayor.says_and_confirms(REASON)
    sweep(app.recorder, app.schemes())
    app.clock.move(timedelta(minutes=5))
    room.deliver()
    text, handles = buttons_of(room, SECRETARY)
    assert text.startswith("请决定是否放行")
    assert list(handles) == ["放行", "在办", "更多"]
    buttons_of(room, VICE)
    room.took("at mayor")
    before = log_end(app)
    assert "是给 镇党委书记 的" in mayor.taps(handles["放行"])
    assert log_end(app) == before
    secretary.taps(handles["放行"])
    secretary.says_and_confirms("情况属实")
    assert log_end(app) == before + 1
    assert "现在没有两个人可以放行" in mayor.says(f"放行 {case} 下一环也放行")  # one alone is left
    assert log_end(app) == before + 1
    assert vice.says("待办").startswith("常务副镇长，您现在没有待办")


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (
            "clerk",
            "不能放行“复审·二校”。可以的是没有写过、也没有签过这份文稿的两位：镇长、镇党委书记、常务副镇长。",
        ),
        ("office_director", "可以的是没有写过、也没有签过这份文稿的两位：镇长"),
        ("deputy_mayor", "两位：镇长、镇党委书记、常务副镇长"),
    ],
)
def test_whoever_may_not_hears_who_may(app, any_room, case, who, said):
    before = log_end(app)
    assert said in any_room.person(who).says(f"放行 {case} {REASON}")
    assert log_end(app) == before


def test_nobody_lets_pass_twice_or_for_somebody_away(app, any_room, case):
    mayor, clerk = any_room.person(MAYOR), any_room.person("clerk")
    with transaction(app, MAYOR) as uow:
        uow.signoff.override(case, MAYOR, STAGES[2], TEXT.digest, REASON)
    said = mayor.says(f"放行 {case} 再说一遍")
    assert "镇长已经确认放行“复审·二校”，还要另一位各自确认：镇党委书记、常务副镇长" in said
    any_room.person(SECRETARY).says("请假 2026-11-23 至 2026-11-27 党政办文书")
    before = log_end(app)
    assert "请决定是否放行" not in clerk.says("待办")
    assert "党政办文书不能放行" in clerk.says(f"放行 {case} 书记不在")
    assert log_end(app) == before


def test_where_the_text_changed_it_is_shown_anew(app, any_room, case):
    mayor = any_room.person(MAYOR)
    mayor.says("待办")
    with transaction(app, SECRETARY) as uow:
        uow.signoff.override(case, SECRETARY, STAGES[2], TEXT.digest, REASON)
    before = log_end(app)
    said = mayor.presses("放行")
    assert "有了变化" in said.splitlines()[0] or not any_room.capabilities.buttons
    assert "镇党委书记已确认放行" in said
    assert log_end(app) == before
    mayor.presses("放行")
    assert mayor.says_and_confirms("主任写的稿").startswith("已记录")
    assert last(app).by == MAYOR
