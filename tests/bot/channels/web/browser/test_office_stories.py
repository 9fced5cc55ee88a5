"""Stories of an office in a real browser: a post that ends, villages that come and go, twenty items, a week away.

Each can be played with a pointer and by keyboard alone, at a PC's width and a telephone's.
"""

from datetime import date

from bot.services.app import OfficeApp
from bot.services.office.changes import record_first_version
from storage.events.events import Closed, Signed
from storage.events.office_events import OfficeChanged
from tests.bot.channels.web.browser.hands import Hands, Keyboard, Pointer, played
from tests.bot.channels.web.browser.serving import serving
from tests.scheduler.signoff.town import draft, open_text, sign
from tests.town import log_end, run_sweep
from tests.village_items import hand_in

LEAVING, SUCCESSOR = "finance_director", "farming_director"
CONFIRM = "button[name='confirm']"
FORM_BUTTON = "form.fill .act button"


def _records(app: OfficeApp, after: int) -> list[object]:
    with app.log() as log:
        return [entry.record for entry in log.read(after=after)]


@played(Keyboard, 360)
def test_a_post_ends_in_the_middle_of_a_chain_and_its_successor_signs(app: OfficeApp, hands: Hands) -> None:
    record_first_version(app)
    case = open_text(app)
    draft(app, case)
    sign(app, case, 0)
    with serving(app) as where:
        hands.come_in(app, where, "clerk")
        hands.press("nav a[href='/settings']")
        hands.press("a[href='/settings/person']")
        hands.press(f"a[href='/settings/person/{LEAVING}']")
        hands.choose("#successor", SUCCESSOR)
        hands.press("section[aria-labelledby='leaves'] .act button", "在办的事")
        assert f"案件 {case}" in hands.page.text()
        assert "农业农村办主任" in hands.page.text()
        hands.press(CONFIRM)
        assert "财政所所长" in hands.page.text(".entries")
        before = log_end(app)
        hands.come_in(app, where, SUCCESSOR)
        assert "2026年预算公开" in hands.page.text()
        hands.press(".tasks h2 a", "内容指纹")
        hands.press("#sign .act button", "已记录 №")
    (signed,) = [one for one in _records(app, before) if isinstance(one, Signed)]
    assert signed.by == SUCCESSOR
    assert app.office.find_person(LEAVING) is None


@played(Pointer, 360)
def test_a_village_joins_and_one_merges(app: OfficeApp, hands: Hands) -> None:
    record_first_version(app)
    page, last = hands.page, app.office.villages[-1]
    with serving(app) as where:
        hands.come_in(app, where, "clerk")
        before = log_end(app)
        hands.press("nav a[href='/settings']")
        hands.press("a[href='/settings/village']")
        hands.press("a[href='/settings/village/new']")
        hands.fill("[name='name']", "庚村")
        hands.choose("#settings\\.village-reporter", "yi_reporter")
        hands.choose("#settings\\.village-leader", "yi_leader")
        hands.fill("[name='since']", "１２月１日")
        assert page.says("2026年12月1日 星期二", ".day-read")
        hands.press(FORM_BUTTON, "+ 村：庚村")
        hands.press(CONFIRM, "№")
        hands.press(".trail a[href='/settings']")
        hands.press("a[href='/settings/village']")
        hands.press(f"a[href='/settings/village/{last.id}']")
        hands.open("[data-pick$='until']", brings=".calendar button[aria-current='date']")
        hands.take_day("2026-11-30")  # in the calendar, instead of typing
        assert page.run("return document.querySelector('[name=until]').value") == "2026-11-30"
        hands.press(FORM_BUTTON, "2026-11-30")
        hands.press(CONFIRM, "改回去")
    changes = [one for one in _records(app, before) if isinstance(one, OfficeChanged)]
    assert len(changes) == 2
    there = [one.name for one in app.office.villages if one.exists_on(date(2026, 12, 1))]
    assert "庚村" in there
    assert last.name not in there


@played(Keyboard, 1280)
def test_twenty_items_are_received_at_once(app: OfficeApp, hands: Hands) -> None:
    run_sweep(app, date(2026, 11, 9))
    sent = [hand_in(app, "jia", date(2026, 11, 9), title=f"公示{number}") for number in range(20)]
    with serving(app) as where:
        hands.come_in(app, where, "clerk")
        before = log_end(app)
        hands.press("nav.rooms li:nth-child(2) a")
        hands.press("nav.pages a[href='/items']", "公示19")
        hands.tick_rows(sent)
        hands.press("button[value=receive]", "收下 20 条")
    received = [one for one in _records(app, before) if isinstance(one, Closed)]
    assert sorted(one.case for one in received) == sorted(sent)
    assert {one.outcome for one in received} == {"received"}


@played(Pointer, 1280)
def test_the_day_after_a_week_away(late_november: OfficeApp, hands: Hands) -> None:
    """The clerk comes back: what is late stands first, each number opens its list, a row opens its case."""
    app, page = late_november, hands.page
    run_sweep(app, date(2026, 12, 7))
    with serving(app) as where:
        hands.come_in(app, where, "clerk")
        late = int(page.text(".tally .warns b"))
        assert late > 1
        first = page.text(".tasks h2")
        assert page.text(".tasks li.late h2") == first
        hands.press(".tally .warns a", "只列：已逾期")
        assert len(page.find_all("tr.late")) == late
        hands.open_row(1)
        assert page.run("return location.pathname").startswith("/cases/")
        page.run("history.go(-2)")
        assert page.says(first)
        hands.press(".tasks h2 a")
        assert page.find_all("nav.trail")
        assert page.run("return location.pathname").startswith(("/cases/", "/items/", "/texts/"))
