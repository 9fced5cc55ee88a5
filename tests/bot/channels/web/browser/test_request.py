"""A request in a real browser, at a PC's width and a telephone's, by keyboard: registered, and its answer laid down."""

import pytest

from bot.services.app import OfficeApp
from storage.events.events import Drafted, Opened
from tests.bot.channels.web.browser.driver import (
    CHROMEDRIVER,
    CHROMIUM,
    MISSING,
    Browser,
    browser,
    choose,
    fits,
    serious,
)
from tests.bot.channels.web.browser.serving import link_for, serving

pytestmark = pytest.mark.skipif(not (CHROMIUM and CHROMEDRIVER), reason=MISSING)
ENTER = "\ue007"
SENT = "return performance.getEntriesByType('resource').map(one => decodeURIComponent(one.name)).join(' ')"


def _fits_both(page: Browser) -> None:
    for width in (1280, 360):
        page.size(width, 900)
        fits(page)


def test_a_request_is_registered_and_answered_by_keyboard(app: OfficeApp) -> None:
    with serving(app) as where, browser() as page:
        page.go(f"{where}/join/{link_for(app, 'clerk')}")
        page.click("main button")
        assert page.says("登记一件申请")
        page.go(f"{where}/new/request")
        _fits_both(page)
        page.type("[id='open-private.name']", "某某公司")
        page.run("document.querySelector('#open-day').value = ''")
        page.type("#open-day", "11月20日\t")
        assert page.says("答复（办理）期限：2026-12-18（周五）")  # before anything is recorded
        assert "某某公司" not in page.run(SENT)  # a name is in no address
        choose(page, "open-fact.applicant_kind", "business")
        choose(page, "open-fact.provided_as", "electronic")
        page.type("[id='open-fact.content']", "2026年村集体资金使用情况")
        page.run("document.querySelector('#open-form button:not([type])').focus()")
        page.press(ENTER)
        assert page.says("已记录 №")
        _fits_both(page)
        assert serious(page) == []
        choose(page, "answer-outcome", "granted")
        page.run("document.querySelector('form[action$=answer] button').focus()")
        page.press(ENTER)
        assert page.says("答复全文")
        _fits_both(page)
        assert serious(page) == []
        page.run("document.querySelector('button[value=lay]').focus()")
        page.press(ENTER)
        assert page.says("保密审查")
        _fits_both(page)
        page.go(f"{where}/cases/1/letters")
        _fits_both(page)
        assert page.errors() == []
    with app.log() as log:
        told = [type(entry.record) for entry in log.read(cases=[1])]
    assert told == [Opened, Drafted]
