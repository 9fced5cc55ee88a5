"""An office is set up in the browser: nothing blocks what can wait, nothing is lost, and it works at the end."""

import re
import tomllib
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.channels.web.request.public_address import COOKIE
from bot.channels.web.setup.server import create_setup_app
from bot.services.app import open_app
from bot.services.office.changes import versions_of
from bot.services.office.roster import RosterRow, proposed_holders
from bot.services.office.setup_draft import DRAFT_FILE, SetupDraft
from config.clock import office_day
from config.office.loader import load_office
from tests.bot.channels.web.setup.founder import ADDRESS, ROSTER, Founder
from tests.bot.channels.web.visitor import TestClient, Visitor
from tests.town import run_sweep


@pytest.fixture
def founder(tmp_path, clock):
    return Founder(tmp_path / "town", clock)


def test_from_the_one_time_address_to_an_office_that_works(founder, clock):
    assert founder.path == "/setup/office"
    founder.fill_in()
    assert "还要补上" not in founder.go("/setup/signers")
    founder.go("/setup/finish")
    assert "都齐了" in founder.text
    founder.send("finish")
    assert "青山镇人民政府 建好了" in founder.text
    assert founder.shown.text.count("<svg") == len(ROSTER)
    assert "甲村信息员" in founder.text
    assert "只有这台电脑打得开" in founder.text
    until = f"青山镇人民政府 · 有效到 {office_day(clock.now()) + timedelta(days=1)}"
    assert founder.text.count(until) == len(ROSTER)
    for table in re.findall(r"<pre[^>]*>(.*?)</pre>", founder.shown.text, re.DOTALL):
        title, _, *rows = table.strip().splitlines()
        assert f"（{len(rows)} 条）" in title
    assert f"发了 {len(ROSTER)} 个加入链接" in founder.text
    (code, *others) = re.findall(r"<strong>((?:[2-9A-Z]{4}-){3}[2-9A-Z]{4})</strong>", founder.shown.text)
    assert len(others) == 5
    assert founder.begun == []
    loaded = re.findall(r'"(/static/(?:setup|page|frame)\.\w+)"', founder.shown.text)
    founder.send("begin")
    assert founder.begun == [True]
    assert set(re.findall(r'"(/static/\S+\.(?:js|css))"', founder.shown.text)) == set(loaded)
    kept = {
        founder.client.get(one).headers["cache-control"] for one in loaded
    }  # nothing serves them any more
    assert kept == {"public, max-age=600"}
    app = open_app(founder.site.home.path, clock)
    assert [one.reason for one in versions_of(app).versions] == [""]
    assert app.office.holders("clerk")[0].post == "党政办文书"
    assert not (founder.site.home.path / DRAFT_FILE).exists()
    clerk = Visitor(app)
    clerk.client.cookies.set(COOKIE, founder.client.cookies[COOKIE])
    assert "党政办文书" in clerk.go("/")
    assert any(one.reference.endswith("/village_1") for one in run_sweep(app).actions)
    clock.move(timedelta(days=31))  # her session is over, and nobody else has joined
    lost = Visitor(app)
    lost.go("/", 401)
    lost.send("/recovery", code=code)
    assert "党政办文书" in lost.go("/")


def test_each_field_has_its_help_and_the_look_of_every_page(founder):
    founder.go("/setup/months")
    page = founder.shown.text
    assert "/static/frame.css" in page
    assert page.count('class="help"') == 5


def test_a_step_can_wait_and_says_what_it_still_needs(founder):
    assert "单位的简称" in founder.text
    founder.send("office", county="东湖区")
    assert founder.path == "/setup/places"
    assert "单位的简称" in founder.go("/setup/finish")
    assert "谁是信息公开工作人员" in founder.text
    founder.send("finish")
    assert founder.site.app is None


def test_every_bad_row_of_a_roster_is_named_and_the_good_ones_are_kept(founder):
    founder.send("places", departments="党政办公室", villages="甲村")
    rows = (
        ("党政办文书", "党政办公室", "档案员"),
        ("", "甲村", ""),
        ("甲村信息员", "乙村", ""),
        ("党政办文书", "", ""),
    )
    founder.upload(rows, ("职务", "部门", "B岗"))
    assert founder.path == "/setup/people"
    assert "“档案员”不在名册里" in founder.text
    assert "没有“乙村”这个部门或村" in founder.text
    assert "“党政办文书”已经有了" in founder.text
    assert founder.shown.text.count('value="党政办文书"') == 2
    assert "第 2 行（名册第 3 行）没有写岗位" in founder.text
    assert "读入了 2 个岗位" in founder.text
    assert "有 4 行还要改" in founder.text
    rows = typed_rows(founder) | {"p0.line": "2", "p1.line": "3"}
    assert "第 2 行（名册第 3 行）没有写岗位" in founder.send("people", **rows)


@pytest.mark.parametrize("name", ["名册.xls", "名册.et"])
def test_a_roster_as_offices_keep_it_becomes_posts_that_differ(founder, name):
    """A title over the table, merged departments, spread words, bare titles, deputies by name: as Excel 97 and WPS save it."""
    founder.send("places", departments="党政办公室", villages="")
    content = (Path(__file__).parent / "roster.xls").read_bytes()
    founder.shown = founder.client.post(
        "/setup/people", data={"act": "upload"}, files={"files": (name, content)}
    )
    assert "读入了 10 个岗位" in founder.text
    rows = SetupDraft.load(founder.site.home.path).people
    assert [(row.post, row.deputy) for row in rows] == [
        ("党政办公室主任", "党政办公室文书"),
        ("党政办公室文书", ""),
        ("保密员", "党政办公室文书"),
        ("财政所所长", ""),
        ("财政所会计一", ""),
        ("财政所会计二", ""),
        ("甲村支部书记", ""),
        ("甲村文书", "甲村支部书记"),
        ("乙村支部书记", ""),
        ("乙村会计", ""),
    ]
    assert "第 4 行（名册第 7 行）：没有“财政所”这个部门或村" in founder.text
    assert "把名册里的 财政所、甲村、乙村 也加上" in founder.text
    founder.send("people", **typed_rows(founder), act="places")
    draft = SetupDraft.load(founder.site.home.path)
    assert (draft.departments, draft.villages) == (["党政办公室", "财政所"], ["甲村", "乙村"])
    assert draft.missing("people") == []
    held = draft.held()
    assert (held["clerk"], held["office_head"]) == ("党政办公室文书", "党政办公室主任")
    assert [held[f"{kind}:{name}"] for name in draft.villages for kind in ("reporter", "leader")] == [
        "甲村文书",
        "甲村支部书记",
        "乙村会计",
        "乙村支部书记",
    ]
    assert not re.search("某[甲-癸]", (founder.site.home.path / DRAFT_FILE).read_text("utf-8"))


def typed_rows(founder):
    """The rows of the roster as the browser sends them again."""
    rows = SetupDraft.load(founder.site.home.path).people
    return {
        f"p{at}.{key}": getattr(row, key)
        for at, row in enumerate(rows)
        for key in ("post", "place", "deputy")
    }


def test_the_posts_that_say_most_are_proposed():
    posts = (
        "副镇长",
        "农业农村办公室主任",
        "副镇长（分管政务公开）",
        "党政办主任",
        "综合岗文书",
        "政务公开专员",
    )
    rows = [RosterRow("甲村文书", "甲村"), *(RosterRow(post) for post in posts)]
    held = proposed_holders(rows, [], ["甲村"])
    assert (held["clerk"], held["leader"], held["office_head"]) == (
        "政务公开专员",
        "副镇长（分管政务公开）",
        "党政办主任",
    )
    assert held["leader:甲村"] == "甲村文书"
    assert "reporter:甲村" not in held


@pytest.mark.parametrize("name", ["名册.csv", "名册.txt"])
def test_a_roster_saved_as_text_is_read_too(founder, name):
    founder.send("places", departments="党政办公室", villages="")
    content = "青山镇名册,\n现任职务,所在部门\n党政办文书,党政办公室\n".encode("gb18030")
    founder.shown = founder.client.post(
        "/setup/people", data={"act": "upload"}, files={"files": (name, content)}, follow_redirects=True
    )
    assert 'value="党政办文书"' in founder.shown.text


def test_names_of_persons_are_not_taken_over(founder):
    founder.send("places", departments="党政办公室", villages="")
    founder.upload((("某甲", "党政办文书", "党政办公室"),), ("姓名", "岗位", "科室"))
    assert "某甲" not in (founder.site.home.path / DRAFT_FILE).read_text("utf-8")
    assert 'value="党政办文书"' in founder.shown.text


def test_a_workbook_without_posts_and_a_file_that_is_none_are_told(founder):
    assert "没有找到“岗位”" in founder.upload((("甲",),), ("名称",))
    founder.shown = founder.client.post(
        "/setup/people", data={"act": "upload"}, files={"files": ("名册.xlsx", b"PK nothing")}
    )
    assert founder.shown.status_code == 422
    assert "名册.xlsx" in founder.text


def test_the_template_holds_a_row_for_every_place(founder, tmp_path):
    founder.send("places", departments="财政所", villages="甲村\n乙村")
    (tmp_path / "t.xlsx").write_bytes(founder.client.get("/setup/roster.xlsx").content)
    rows = list(load_workbook(tmp_path / "t.xlsx").active.values)
    assert rows[0] == ("岗位", "部门或村", "代办人")
    assert [row[1] for row in rows[1:]] == ["财政所", "甲村", "甲村", "乙村", "乙村"]


def test_one_person_at_two_stages_is_told_in_words_without_a_line(founder):
    founder.fill_in()
    founder.send("signers", leader="党政办主任", office_head="党政办主任", disclosure_head="党政办主任")
    text = founder.go("/setup/finish")
    assert "都齐了" not in text
    assert "党政办主任" in text
    assert not re.search(r"第 \d+ 行", text)


def test_what_does_not_hold_together_leads_to_the_step_that_mends_it(founder):
    founder.fill_in()
    rows = typed_rows(founder)
    at = next(name for name, said in rows.items() if said == "党政办主任")
    founder.send("people", **rows | {at.replace("post", "deputy"): "保密审查员"})
    founder.go("/setup/finish")
    told = re.split(r'<h2 id="f-', founder.shown.text)[1:]
    assert [part.partition('"')[0] for part in told] == ["people"]
    assert "另定一位代办人" in told[0]
    assert ">! 人员 <" in founder.shown.text
    founder.send("finish")
    assert founder.site.app is None


def test_what_was_entered_survives_a_new_start_of_the_program(founder, clock):
    founder.fill_in()
    again = Founder(founder.site.home.path, clock)
    again.go("/setup/finish")
    assert "都齐了" in again.text


def test_the_address_works_for_one_browser_only(founder):
    other = TestClient(create_setup_app(founder.site), base_url=ADDRESS, follow_redirects=True)
    assert "已经用过了" in other.get(f"/setup/begin-{founder.site.token}").text
    assert other.get("/setup/office").status_code == 403
    assert other.post("/setup/office", data={"short_name": "别的镇"}).status_code == 403
    foreign = {"origin": "https://elsewhere.example"}
    assert founder.client.post("/setup/office", data={"short_name": "x"}, headers=foreign).status_code == 403


def test_the_document_says_what_each_part_is_for_and_chooses_what_was_chosen(founder):
    founder.fill_in()
    founder.send(
        "months",
        months__due="workday",
        months__due_number="5",
        months__grace="1",
        months__minimum="2",
        months__scheme="zhonglou",
    )
    founder.send("dates", date__training="1", report__due="01-20")
    founder.send("website", hosts="www.example.cn", columns="动态，https://www.example.cn/news/，动态要闻")
    founder.send("finish")
    document = founder.site.home.document()
    assert "# ── 审签链" in document
    office = load_office(document, "office.toml")
    assert (office.months.due, office.months.due_number, office.months.scheme) == ("workday", 5, "zhonglou")
    assert [one.id for one in office.dates] == ["training"]
    assert office.report.due == "01-20"
    assert [(one.name, one.kind) for one in office.columns] == [("动态", "news")]
    assert tomllib.loads(document).keys() >= {"office", "person", "chain", "village"}


@pytest.mark.parametrize(
    ("step", "typed", "told"),
    [
        ("months", {"months__grace": "两天"}, "要写 0 到 99 的数字"),
        ("months", {"months__due": "day", "months__due_number": "45"}, "请写 1 到 31"),
        ("months", {"months__due": "workday", "months__due_number": "24"}, "要写 1 到 23 的数字"),
        ("dates", {"report__due": "2月31日"}, "不是每年都有的一天"),
        ("dates", {"report__due": "13-45"}, "不是每年都有的一天"),
        ("office", {"short_name": "青山镇人民政府"}, "简称请写“青山镇”"),
        ("website", {"hosts": "www example gov cn"}, "不像网站域名"),
        ("website", {"hosts": "https:/www.example.gov.cn"}, "不像网站域名"),
        ("website", {"columns": "动态"}, "不像一个栏目"),
        ("website", {"columns": "动态，https:/www.example.gov.cn/xw，动态要闻"}, "网址以 https:// 开头"),
        (
            "website",
            {"hosts": "www.a.gov.cn", "columns": "动态，https://www.b.gov.cn/xw，动态要闻"},
            "不在上面写的网站域名",
        ),
    ],
)
def test_what_the_office_could_not_begin_with_is_told_at_its_step_and_stays(founder, step, typed, told):
    assert told in founder.send(step, **typed)
    assert founder.shown.status_code == 422
    assert list(typed.values())[-1] in founder.shown.text
    assert not re.search("[a-z_]+_number|due|hosts", told)


@pytest.mark.parametrize("said", ["1-31", "1月31日", "01-31", "0131", "１月３１日", "1/31"])
def test_a_day_of_the_year_is_read_as_people_write_it(founder, said):
    founder.send("dates", report__due=said)
    assert SetupDraft.load(founder.site.home.path).answers["report.due"] == "01-31"


def test_names_in_one_line_and_copied_addresses_are_told_apart(founder):
    founder.send("places", departments="党政办公室；财政所", villages="甲子村，乙丑村、丙寅村,丁卯村;戊辰村")
    founder.send("website", hosts="https://www.a.gov.cn/，www.b.gov.cn")
    draft = SetupDraft.load(founder.site.home.path)
    assert draft.departments == ["党政办公室", "财政所"]
    assert draft.villages == ["甲子村", "乙丑村", "丙寅村", "丁卯村", "戊辰村"]
    assert draft.answers["hosts"] == "www.a.gov.cn，www.b.gov.cn"


def test_a_step_is_in_order_only_once_somebody_looked_and_nothing_is_missing(founder):
    assert marks(founder)["单位"] == "!"
    assert set(marks(founder).values()) == {"!", "○"}
    founder.fill_in()
    assert marks(founder) | {"谁签什么": "", "完成": ""} == {
        **dict.fromkeys(("单位", "部门和村", "人员"), "✓"),
        **dict.fromkeys(("每月报送", "全年日期", "网站和联系方式", "年报正文"), "○"),
        **dict.fromkeys(("谁签什么", "完成"), ""),
    }
    founder.go("/setup/dates")
    assert marks(founder)["全年日期"] == "✓"


def marks(founder):
    """How each step stands in the list of the steps."""
    found = re.findall(r"([○!✓]) (\S+) (?:还没看|还差|齐了)", founder.text)
    return {step: mark for mark, step in found}


def test_a_signer_of_two_stages_is_marked_at_once_with_who_is_free(founder):
    founder.fill_in()
    assert "签“复审·二校、审核”" in founder.go("/setup/signers")
    assert "一个人审两次" not in founder.text
    founder.send("signers", secrecy_reviewer="党政办主任")
    assert founder.path == "/setup/signers"
    assert "党政办主任已经签“保密审查”，再签“复审·二校”就等于一个人审两次，请换人。" in founder.text
    assert "没有担任什么的有：保密审查员。" in founder.text
    assert founder.shown.text.count('aria-invalid="true"') == 2  # the stages of a text and of an answer


def test_the_prose_is_shown_as_it_prints_and_its_source_is_folded(founder):
    assert "前面几步齐了以后" in founder.go("/setup/prose")
    founder.fill_in()
    founder.go("/setup/prose")
    shown = founder.shown.text.partition("<details><summary>改写正文")[0]
    assert "本年没有收到政府信息公开申请" in shown
    assert "{%" not in shown
    founder.send("prose", **{"lines.other": "本年{{ nothing_of_this_name }}件。"})
    assert "nothing_of_this_name" in founder.go("/setup/prose")


def test_the_prose_keeps_its_lines_and_is_unchanged_where_nobody_changed_it(founder):
    founder.go("/setup/prose")
    areas = re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', founder.shown.text, re.DOTALL
    )
    shown = {name: unescape(text).replace("\n", "\r\n") for name, text in areas}  # as browsers send lines
    founder.send("prose", **shown)
    assert SetupDraft.load(founder.site.home.path).prose == {}
    founder.go("/setup/prose")
    name = next(name for name in shown if name.endswith("other"))
    founder.send("prose", **shown | {name: "第一行\r\n{# 只给自己看 #}\r\n第二行"})
    assert SetupDraft.load(founder.site.home.path).prose == {
        "prose/other.txt": "第一行\n{# 只给自己看 #}\n第二行\n"
    }
