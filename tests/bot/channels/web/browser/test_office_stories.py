"""Stories of an office in one real browser: a post that ends, villages that come and go, twenty items, a week away."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.services.app import OfficeApp
from bot.services.office.changes import record_first_version
from storage.events.events import Closed, OfficeChanged, Signed
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
from tests.bot.channels.web.browser.page_list import join_in_browser
from tests.bot.channels.web.browser.serving import serving
from tests.scheduler.signoff.town import draft, open_text, sign
from tests.town import log_end, run_sweep
from tests.village_items import hand_in

pytestmark = pytest.mark.skipif(not (CHROMIUM and CHROMEDRIVER), reason=MISSING)
TAB, ENTER = "\ue004", "\ue007"


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One browser for all of these stories: to start one takes longer than to play one."""
    with browser() as page:
        yield page


def _records(app: OfficeApp, after: int) -> list[object]:
    with app.log() as log:
        return [entry.record for entry in log.read(after=after)]


def test_a_post_ends_in_the_middle_of_a_chain_and_its_successor_signs(
    app: OfficeApp, window: Browser
) -> None:
    record_first_version(app)
    case = open_text(app)
    draft(app, case)
    sign(app, case, 0)
    with serving(app) as where:
        window.size(1280, 900)
        join_in_browser(window, app, where, "clerk")
        window.go(f"{where}/settings/person/finance_director")
        choose(window, "successor", "farming_director")
        window.click("section[aria-labelledby='leaves'] .act button")
        assert window.says("在办的事")
        assert f"案件 {case}" in window.text()
        assert "农业农村办主任" in window.text()
        fits(window)
        assert serious(window) == []
        window.click("button[name='confirm']")
        assert window.says("财政所所长", ".entries")
        join_in_browser(window, app, where, "farming_director")
        before = log_end(app)
        window.go(where)
        assert window.says("2026年预算公开")
        window.click(".tasks h2 a")
        assert window.says("内容指纹")
        window.click("#sign .act button")
        assert window.says("已记录 №")
    (signed,) = [one for one in _records(app, before) if isinstance(one, Signed)]
    assert signed.by == "farming_director"
    assert app.office.find_person("finance_director") is None


def test_a_village_joins_and_one_merges_on_a_telephone(app: OfficeApp, window: Browser) -> None:
    record_first_version(app)
    with serving(app) as where:
        window.size(360, 800)
        join_in_browser(window, app, where, "clerk")
        before = log_end(app)
        window.go(f"{where}/settings/village")
        window.click("a[href='/settings/village/new']")
        window.until("[name='since']")
        fits(window)
        window.type("[name='name']", "庚村")
        choose(window, "settings.village-reporter", "yi_reporter")
        choose(window, "settings.village-leader", "yi_leader")
        window.type("[name='since']", "１２月１日")
        assert window.says("2026年12月1日 星期二", ".day-read")
        _send(window)
        assert window.says("+ 村：庚村")
        window.click("button[name='confirm']")
        assert window.says("№")
        window.leaves("/settings/village")
        last = app.office.villages[-2]
        window.go(f"{where}/settings/village/{last.id}")
        window.click("[data-pick$='until']")  # the calendar instead of typing
        window.until(".calendar button[aria-current='date']")
        window.press("\ue015")  # a week on
        window.press(ENTER)
        assert window.run("return document.querySelector('[name=until]').value") == "2026-11-30"
        _send(window)
        assert window.says("2026-11-30")
        assert serious(window) == []
        window.click("button[name='confirm']")
        assert window.says("改回去")
    changes = [one for one in _records(app, before) if isinstance(one, OfficeChanged)]
    assert len(changes) == 2
    there = [one.name for one in app.office.villages if one.exists_on(date(2026, 12, 1))]
    assert "庚村" in there
    assert last.name not in there


def _send(window: Browser) -> None:
    """Press the button of the form by keyboard."""
    window.run("document.querySelector('form.fill .act button').focus()")
    window.press(ENTER)
    window.until("button[name='confirm']")


def test_twenty_items_are_received_by_keyboard(app: OfficeApp, window: Browser) -> None:
    run_sweep(app, date(2026, 11, 9))
    sent = [hand_in(app, "jia", date(2026, 11, 9), title=f"公示{number}") for number in range(20)]
    with serving(app) as where:
        window.size(1280, 900)
        join_in_browser(window, app, where, "clerk")
        before = log_end(app)
        window.go(f"{where}/items?state=open")
        assert window.says("公示19")
        for _ in sent:
            window.press("j")
            window.press("x")
        window.run("document.querySelector('button[value=receive]').focus()")
        window.press(ENTER)
        assert window.says("收下 20 条")
        fits(window)
        assert serious(window) == []
    received = [one for one in _records(app, before) if isinstance(one, Closed)]
    assert sorted(one.case for one in received) == sorted(sent)
    assert {one.outcome for one in received} == {"received"}


def test_the_day_after_a_week_away(late_november: OfficeApp, window: Browser) -> None:
    app = late_november
    run_sweep(app, date(2026, 12, 7))
    with serving(app) as where:
        window.size(1280, 900)
        join_in_browser(window, app, where, "clerk")
        window.go(where)
        late = int(window.text(".tally .warns b"))
        assert late > 1
        first = window.text(".tasks h2")
        assert window.text(".tasks li.late h2") == first  # what is late stands first
        window.size(360, 800)
        fits(window)
        assert serious(window) == []
        _tab_to(window, str(late))
        window.press(ENTER)
        assert window.says("只列：已逾期")
        assert len(window.find_all("tr.late")) == late
        fits(window)
        assert serious(window) == []
        window.run("history.back()")
        window.until(".tasks h2 a")
        window.click(".tasks h2 a")
        window.until("nav.trail")
        assert window.run("return location.pathname").startswith(("/cases/", "/items/", "/texts/"))
        assert [one for one in window.errors() if "403" not in one] == []


def _tab_to(window: Browser, words: str) -> None:
    for _ in range(40):
        window.press(TAB)
        if words in window.run("return document.activeElement.textContent"):
            return
    raise AssertionError(words)
