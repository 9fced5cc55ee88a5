"""转交, 移交 and 请假: to whom is asked with buttons, and only those who may take it are offered."""

from dataclasses import replace
from datetime import date

import pytest

from storage.events.events import StageReassigned, Stepped
from storage.events.office_events import Delegated, HandedOver, Recalled
from tests.bot.channels.web.visitor import Visitor
from tests.bot.commands.test_signing import last
from tests.bot.commands.test_year_of_each_role import month, opened
from tests.bot.speaker import FULL, TEXT_ONLY, Room
from tests.scheduler.signoff.town import SIGNERS, draft, open_text
from tests.town import log_end, open_town, record, with_office

ASIDE = {"取消", "下一页"}


@pytest.fixture
def text(app) -> int:
    case = open_text(app)
    draft(app, case)
    return case


def two_officers(app):
    """Another office's archivist reviews for secrecy too."""
    people = tuple(
        replace(one, roles=(*one.roles, "secrecy_reviewer")) if one.id == "archivist" else one
        for one in app.office.people
    )
    return with_office(app, replace(app.office, people=people))


def test_a_case_is_handed_on_by_button(app, any_room):
    clerk, director, case = any_room.person("clerk"), any_room.person("farming_director"), opened(app)
    before = log_end(app)
    clerk.says(f"更多 {case}")
    assert "转交给" in clerk.presses("转交")
    offered = set(clerk.labels()) - ASIDE
    assert len(offered) == 8
    assert "党政办文书" not in offered  # who has it already
    while "农业农村办主任" not in clerk.labels():
        clerk.presses("下一页")
    assert log_end(app) == before
    assert clerk.presses("农业农村办主任").startswith(f"已记录 №{before + 1}")
    assert isinstance(last(app), Stepped)
    assert f"案件 {case}" in director.says("待办")


def test_the_whole_of_a_list_is_offered_once(app, room):
    clerk, case = room.person("clerk"), opened(app)
    clerk.says(f"转交 {case}")
    seen: list[str] = []
    while not seen or seen[0] not in clerk.labels():
        seen += [label for label in clerk.labels() if label not in ASIDE]
        clerk.presses("下一页")
    assert len(seen) == len(set(seen)) == len(app.office.people) - 1


def test_where_there_are_no_buttons_a_number_chooses(app):
    room = Room(app, TEXT_ONLY)
    clerk, case = room.person("clerk"), opened(app)
    asked = clerk.says(f"转交 {case}")
    assert asked.splitlines()[1] == "1. 镇党委书记"
    assert "写编号就能选" in asked
    assert clerk.says("2").startswith("已记录")
    assert dict(last(app).facts) == {"to": "mayor"}


def test_a_stage_is_offered_to_whoever_may_sign_it(app, text):
    room = Room(two_officers(app), FULL)
    officer, archivist = room.person(SIGNERS[0]), room.person("archivist")
    officer.says(f"更多 {text}")
    officer.presses("转交")
    assert set(officer.labels()) == {"党政办档案员", "取消"}
    before = log_end(app)
    assert officer.presses("党政办档案员").startswith("已记录")
    assert (type(last(app)), last(app).to, log_end(app)) == (StageReassigned, "archivist", before + 1)
    assert f"案件 {text}" in archivist.says("待办")


def test_a_stage_nobody_else_signs_is_not_offered_and_says_what_to_do(app, text, any_room):
    officer = any_room.person(SIGNERS[0])
    officer.says(f"更多 {text}")
    assert "转交" not in officer.labels()
    before = log_end(app)
    assert "没有别人可以签" in officer.says(f"转交 {text}")
    assert "请假 2026-12-01" in officer.says(f"转交 {text}")
    assert "没有填到一半的表" in officer.says("取消")
    assert log_end(app) == before


@pytest.mark.parametrize(
    "said", ["转交 {case} 农业农村办主任 涉及宅基地", "转交 {case} farming_director 涉及宅基地"]
)
def test_the_post_and_a_reason_can_be_written(app, any_room, said):
    clerk, case = any_room.person("clerk"), opened(app)
    assert clerk.says_and_confirms(said.format(case=case)).startswith("已记录")
    assert dict(last(app).facts) == {"to": "farming_director", "reason": "涉及宅基地"}


def test_who_is_unclear_is_asked_and_never_guessed(app, any_room):
    clerk, case = any_room.person("clerk"), opened(app)
    before = log_end(app)
    for said in (f"转交 {case} 老张", "移交 老张", "请假 2026-12-01 老张"):
        assert "“老张”说不清是哪一位" in clerk.says(said).splitlines()[0]
        assert "镇长" in clerk.labels()
        assert clerk.says("老李").startswith("“老李”不在可选的里面")
        clerk.says("取消")
    assert log_end(app) == before


def test_two_of_one_post_are_not_told_apart(app):
    people = tuple(
        replace(one, post="副镇长") if one.id in {"mayor", "secretary"} else one for one in app.office.people
    )
    room = Room(with_office(app, replace(app.office, people=people)))
    clerk, case = room.person("clerk"), opened(app)
    before = log_end(app)
    assert "说不清是哪一位" in clerk.says(f"转交 {case} 副镇长")
    assert log_end(app) == before


def test_all_duties_are_handed_over_by_button_and_confirmed_once(app, any_room):
    clerk = any_room.person("clerk")
    opened(app)
    before = log_end(app)
    clerk.says("帮助")
    assert "移交给谁" in clerk.presses("移交")
    assert clerk.labels()[0] == "党政办档案员"  # the deputy of the office's file
    assert "移交给党政办档案员，确认吗" in clerk.presses("党政办档案员")
    assert log_end(app) == before
    assert clerk.presses("确认").startswith("已记录")
    assert (type(last(app)), last(app).to, log_end(app)) == (HandedOver, "archivist", before + 1)


def test_nobody_hands_over_to_themselves(app, any_room):
    clerk = any_room.person("clerk")
    before = log_end(app)
    said = clerk.says("移交 党政办文书")
    assert "确认吗" not in said
    assert "镇长" in said
    assert "没有填到一半的表" in clerk.says("取消")
    assert log_end(app) == before


def test_an_answer_may_bring_its_reason(app, any_room):
    clerk = any_room.person("clerk")
    clerk.says("移交")
    clerk.says("党政办档案员 调岗")
    clerk.presses("确认")
    assert (last(app).to, last(app).reason) == ("archivist", "调岗")


def test_whoever_has_no_deputy_is_asked_for_one(app, any_room):
    people = tuple(replace(one, deputies=()) for one in app.office.people)
    room = Room(with_office(app, replace(app.office, people=people)), any_room.capabilities)
    leader = room.person("deputy_mayor")
    before = log_end(app)
    assert "由谁代办" in leader.says("请假 2026-12-01 至 2026-12-05")
    assert log_end(app) == before
    assert leader.presses("镇长").startswith("已记录")
    given = last(app)
    assert (type(given), given.deputy, given.first, given.last) == (
        Delegated,
        "mayor",
        "2026-12-01",
        "2026-12-05",
    )


def test_of_two_deputies_the_one_who_is_there_is_proposed(app, any_room):
    pair = ("executive_deputy_mayor", "mayor")
    people = tuple(
        replace(one, deputies=pair) if one.id == "deputy_mayor" else one for one in app.office.people
    )
    room = Room(with_office(app, replace(app.office, people=people)), any_room.capabilities)
    leader = room.person("deputy_mayor")
    assert "由常务副镇长代办" in leader.says("请假 2026-12-01 至 2026-12-05")
    assert leader.says("销假").startswith("已记录")
    room.person("executive_deputy_mayor").says("请假 2026-12-01 至 2026-12-05 镇长")
    assert "由镇长代办" in leader.says("请假 2026-12-01 至 2026-12-05")


def test_page_and_command_propose_the_same_deputy_as_the_chat(app, home, gongkai):
    document = home / "office.toml"
    text = document.read_text("utf-8")
    one, two = (
        'deputies = ["executive_deputy_mayor"]',
        'deputies = ["executive_deputy_mayor", "secretary"]',
    )
    assert text.index('id = "deputy_mayor"') < text.index(one)
    pair = text.replace(one, two, 1)
    document.write_text(pair, "utf-8")
    app = open_town(home, app.today, clock=app.clock)
    away = "executive_deputy_mayor"
    record(app, lambda uow: uow.office.delegate(away, "secretary", app.today, app.today), away)
    leader = Visitor(app).join("deputy_mayor")
    leader.go("/people")
    assert leader.forms()["away"].fields["deputy"] == "secretary"
    days = ("--from", app.today.isoformat(), "--to", app.today.isoformat())
    assert gongkai("delegate", "deputy_mayor", "--by", "deputy_mayor", *days).code == 0
    assert last(app).deputy == "secretary"


def test_whoever_is_back_early_acts_again(app, any_room):
    leader = any_room.person("deputy_mayor")
    assert "您没有登记请假" in leader.says("销假")
    leader.says("请假 2026-11-23 至 2026-11-27")
    for said in ("1号回来上班", "销假 2026-11-25", "back on the 25th"):  # another day is not today
        assert "今天就回来" in leader.says(said)
    assert leader.says("销假").startswith("已记录")
    assert isinstance(last(app), Recalled)
    assert "您没有登记请假" in leader.says("销假")
    leader.says("请假 2026-12-01 至 2026-12-05")
    assert leader.says("销假").startswith("已记录")  # and so does who does not go at all
    app.clock.set_day(date(2026, 12, 2))
    assert "您没有登记请假" in leader.says("销假")


def test_what_cannot_be_handed_on_says_so(app, any_room):
    """A village's month is with the village."""
    month(any_room)
    reporter = any_room.person("jia_reporter")
    before = log_end(app)
    said = reporter.says("转交 1")
    assert "不能转给别人" in said
    assert "请假、移交" in said
    assert log_end(app) == before


def test_a_leave_that_cannot_be_says_why_by_post(app, any_room):
    leader = any_room.person("deputy_mayor")
    before = log_end(app)
    assert "2026-11-01（周日） 已经过去了" in leader.says("请假 2026-11-01 至 2026-11-02")
    assert "分管政务公开的副镇长 → 分管政务公开的副镇长" in leader.says(
        "请假 2026-12-01 分管政务公开的副镇长"
    )
    assert "例如：请假 2026-12-01" in leader.says("请假 下个月")
    assert log_end(app) == before


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("请假 2026-12-01 至 2026-12-05", ("2026-12-01", "2026-12-05")),
        ("请假 12月1日至12月5日", ("2026-12-01", "2026-12-05")),
        ("请假12月1号到5号", ("2026-12-01", "2026-12-05")),
        ("请假 明天", ("2026-11-24", "2026-11-24")),
        ("请假 明天到后天", ("2026-11-24", "2026-11-25")),
        ("请假 今天到后天", ("2026-11-23", "2026-11-25")),
        ("away tomorrow to 2026-11-30", ("2026-11-24", "2026-11-30")),
        ("请假 2027年1月4日 至 2027年1月8日 镇长", ("2027-01-04", "2027-01-08")),
    ],
)
def test_days_are_taken_as_people_say_them(app, room, said, days):
    leader = room.person("deputy_mayor")
    assert leader.says(said).startswith("已记录")
    assert (last(app).first, last(app).last) == days
    assert f"{days[0]} 至 {days[1]} 由" in leader.reply.text


@pytest.mark.parametrize(
    "said", ["请假 2月30日", "请假 13月1日", "请假 2026-02-30", "请假 11月1日", "请假 5号"]
)
def test_what_is_no_day_or_past_is_not_guessed(app, room, said):
    before = log_end(app)
    assert "已记录" not in room.person("deputy_mayor").says(said)
    assert log_end(app) == before
