"""The page in a real browser: the same story with and without script, at a PC's width and a telephone's."""

from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from storage.documents.annual_report.writer import write_report
from storage.events.account_events import AccountJoined
from storage.events.events import Closed, Opened
from tests.bot.channels.web.browser.driver import (
    CHROMEDRIVER,
    CHROMIUM,
    MISSING,
    browser,
    choose,
    fits,
    serious,
)
from tests.storage.report_checks.made import FORM, clean, with_cell

pytestmark = pytest.mark.skipif(not (CHROMIUM and CHROMEDRIVER), reason=MISSING)


@pytest.mark.parametrize("width", [1200, 360])
def test_a_clerk_registers_and_answers_a_request(app: OfficeApp, served: tuple[str, str], width: int) -> None:
    where, token = served
    with browser() as page:
        page.go(f"{where}/join/{token}")
        page.size(width, 900)
        page.click("main button")
        assert page.says("没有待办")
        with app.log() as log:
            last = log.end().position
        page.go(f"{where}/new/request")
        fits(page)
        page.type("#open-reference", "召公开〔2026〕1号")
        choose(page, "open-fact.applicant_kind", "natural_person")
        page.type("[id='open-private.name']", "某某申请人")
        page.click("main .act button")
        assert page.says(f"已记录 №{last + 1}")
        assert "某某申请人" not in page.text()
        fits(page)
        page.click("#more > summary")
        page.click("#close > summary")
        choose(page, "close-outcome", "granted")
        page.click("#close .act button")
        assert page.says("已办结")
        for path in ("/", "/open", "/cases", "/registers", f"/entries/{last + 1}", "/years/2026"):
            page.go(where + path)
            fits(page)
        assert page.errors() == []
    with app.log() as log:
        assert [type(entry.record) for entry in log.read()] == [AccountJoined, Opened, Closed]


def test_the_list_is_searched_while_typing(app: OfficeApp, served: tuple[str, str]) -> None:
    where, token = served
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for number in (1, 2):
            uow.cases.open("dispute", f"复议{number}", app.today, {"route": "reconsideration"})
    with browser() as page:
        page.go(f"{where}/join/{token}")
        page.click("main button")
        assert page.says("复议1")
        page.go(f"{where}/cases")
        page.type("#q", "复议2")
        page.until("#found tbody tr:only-child")
        assert page.says("复议2", "#found")
        assert page.run("return document.activeElement.id") == "q"  # whoever types goes on typing
        assert "q=" in page.run("return location.search")
        assert page.errors() == []


def test_the_keyboard_reaches_what_matters_first(served: tuple[str, str]) -> None:
    where, token = served
    with browser() as page:
        page.go(f"{where}/join/{token}")
        page.click("main button")
        assert page.says("没有待办")
        reached = []
        for _ in range(4):
            page.press("\ue004")  # Tab
            reached.append(page.run("return document.activeElement.textContent.trim()"))
            outline = page.run("return getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"  # where the keyboard is can be seen
        assert reached[0] == "跳到正文"
        assert reached[2:] == ["工作台", "信息"]


def test_reports_are_checked_on_a_telephone(served: tuple[str, str], tmp_path: Path) -> None:
    where, token = served
    report = tmp_path / "清水镇2025.docx"
    report.write_bytes(write_report(with_cell(clean(), "table3.received.total", 1), FORM, "docx"))
    with browser() as page:
        page.size(360, 900)
        page.go(f"{where}/join/{token}")
        page.click("main button")
        page.leaves("/join/")
        page.go(f"{where}/years/2026")
        page.click("a[href='/checks']")
        page.until("#reports")
        fits(page)
        page.type("#reports", str(report))
        page.click("main form button")
        assert page.says("共 1 份", seconds=20)
        assert page.says("表三")
        fits(page)
        assert serious(page) == []
        assert page.errors() == []
