"""What frames every page: five rooms, the way down to it, guessed addresses, help, typed days, display, the icon."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from bot.channels.web.frame.display import DisplayChoice, display_of_cookie
from bot.channels.web.frame.navigation import ROOMS, navigation
from bot.language.date_parser import read_typed_day
from bot.language.phrasebook import phrasebook
from bot.services.app import OfficeApp
from config.office.roles import AccessLevel
from scheduler.validation.date_calculator import NotADay
from storage.events.events import Stepped
from storage.events.office_events import Counted
from tests.bot.channels.web.visitor import Visitor
from tests.paths import ROOT
from tests.town import with_office

TODAY = date(2026, 11, 23)
ROOM = re.compile(r'<nav class="rooms".*?</nav>', re.DOTALL)
TRAIL = re.compile(r'<nav class="trail".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"')


def links(pattern: re.Pattern[str], visitor: Visitor) -> list[str]:
    found = pattern.search(visitor.shown.text)
    return LINK.findall(found[0]) if found else []


def test_the_words_of_the_navigation_stand_in_one_file() -> None:
    files = sorted((ROOT / "bot" / "phrases").glob("*/*.toml"))
    naming = [
        file for file in files if re.search(r"^\[page\.(nav|room)\]", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert {file.name for file in naming} == {"navigation.toml"}


def test_there_are_five_rooms_and_each_leads_to_a_page(clerk: Visitor) -> None:
    clerk.go("/")
    assert links(ROOM, clerk) == ["/", "/months", "/requests", "/years/2026", "/settings"]
    for room in ROOMS:
        for page in room.pages:
            shown = clerk.client.get(page.path.replace("{year}", "2026"), follow_redirects=True)
            assert shown.status_code == 200, page.path
            assert 'aria-current="true"' in ROOM.search(shown.text)[0], page.path


def test_a_village_finds_what_is_its_own_and_nothing_else(app: OfficeApp) -> None:
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/")
    rooms = links(ROOM, reporter)
    assert rooms == ["/", "/months", "/people"]
    assert "申请" not in ROOM.search(reporter.shown.text)[0]
    for path in rooms:
        shown = reporter.client.get(path, follow_redirects=True)
        assert shown.status_code == 200
        for link in LINK.findall(shown.text):
            if link.startswith("/") and "static" not in link:
                assert reporter.client.get(link, follow_redirects=True).status_code == 200, link


def test_the_way_down_to_a_page_is_linked(clerk: Visitor) -> None:
    clerk.go("/settings/person/archivist")
    assert links(TRAIL, clerk) == ["/settings", "/settings/person"]
    clerk.go("/years/2026/cells/table3.received.total")
    assert links(TRAIL, clerk) == ["/years/2026"]
    clerk.go("/settings")
    assert links(TRAIL, clerk) == []


@pytest.mark.parametrize("under", ["", "/months"])
def test_a_page_lies_where_its_view_says(under: str) -> None:
    found = navigation("/cases/12", AccessLevel.RECORD, 2026, under)
    (room,) = [one.key for one in found.rooms if one.current]
    assert room == ("information" if under else "desk")
    assert found.trail[-1].path == (under or "/cases")


@pytest.mark.parametrize(
    ("said", "leads"),
    [
        ("/2026", "/years/2026"),
        ("/2026-11", "/months/2026-11"),
        ("/7", "/cases/7"),
        ("/year", "/years/2026"),
        ("/years/", "/years/2026"),
        ("/tasks", "/"),
        ("/settings/", "/settings"),
        ("/人员", "/people"),
        ("/日历", "/dates"),
    ],
)
def test_an_address_can_be_guessed(clerk: Visitor, said: str, leads: str) -> None:
    clerk.shown = clerk.client.get(said)
    assert clerk.shown.headers.get("location") == leads


def test_a_case_lies_in_the_room_of_its_kind(clerk: Visitor, request_case: int) -> None:
    clerk.go(f"/cases/{request_case}")
    assert links(TRAIL, clerk) == ["/requests"]


def test_what_nobody_can_mean_is_answered_with_the_pages_there_are(clerk: Visitor, app: OfficeApp) -> None:
    clerk.go("/没有这个", 404)
    assert "没有“没有这个”这一页" in clerk.text
    assert "日历" in clerk.text
    reporter = Visitor(app).join("jia_reporter")
    reporter.go("/送达", 404)
    assert "依申请公开" not in reporter.text
    Visitor(app).go("/送达", 401)


TYPED = (
    "2026-11-20",
    "2026-11-20（周五）",
    "11月20日",
    "１１月２０日",
    "２０２６１１２０",
    "11.20",
    "11-20",
    "上周五",
)


@pytest.mark.parametrize("typed", TYPED)
def test_a_day_is_typed_in_any_way(clerk: Visitor, request_case: int, typed: str) -> None:
    clerk.go(f"/cases/{request_case}")
    (entry,) = clerk.send("step.examined", day=typed)
    assert isinstance(entry.record, Stepped)
    assert entry.record.happened_on == date(2026, 11, 20)


@pytest.mark.parametrize("typed", ["", "5", "2026", "2月30日", "13-40", "26-11-20", "²", "11月20日左右"])
def test_what_names_no_day_is_no_day(typed: str) -> None:
    with pytest.raises(NotADay):
        read_typed_day(typed, TODAY)


def test_numbers_are_typed_with_any_input_method(clerk: Visitor) -> None:
    clerk.go("/registers")
    (entry,) = clerk.send("licence", quantity="１，２３４")
    assert isinstance(entry.record, Counted)
    assert entry.record.quantity == 1234
    clerk.go("/registers")
    (entry,) = clerk.send("information_fee", amount="１２．５０ 元")
    assert entry.record.amount_yuan == Decimal("12.5")


OWN_CONTROL = re.compile(r'type="(date|time|month|week|datetime-local|number)"')
"""Controls in which a browser speaks its own language, and takes no 5月3日 and no full-width digits."""


def test_no_field_is_the_browsers_own_control(clerk: Visitor, request_case: int) -> None:
    for path in (f"/cases/{request_case}", "/new/request", "/people", "/registers"):
        clerk.go(path)
        assert "data-day" in clerk.shown.text
    templates = sorted((ROOT / "bot" / "templates").glob("*.html"))
    assert [one.name for one in templates if OWN_CONTROL.search(one.read_text("utf-8"))] == []


def test_the_day_from_which_a_change_holds_is_typed_as_people_type_it(clerk: Visitor) -> None:
    clerk.go("/settings/hours")
    clerk.send("change", digest="８：４５")
    assert "data-day" in clerk.shown.text
    form = next(one for one in clerk.forms().values() if "from" in one.fields)
    sent = form.fields | {"from": "１２月１日", "confirm": "1"}
    clerk.shown = clerk.client.post(form.action, data=sent, follow_redirects=True)
    assert clerk.status == 200
    assert "2026-12-01" in clerk.go("/settings/history")


def test_type_and_colours_are_chosen_for_a_browser(clerk: Visitor) -> None:
    assert "data-size" not in clerk.go("/display")
    before = clerk.end()
    clerk.send("/display", size="larger", colours="dark")
    assert 'data-size="larger" data-colours="dark"' in clerk.shown.text
    assert 'data-size="larger"' in clerk.go("/months/2026-11")
    assert clerk.end() == before
    assert display_of_cookie('"><script>-x') == display_of_cookie("") == DisplayChoice()
    assert display_of_cookie("large-dark") == DisplayChoice(size="large", colours="dark")


def test_a_telephone_can_keep_the_page(app: OfficeApp) -> None:
    stranger = Visitor(app)
    manifest = json.loads(stranger.go("/app/manifest.webmanifest"))
    assert stranger.shown.headers["content-type"] == "application/manifest+json"
    assert (manifest["short_name"], manifest["start_url"]) == ("召都巴镇", "/")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        shown = stranger.client.get(icon["src"])
        picture = Image.open(BytesIO(shown.content))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        assert picture.convert("RGB").getpixel((picture.width // 2, 4)) == (138, 31, 31)
    stranger.go("/app/icon-7.png", 404)


def test_an_english_reader_has_the_same_rooms(app: OfficeApp) -> None:
    people = tuple(replace(one, language="en") for one in app.office.people)
    clerk = Visitor(with_office(app, replace(app.office, people=people))).join("clerk")
    assert "Settings" in ROOM.search(clerk.go("/"))[0]
    assert "[page." not in clerk.shown.text


EMPTY = re.compile(r'class="empty"[^>]*>(.*?)</(?:p|li)>', re.DOTALL)
SAID = re.compile(r'say\("([\w.]+)"')
GUIDANCE = re.compile("点|写|登记|会|自动|看|列|去掉|下载|不用|在“|退回|就在这里")
"""What tells somebody who finds nothing what to do, or what happens next."""
COLUMN_ALONE = "page.item.nothing"
"""One column of the board; where all are empty, the board says what to do."""
EMPTY_PAGES = (
    *("/cases", "/open", "/requests", "/items", "/texts", "/deliveries", "/people", "/delivery", "/chat"),
    *("/requests?view=register", "/items?view=register", "/texts?view=register", "/cases?q=没有这样的"),
    *("/activities", "/registers", "/months", "/dates", "/settings/history", "/settings/backups", "/"),
    "/years/2026/cells/table3.received.total",
)


def test_every_page_that_has_nothing_to_show_says_what_to_do(app: OfficeApp, clerk: Visitor) -> None:
    for path in EMPTY_PAGES:
        shown = clerk.client.get(path, follow_redirects=True)
        said = [re.sub(r"<[^>]+>", "", one) for one in EMPTY.findall(shown.text)]
        assert said, path
        assert [one for one in said if not GUIDANCE.search(one)] == [], path
    village = Visitor(app).join("jia_reporter")
    for path in ("/months", "/items", "/texts", "/dates", "/chat"):
        village.shown = village.client.get(path, follow_redirects=True)
        assert GUIDANCE.search(EMPTY.search(village.shown.text)[1]), path
    assert "设置" not in EMPTY.search(village.client.get("/months", follow_redirects=True).text)[1]


def test_every_sentence_for_nothing_says_what_to_do() -> None:
    """Also those of pages that no empty office has, such as a file that cannot be shown."""
    phrases, found = phrasebook("zh").phrases, set()
    for template in sorted((ROOT / "bot" / "templates").glob("*.html")):
        for words in EMPTY.findall(template.read_text("utf-8")):
            found |= set(SAID.findall(words))
    keys = {
        key for said in found for key in phrases if key == said or (said[-1] == "." and key.startswith(said))
    }
    assert len(keys) > 30
    assert sorted(key for key in keys - {COLUMN_ALONE} if not GUIDANCE.search(phrases[key])) == []
