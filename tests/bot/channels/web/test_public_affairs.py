"""The catalogue on the page and in the chat, who wrote a message, and what the county reads first, in the settings."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from bot.services.app import OfficeApp
from bot.services.office.changes import record_first_version
from storage.content.applicant_store import ApplicantStore
from storage.events.events import Opened
from storage.events.office_events import OfficeChanged
from tests.bot.channels.web.test_settings import confirm
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Room
from tests.command_line import CommandLine
from tests.town import case_of, record, run_sweep

DAY = date(2026, 11, 23)


@pytest.fixture
def clerk(app: OfficeApp) -> Visitor:
    record_first_version(app)
    return Visitor(app).join("clerk")


def confirmed(visitor: Visitor) -> None:
    """Confirm the preview that is shown."""
    form = next(form for form in visitor.forms().values() if "expected" in form.fields)
    visitor.shown = visitor.client.post(form.action, data=form.fields | {"confirm": "1"})
    assert visitor.status == 303


def test_the_shipped_catalogue_is_looked_at_taken_over_and_covered(app: OfficeApp, clerk: Visitor) -> None:
    assert "还没有公开目录" in clerk.go("/catalogue")
    assert "还没有公开目录" in Room(app).person("clerk").says("目录")
    assert clerk.send("adopt") == []
    assert "公开目录事项" in clerk.text
    assert app.office.matters == ()
    confirmed(clerk)
    assert len(app.office.matters) == 26
    run_sweep(app)
    fed = case_of(app, "matter", "预算").number
    facts = {"title": "2026年预算", "address": "https://www.zhaoduba.example/1.html"}
    record(app, lambda uow: uow.cases.step(fed, "fed", DAY, facts))
    clerk.go("/catalogue")
    sentence = "2026年公开目录共23个类别、26项，本年公开1项、发布信息1条，说明没有新增内容的0项。"
    assert sentence in clerk.text
    assert f'href="/cases/{fed}">预算</a></td><td>1</td>' in clerk.shown.text
    assert "决算 0 没有公开" in clerk.text
    picture = clerk.client.get("/catalogue/years/2026/picture.png")
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    assert "这一年还没有目录事项的记录" in clerk.go("/catalogue/years/2025")
    clerk.go("/catalogue/years/2027", 404)
    said = Room(app).person("clerk").says("目录")
    assert sentence in said
    assert "财政预算、决算信息：1 条（2 项）" in said


def book_of(*rows: tuple[str, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_workbook_is_looked_at_before_it_is_the_office_s_catalogue(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/catalogue")
    broken = book_of(("类别", "事项", "公开时限"), ("财政预算、决算信息", "预算", "尽快"))
    clerk.send("import", files=[("目录.xlsx", broken)])
    assert clerk.status == 422
    assert "公开时限“尽快”看不出天数" in clerk.text
    own = book_of(("类别", "事项", "公开时限"), ("财政预算、决算信息", "部门预算", "20日"))
    assert clerk.send("import", files=[("目录.xlsx", own)]) == []
    assert "部门预算" in clerk.text
    confirmed(clerk)
    (matter,) = app.office.matters
    assert (matter.name, matter.days, matter.unit, matter.owner) == ("部门预算", 20, "calendar", "clerk")
    clerk.go(f"/settings/matter/{matter.id}")
    form = clerk.forms()["change"]
    assert form.fields["lines.channel"].strip() == "网站"
    assert "财政预算、决算信息" in clerk.text
    clerk.send("change", lines__channel="网站\n公示栏")
    confirm(clerk)
    assert app.office.matters[0].channel == ("website", "notice_board")
    sheet = load_workbook(BytesIO(clerk.client.get("/catalogue/template.xlsx").content)).active
    assert [cell.value for cell in sheet[2]][:2] == ["财政预算、决算信息", "部门预算"]
    clerk.go("/new/publication")
    assert clerk.forms()["open"].choices["fact.matter"] == ["", "部门预算"]
    clerk.go("/catalogue/gone", 404)


def test_who_wrote_a_message_stands_apart(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/new/message")
    typed = {"reference": "留言1", "fact.matter": "村口路灯不亮", "fact.came_by": "website"}
    entries = clerk.send("open", **typed, private__name="李来信", private__contact="13800000000")
    (entry,) = [one for one in entries if isinstance(one.record, Opened)]
    assert "李来信" not in str(entries)
    with app.log() as log:
        kept = ApplicantStore(log.connection, log.office).get(entry.record.case)
    assert kept is not None
    assert kept.name == "李来信"
    shown = clerk.go(f"/cases/{entry.record.case}")
    assert "李来信" not in shown
    assert "申请人信息" in shown


def test_what_the_county_reads_first_is_set_on_the_page(app: OfficeApp, clerk: Visitor) -> None:
    clerk.go("/catalogue")
    two = book_of(("类别", "事项"), ("财政预算、决算信息", "预算"), ("财政预算、决算信息", "决算"))
    clerk.send("import", files=[("目录.xlsx", two)])
    confirmed(clerk)
    assert "先报县里审核的" in clerk.go("/settings")
    clerk.go("/settings/county_first")
    clerk.send("change", report="1", lines__matters="预算\n没有的事项")
    assert "公开目录里没有这一项" in clerk.text
    clerk.go("/settings/county_first")
    clerk.send("change", report="1", lines__matters="预算\n决算")
    (entry,) = confirm(clerk)
    assert isinstance(entry.record, OfficeChanged)
    assert (app.office.county_first.report, app.office.county_first.matters) == (True, ("预算", "决算"))
    clerk.go("/settings/messages")
    clerk.send("change", days="10")
    confirm(clerk)
    assert app.office.message_days == 10


def test_a_date_whose_basis_was_not_read_says_so_wherever_it_stands(
    app: OfficeApp, clerk: Visitor, gongkai: CommandLine
) -> None:
    matter = {"name": "社会救助", "subject": "21_8", "owner": "clerk", "days": 10, "unit": "working"}
    matter["basis"] = "乡镇社会救助公开目录（待核实）"
    text = {"title": "低保名单", "origin": "party_office", "disclosure": "proactive", "made_on": str(DAY)}
    record(app, lambda uow: uow.cases.open("matter", "社会救助", DAY, matter))
    case = record(app, lambda uow: uow.cases.open("publication", "1", DAY, {**text, "matter": "社会救助"}))
    sure = record(app, lambda uow: uow.cases.open("publication", "2", DAY, text))
    mark = "依据待核实"
    assert mark in clerk.go(f"/cases/{case}")
    assert mark not in clerk.go(f"/cases/{sure}")
    assert clerk.go("/open").count(mark) == 1
    assert clerk.go("/dates?month=2026-12").count(mark) == 1
    speaker = Room(app).person("clerk")
    for words in ("待办", f"为什么 {case}"):
        assert mark in speaker.says(words)
    assert mark in gongkai("explain", case).out
    assert mark not in gongkai("explain", sure).out
    assert f"【{mark}】" in gongkai("ics", "党政办文书").out


def test_a_text_names_its_matter_on_the_page_in_the_chat_and_by_command(
    app: OfficeApp, clerk: Visitor, gongkai: CommandLine
) -> None:
    clerk.go("/catalogue")
    clerk.send(
        "import",
        files=[("目录.xlsx", book_of(("类别", "事项", "公开时限"), ("社会救助", "低保", "10个工作日")))],
    )
    confirmed(clerk)
    run_sweep(app)
    clerk.go("/texts/new")
    typed = {
        "title": "页面上的",
        "body": "名单如下。",
        "fact__origin": "party_office",
        "fact__disclosure": "proactive",
    }
    clerk.send("check", **typed, fact__matter="低保")
    clerk.send("check", press="lay")
    speaker = Room(app).person("clerk")
    speaker.says("登记信息发布 对话里的")
    for answer in ("对话里的", "党政办公室", "主动公开", str(DAY)):
        asked = speaker.says(answer)
    assert "目录事项" in asked
    assert "不在目录里" in asked
    speaker.presses("低保")
    assert "已记录" in speaker.presses("确认")
    by = ("--title", "命令的", "--by", "clerk", "--from", "party_office", "--matter", "低保")
    assert gongkai("text", "new", *by).code == 0
    speaker.says("登记信息发布 不在的")
    for answer in ("不在的", "党政办公室", "主动公开", str(DAY)):
        speaker.says(answer)
    speaker.presses("不在目录里")
    speaker.presses("确认")
    with app.log() as log:
        texts = [
            one.record
            for one in log.read()
            if isinstance(one.record, Opened) and one.record.kind == "publication"
        ]
    found = {
        str(one.facts["title"]): (one.facts.get("matter"), one.facts.get("publish_days")) for one in texts
    }
    named = ("低保", 10)
    assert found == {"页面上的": named, "对话里的": named, "命令的": named, "不在的": (None, None)}
    assert {one.facts.get("subject") for one in texts} == {"21_8", None}


def test_a_file_is_sent_with_the_words_of_its_step(app: OfficeApp, clerk: Visitor) -> None:
    facts = {"about": "财政所", "result": "rectify", "reason": "栏目空白"}
    case = record(app, lambda uow: uow.cases.open("assessment_result", "考核1", DAY, facts))
    clerk.go(f"/cases/{case}")
    clerk.send("step.rectified", fact__measure="补齐")
    assert clerk.status == 422
    assert "整改的凭据" in clerk.text
    clerk.go(f"/cases/{case}")
    (entry,) = clerk.send("step.rectified", fact__measure="补齐", files=[("截图.png", b"proof")])
    assert str(entry.record.facts["file"]).startswith("sha256:")
    assert entry.record.facts["measure"] == "补齐"
    shown = clerk.go(f"/cases/{case}")
    digest = str(entry.record.facts["file"]).removeprefix("sha256:")
    assert f"/cases/{case}/evidence/{digest}" in shown
    assert clerk.client.get(f"/cases/{case}/evidence/{digest}").content == b"proof"
