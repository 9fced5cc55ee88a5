"""Settings on the page: a change is shown with what it moves, recorded once it is agreed to, and can be taken back."""

import re
from dataclasses import replace
from datetime import date, time

import pytest

from bot.services.app import OfficeApp
from bot.services.office.changes import record_first_version, versions_of
from config.office.quiet_hours import ReminderHours
from config.office.schema import OFFICE_TABLES
from storage.events.office_events import OfficeChanged
from tests.bot.channels.web.visitor import Visitor
from tests.scheduler.signoff.town import FACTS, TEXT, draft, open_text
from tests.town import log_end


@pytest.fixture
def app(app: OfficeApp) -> OfficeApp:
    record_first_version(app)
    return app


@pytest.fixture
def clerk(app: OfficeApp) -> Visitor:
    return Visitor(app).join("clerk")


def confirm(visitor: Visitor, act: str = "change", **typed: str) -> list:
    """Press the button of the preview that is shown."""
    form = visitor.forms()[act]
    before = visitor.end()
    data = {name: value for name, value in (form.fields | typed | {"confirm": "1"}).items() if value}
    visitor.shown = visitor.client.post(form.action, data=data)
    if visitor.shown.status_code == 303:
        visitor.shown = visitor.client.get(visitor.shown.headers["location"])
    with visitor.app.log() as log:
        return list(log.read(after=before))


def test_the_times_of_reminders_are_shown_as_they_hold_and_refused_in_words(clerk):
    clerk.go("/settings/hours")
    times = re.findall(r'value="(\d\d:\d\d)"', clerk.shown.text)
    assert times == ["08:30", "08:00", "20:00"]
    clerk.send("change", digest="二十五点")
    assert "二十五点" in clerk.text
    told = re.findall(r'class="problem"[^>]*>(.*?)</p>', clerk.shown.text)
    assert told
    assert not any(re.search("digest|first|last|第 [0-9]+ 行", one) for one in told), told


def test_a_change_of_who_acts_names_posts_and_offers_nobody_themselves(clerk):
    clerk.go("/settings/person/archivist")
    own = re.search(r'<select[^>]*name="deputies.1".*?</select>', clerk.shown.text, re.DOTALL)[0]
    assert 'value="archivist"' not in own
    assert "不能写本人" in clerk.text
    clerk.send("change", **{"deputies.1": "clerk"})
    assert "→ 党政办文书" in clerk.text
    confirm(clerk, reason="分工调整")
    assert "→ 党政办文书" in clerk.go("/settings/history")
    assert "→ clerk" not in clerk.shown.text


def test_a_post_is_renamed_shown_first_and_taken_back(app, clerk):
    before = app.office
    clerk.go("/settings/person/archivist")
    assert clerk.send("change", post="档案管理员") == []
    assert "党政办档案员 → 档案管理员" in clerk.text
    assert "在办的案件都不受影响" in clerk.text
    assert app.office == before
    (entry,) = confirm(clerk, reason="机构改革")
    assert isinstance(entry.record, OfficeChanged)
    assert (entry.actor, entry.means, entry.record.reason) == ("clerk", "page", "机构改革")
    assert app.office.post_of("archivist") == "档案管理员"
    assert "档案管理员" in clerk.go("/people")
    clerk.go("/settings/history")
    clerk.send("/settings/history")
    assert "档案管理员 → 党政办档案员" in clerk.text
    confirm(clerk, "/settings/history")
    assert app.office == before
    assert len(versions_of(app).versions) == 3


def test_a_change_for_a_later_day_waits(app, clerk, clock):
    clerk.go("/settings/person/archivist")
    clerk.send("change", post="档案管理员")
    confirm(clerk, **{"from": "2026-12-01"})
    assert app.office.post_of("archivist") == "党政办档案员"
    clock.set_day(date(2026, 12, 1))
    assert app.office.post_of("archivist") == "档案管理员"


def test_a_village_joins_and_one_merges(app, clerk):
    for post in ("庚村信息员", "庚村村委会主任"):
        clerk.go("/settings/person/new")
        clerk.send("change", post=post)
        confirm(clerk)
    ids = {one.post: one.id for one in app.office.people}
    clerk.go("/settings/village/new")
    clerk.send(
        "change", name="庚村", reporter=ids["庚村信息员"], leader=ids["庚村村委会主任"], since="2026-12-01"
    )
    confirm(clerk)
    clerk.go("/settings/village/ji")
    clerk.send("change", until="2026-12-31")
    confirm(clerk)
    names = [one.name for one in app.office.villages if one.exists_on(date(2027, 1, 1))]
    assert names == ["甲村", "乙村", "丙村", "丁村", "戊村", "庚村"]


def test_whoever_leaves_in_the_middle_of_a_chain_is_named_with_the_case(app, clerk):
    case = open_text(app)
    draft(app, case)
    clerk.go("/settings/person/secrecy_officer")
    clerk.send("/settings/person/secrecy_officer", press="remove")
    assert clerk.status == 422
    assert "保密审查员" in clerk.text  # nobody else holds that role
    clerk.go("/settings/person/archivist")
    clerk.send("change", roles__secrecy_reviewer="1")
    assert f"案件 {case} P1：保密审查员、党政办文书 → 保密审查员、党政办档案员、党政办文书" in clerk.text
    confirm(clerk)
    clerk.go("/settings/person/clerk")
    clerk.send("change", deputies__1="", deputies__2="")
    confirm(clerk)
    clerk.go("/settings/person/secrecy_officer")
    clerk.send("/settings/person/secrecy_officer", press="remove")
    assert f"案件 {case} P1：保密审查员、党政办档案员、党政办文书 → 党政办档案员、党政办文书" in clerk.text
    confirm(clerk, "remove")
    assert app.office.find_person("secrecy_officer") is None
    clerk.go("/settings/chain/publication")
    stages = clerk.forms()["change"].fields["lines.stages"]
    clerk.send("change", lines__stages=stages.replace("复审·二校", "复审"))
    assert f"案件 {case}" in clerk.text
    assert "要重新送审" in clerk.text
    confirm(clerk)
    assert app.office.chain("publication").stages[2].name == "复审"
    assert app.office.chain("publication").stages[0].meaning == "不涉及国家秘密、工作秘密，可以公开"


def test_a_post_that_ends_hands_everything_to_its_successor(app, clerk):
    case = open_text(app, facts={**FACTS, "origin": "building"})
    draft(app, case, replace(TEXT, origin="building"))
    clerk.go("/settings/person/farming_director")
    clerk.send("replace", successor="farming_director")
    assert "由谁接替" in clerk.text
    clerk.go("/settings/person/building_director")
    clerk.send("replace", successor="farming_director")
    assert "- 人员：规划建设办主任" in clerk.text
    assert app.office.find_person("building_director") is not None
    version, succession = confirm(clerk, "replace")
    assert (succession.record.person, succession.record.to) == ("building_director", "farming_director")
    assert version.record.happened_on == app.today
    office = app.office
    assert office.find_person("building_director") is None
    assert office.department("building").head == "farming_director"
    assert "building_director" not in office.leading_group.members
    assert office.person("farming_director").deputies == ()


def test_two_deputies_of_the_town_may_both_lead(app, clerk):
    clerk.go("/settings/person/executive_deputy_mayor")
    clerk.send("change", roles__leader="1")
    confirm(clerk)
    assert {one.id for one in app.office.holders("leader")} == {"executive_deputy_mayor", "deputy_mayor"}


def test_what_does_not_hold_together_is_told_and_what_was_typed_stays(app, clerk):
    end = log_end(app)
    clerk.go("/settings/person/clerk")
    clerk.send("change", roles__clerk="")
    assert clerk.status == 422
    assert "信息公开工作人员" in clerk.text
    assert "行：" not in clerk.forms()["change"].fields["post"]
    clerk.go("/settings/months")
    clerk.send("change", grace="两天")
    assert "两天" in clerk.text
    assert clerk.forms()["change"].fields["grace"] == "两天"
    assert log_end(app) == end


def test_what_cannot_be_is_said_in_the_words_of_the_page_and_names_the_cases(app, clerk):
    case = open_text(app)
    draft(app, case)
    clerk.go("/settings/person/secrecy_officer")
    clerk.send("change", roles__secrecy_reviewer="")
    assert "要有人担任“保密审查员”，这样一改就没有人了" in clerk.text
    assert f"现在等着办的有：{case} P1。" in clerk.text
    clerk.go("/settings/person/finance_director")
    clerk.send("/settings/person/finance_director", press="remove")
    assert "“部门”里的“负责人”还是“财政所所长”" in clerk.text
    clerk.go("/settings/department/finance")
    clerk.send("/settings/department/finance", press="remove")
    assert "还有岗位属于“财政所”这个部门" in clerk.text
    clerk.go("/settings/leading_group")
    clerk.send("change", head="")
    assert "领导小组要有一位组长" in clerk.text
    assert not re.search(r"第 \d+ 行|\[\[|roles|finance", clerk.text.partition("人员名单")[0])


def test_of_two_keepers_at_once_the_second_is_told(app, clerk):
    head = Visitor(app).join("office_director")
    for visitor in (clerk, head):
        visitor.go("/settings/person/archivist")
    clerk.send("change", post="档案管理员")
    confirm(clerk)
    head.send("change", post="综合岗")
    assert head.status == 422
    assert "刚刚改过单位的设置" in head.text
    assert head.forms()["change"].fields["post"] == "综合岗"


def test_a_ladder_is_a_time_line_with_whom_it_reaches(app, clerk):
    text = clerk.go("/settings/ladder")
    assert "到期前" in text
    assert "党政办文书" in text
    clerk.go("/settings/ladder/request")
    form = clerk.forms()["change"].fields
    assert (form["rung-1-side"], form["rung-1-days"], form["rung-1-holder"]) == ("before", "10", "1")
    ladder = {name: "" for name in form if name.startswith("rung-")}
    ladder |= {"rung-1-side": "before", "rung-1-days": "３", "rung-1-holder": "1"}
    ladder |= {"rung-2-side": "on", "rung-2-holder": "1", "rung-2-leader": "1", "rung-2-statutory": "1"}
    assert clerk.send("change", **ladder) == []
    assert "到期前 3 个工作日：提醒 经办人；到期当天：提醒 经办人、分管领导（法定期限）" in clerk.text
    confirm(clerk)
    assert app.office.ladders == {"request": "-3 holder; 0! holder leader"}
    assert "到期前 3 个工作日：提醒 经办人" in clerk.go("/settings/ladder")
    assert "本单位自己定的" in clerk.text
    clerk.go("/settings/ladder/request")
    clerk.send("/settings/ladder/request", press="usual")
    confirm(clerk, "usual")
    assert app.office.ladders == {}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"rung-1-days": "三天"}, "第 1 级的“三天”不是工作日数"),
        ({"rung-1-holder": ""}, "第 1 级没有勾提醒谁"),
    ],
)
def test_a_step_that_cannot_be_is_refused_and_kept(app, clerk, typed, says):
    clerk.go("/settings/ladder/request")
    assert clerk.send("change", **typed) == []
    assert clerk.status == 422
    assert says in clerk.text
    form = clerk.forms()["change"].fields
    assert {name: form[name] for name in typed} == typed
    assert app.office.ladders == {}


def test_the_hours_of_reminders_are_the_offices_own(app, clerk):
    clerk.go("/settings/hours")
    clerk.send("change", digest="９：００", first="8.30", last="18:00")
    assert "每天汇总几点发：（空） → 09:00" in clerk.text
    confirm(clerk)
    assert app.office.hours == ReminderHours(digest=time(9), first=time(8, 30), last=time(18))
    clerk.go("/settings/hours")
    clerk.send("change", digest="19:00")
    assert clerk.status == 422
    assert "要在 08:30 到 18:00 之间" in clerk.text


def test_prose_is_seen_before_it_is_kept(clerk):
    clerk.go("/settings/prose")
    assert "六、其他需要报告的事项" in clerk.text
    form = clerk.forms()["/settings/prose"]
    sent = form.fields | {"lines.prose/other.txt": "本年收取信息处理费{{ fee_yuan }}元，没有别的。"}
    clerk.shown = clerk.client.post(
        "/settings/prose", data={key: value for key, value in sent.items() if value}
    )
    assert "prose/other.txt" in clerk.text
    confirm(clerk, "/settings/prose")
    assert "本年收取信息处理费0元，没有别的。" in clerk.go("/settings/prose")


def test_rules_for_wording_are_part_of_the_office(app, clerk):
    assert "[[slips]]" in clerk.go("/settings/wording")
    rule = "[[slips]]\nkey = 'our_name'\npattern = '召都吧镇'\nright = '召都巴镇'\nwhy = '镇名'"
    clerk.send("/settings/wording", lines__expressions__toml=rule.replace("why", "wy"))
    assert clerk.status == 422
    assert "wy" in clerk.text
    clerk.send("/settings/wording", lines__expressions__toml=rule)
    assert "~ 文件：用语规则" in clerk.text
    (entry,) = confirm(clerk, "/settings/wording")
    assert list(entry.record.files) == ["expressions.toml"]
    assert [one.right for one in app.wordlist().slips if one.key == "our_name"] == ["召都巴镇"]
    (app.home.path / "expressions.toml").unlink()
    assert any(one.key == "our_name" for one in app.wordlist().slips)


def test_what_holds_by_default_is_ticked_and_stays(app, clerk):
    clerk.go("/settings/chat")
    assert clerk.forms()["change"].fields["items"] == "1"
    clerk.send("change", lines__files="telegram")
    confirm(clerk)
    assert (app.office.chat_files, app.office.chat_items) == (("telegram",), True)


def test_whoever_only_reads_changes_nothing(app):
    leader = Visitor(app).join("deputy_mayor")
    leader.go("/settings")
    leader.go("/settings/person/archivist")
    assert "先看会动到什么" not in leader.text
    end = log_end(app)
    leader.shown = leader.client.post("/settings/person/archivist", data={"post": "x"})
    assert leader.status == 403
    assert log_end(app) == end
    Visitor(app).join("jia_reporter").go("/settings", 403)


def test_every_table_has_its_page_in_both_languages(app, clerk, reading):
    for visitor in (clerk, Visitor(reading(app, "en")).join("clerk")):
        for table in OFFICE_TABLES:
            assert "[settings." not in visitor.go(f"/settings/{table}")
        for page in ("", "/history", "/prose", "/person/new", "/chain/publication", "/date/new"):
            assert "[settings." not in visitor.go(f"/settings{page}")
    clerk.go("/settings/nothing", 404)
    clerk.go("/settings/person/nobody", 404)


def test_a_post_has_two_deputies_whom_one_chooses_in_their_order(app, clerk):
    clerk.go("/settings/person/secrecy_officer")
    clerk.send("change", deputies__1="secretary", deputies__2="archivist")
    confirm(clerk)
    assert app.office.person("secrecy_officer").deputies == ("secretary", "archivist")
    clerk.go("/settings/person/secrecy_officer")
    clerk.send("change", deputies__1="")
    confirm(clerk)
    assert app.office.person("secrecy_officer").deputies == ("archivist",)
