"""A village's item on the page: handed in from a telephone, returned, received, adopted, read with its photographs."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from bot.services.app import OfficeApp
from bot.services.villages.board import ItemState, list_items
from scheduler.signoff.approval_state import approval_state_of_case
from tests.bot.channels.web.visitor import Visitor
from tests.town import case_by_number, case_number, log_end, record, run_sweep
from tests.village_items import hand_in

NOVEMBER = date(2026, 11, 1)
ORIENTATION, GPS = 0x0112, 0x8825


def photo(size: tuple[int, int] = (2400, 1200), colour: str = "green") -> bytes:
    """A photograph as a telephone takes it: lying on its side, with the place where it was taken."""
    picture, data = Image.new("RGB", size, colour), Image.Exif()
    data[ORIENTATION] = 6
    data.get_ifd(GPS)[1] = "N"
    written = BytesIO()
    picture.save(written, "JPEG", exif=data)
    return written.getvalue()


@pytest.fixture
def november(app: OfficeApp) -> OfficeApp:
    run_sweep(app, date(2026, 11, 9))
    return app


@pytest.fixture
def reporter(november: OfficeApp) -> Visitor:
    return Visitor(november).join("jia_reporter")


@pytest.fixture
def office(november: OfficeApp) -> Visitor:
    return Visitor(november).join("clerk")


def sent(reporter: Visitor, title: str = "村里清淤两公里") -> int:
    """Hand in an item with one photograph from the form; return its number."""
    assert 'name="alts" rows="3"' in reporter.go("/items/new")
    entries = reporter.send(
        "report",
        files=[("河道.jpg", photo())],
        title=title,
        body="十一月九日，三十名村民清理河道。",
        alts="村民在河边清淤",
    )
    assert reporter.status == 200, reporter.text
    assert [type(entry.record).__name__ for entry in entries] == ["Opened"]
    return entries[0].record.case


def test_a_village_hands_in_an_item_with_the_camera_of_its_telephone(reporter: Visitor) -> None:
    form = reporter.go("/items/new")
    assert 'capture="environment"' in form
    assert 'accept="image/*"' in form
    number = sent(reporter)
    assert "报上去了" in reporter.text
    assert "待收" in reporter.text
    assert 'alt="村民在河边清淤"' in reporter.shown.text
    line = list_items(reporter.app, NOVEMBER)[0]
    assert (line.number, line.title, line.photographs, line.on_paper) == (number, "村里清淤两公里", 1, False)


def test_the_photograph_is_shown_upright_and_without_its_place(reporter: Visitor) -> None:
    number = sent(reporter)
    path = next(part for part in reporter.shown.text.split('"') if part.startswith(f"/items/{number}/files/"))
    answer = reporter.client.get(path)
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(answer.content)) as shown:
        assert shown.size == (1000, 2000)
        assert not dict(shown.getexif())
    assert reporter.client.get(f"/items/{number}/files/{'0' * 64}").status_code == 404


def test_a_pdf_of_an_item_is_seen_in_the_page(reporter: Visitor, november: OfficeApp) -> None:
    scan = BytesIO()
    Image.new("RGB", (400, 600), "white").save(scan, "PDF")
    reporter.go("/items/new")
    sent = reporter.send(
        "report", files=[("名册.pdf", scan.getvalue())], title="村里清淤两公里", body="附名册。"
    )
    number = sent[0].record.case
    look = re.search(rf'href="(/items/{number}/files/\w+)/text"', reporter.shown.text)[1]
    reporter.go(f"{look}/text")
    assert f'src="{look}/pages/1"' in reporter.shown.text
    assert reporter.client.get(f"{look}/pages/1").headers["content-type"] == "image/jpeg"
    reporter.go(f"{look}/pages/2", 404)
    Visitor(november).join("yi_reporter").go(f"{look}/pages/1", 404)


def test_another_village_sees_nothing_of_it(reporter: Visitor) -> None:
    number = sent(reporter)
    other = Visitor(reporter.app).join("yi_reporter")
    other.go(f"/items/{number}", 404)
    other.go("/months/2026-11")
    assert "清淤" not in other.text
    other.go(f"/items/{number}/again", 404)


def test_a_returned_item_stands_in_the_village_s_list_with_its_reason_until_it_is_sent_again(
    reporter: Visitor, office: Visitor
) -> None:
    number = sent(reporter)
    office.go(f"/items/{number}")
    office.send("returned", fact__reason="缺时间地点")
    reporter.go("/")
    assert "缺时间地点" in reporter.text
    assert f"/items/{number}" in reporter.shown.text
    reporter.go(f"/items/{number}/again")
    assert "缺时间地点" in reporter.text
    assert reporter.forms()["again"].fields["title"] == "村里清淤两公里"
    reporter.send("again", body="十一月九日上午，在甲村河段，三十名村民清理河道。")
    assert "待收" in reporter.text
    assert 'alt="村民在河边清淤"' in reporter.shown.text  # the photograph was kept
    assert f"/items/{number}" not in reporter.go("/")


def test_the_clerk_receives_and_returns_several_at_once(reporter: Visitor, office: Visitor) -> None:
    numbers = [sent(reporter, title) for title in ("一号", "二号", "三号")]
    office.go("/months/2026-11")
    board = "/months/2026-11"
    before = log_end(office.app)
    office.send(board, "receive", **{f"item__{numbers[0]}": "1", f"item__{numbers[1]}": "1"})
    assert "已办 2 条" in office.text
    office.send(board, "return", **{f"item__{numbers[2]}": "1", "reason": "写得太简单"})
    states = [line.state for line in list_items(office.app, NOVEMBER)]
    assert states == [ItemState.RECEIVED, ItemState.RECEIVED, ItemState.RETURNED]
    assert log_end(office.app) == before + 3


def test_nothing_chosen_is_said_and_a_return_without_a_reason_is_refused(
    reporter: Visitor, office: Visitor
) -> None:
    number = sent(reporter)
    office.go("/months/2026-11")
    before = log_end(office.app)
    office.send("/months/2026-11", "receive")
    assert (office.status, "要办的信息" in office.text) == (422, True)
    office.go("/months/2026-11")
    office.send("/months/2026-11", "return", **{f"item__{number}": "1"})
    assert (office.status, "理由" in office.text) == (422, True)
    assert log_end(office.app) == before


def test_adoption_is_one_press_and_the_reviewers_see_the_photograph(
    reporter: Visitor, office: Visitor
) -> None:
    number = sent(reporter)
    office.go(f"/items/{number}")
    office.send(f"/items/{number}", "take_up")
    assert office.shown.url.path.startswith("/texts/")
    text = int(office.shown.url.path.rpartition("/")[2])
    case = case_by_number(office.app, text)
    state = approval_state_of_case(office.app.office, case, office.app.duties["publication"])
    assert (state.stage.name, state.writers) == ("保密审查", {"clerk", "jia_reporter"})
    assert case.facts == {
        "title": "村里清淤两公里",
        "origin": "jia",
        "disclosure": "proactive",
        "subject": "21_2",
        "made_on": "2026-11-09",
        "item": number,
    }
    reviewer = Visitor(office.app).join("secrecy_officer")
    reviewer.go(f"/texts/{text}")
    assert 'alt="村民在河边清淤"' in reviewer.shown.text
    path = next(part for part in reviewer.shown.text.split('"') if "/pictures/" in part)
    assert reviewer.client.get(path).headers["content-type"] == "image/jpeg"
    assert list_items(office.app, NOVEMBER)[0].state is ItemState.TAKEN_UP
    office.go(f"/items/{number}")
    assert "采用，送审" not in office.text


def test_an_item_edited_first_has_the_village_s_words_as_its_first_version(
    reporter: Visitor, office: Visitor
) -> None:
    number = sent(reporter)
    office.go(f"/items/{number}/draft")
    office.send("check", title="甲村清淤两公里")
    office.send("check", "lay")
    assert office.status == 200, office.text
    case = case_by_number(office.app, case_number(office.app, "publication", "甲村清淤两公里"))
    versions = [entry.record for entry in case.entries if type(entry.record).__name__ == "Drafted"]
    assert [version.title for version in versions] == ["村里清淤两公里", "甲村清淤两公里"]
    assert {version.authors for version in versions} == {("jia_reporter",)}


def test_an_item_is_adopted_once(reporter: Visitor, office: Visitor) -> None:
    number = sent(reporter)
    again = Visitor(office.app).join("clerk")
    again.go(f"/items/{number}")
    office.go(f"/items/{number}")
    office.send(f"/items/{number}", "take_up")
    before = log_end(office.app)
    again.send(f"/items/{number}", "take_up")
    assert (again.status, log_end(office.app)) == (422, before)
    assert "已经在办发布" in again.text


def test_what_came_on_paper_is_entered_in_the_village_s_name_and_says_so(office: Visitor) -> None:
    office.go("/items/new?month=2026-11")
    office.send("report", village="yi", title="乙村修路", body="修好了。", day="2026-11-06")
    assert "纸质补录" in office.text
    line = list_items(office.app, NOVEMBER)[0]
    assert (line.village, line.said_on, line.on_paper) == ("yi", date(2026, 11, 6), True)


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"title": ""}, "“标题”还没有填"),
        ({"title": "长" * 61}, "60"),
        ({"title": "贫困户身份证110101199003072519"}, "公民身份号码"),
    ],
)
def test_what_cannot_be_handed_in_is_said_and_loses_nothing(
    reporter: Visitor, filled: dict[str, str], told: str
) -> None:
    reporter.go("/items/new")
    before = log_end(reporter.app)
    reporter.send("report", **{"body": "写好的正文", **filled})
    assert (reporter.status, log_end(reporter.app)) == (422, before)
    assert told in reporter.text
    assert reporter.forms()["report"].fields["body"] == "写好的正文"


def test_photographs_that_a_browser_does_not_keep_are_asked_for_again(reporter: Visitor) -> None:
    reporter.go("/items/new")
    reporter.send("report", files=[("一.jpg", photo((60, 40)))], title="")
    assert reporter.status == 422
    assert "文件没有留住，请再选一次：一.jpg" in reporter.text


def test_a_broken_photograph_is_refused_by_its_name(reporter: Visitor) -> None:
    reporter.go("/items/new")
    before = log_end(reporter.app)
    reporter.send("report", files=[("坏.jpg", b"\xff\xd8\xff not a picture")], title="标题")
    assert (reporter.status, log_end(reporter.app)) == (422, before)
    assert "照片“坏.jpg”打不开" in reporter.text


def test_a_village_takes_back_what_was_not_received(reporter: Visitor, office: Visitor) -> None:
    number = sent(reporter)
    reporter.go(f"/items/{number}")
    assert "采用" not in reporter.text
    reporter.send("withdraw")
    assert "已撤回" in reporter.text
    assert list_items(office.app, NOVEMBER)[0].state is ItemState.WITHDRAWN


def test_an_adoption_by_the_county_is_recorded_with_its_evidence(office: Visitor) -> None:
    number = hand_in(office.app, "jia", date(2026, 11, 9))
    office.go(f"/items/{number}")
    office.send("adopted", fact__level="county", fact__address="https://www.county.example/1.html")
    office.go(f"/items/{number}")
    office.send("adopted", files=[("截图.png", photo((40, 30)))], fact__level="city")
    steps = case_by_number(office.app, number).steps_taken("adopted")
    assert steps[0].facts == {"level": "county", "address": "https://www.county.example/1.html"}
    assert str(steps[1].facts["evidence"]).startswith("sha256:")
    line = list_items(office.app, NOVEMBER)[0]
    assert (line.state, line.levels) == (ItemState.PUBLISHED, ("county", "city"))


def test_the_waiting_items_are_the_clerk_s_and_none_of_the_villages(
    reporter: Visitor, office: Visitor
) -> None:
    number = sent(reporter)
    assert f"/items/{number}" in office.go("/")
    assert f"/items/{number}" not in reporter.go("/")
    record(office.app, lambda uow: uow.cases.close(number, "received", date(2026, 11, 9)))
    assert f"/items/{number}" not in office.go("/")
