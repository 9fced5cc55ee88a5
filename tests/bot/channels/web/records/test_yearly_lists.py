"""The lists of a year: what was withheld and is reviewed, what is handed over, what is kept; the guide on the page."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from bot.services.app import OfficeApp
from storage.documents.catalogue.office_lists import PublishedText, transfer_list
from tests.bot.channels.web.visitor import Visitor
from tests.bot.cli.test_catalogue import GUIDE
from tests.command_line import CommandLine
from tests.town import log_end, record

TEXT = {
    "title": "内部考勤通报",
    "origin": "party_office",
    "made_on": "2026-11-02",
    "article": "条例第十六条第一款",
}


def _closed(
    app: OfficeApp, reference: str, day: date, outcome: str, kind: str = "request", **facts: str
) -> int:
    known = facts or {"applicant_kind": "business", "content": reference}
    number = record(app, lambda uow: uow.cases.open(kind, reference, day, known))
    record(app, lambda uow: uow.cases.close(number, outcome, day))
    return number


def _review(app: OfficeApp, case: int, day: date, verdict: str) -> None:
    facts = {"verdict": verdict, "reason": "逐件看过"}
    record(app, lambda uow: uow.cases.step(case, "withheld_reviewed", day, facts))


@pytest.fixture
def withheld(app: OfficeApp) -> OfficeApp:
    """A town that withheld several things, and reviewed some of them a year ago."""
    kept, opened, fresh, reopened = (
        _closed(app, name, date(2025, 6, 3), "process_information")
        for name in ("旧", "已可公开", "当年审", "重答")
    )
    _closed(app, "部分", date(2026, 3, 4), "partly_granted")
    _closed(app, "公开的", date(2026, 3, 4), "granted")
    _closed(app, "不存在", date(2026, 3, 4), "not_existing")
    _closed(app, "文稿", date(2026, 11, 3), "not_published", "publication", **TEXT, disclosure="withheld")
    _closed(app, "依申请", date(2026, 11, 3), "not_published", "publication", **TEXT, disclosure="on_request")
    _review(app, kept, date(2025, 10, 31), "kept")
    _review(app, opened, date(2025, 10, 31), "open")
    _review(app, fresh, date(2026, 10, 30), "in_part")
    facts = {"decision": "莱政复决〔2025〕1号"}
    record(app, lambda uow: uow.cases.step(reopened, "reopened", date(2025, 9, 1), facts))
    return app


LISTED = [
    ("旧", "属于四类过程性信息", "2025-10-31", "继续不予公开", "待审查"),
    ("当年审", "属于四类过程性信息", "2026-10-30", "部分可以公开", "已审查"),
    ("部分", "部分公开", None, None, "待审查"),
    ("文稿", "不发布（依申请公开或者不予公开）", None, None, "待审查"),
]


@pytest.mark.usefixtures("withheld")
def test_what_was_withheld_is_listed_for_its_review_and_nothing_else(gongkai: CommandLine, tmp_path) -> None:
    out = tmp_path / "审查.xlsx"
    said = gongkai("catalogue", "withheld", 2026, out)
    assert (said.code, "4 条，本年还没有审查的 3 条" in said.out) == (0, True)
    rows = [row for row in load_workbook(out).active.iter_rows(min_row=3, values_only=True) if row[1]]
    assert [(row[3], row[5], row[8], row[9], row[10]) for row in rows] == LISTED
    assert [row[6] for row in rows] == ["条例第十六条第二款"] * 2 + ["条例第三十七条", "条例第十六条第一款"]
    gongkai("catalogue", "withheld", 2025, out)  # as it stood then: the one found open belongs to that year
    rows = [row for row in load_workbook(out).active.iter_rows(min_row=3, values_only=True) if row[1]]
    assert [(row[3], row[10]) for row in rows] == [
        ("旧", "已审查"),
        ("已可公开", "已审查"),
        ("当年审", "待审查"),
    ]


def test_the_page_has_each_list_and_records_nothing(withheld: OfficeApp) -> None:
    clerk, end = Visitor(withheld).join("clerk"), log_end(withheld)
    assert "2026年的清单和指南核对" in clerk.go("/years/2026")
    clerk.go("/years/2026/lists")
    assert "不予公开的 4 条，本年还没有审查的 3 条（条例第十八条）" in clerk.text
    for name, title in (
        ("transfer", "移送明细"),
        ("withheld", "不予公开审查"),
        ("disposal", "保管期限和销毁清册"),
    ):
        file = clerk.client.get(f"/years/2026/lists/{name}.xlsx")
        assert file.status_code == 200, file.text[-800:]
        assert load_workbook(BytesIO(file.content)).active.title == title
    for path in ("/years/2026/lists/other.xlsx", "/years/2027/lists", "/years/1999/lists"):
        assert clerk.client.get(path).status_code == 404
    assert log_end(withheld) == end
    assert Visitor(withheld).join("jia_reporter").client.get("/years/2026/lists").status_code == 403


def test_a_guide_is_held_against_article_12_on_the_page(app: OfficeApp) -> None:
    clerk = Visitor(app).join("clerk")
    clerk.go("/years/2026/lists")
    clerk.send("guide", files=[("指南.txt", GUIDE.encode())])
    assert clerk.shown.text.count("✗") == 1
    assert "传真号码：指南里没有看到" in clerk.text
    clerk.send("guide", files=[("指南.docx", b"x")])
    assert (clerk.status, "读不出来" in clerk.text) == (422, True)
    clerk.send("guide")
    assert clerk.status == 422


def test_a_title_is_no_formula() -> None:
    text = PublishedText(title="=1+1", matter="", subject="", published_on=date(2026, 3, 2), address="")
    cell = load_workbook(BytesIO(transfer_list([text], "某镇", 2026))).active["B3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
