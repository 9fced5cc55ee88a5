"""Whoever decides about an item or signs its text sees the photographs where they read it, and is asked if they did not."""

from datetime import date
from functools import partial

import pytest

from bot.publishing.item_adoption import proposed_manifest, take_up_item
from bot.publishing.submission import Draft
from bot.services.villages.item_records import current_manifest
from scheduler.delivery.channel import SendOutcome, SendResult
from tests.bot.speaker import EVERY, FULL, Room
from tests.town import case_by_number, log_end, run_sweep
from tests.village_items import hand_in, photographs

DAY = date(2026, 11, 9)
OFFICER = "secrecy_officer"
REFUSED = SendResult(outcome=SendOutcome.REFUSED, why="rejected")


@pytest.fixture
def town(app):
    run_sweep(app, DAY)
    return app


@pytest.fixture
def item(town) -> int:
    files = photographs("green", "red")
    return hand_in(town, "jia", DAY, "甲村清淤", body="三十人清理河道。", by="jia_reporter", files=files)


@pytest.fixture
def text(town, item) -> int:
    """The item adopted: its text waits for the secrecy review."""
    with town.store.writing(town.office.slug) as connection:
        case = case_by_number(town, item)
        original = proposed_manifest(town, current_manifest(connection, town, case))
        sit = partial(town.recorder.transaction, actor="clerk", means="page", within=connection)
        return take_up_item(town, sit, case, Draft(manifest=original), by="clerk", original=original)


@pytest.fixture(params=EVERY)
def room(request, town) -> Room:
    return Room(town, EVERY[request.param])


def shown_pictures(room, who) -> list[str]:
    """What the photographs below the last answer show; looked at with this."""
    address = f"at {who}"
    albums = [message.pictures for message in room.unseen[address] if message.pictures]
    room.unseen[address].clear()
    return [one.alt for album in albums for one in album]


def test_a_reviewer_sees_the_photographs_below_the_text(room, text):
    officer = room.person(OFFICER)
    card = officer.says("待办")
    assert "三十人清理河道。" in card
    read = officer.says(f"全文 {text}")
    if room.capabilities.files:
        assert shown_pictures(room, OFFICER) == ["照片1", "照片2"]
    else:
        assert shown_pictures(room, OFFICER) == []
        assert "照片 2 张，这里不传，请到网页上看" in read
    assert officer.presses("同意").startswith("已记录 №")


def test_whoever_did_not_look_is_asked_once(town, room, text):
    officer = room.person(OFFICER)
    officer.says("待办")
    before = log_end(town)
    answer = officer.says(f"同意 {text}")
    if room.capabilities.files:
        assert "有 2 张照片您还没有看" in answer
        assert log_end(town) == before
        answer = officer.presses("同意")
    assert answer.startswith("已记录 №")


def test_the_clerk_sees_them_below_the_item(room, item):
    clerk = room.person("clerk")
    read = clerk.says(f"全文 {item}")
    assert "三十人清理河道。" in read
    assert shown_pictures(room, "clerk") == (["照片1", "照片2"] if room.capabilities.files else [])
    assert "采用" in clerk.labels()


def test_where_they_do_not_come_over_it_is_said(town, text):
    room = Room(town, FULL)
    officer = room.person(OFFICER)
    officer.says(f"{text}")
    refused = room.send

    def send(address, message):
        return REFUSED if message.pictures else refused(address, message)

    room.send = send
    officer.says(f"全文 {text}")
    assert room.took(f"at {OFFICER}") == [f"照片没有送到，请到网页上看：案件 {text}。"]
