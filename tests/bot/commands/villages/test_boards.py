"""村务公开 over the chat and the page: a village files its board with two photographs, the town looks item by item."""

from dataclasses import replace
from datetime import date

import pytest

from bot.services.app import OfficeApp
from config.declarations.villages.boards import QUARTERLY
from config.duties.public_affairs.village_affairs import FINDINGS, ITEMS
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Room
from tests.town import case_by_number, case_of, run_sweep, with_office
from tests.village_items import photograph

PHOTO, SHEET = photograph("green"), photograph("blue")


@pytest.fixture
def boards(app: OfficeApp) -> OfficeApp:
    """The last quarter's boards of the villages, opened by themselves."""
    town = with_office(app, replace(app.office, village_affairs=QUARTERLY))
    town.clock.set_day(date(2026, 12, 21))
    run_sweep(town)
    return town


def board_of(app: OfficeApp, village: str) -> int:
    return case_of(app, "village_affairs", f"2026/{village}-q4").number


def test_a_village_sends_the_photographs_of_its_board_in_the_chat(boards):
    village = boards.office.villages[0]
    case, room = board_of(boards, village.id), Room(boards)
    reporter = room.person(village.reporter)
    assert "公开栏照片" in reporter.says(f"报送公开栏照片 {case}")
    assert "公开事项清单" in reporter.uploads(name="公开栏.jpg", content=PHOTO)
    recorded = reporter.uploads(name="清单.jpg", content=SHEET)
    assert "已记录" in recorded
    assert "案件" not in recorded
    (step,) = case_by_number(boards, case).steps
    assert step.step == "filed"
    assert all(str(value).startswith("sha256:") for value in step.facts.values())
    assert len(set(step.facts.values())) == 2


def test_a_board_that_was_sent_back_is_filed_again_by_the_button_of_its_card(boards):
    village = boards.office.villages[0]
    case, room = board_of(boards, village.id), Room(boards)
    reporter, clerk = room.person(village.reporter), room.person("clerk")
    reporter.says(f"报送公开栏照片 {case}")
    reporter.uploads(name="公开栏.jpg", content=PHOTO)
    reporter.uploads(name="清单.jpg", content=SHEET)
    clerk.says_and_confirms(f"退村补充 {case} 缺少财务收支")
    assert "缺少财务收支" in reporter.says(f"{case}")
    assert "再次公开" in reporter.labels()
    assert "起草" not in reporter.labels()
    assert "公开栏照片" in reporter.presses("再次公开")
    reporter.uploads(name="公开栏.jpg", content=SHEET)
    assert "已记录" in reporter.uploads(name="清单.jpg", content=PHOTO)
    assert case_by_number(boards, case).steps[-1].step == "filed_again"


def test_the_town_looks_item_by_item_in_the_chat(boards):
    village = boards.office.villages[0]
    case, room = board_of(boards, village.id), Room(boards)
    reporter, clerk = room.person(village.reporter), room.person("clerk")
    reporter.says(f"报送公开栏照片 {case}")
    reporter.uploads(name="公开栏.jpg", content=PHOTO)
    reporter.uploads(name="清单.jpg", content=SHEET)
    asked = clerk.says(f"镇里逐项核对 {case}")
    for label in ITEMS.values():
        assert label in asked
        asked = clerk.presses(FINDINGS["differs" if label == "财务收支" else "agrees"])
    assert "已记录" in asked
    clerk.says(f"办结 {case}")
    clerk.presses("已公开，核对无误")
    refused = clerk.presses("确认")
    assert "镇里逐项核对：财务收支不一致" in refused
    assert case_by_number(boards, case).closing is None


def test_a_village_files_its_board_on_the_page(boards):
    village = boards.office.villages[0]
    case, visitor = board_of(boards, village.id), Visitor(boards).join(village.reporter)
    shown = visitor.go(f"/cases/{case}")
    assert "公开事项清单" in shown
    path = f"/cases/{case}/evidence"
    assert path in visitor.forms()
    visitor.send(path, files=[("公开栏.jpg", PHOTO)])
    assert visitor.status == 422
    visitor.go(f"/cases/{case}")
    visitor.send(path, files=[("公开栏.jpg", PHOTO), ("清单.jpg", SHEET)])
    (step,) = case_by_number(boards, case).steps
    assert (step.step, set(step.facts)) == ("filed", {"photo", "sheet"})
