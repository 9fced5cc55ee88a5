"""The office receives and adopts villages' items in the chat: what adoption opens is shown before it is done."""

from collections.abc import Iterator
from datetime import date

import pytest

from bot.services.villages.board import ItemState, item_state
from storage.events.events import Closed, Drafted, Signed
from tests.bot.speaker import EVERY, FULL, Room
from tests.town import case_by_number, case_of, log_end, record, run_sweep
from tests.village_items import hand_in

DAY = date(2026, 11, 9)
PROPOSAL = "采用就送审：甲村，主动公开，{subject}；先由保密审查员保密审查"


@pytest.fixture
def town(app):
    run_sweep(app, DAY)
    return app


@pytest.fixture
def item(town) -> int:
    return hand_in(town, "jia", DAY, "甲村清淤", body="三十人清理河道。", by="jia_reporter", means="message")


@pytest.fixture(params=EVERY)
def room(request, town, item) -> Iterator[Room]:
    opened = Room(town, EVERY[request.param])
    assert item  # what its coming queues is expected
    opened.expected = opened.queued()
    yield opened
    opened.assert_silence()


def state(app, item: int) -> ItemState:
    return item_state(case_by_number(app, item), app.duties["village_item"])


def last(app):
    with app.log() as log:
        return list(log.read())[-1].record


def test_the_card_shows_what_adoption_opens_and_its_button_does_it(town, room, item):
    clerk, before = room.person("clerk"), log_end(town)
    card = clerk.says(f"{item}")
    assert "正文：三十人清理河道。" in card
    assert "采用就送审：甲村，" in card
    assert "保密审查" in card
    assert clerk.labels()[:4] == ["采用", "收下", "退回修改", "全文"]
    assert log_end(town) == before
    answer = clerk.presses("采用")
    if not room.capabilities.buttons:  # a word names no version: what it would open is shown once more
        assert "就这样采用、送审吗" in answer
        answer = clerk.presses("确认")
    assert answer.startswith("已记录 №")
    assert "保密审查，等候" in answer
    assert state(town, item) is ItemState.TAKEN_UP
    assert isinstance(last(town), Drafted)
    assert "请保密审查：信息发布 甲村清淤" in room.person("secrecy_officer").says("待办")


def test_a_word_is_asked_about_once_with_everything_it_opens(town, room, item):
    clerk, before = room.person("clerk"), log_end(town)
    asked = clerk.says(f"采用 {item}")
    for told in ("《甲村清淤》", "三十人清理河道。", "甲村，主动公开，", "保密审查", "就这样采用、送审吗"):
        assert told in asked
    assert log_end(town) == before
    assert clerk.presses("确认").startswith("已记录 №")
    assert state(town, item) is ItemState.TAKEN_UP
    assert "已经在办发布" in clerk.says(f"采用 {item}")


def test_what_changed_after_it_was_shown_is_shown_again(town, room, item):
    clerk = room.person("clerk")
    clerk.says(f"采用 {item}")
    record(town, lambda uow: uow.cases.step(item, "returned", DAY, {"reason": "没有写时间"}))
    room.expected = room.queued()
    before = log_end(town)
    assert "已退回" in clerk.presses("确认")
    assert log_end(town) == before


def test_an_item_is_received_and_adopted_later(town, room, item):
    clerk = room.person("clerk")
    assert clerk.says(f"收下 {item}").startswith("已记录 №")
    assert isinstance(last(town), Closed)
    assert "采用" in clerk.labels()
    assert "已收，这一步不用再办" in clerk.says(f"收下 {item}")
    asked = clerk.says(f"采用 {item}")
    assert "就这样采用、送审吗" in asked
    assert clerk.presses("确认").startswith("已记录 №")
    assert state(town, item) is ItemState.TAKEN_UP


def test_a_village_decides_nothing_about_its_items(town, room, item):
    reporter, before = room.person("jia_reporter"), log_end(town)
    for said in (f"采用 {item}", f"收下 {item}", "采用", "收下"):
        assert "由镇里办" in reporter.says(said), said
        assert not {"采用", "收下", "确认"} & set(reporter.labels())
    reporter.says(f"更多 {item}")
    assert not {"采用", "收下"} & set(reporter.labels())
    assert log_end(town) == before


def test_nobody_adopts_who_keeps_no_register(town, room, item):
    director, before = room.person("finance_director"), log_end(town)
    director.says(f"采用 {item}")
    assert "确认" not in director.labels()
    assert log_end(town) == before


def test_only_items_are_received_and_adopted(town, room):
    month = case_of(town, "village_report", "2026-11/jia").number
    clerk, before = room.person("clerk"), log_end(town)
    for said in (f"采用 {month}", f"收下 {month}"):
        assert "村级信息报送" in clerk.says(said)
    assert log_end(town) == before


def test_a_whole_item_costs_the_clerk_one_press_to_its_first_signature(town, item):
    room = Room(town, FULL)
    clerk, officer = room.person("clerk"), room.person("secrecy_officer")
    clerk.says(f"{item}")
    presses = 0
    clerk.presses("采用")
    presses += 1
    officer.says("待办")
    officer.presses("同意")
    assert isinstance(last(town), Signed)
    assert presses == 1
