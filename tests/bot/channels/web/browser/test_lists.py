"""A list in a real browser: by keyboard at a PC, as cards on a telephone, as a register on paper."""

from datetime import date

from bot.services.app import OfficeApp
from tests.bot.channels.web.browser.driver import Browser, fits, serious
from tests.bot.channels.web.browser.hands import ENTER
from tests.bot.channels.web.browser.page_list import sign_in
from tests.bot.channels.web.browser.serving import serving
from tests.town import transaction

FOCUSED_ROW = "return document.activeElement.closest('tr')?.id ?? document.activeElement.id"
DISPLAYED = "return getComputedStyle(document.querySelector(arguments[0])).display"


def test_a_list_is_worked_by_keyboard_and_read_on_a_telephone_and_on_paper(
    app: OfficeApp, page: Browser
) -> None:
    with transaction(app) as uow:
        for number in (1, 2, 3):
            day, facts = date(2026, 11, 2 + number), {"applicant_kind": "business"}
            uow.cases.open("request", f"召公开〔2026〕{number}号", day, facts)
    with serving(app) as where:
        sign_in(page, app, where, "clerk")
        page.go(f"{where}/requests")
        fits(page)
        for key, row in (("j", "r-3"), ("j", "r-2"), ("j", "r-1"), ("j", "r-1"), ("k", "r-2")):
            page.press(key)
            assert page.run(FOCUSED_ROW) == row
        page.press("x")
        assert page.run("return document.getElementById('pick-2').checked")
        page.press("/")
        assert page.run(FOCUSED_ROW) == "q"
        page.type("#q", "jk/3")  # letters typed are letters
        assert page.run("return document.getElementById('q').value") == "jk/3"
        page.go(f"{where}/requests?view=register")
        page.size(360, 800)
        page.go(f"{where}/requests?view=register&go=1&from=2026-01-01")
        assert page.run("return document.querySelector('details.filters').open") is False
        assert page.run("return document.querySelector('.keys').hidden")
        fits(page)
        assert serious(page) == []
        assert page.run(DISPLAYED, "table.list tbody tr") == "flex"
        assert page.run("return document.querySelector('table.list thead').getBoundingClientRect().right") < 0
        page.cdp("Emulation.setEmulatedMedia", media="print")
        page.size(1000, 700)
        assert page.run(DISPLAYED, ".list-search") == "none"
        assert page.run(DISPLAYED, ".chooser") == "none"
        assert page.run(DISPLAYED, "table.list thead") == "table-header-group"
        assert page.says("打印于 2026-11-23")
        page.cdp("Emulation.setEmulatedMedia", media="")
        page.size(1280, 900)
        page.go(f"{where}/requests")
        page.press("j")
        page.press(ENTER)
        page.leaves("/requests")
        assert page.says("召公开〔2026〕3号")
        assert page.errors() == []
