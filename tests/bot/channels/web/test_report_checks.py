"""Reports dropped onto the page: the table, the findings, the papers, and that nothing of them is kept or recorded."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.channels.web.reports import report_checks
from bot.channels.web.request import held_results
from bot.channels.web.request.held_results import HeldResults
from bot.services.app import OfficeApp
from storage.documents.annual_report.writer import write_report
from tests.bot.channels.web.visitor import Visitor
from tests.storage.report_checks.made import FORM, clean, settled, with_cell
from tests.town import log_end

TOWN, OTHER = "清水镇人民政府", "白沙镇人民政府"


def _file(
    agency: str = TOWN, year: int = 2025, kind: str = "docx", *, wrong: bool = False, carried: int = 0
) -> bytes:
    title = f"{agency}{year}年政府信息公开工作年度报告"
    report = replace(clean(), agency=agency, year=year, title=title, figures=settled({}))
    report = with_cell(report, "table3.received.total", 1) if wrong else report
    report = with_cell(report, "table3.carried_out.business", carried) if carried else report
    return write_report(report, FORM, kind)


def _zip(**files: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go, so that what is left there is seen."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def _drop(visitor: Visitor, *files: tuple[str, bytes]) -> str:
    visitor.go("/checks")
    assert visitor.send("/checks", files=files) == []
    return visitor.text


def test_reports_and_an_archive_become_a_table_and_papers(
    app: OfficeApp, clerk: Visitor, temporary: Path
) -> None:
    before = log_end(app)
    assert 'href="/checks"' in clerk.go(f"/years/{app.today.year}")
    last = _zip(**{"上年/清水2024.html": _file(year=2024, kind="html", carried=4)})
    shown = _drop(
        clerk,
        ("清水2025.docx", _file()),
        ("白沙2025.docx", _file(OTHER, wrong=True)),
        ("上年.zip", last),
        ("说明.docx", b"PK\x03\x04 broken"),
    )
    assert "共 4 份" in shown
    assert "读不出来的 1 份" in shown
    assert "错误 5 处" in shown
    assert "200/200 6/6 2 0 表三" in shown
    assert "白沙镇人民政府 2025 错误 2，提醒 0" in shown
    assert "说明.docx" in shown
    assert "与 清水2024.html 对照" in shown
    assert "上年报告这一列结转下年的是 4" in shown  # found only because last year's came with it
    assert list(temporary.iterdir()) == []
    assert log_end(app) == before

    where = str(clerk.shown.url).removeprefix("http://127.0.0.1:8686")
    book = load_workbook(BytesIO(clerk.client.get(f"{where}/findings.xlsx").content))
    assert [row[1].value for row in book["汇总"].iter_rows(min_row=2)] == [
        "清水2025.docx", "白沙2025.docx", "清水2024.html", "说明.docx",
    ]  # fmt: skip
    commented = Document(BytesIO(clerk.client.get(f"{where}/papers/2").content))
    assert any("表三" in comment.text for comment in commented.comments)
    with zipfile.ZipFile(BytesIO(clerk.client.get(f"{where}/papers.zip").content)) as archive:
        assert archive.namelist() == [
            "全部问题.xlsx", "001-清水2025.docx", "002-白沙2025.docx", "003-清水2024-核对意见.docx",
        ]  # fmt: skip
    clerk.go(f"{where}/papers/4", 404)  # what could not be read has no paper
    clerk.go(f"{where}/papers/0", 404)


def test_a_check_is_shown_only_to_who_asked_and_only_until_it_is_replaced(
    app: OfficeApp, clerk: Visitor
) -> None:
    _drop(clerk, ("清水2025.docx", _file()))
    first = str(clerk.shown.url)
    mine, theirs = (dict(one.client.cookies) for one in (clerk, Visitor(app).join("mayor")))
    for path in ("", "/findings.xlsx", "/papers.zip", "/papers/1"):
        assert clerk.client.get(first + path).status_code == 200
        clerk.client.cookies.update(theirs)  # the same server, another browser
        refused = clerk.client.get(first + path)
        clerk.client.cookies.update(mine)
        assert refused.status_code == 404
        assert "清水" not in refused.text
    _drop(clerk, ("白沙2025.docx", _file(OTHER)))
    gone = clerk.client.get(first)
    assert gone.status_code == 404
    assert "再放进来核对一次" in gone.text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "“报告文件”还没有填"),
        ((("报告.zip", b"PK\x03\x04 broken"),), "报告.zip"),
        ((("照片.zip", _zip(**{"照片.jpg": b"x"})),), "没有找到报告"),
        ((("很多.zip", _zip(**{f"{n}.docx": b"x" for n in range(61)})),), "一共有 61 份报告"),
    ],
)
def test_what_cannot_be_checked_is_said_above_the_form(
    clerk: Visitor, temporary: Path, files: tuple[tuple[str, bytes], ...], said: str
) -> None:
    assert said in _drop(clerk, *files)
    assert clerk.status == 422
    assert "/checks" in clerk.forms()
    assert list(temporary.iterdir()) == []


def test_a_name_of_dots_and_slashes_stays_in_its_folder(clerk: Visitor, temporary: Path) -> None:
    shown = _drop(clerk, ("..", b"x"), ("../../清水2025.docx", _file()))
    assert "共 2 份" in shown
    assert list(temporary.parent.glob("**/清水*")) == []


def test_a_second_check_waits_for_the_first(clerk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_checks, "WAIT_SECONDS", 0.01)
    with report_checks._ONE_AT_A_TIME:
        assert "正在核对别人的报告" in _drop(clerk, ("清水2025.docx", _file()))
    assert "共 1 份" in _drop(clerk, ("清水2025.docx", _file()))


def test_a_head_who_records_nothing_may_check_too(app: OfficeApp) -> None:
    assert "共 1 份" in _drop(Visitor(app).join("mayor"), ("清水2025.docx", _file()))


def test_held_results_run_out_and_give_way_to_newer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    held = HeldResults(lambda: now[0])
    token = held.hold("a", "result", 10)
    now[0] = held_results.HELD_SECONDS - 1
    assert held.find("a", token) == "result"
    assert held.find("b", token) is None
    now[0] += 1
    assert held.find("a", token) is None
    assert held._held == {}
    monkeypatch.setattr(held_results, "MAX_HELD_BYTES", 25)
    tokens = [held.hold(owner, owner, 10) for owner in "abc"]
    assert [held.find(owner, token) for owner, token in zip("abc", tokens, strict=True)] == [None, "b", "c"]
    large = held.hold("d", "d", 1000)  # one that is larger than all may be is held alone
    assert held.find("d", large) == "d"
