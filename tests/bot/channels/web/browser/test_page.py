"""What every page shares, in a real browser: it fits a telephone, searches while one types, shows where the keyboard is."""

import re
from pathlib import Path

from bot.channels.web.server import ROUTES
from bot.services.app import OfficeApp
from storage.documents.annual_report.writer import write_report
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.browser.hands import TAB
from tests.bot.channels.web.browser.page_list import (
    FILES,
    NOT_WALKED,
    PAGES,
    WIDEST,
    november_office,
    sign_in,
)
from tests.bot.channels.web.browser.serving import serving
from tests.storage.report_checks.made import FORM, clean, with_cell

WIDER = "return document.documentElement.scrollWidth > window.innerWidth"


def test_the_widest_pages_fit_a_telephone_and_complain_of_nothing(app: OfficeApp, page: Browser) -> None:
    """Every other page is walked by ``make proof``."""
    app = november_office(app, "zh")
    with serving(app) as where:
        sign_in(page, app, where, "clerk")
        page.size(360, 800)
        wider = []
        for path in WIDEST:
            page.go(where + path)
            wider += [path] if page.run(WIDER) else []
    assert wider == []
    assert page.errors() == []


def test_every_page_is_walked_that_the_program_has() -> None:
    walked = [path.partition("?")[0] for path in PAGES]
    for method, route, *_ in ROUTES:
        if method != "GET" or route in NOT_WALKED or route.endswith(FILES):
            continue
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", route)
        assert any(re.fullmatch(pattern, path) for path in walked), (
            f"{route} is in neither PAGES nor NOT_WALKED"
        )


def test_the_list_is_searched_while_typing(app: OfficeApp, page: Browser) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for number in (1, 2):
            uow.cases.open("dispute", f"复议{number}", app.today, {"route": "reconsideration"})
    with serving(app) as where:
        sign_in(page, app, where, "clerk")
        assert "复议1" in page.text()
        page.go(f"{where}/cases")
        page.type("#q", "复议2")
        page.until("#found tbody tr:only-child")
        assert page.says("复议2", "#found")
        assert page.run("return document.activeElement.id") == "q"  # whoever types goes on typing
        assert "q=" in page.run("return location.search")
        assert page.errors() == []


def test_the_keyboard_reaches_what_matters_first(app: OfficeApp, page: Browser) -> None:
    with serving(app) as where:
        sign_in(page, app, where, "clerk")
        assert "没有待办" in page.text()
        reached = []
        for _ in range(4):
            page.press(TAB)
            reached.append(page.run("return document.activeElement.textContent.trim()"))
            outline = page.run("return getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"  # where the keyboard is can be seen
        assert reached[0] == "跳到正文"
        assert reached[2:] == ["工作台", "信息"]


def test_reports_are_checked_on_a_telephone(app: OfficeApp, page: Browser, tmp_path: Path) -> None:
    report = tmp_path / "清水镇2025.docx"
    report.write_bytes(write_report(with_cell(clean(), "table3.received.total", 1), FORM, "docx"))
    with serving(app) as where:
        page.size(360, 900)
        sign_in(page, app, where, "clerk")
        page.go(f"{where}/years/2026")
        page.click("a[href='/checks']")
        page.until("#reports")
        fits(page)
        page.type("#reports", str(report))
        page.click("main form button")
        assert page.says("共 1 份")
        assert page.says("表三")
        fits(page)
        assert serious(page) == []
        assert page.errors() == []
