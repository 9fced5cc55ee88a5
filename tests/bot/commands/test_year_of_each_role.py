"""The year of each role in the chat: villages' months, requests, counts, activities, leave, hand-over, looking."""

from datetime import date, timedelta

import pytest

from scheduler.delivery.channel import SendOutcome, SendResult
from scheduler.sweep.sweep import sweep
from storage.events.events import Closed, Opened, Stepped
from storage.events.office_events import ActivityHeld, Counted, Delegated
from storage.messaging.accounts import Accounts, AddressState
from tests.bot.speaker import word
from tests.town import log_end

NOVEMBER = date(2026, 11, 23)


def entries(app, after: int = 0):
    with app.log() as log:
        return [entry.record for entry in log.read(after=after)]


def last(app):
    return entries(app)[-1]


def opened(app, reference="召公开〔2026〕1号", day=date(2026, 11, 16)) -> int:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        return uow.cases.open("request", reference, day, {"applicant_kind": "natural_person"})


def month(room, day=date(2026, 12, 1)) -> None:
    """The month begins: whoever is to report is asked, and that is all anybody hears by themselves."""
    room.app.clock.set_day(day)
    sweep(room.app.recorder, room.app.schemes())
    room.expected = room.queued()


def test_a_village_reports_and_declares_nothing(app, any_room):
    month(any_room)
    jia, yi = any_room.person("jia_reporter"), any_room.person("yi_reporter")
    assert jia.says("待办").splitlines()[0] == "请办理：村级信息报送 甲村 2026-12"
    before = log_end(app)
    asked = jia.presses("报送")
    assert "第一行当标题" in asked
    assert jia.says("甲村道路硬化完工").splitlines()[0] == "报送一条：《甲村道路硬化完工》"
    assert log_end(app) == before
    assert jia.presses("报送").startswith("已记录")
    assert last(app).facts["title"] == "甲村道路硬化完工"
    yi.says("待办")
    assert yi.presses("零报送").startswith("已记录")
    assert [type(record) for record in entries(app, before)] == [Opened, Stepped]
    assert "没有待办" in yi.says("待办")


def test_a_leader_stands_in_for_the_reporter(app, any_room):
    reporter, leader = any_room.person("jia_reporter"), any_room.person("jia_leader")
    reporter.says("请假 2026-12-01 至 2026-12-11")
    assert last(app) == Delegated(
        happened_on=NOVEMBER,
        person="jia_reporter",
        deputy="jia_leader",
        first="2026-12-01",
        last="2026-12-11",
    )
    month(any_room)
    assert "您代办：甲村信息员" in leader.says("待办")
    assert leader.presses("零报送").startswith("已记录")


@pytest.mark.parametrize(
    "said",
    ["请假", "请假 下周", "请假 2026-13-45", "请假 2026-12-05 至 2026-12-01", "请假 ２０２６-１２-９９"],
)
def test_a_leave_without_its_days_is_asked_for(app, any_room, said):
    assert any_room.person("jia_reporter").says(said) != ""
    assert log_end(app) == 0


def test_the_clerk_returns_a_village_s_report(app, any_room):
    month(any_room)
    reporter, clerk = any_room.person("jia_reporter"), any_room.person("clerk")
    reporter.says("报送 甲村道路硬化完工")
    assert reporter.presses("报送").startswith("已记录")
    item = last(app).case
    before = log_end(app)
    assert "理由" in clerk.says(f"退回修改 {item}")
    assert log_end(app) == before
    assert "确认吗" in clerk.says("数字要核对")
    assert log_end(app) == before
    clerk.presses("确认")
    assert (last(app).step, last(app).facts["reason"]) == ("returned", "数字要核对")
    assert log_end(app) == before + 1
    any_room.expected = any_room.queued()


def test_a_request_runs_through_correction_consultation_and_extension(app, any_room):
    clerk = any_room.person("clerk")
    case = opened(app)
    steps = (
        ("补正告知 {case}", "时间范围", "2026-12-04"),
        ("收到补正 {case}",),
        ("征求意见 {case}", "某公司", "1"),
        ("征求意见结束 {case}", "某公司", "1"),
        ("申请延期 {case}", "10", "需查阅档案"),
    )
    for said, *answers in steps:
        before = log_end(app)
        reply = clerk.says(said.format(case=case))
        for answer in answers:
            assert log_end(app) == before, reply
            reply = clerk.says(answer)
        if answers:  # what was written is shown before it counts
            assert log_end(app) == before, reply
            reply = clerk.presses("确认")
        assert reply.startswith("已记录"), (said, reply)
        assert log_end(app) == before + 1
    found = [record.step for record in entries(app) if isinstance(record, Stepped)]
    assert found == ["correction_asked", "corrected", "consulted", "consultation_ended", "extension_asked"]
    before = log_end(app)
    clerk.says(f"延期 {case}")
    for answer in ("10", "1", "需查阅档案"):
        clerk.says(answer)
    assert "要由党政办主任本人来定" in clerk.says("2026-11-23")  # nobody consents for somebody else
    assert log_end(app) == before
    head = any_room.person("office_director")
    assert "请定（同意或不同意）" in head.says(f"查看 {case}")
    head.says(f"延期 {case}")  # the days and the reason were asked for already
    assert head.says("2026-11-23").startswith("已记录")
    with app.log() as log:
        *_, consent = log.read()
    assert (consent.actor, consent.record.step) == ("office_director", "extended")
    assert dict(consent.record.facts) == {
        "days": 10,
        "consented_by": "office_director",
        "reason": "需查阅档案",
        "notified_on": "2026-11-23",
    }
    assert last(app).facts["days"] == 10
    assert "条例第三十三条" in clerk.says(f"为什么 {case}")
    assert "延期" in clerk.says(f"历史 {case}")


def test_a_fee_is_noticed_and_paid(app, any_room):
    clerk, case = any_room.person("clerk"), opened(app)
    clerk.says(f"收费告知 {case}")
    clerk.says_and_confirms("120")
    assert (last(app).step, last(app).facts["amount_yuan"]) == ("fee_noticed", "120")
    before = log_end(app)
    assert clerk.says(f"缴清费用 {case}").startswith("已记录")
    assert log_end(app) == before + 1


def test_a_long_list_of_outcomes_is_paged_and_chosen_by_number_or_label(app, any_room):
    clerk, first, second = any_room.person("clerk"), opened(app), opened(app, "召公开〔2026〕2号")
    outcomes = [outcome.label for outcome in app.duties["request"].outcomes]
    said = clerk.says(f"办结 {first}")
    assert len(said.splitlines()) <= 12
    assert outcomes[0] in said
    assert f"{len(outcomes)}. " not in said
    shown = [said]
    for _ in range(len(outcomes) // 8):
        shown.append(clerk.presses("下一页"))
        assert len(shown[-1].splitlines()) <= 12
    assert all(any(label in page for page in shown) for label in outcomes)
    before = log_end(app)
    assert f"案件 {first}" in clerk.says(str(outcomes.index("予以公开") + 1))
    assert log_end(app) == before
    assert clerk.presses("确认").startswith("已记录")
    assert isinstance(last(app), Closed)
    clerk.says(f"办结 {second}")
    assert f"案件 {second}" in clerk.says("予以公开")
    assert clerk.says(f"确认 {second}").startswith("已记录")
    assert [record.case for record in entries(app, before)] == [first, second]


def test_a_confirmation_is_of_the_form_it_was_asked_for(app, any_room):
    clerk, first, second = any_room.person("clerk"), opened(app), opened(app, "召公开〔2026〕2号")
    clerk.says(f"办结 {first} 予以公开")
    old = clerk.choice("确认")
    clerk.says(f"办结 {second} 予以公开")
    before = log_end(app)
    said = (
        clerk.taps(old.callback_token) if any_room.capabilities.buttons else clerk.says(old.typed_equivalent)
    )
    assert "没有记下" in said
    assert "没有记下" in clerk.says(f"确认 {first}")
    assert log_end(app) == before
    assert clerk.says(f"确认 {second}").startswith("已记录")
    assert last(app).case == second


def test_an_answer_s_button_is_of_the_form_it_was_asked_for(app, room):
    clerk, first, second = room.person("clerk"), opened(app), opened(app, "召公开〔2026〕2号")
    clerk.says(f"征求意见 {first} 某公司")
    old = clerk.reply.choices[0]
    clerk.says(f"征求意见 {second} 某公司")
    before = log_end(app)
    assert "没有记下" in clerk.taps(old.callback_token)
    assert log_end(app) == before
    assert (
        clerk.taps(clerk.choice_like(old.label)).startswith("已记录")
        if hasattr(clerk, "choice_like")
        else True
    )


def test_what_left_the_office_is_not_undone(app, any_room):
    clerk, case = any_room.person("clerk"), opened(app)
    clerk.says(f"办结 {case} 予以公开")
    assert clerk.says("确认").startswith("已记录")
    assert word("verb.undo") not in clerk.labels()
    before = log_end(app)
    assert "没有可以撤销" in clerk.says("撤销")
    assert log_end(app) == before


def test_a_request_is_registered_without_its_applicant(app, any_room):
    clerk = any_room.person("clerk")
    said = clerk.says("登记依申请公开 召公开〔2026〕9号")
    assert "申请人类型" in said
    assert clerk.says_and_confirms("1").startswith("已记录")
    assert isinstance(last(app), Opened)
    assert last(app).reference == "召公开〔2026〕9号"
    before = log_end(app)
    assert "100" in any_room.person("clerk").says("登记依申请公开 " + "长" * 101)
    assert log_end(app) == before


def test_a_request_has_its_number_by_itself(app, any_room):
    clerk = any_room.person("clerk")
    assert "召都巴镇公开〔2026〕1号" in clerk.says("登记依申请公开")
    assert "申请人类型" in clerk.presses("召都巴镇公开〔2026〕1号")
    assert clerk.says_and_confirms("1").startswith("已记录")
    assert last(app).reference == "召都巴镇公开〔2026〕1号"
    assert "召都巴镇公开〔2026〕2号" in clerk.says("登记依申请公开")
    assert "申请人类型" in clerk.says("召公开〔2026〕9号")  # whoever keeps another register writes their own
    assert clerk.says_and_confirms("1").startswith("已记录")
    assert last(app).reference == "召公开〔2026〕9号"
    assert clerk.says("登记复议诉讼").count("接着排是") == 0  # disputes are numbered by whoever decides them


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("许可 3", ("licence", 3, 0)),
        ("行政许可 3", ("licence", 3, 0)),
        ("处罚 1", ("penalty", 1, 0)),
        ("强制 2", ("coercive_measure", 2, 0)),
        ("收费 12000 元", ("administrative_fee", 0, 12000)),
        ("制发行政规范性文件 1", ("normative_document_issued", 1, 0)),
        ("/licence 4", ("licence", 4, 0)),
    ],
)
def test_counts_of_article_20(app, room, said, counted):
    assert room.person("clerk").says(said).startswith("已记录 №1")
    found = last(app)
    assert isinstance(found, Counted)
    assert (found.matter, found.quantity, found.amount_yuan) == counted


@pytest.mark.parametrize("said", ["许可", "许可 三", "许可 1.5", "许可 99999999999", "收费 许多", "许可 -3"])
def test_what_is_no_count_is_asked_for(app, room, said):
    assert "是多少" in room.person("clerk").says(said)
    assert log_end(app) == 0


@pytest.mark.parametrize("said", ["许可 3", "业务培训 80人", "登记依申请公开 1号"])
def test_only_keepers_count(app, room, said):
    assert "由镇里办" in room.person("jia_reporter").says(said)
    assert log_end(app) == 0


def test_the_clerk_s_deputy_counts_while_the_clerk_is_away(app, room):
    clerk, archivist = room.person("clerk"), room.person("archivist")
    assert "要由党政办文书来办" in archivist.says("许可 3")
    clerk.says("请假 2026-11-23")
    assert archivist.says("许可 3").startswith("已记录")
    with app.log() as log:
        assert list(log.read())[-1].actor == "archivist"


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("业务培训 政策解读 80人", ("training", "政策解读", 80)),
        ("业务培训 80人", ("training", "业务培训", 80)),
        ("宣传活动 5·15政务公开日 1200人次", ("publicity", "5·15政务公开日", 1200)),
        ("督察检查 各村公开栏 6家", ("inspection", "各村公开栏", 6)),
        ("training budget rules 12 people", ("training", "budget rules", 12)),
        ("政府开放日 0人", ("visit", "政府开放日", 0)),
    ],
)
def test_activities(app, room, said, held):
    clerk = room.person("clerk")
    answer = clerk.says(said)
    key, title, reached = held
    if not said.startswith(title):  # words of one's own are shown first
        answer = clerk.presses("确认")
    assert answer.startswith("已记录")
    assert last(app) == ActivityHeld(happened_on=NOVEMBER, matter=key, title=title, reached=reached)


@pytest.mark.parametrize(
    ("said", "days"), [("业务培训 昨天 政策解读 46人", 1), ("业务培训 11月20日 政策解读 46人", 3)]
)
def test_an_activity_of_a_day_before_is_recorded_on_that_day(app, room, said, days):
    clerk = room.person("clerk")
    clerk.says(said)
    assert clerk.presses("确认").startswith("已记录")
    day = NOVEMBER - timedelta(days=days)
    assert last(app) == ActivityHeld(happened_on=day, matter="training", title="政策解读", reached=46)


def test_everything_is_handed_over_after_one_confirmation(app, any_room):
    clerk, archivist, case = any_room.person("clerk"), any_room.person("archivist"), opened(app)
    before = log_end(app)
    assert "确认吗" in clerk.says("移交 党政办档案员 调岗")
    assert log_end(app) == before
    assert clerk.presses("确认").startswith("已记录")
    assert log_end(app) > before
    assert "没有听懂" not in clerk.says("确认")
    assert f"案件 {case}" in archivist.says("待办")
    assert "没有待办" in clerk.says("待办")


def test_in_hand_and_later(app, any_room):
    clerk, case = any_room.person("clerk"), opened(app)
    before = log_end(app)
    assert clerk.says(f"在办 {case}").startswith("已记录")
    assert "什么时候" in clerk.says(f"稍后提醒 {case}")
    assert log_end(app) == before + 1
    assert clerk.presses("明天上午").startswith("已记录")
    assert clerk.says(f"稍后提醒 {case} 一小时后").startswith("已记录")
    assert log_end(app) == before + 3
    assert f"案件 {case}" in clerk.says("待办")


def test_looking_records_nothing(app, any_room):
    month(any_room)
    case = opened(app, day=date(2026, 11, 30))
    before = log_end(app)
    leader = any_room.person("mayor")
    assert leader.says("查 甲村").startswith("村级信息报送 甲村 2026-12")
    assert leader.says("查 1").splitlines()[0].endswith("（案件 1）")
    assert f"案件 {case}" in leader.says("查 召公开")
    assert "没有找到" in leader.says("查 无此事")
    assert "查”后面" in leader.says("查")
    assert leader.says(f"为什么 {case}").startswith("召公开〔2026〕1号")
    assert "№" in leader.says(f"历史 {case}")
    assert "收到申请 1 件" in leader.says("今年")
    assert "没有待办" in leader.says("待办")
    assert "您可以这样说" in leader.says("帮助")
    assert "没有案件 999" in leader.says("为什么 999")
    assert "没有案件 999999999999" in leader.says("查看 999999999999")
    assert log_end(app) == before


def test_more_shows_buttons_for_everything_else(app, any_room):
    clerk, case = any_room.person("clerk"), opened(app)
    clerk.says(str(case))
    clerk.presses("更多")
    assert clerk.labels() == ["在办", "稍后提醒", "转交", "催办", "登记步骤", "办结", "为什么", "历史"]
    assert "条例" in clerk.presses("为什么")
    clerk.says(f"更多 {case}")
    assert "现在可以登记" in clerk.presses("登记步骤")
    assert {"补正告知", "征求意见", "延期", "收费告知", "送达", "办结"} <= set(clerk.labels())


def test_a_holder_hands_a_case_to_a_colleague(app, any_room):
    clerk, director, case = any_room.person("clerk"), any_room.person("farming_director"), opened(app)
    assert "转交给" in clerk.says(f"转交 {case}")
    assert clerk.says_and_confirms(f"转交 {case} 农业农村办主任 涉及宅基地").startswith("已记录")
    assert f"案件 {case}" in director.says("待办")


@pytest.mark.parametrize("said", ["撤回", "催办"])
def test_what_is_not_on_one_s_list_needs_its_number(app, any_room, said):
    opened(app)
    before = log_end(app)
    assert "写案件号" in any_room.person("clerk").says(said)
    assert log_end(app) == before


def test_a_reply_is_said_again_where_it_never_left(app, room):
    clerk = room.person("clerk")
    busy = SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="flood", retry_after=timedelta(seconds=7))
    room.sends = [busy, busy]
    assert clerk.says("许可 3").startswith("已记录 №1")
    assert room.waited == [7, 7]
    assert log_end(app) == 1


def test_a_person_who_cannot_be_answered_is_marked(app, room):
    clerk = room.person("clerk")
    room.sends = [SendResult(outcome=SendOutcome.REFUSED, why="blocked")]
    with pytest.raises(IndexError):
        clerk.says("许可 3")
    with app.store.reading() as connection:
        assert Accounts(connection, app.office.slug).at("test", "at clerk").state is AddressState.BLOCKED
    assert log_end(app) == 1
