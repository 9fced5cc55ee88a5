"""A text through four people, one of whom has just joined, and the pages of a day on a telephone, in a real browser."""

from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from storage.events.events import Drafted, Opened, Signed
from tests.bot.channels.web.browser.driver import Browser, choose, fits, serious
from tests.bot.channels.web.browser.page_list import (
    OFTEN,
    VILLAGE_PAGES,
    faults_of,
    join_in_browser,
    november_office,
    sign_in,
)
from tests.bot.channels.web.browser.serving import serving


def test_a_text_goes_through_the_hands_of_four(app: OfficeApp, page: Browser, tmp_path: Path) -> None:
    table = tmp_path / "附表.txt"
    table.write_text("收入 1 支出 1", "utf-8")
    with serving(app) as where:
        page.size(360, 900)
        join_in_browser(page, app, where, "finance_director")
        page.go(f"{where}/texts/new")
        page.type("#check-title", "2026年预算公开")
        choose(page, "check-fact.origin", "building")
        choose(page, "check-fact.disclosure", "proactive")
        page.type("#check-body", "一、预算总体情况。")
        page.type("#check-files", str(table))
        page.click("button[value='check']")
        page.until("button[value='lay']")
        fits(page)
        page.click("button[value='lay']")
        assert page.says("附表.txt")
        case = int(page.run("return location.pathname.split('/').pop()"))
        join_in_browser(page, app, where, "secrecy_officer")
        for person in ("secrecy_officer", "building_director", "office_director", "deputy_mayor"):
            sign_in(page, app, where, person)
            page.click(".tasks h2 a")
            assert page.says("一、预算总体情况。")
            fits(page)
            page.click("#sign button")
            assert page.says("已记录 №")
        assert page.says("还没有记录网页地址")
        assert serious(page) == []
        # Whoever signs waits for a colleague's word after joining: that page alone is refused.
        assert [one for one in page.errors() if "403" not in one] == []
    with app.log() as log:
        records = [entry.record for entry in log.read() if getattr(entry.record, "case", 0) == case]
    assert [type(one) for one in records] == [Opened, Drafted, *[Signed] * 4]
    assert len({one.by for one in records[2:]}) == 4


@pytest.mark.parametrize(("language", "pages"), [("zh", OFTEN), ("en", OFTEN[:1])])
def test_the_pages_of_a_day_fit_a_telephone_and_keep_nobody_out(
    app: OfficeApp, page: Browser, language: str, pages: tuple[str, ...]
) -> None:
    """In the light and in the dark; every other page is walked by ``make proof``."""
    app = november_office(app, language)
    with serving(app) as where:
        page.size(360, 800)
        page.look_closely()
        sign_in(page, app, where, "clerk")
        for path in pages:
            assert faults_of(page, where + path) == [], path
        sign_in(page, app, where, "jia_reporter")
        for path in VILLAGE_PAGES[:1]:
            assert faults_of(page, where + path) == [], path
        assert page.errors() == []
