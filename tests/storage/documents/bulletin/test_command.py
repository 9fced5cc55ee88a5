"""What a clerk types for a bulletin, from the sweep that opens it to the day it goes out, and what is refused."""

import io
import json
import struct
from datetime import date
from decimal import Decimal
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from bot.services.app import open_app
from bot.services.bulletins import bulletin_case, bulletin_kinds
from config.clock import manual_clock

SIGNERS = (("office_director", "审核"), ("deputy_mayor", "签发"))


@pytest.fixture
def clock():
    return manual_clock(date(2026, 11, 2))


def item(gongkai, title):
    """The number of 甲村's item with this title."""
    listed = json.loads(gongkai("month", "items", "2026-11", "--json").out)["items"]
    return next(line["number"] for line in listed if line["title"] == title)


@pytest.fixture
def november(gongkai, clock):
    """November: one village reports and is adopted, one declares nothing, four are silent; told on the 28th."""
    gongkai("tick")
    clock.set_day(date(2026, 11, 20))
    for title in ("换届公告", "秋收", "修路"):
        gongkai("month", "report", "jia", "2026-11", "--title", title)
    gongkai("month", "adopt", item(gongkai, "换届公告"), "--level", "county", "--points", 12)
    gongkai("month", "report", "yi", "2026-11", "--zero")
    clock.set_day(date(2026, 11, 28))
    assert "立件 月度通报 2026-11（自 2026-11-28）" in gongkai("tick").out
    return gongkai


def drawn(gongkai, tmp_path, name="b.docx"):
    done = gongkai("bulletin", "2026-11", "--out", tmp_path / name)
    assert (done.code, done.err) == (0, "")
    return tmp_path / name


def test_the_month_is_told_as_text_and_as_data(november):
    text = november("bulletin", "2026-11").out
    assert text.startswith(
        "【通报】2026年11月村级信息报送\n截止 2026年11月25日，应报 6 个村：按时 1，迟报 0，零报送 1，未报送 4。"
    )
    assert "1．甲村　18分（报送3，采用1）" in text
    assert "未报送（截止 2026年11月25日）：丙村、丁村、戊村、己村。" in text
    data = json.loads(november("bulletin", "2026-11", "--format", "json").out)
    assert data["closed"]
    assert data["sums"] == {
        "months": 6, "on_time": 1, "declared": 1, "missing": 4, "items": 3, "adopted": 1, "points": "38",
    }  # fmt: skip
    assert data["dated"] == "2026-11-28"


def test_before_the_month_is_over_it_is_a_preview(gongkai):
    gongkai("tick")
    text = gongkai("bulletin", "2026-11").out
    assert "（预览：本月未截止，数字还会变）" in text
    assert "已报 0，尚未报送 6" in text
    assert "未报送（" not in text
    refused = gongkai("bulletin", "2026-11", "--recount")
    assert refused.code == 1
    assert "还没有通报件" in refused.err


def test_it_goes_out_only_when_every_stage_has_signed(november, tmp_path, home, clock):
    refused = november("bulletin", "2026-11", "--sent", "2026-11-28")
    assert refused.code == 1
    assert "还没有文稿，不能记“发出通报”" in refused.err
    paper = drawn(november, tmp_path)
    assert november("draft", "2026-11", "--by", "clerk", "--file", paper, "--title", "11月通报").code == 0
    for place, (who, stage) in enumerate(SIGNERS):
        assert november("bulletin", "2026-11", "--sent", "2026-11-28").code == 1, place
        signed = november("sign", "2026-11", "--by", who, "--stage", stage, "--file", paper)
        assert (signed.code, signed.err) == (0, "")
    sent = november("bulletin", "2026-11", "--sent", "2026-11-28")
    assert (sent.code, sent.err) == (0, "")
    assert "通报已发出（2026-11-28）" in sent.out
    case = bulletin_case(open_app(home, clock), date(2026, 11, 1))
    assert [step.step for step in case.steps] == ["sent"]
    assert case.closing.outcome == "told"
    for again in (("--sent", "2026-11-28"), ("--recount",)):
        refused = november("bulletin", "2026-11", *again)
        assert (refused.code, "2026-11 的通报已于 2026-11-28 发出" in refused.err) == (1, True)
    assert len(bulletin_case(open_app(home, clock), date(2026, 11, 1)).steps) == 1


def test_the_paper_drawn_again_is_the_one_that_was_signed(november, tmp_path, clock):
    first = drawn(november, tmp_path).read_bytes()
    clock.set_day(date(2026, 12, 20))
    november("month", "adopt", item(november, "换届公告"), "--level", "city", "--points", 20)
    assert drawn(november, tmp_path, "again.docx").read_bytes() == first


def test_what_went_out_by_another_way_went_out(november, tmp_path, home, clock):
    """Whoever sends it from the chat records the step alone; the case may still be open."""
    paper = drawn(november, tmp_path)
    november("draft", "2026-11", "--by", "clerk", "--file", paper)
    for who, stage in SIGNERS:
        november("sign", "2026-11", "--by", who, "--stage", stage, "--file", paper)
    app = open_app(home, clock)
    number = bulletin_case(app, date(2026, 11, 1)).number
    with app.recorder.transaction(actor="clerk", means="chat") as uow:
        uow.cases.step(number, "sent", date(2026, 11, 28))
    refused = november("bulletin", "2026-11", "--recount")
    assert (refused.code, "2026-11 的通报已于 2026-11-28 发出" in refused.err) == (1, True)


def test_a_level_is_chosen_by_its_label_too(november):
    adopted = ("month", "adopt", item(november, "秋收"), "--level")
    assert november(*adopted, "县级采用", "--points", 3).code == 0
    assert "甲村《秋收》县级采用" in november("bulletin", "2026-11", "--recount", "--format", "text").out
    refused = november(*adopted, "部级")
    assert (refused.code, "可以写：本级采用、县级采用" in refused.err) == (1, True)


def test_a_format_nobody_knows_writes_nothing(november, tmp_path):
    refused = november("bulletin", "2026-11", "--out", tmp_path / "b.jpg")
    assert (refused.code, "可以用：text、json、docx、png" in refused.err) == (1, True)
    assert not (tmp_path / "b.jpg").exists()
    assert drawn(november, tmp_path, "b.txt").read_text("utf-8").startswith("【通报】")


def test_a_recount_takes_in_what_came_since(november, tmp_path):
    first = drawn(november, tmp_path).read_bytes()
    november("month", "adopt", item(november, "换届公告"), "--level", "city", "--points", 20)
    told = november("bulletin", "2026-11", "--recount")
    assert "重新计数" in told.out
    assert drawn(november, tmp_path).read_bytes() != first
    assert "1．甲村　26分" in november("bulletin", "2026-11").out


def test_the_picture_and_the_paper_are_files_with_what_they_should_have(november, tmp_path):
    for name in ("docx", "png"):
        refused = november("bulletin", "2026-11", "--format", name)
        assert refused.code == 1
        assert "--out" in refused.err
    png = drawn(november, tmp_path, "b.png").read_bytes()
    assert struct.unpack(">I", png[16:20]) == (1080,)
    with ZipFile(drawn(november, tmp_path)) as archive:
        text = archive.read("word/document.xml").decode()
    for said in (
        "村级信息报送情况通报",
        "各村民委员会：",
        "换届公告",
        "县级采用",
        "未报送的：丙村、丁村、戊村、己村。",
    ):
        assert said in text


def test_the_year_is_told_as_data_workbook_and_paper(november, tmp_path):
    data = json.loads(november("assessment", "2026").out)
    assert data["sums"]["points"] == "38"
    assert next(row["village"] for row in data["villages"]) == "jia"
    assert not data["closed"]
    book = tmp_path / "a.xlsx"
    assert november("assessment", "2026", "--out", book).code == 0
    sheets = load_workbook(io.BytesIO(book.read_bytes()))
    assert sheets.sheetnames == ["全年情况", "各月得分", "逐项得分"]
    assert sum(Decimal(line["points"]) for line in data["lines"]) == 38
    (adopted,) = [line for line in data["lines"] if line["title"]]
    assert (adopted["title"], adopted["item"], adopted["points"]) == (
        "换届公告",
        item(november, "换届公告"),
        "12",
    )
    explained = [[cell.value for cell in row] for row in sheets["逐项得分"]]
    assert any("“换届公告”县级采用" in str(row) for row in explained)
    rows = list(sheets["各月得分"].iter_rows(values_only=True))
    assert rows[1][:4] == ("名次", "村", "11月", "总分")
    assert rows[2][:4] == (1, "甲村", 18, 18)
    assert rows[8][:4] == (None, "合计", 38, 38)
    assert november("assessment", "2026", "--out", tmp_path / "a.docx").code == 0
    assert november("assessment", "2026", "--format", "docx").code == 1
    assert november("assessment", "2019").code == 1


def test_everything_is_said_in_english_too(november, monkeypatch):
    monkeypatch.setenv("GONGKAI_LANG", "en")
    text = november("bulletin", "2026-11").out
    assert text.startswith("[Bulletin] 2026-11, the villages' reports")
    assert "Not reported (due 2026-11-25): 丙村" in text


def test_the_bulletin_tells_the_round_it_was_opened_after(app):
    telling = bulletin_kinds(app)
    assert telling.bulletin_duty.recurrence.round_kind == telling.duty.kind
    assert telling.bulletin_duty.field(telling.bulletin_duty.recurrence.month)
    assert app.office.chain(telling.bulletin_duty.chain).stages


def test_a_title_opens_the_page_on_which_it_was_published(november, tmp_path):
    page = "https://www.zhaoduba.example/1.html"
    november("month", "adopt", item(november, "秋收"), "--level", "town", "--at", page)
    november("bulletin", "2026-11", "--recount")
    with ZipFile(drawn(november, tmp_path)) as archive:
        text = archive.read("word/document.xml").decode()
        linked = archive.read("word/_rels/document.xml.rels").decode()
    assert page in linked
    assert text.count("<w:hyperlink ") == 1  # 换届公告 has no page, and is no link
    assert page in november("bulletin", "2026-11").out
