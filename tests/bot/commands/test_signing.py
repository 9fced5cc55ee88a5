"""A text on its way through its stages, by card and by word, on every channel; and everything that must not happen."""

from datetime import date, timedelta

import pytest

from storage.events.events import Rejected, Returned, Signed, StageReassigned, Withdrawn
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from tests.bot.speaker import NO_EDIT, Room, word
from tests.scheduler.signoff.town import OTHER, SIGNERS, STAGES, draft, open_text, publish, sign
from tests.town import log_end

SECRECY, FINANCE, DIRECTOR, LEADER = SIGNERS


def last(app):
    with app.log() as log:
        return list(log.read())[-1].record


@pytest.fixture
def case(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


@pytest.fixture
def people(any_room):
    """Everybody who signs, and the writer."""
    return {who: any_room.person(who) for who in (*SIGNERS, "clerk", "jia_reporter")}


def test_the_chain_is_signed_by_card(app, people, case):
    for place, who in enumerate(SIGNERS):
        before = log_end(app)
        card = people[who].says("待办")
        assert card.splitlines()[0] == f"请{STAGES[place]}：信息发布 2026年预算公开"
        assert f"●{STAGES[place]}" in card
        assert people[who].presses("同意").startswith(f"已记录 №{before + 1}")
        assert isinstance(last(app), Signed)
        assert (last(app).by, last(app).stage) == (who, STAGES[place])
        assert "没有待办" in people[who].says("待办")
        assert log_end(app) == before + 1
    assert "已签齐，请发出" in people["clerk"].says(str(case))


def buttons_of(room, who) -> tuple[str, dict[str, str]]:
    """What was said to somebody by itself, and its buttons' handles by their labels."""
    address = f"at {who}"
    (message,) = room.unseen[address]
    room.unseen[address].clear()
    return message.text, {one.label: one.callback_token for row in message.rows for one in row}


def reminded(room, who, case):
    """Somebody hears of a text that waits for its first stage."""
    app, now = room.app, room.app.clock.now()
    basis = f"sign {STAGES[0]} 1"
    notice = OutboxNotice(
        person=who, case=case, what="sign", rung="0", basis=basis, created_at=now, not_before=now
    )
    with app.store.writing(app.office.slug) as connection:
        Outbox(connection, app.office.slug).put([notice])
    room.deliver()
    return buttons_of(room, who)


def test_a_reminder_of_one_task_is_its_card_with_its_buttons(app, case):
    room = Room(app)
    reviewer, leader = room.person(SECRECY), room.person(LEADER)
    text, handles = reminded(room, SECRECY, case)
    assert text.startswith(f"请{STAGES[0]}")
    assert list(handles) == ["同意", "退回修改", "更多"]
    before = log_end(app)
    assert "保密审查员" in leader.taps(handles["同意"])
    assert log_end(app) == before
    assert reviewer.taps(handles["同意"], "m1").startswith(f"已记录 №{before + 1}")
    assert isinstance(last(app), Signed)


def test_whoever_hears_of_another_s_task_can_ask_for_it_and_why(app, case):
    room = Room(app)
    director = room.person(DIRECTOR)
    _, handles = reminded(room, DIRECTOR, case)
    assert list(handles) == ["催办", "为什么"]
    before = log_end(app)
    assert "2026-12-14（周一）" in director.taps(handles["为什么"], "m1")
    assert log_end(app) == before


def test_a_reason_is_written_not_confirmed(app, people, case):
    people[SECRECY].says(str(case))
    before = log_end(app)
    asked = people[SECRECY].says(f"退回修改 {case}")
    assert people[SECRECY].says("确认") == asked
    assert log_end(app) == before
    assert people[SECRECY].says_and_confirms("标题写错").startswith(f"已记录 №{before + 1}")
    assert isinstance(last(app), Returned)


def test_the_chain_is_signed_by_word(app, people, case):
    words = (f"同意 {case}", f"同意{case}。", f"{case}号 同意", f"approve {case}")
    for who, said in zip(SIGNERS, words, strict=True):
        people[who].says(str(case))
        before = log_end(app)
        assert people[who].says(said).startswith("已记录")
        assert (log_end(app), last(app).by) == (before + 1, who)


@pytest.mark.usefixtures("case")
def test_a_card_is_answered_by_a_reply(app, room):
    reviewer = room.person(SECRECY)
    reviewer.says("待办")
    assert reviewer.says("同意", reply_to=reviewer.looks_at).startswith("已记录")
    assert last(app).by == SECRECY


def test_a_bare_word_is_asked_back(app, people, case):
    reviewer = people[SECRECY]
    before = log_end(app)
    said = reviewer.says("同意")
    assert f"案件 {case} 吗" in said
    assert log_end(app) == before
    assert reviewer.presses("同意").startswith("已记录")
    assert log_end(app) == before + 1


@pytest.mark.usefixtures("case")
def test_a_bare_word_for_two_texts_is_a_choice(app, people):
    other = open_text(app, "P2")
    draft(app, other, OTHER)
    before = log_end(app)
    said = people[SECRECY].says("同意")
    assert "哪一件" in said
    card = people[SECRECY].presses(f"看案件 {other}")
    assert card.splitlines()[-1].startswith(f"案件 {other}") or f"\n案件 {other}\n" in card
    assert log_end(app) == before
    assert people[SECRECY].presses("同意").startswith("已记录")
    assert last(app).case == other


def test_nothing_is_signed_unseen(app, people, case):
    before = log_end(app)
    said = people[SECRECY].says(f"同意 {case}")
    assert "还没有看过" in said.splitlines()[0]
    assert f"请{STAGES[0]}" in said
    assert log_end(app) == before
    assert people[SECRECY].says(f"同意 {case}").startswith("已记录")


def test_a_text_that_changed_is_shown_anew(app, people, case):
    people[SECRECY].says(str(case))
    draft(app, case, OTHER)
    before = log_end(app)
    said = people[SECRECY].presses("同意")
    assert "有了变化" in said.splitlines()[0]
    assert f"请{STAGES[0]}" in said
    assert log_end(app) == before
    assert people[SECRECY].presses("同意").startswith("已记录")
    assert last(app).manifest == OTHER.digest


def test_a_return_goes_to_its_writer_with_a_reason(app, people, case):
    people[SECRECY].says(str(case))
    before = log_end(app)
    assert "写明理由" in people[SECRECY].presses("退回修改")
    assert log_end(app) == before
    assert people[SECRECY].says_and_confirms("标题写错").startswith("已记录")
    assert (last(app).to, last(app).reason, log_end(app)) == ("", "标题写错", before + 1)
    assert "请修改后重新报审" in people["clerk"].says(str(case))


@pytest.mark.parametrize("named", ["初审·一校", "初审"])
def test_a_return_goes_to_a_chosen_stage(app, people, case, named):
    sign(app, case, 0)
    sign(app, case, 1)
    people[DIRECTOR].says(str(case))
    assert f"{STAGES[0]}、{STAGES[1]}" in people[DIRECTOR].presses("退回修改")
    assert people[DIRECTOR].says_and_confirms(f"{named}，数字不一致").startswith("已记录")
    assert isinstance(last(app), Returned)
    assert (last(app).to, last(app).reason) == (STAGES[1], "数字不一致")
    assert f"请{STAGES[1]}" in people[FINANCE].says("待办")


def test_words_that_only_begin_like_a_stage_go_to_the_writer(app, people, case):
    sign(app, case, 0)
    sign(app, case, 1)
    people[DIRECTOR].says(str(case))
    people[DIRECTOR].says_and_confirms(f"退回 {case} 初审意见没有落实")
    assert (last(app).to, last(app).reason) == ("", "初审意见没有落实")


def test_a_rejection_needs_a_reason(app, people, case):
    people[SECRECY].says(str(case))
    before = log_end(app)
    assert "写明理由" in people[SECRECY].says(f"不予通过 {case}")
    assert people[SECRECY].says_and_confirms("项目尚未批准").startswith("已记录")
    assert isinstance(last(app), Rejected)
    assert (last(app).reason, log_end(app)) == ("项目尚未批准", before + 1)


def test_a_question_is_left_with_one_word(app, people, case):
    people[SECRECY].says(str(case))
    before = log_end(app)
    people[SECRECY].presses("退回修改")
    assert "没有记下" in people[SECRECY].presses("取消")
    assert "没有听懂" in people[SECRECY].says("第二段写错")
    assert log_end(app) == before


def test_a_signature_is_taken_back_while_nobody_followed(app, people, case):
    people[SECRECY].says(str(case))
    people[SECRECY].presses("同意")
    app.clock.move(timedelta(minutes=5))
    assert "没有可以撤销" in people[SECRECY].says("撤销")
    assert "写明理由" in people[SECRECY].says(f"撤回 {case}")
    assert people[SECRECY].says_and_confirms("看漏一页").startswith("已记录")
    assert isinstance(last(app), Withdrawn)
    people[SECRECY].says(str(case))
    people[SECRECY].presses("同意")
    sign(app, case, 1)
    before = log_end(app)
    assert "已经" in people[SECRECY].says(f"撤回 {case} 又看漏")
    assert log_end(app) == before


def test_only_what_can_still_be_taken_back_is_offered_to_be(app, people, case):
    def offered(who: str) -> bool:
        people[who].says(f"更多 {case}")
        return "撤回" in people[who].labels()

    for place in range(len(SIGNERS)):
        sign(app, case, place)
        assert [offered(who) for who in SIGNERS] == [who == SIGNERS[place] for who in SIGNERS]
    publish(app, case)
    assert not any(map(offered, SIGNERS))


def test_a_signature_is_undone_within_a_minute(app, people, case):
    people[SECRECY].says(str(case))
    people[SECRECY].presses("同意")
    app.clock.move(timedelta(seconds=59))
    before = log_end(app)
    assert people[SECRECY].presses("撤销").startswith("已记录")
    assert isinstance(last(app), Withdrawn)
    assert log_end(app) == before + 1


def test_after_the_next_stage_nothing_is_undone(app, people, case):
    people[SECRECY].says(str(case))
    people[SECRECY].presses("同意")
    sign(app, case, 1)
    before = log_end(app)
    people[SECRECY].presses("撤销")
    assert log_end(app) == before


def test_a_stage_is_handed_to_another_who_may(app, people, case):
    sign(app, case, 0)
    people[FINANCE].says(str(case))
    before = log_end(app)
    said = people[FINANCE].says(f"转交 {case} 社会事务办主任")
    assert log_end(app) == before  # a department has one head
    assert "不能" in said or "只能" in said
    assert not isinstance(last(app), StageReassigned)


def test_somebody_else_s_tap_changes_nothing(app, room, case):
    reviewer, leader = room.person(SECRECY), room.person(LEADER)
    reviewer.says(str(case))
    handle = reviewer.choice("同意").callback_token
    before = log_end(app)
    assert "是给 保密审查员 的" in leader.taps(handle)
    assert "没有听懂" not in leader.says(f"同意 {case}")
    assert "现在：保密审查" in leader.says(f"同意 {case}")
    assert log_end(app) == before
    assert "another's button" in (app.home.path / "gongkai.log").read_text("utf-8")
    assert reviewer.presses("同意").startswith("已记录")  # it was not used up


def test_a_late_tap_hears_who_decided(app, any_room, people, case):
    """The card lies there, and the same person wrote “同意” from another message meanwhile."""
    reviewer = people[SECRECY]
    reviewer.says(str(case))
    card, at = reviewer.choice("同意"), reviewer.looks_at
    reviewer.says(f"同意 {case}")
    before = log_end(app)
    said = (
        reviewer.taps(card.callback_token, at)
        if any_room.capabilities.buttons
        else reviewer.says(card.typed_equivalent)
    )
    assert "保密审查员已于 2026-11-23 09:00 处理，现在：初审·一校" in said
    assert log_end(app) == before


def test_of_two_taps_one_signs(app, room, case):
    """Two entitled people: the leader, and the deputy inside a delegation."""
    for place in range(3):
        sign(app, case, place)
    leader, deputy = room.person(LEADER), room.person("executive_deputy_mayor")
    leader.says("请假 2026-11-23 至 2026-11-27")
    assert "您代办：分管政务公开的副镇长" in deputy.says(str(case))
    leader.says(str(case))
    before = log_end(app)
    assert deputy.presses("同意").startswith("已记录")
    signed = last(app)
    assert (signed.by, signed.deputy_for) == ("executive_deputy_mayor", LEADER)
    said = leader.presses("同意")
    assert "常务副镇长已于 2026-11-23 09:00 处理" in said
    assert log_end(app) == before + 1


def test_a_deputy_signs_only_inside_the_delegation(app, any_room, people, case):
    for place in range(3):
        sign(app, case, place)
    deputy = any_room.person("executive_deputy_mayor")
    assert "没有待办" in deputy.says("待办")
    people[LEADER].says("请假 2026-11-24 至 2026-11-25")
    assert "没有待办" in deputy.says("待办")
    app.clock.set_day(date(2026, 11, 24))
    deputy.says("待办")
    assert deputy.presses("同意").startswith("已记录")


def test_after_the_delegation_the_button_is_nobody_s(app, any_room, people, case):
    for place in range(3):
        sign(app, case, place)
    people[LEADER].says("请假 2026-11-23")
    deputy = any_room.person("executive_deputy_mayor")
    deputy.says("待办")
    app.clock.set_day(date(2026, 11, 24))
    before = log_end(app)
    assert "没有等您" in deputy.presses("同意")
    assert log_end(app) == before


def test_everybody_s_card_shows_what_came_of_it(app, room, case):
    for place in range(3):
        sign(app, case, place)
    leader, deputy = room.person(LEADER), room.person("executive_deputy_mayor")
    leader.says("请假 2026-11-23 至 2026-11-27")
    deputy.says(str(case))
    leader.says(str(case))
    card = ("at " + LEADER, leader.looks_at)
    assert room.standing[card].rows
    deputy.presses("同意")
    assert room.took("at " + LEADER)[0].startswith("已记录")
    assert room.standing[card].rows == ()
    room.assert_nothing_else()
    assert [
        button.label
        for row in room.standing["at executive_deputy_mayor", deputy.looks_at].rows
        for button in row
    ] == [word("verb.undo")]


def test_the_card_is_replaced_by_the_next(case, room):
    reviewer = room.person(SECRECY)
    reviewer.says(str(case))
    first = reviewer.looks_at
    reviewer.says("待办")
    assert room.standing["at " + SECRECY, first].rows == ()
    assert room.standing["at " + SECRECY, reviewer.looks_at].rows


def test_where_nothing_can_be_edited_it_is_said_anew(app, case):
    room = Room(app, NO_EDIT)
    reviewer = room.person(SECRECY)
    reviewer.says(str(case))
    first = reviewer.looks_at
    assert reviewer.presses("同意").startswith("已记录")
    assert reviewer.looks_at != first
    room.assert_nothing_else()


def test_who_is_to_send_a_signed_text_out_records_it_from_the_card(app, people, case):
    for place, who in enumerate(SIGNERS):
        sign(app, case, place, by=who)
    clerk, before = people["clerk"], log_end(app)
    assert clerk.says("待办").startswith("已签齐，请发出")
    assert "网页地址" in clerk.presses("发布")
    assert "“在网站上”不是网址" in clerk.says("在网站上")
    assert "确认" in clerk.says("https://www.zhaoduba.example/1.html")
    assert log_end(app) == before
    assert clerk.presses("确认").startswith(f"已记录 №{before + 1}")
    assert last(app).facts == {"address": "https://www.zhaoduba.example/1.html"}
