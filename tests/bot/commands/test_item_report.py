"""A village reports an item as people do: photographs, captions, several messages; one card, one confirmation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.channels.wecom.channel import WeComChannel
from bot.dialog.incoming import FileRef, UpdateKind
from scheduler.sweep.sweep import sweep
from storage.events.events import Opened
from tests.bot.speaker import FULL, NO_EDIT, TEXT_ONLY, Room
from tests.town import log_end, record, with_office
from tests.village_items import photograph

DAY = date(2026, 12, 3)
WORDS = "丙村开展秋季森林防火巡查\n12月2日，丙村组织党员和志愿者20人巡查山林，发放宣传单150份。"
HEAD = "报送一条：《丙村开展秋季森林防火巡查》"


@pytest.fixture
def town(app):
    app.clock.set_day(date(2026, 12, 1))
    sweep(app.recorder, app.schemes())
    app.clock.set_day(DAY)
    return app


@pytest.fixture(params=[FULL, NO_EDIT, TEXT_ONLY], ids=["full", "no edit", "text only"])
def room(request, town) -> Iterator[Room]:
    opened = Room(town, request.param)
    opened.expected = opened.queued()  # what the new month asks of everybody
    yield opened
    opened.assert_silence()


@pytest.fixture
def reporter(room):
    return room.person("bing_reporter")


def sends_photograph(reporter, number: int, text: str = "", album: str = "") -> str:
    message = f"{number}"
    reporter.room.holds[message] = photograph()
    files = (FileRef(id=message, name=f"{number}.jpg", size=len(reporter.room.holds[message])),)
    return reporter.hears(UpdateKind.TEXT, text=text, files=files, message=message, album=album)


def items(app) -> list[Opened]:
    with app.log() as log:
        records = [entry.record for entry in log.read()]
    return [one for one in records if isinstance(one, Opened) and one.kind == "village_item"]


def test_a_long_message_is_one_item_after_one_confirmation(town, reporter):
    before = log_end(town)
    card = reporter.says(WORDS).splitlines()
    assert card[0] == HEAD
    assert "计入 12 月" in card[1]
    assert "本月还差 2 条。" in card
    assert log_end(town) == before
    answer = reporter.presses("报送")
    assert answer.startswith("已记录 №")
    assert "收到了：《丙村开展秋季森林防火巡查》，计入 12 月，按时。" in answer
    assert "本月还差 1 条。" in answer
    assert [one.facts["title"] for one in items(town)] == ["丙村开展秋季森林防火巡查"]


def test_a_photograph_with_its_caption_is_an_item(town, room, reporter):
    if not room.capabilities.files:
        assert "这里不收文件" in sends_photograph(reporter, 1, WORDS)
        return
    card = sends_photograph(reporter, 1, WORDS)
    assert card.splitlines()[0] == HEAD
    assert "照片 1 张" in card
    reporter.presses("报送")
    assert [one.facts.get("pictures") for one in items(town)] == [1]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3, 3)])
def test_an_album_is_one_item_in_whatever_order_its_parts_come(town, room, reporter, order):
    if not (room.capabilities.files and room.capabilities.edits_any_time):
        return  # the next story
    shown = None
    for number in order:
        sends_photograph(reporter, number, WORDS if number == 1 else "", album="a")
        shown = reporter.reply or shown  # the same part twice changes nothing, and nothing is said
    reporter.reply = shown
    standing = [one for one in room.standing.values() if HEAD in one.text]
    assert len(standing) == 1, "one card, whatever came"
    assert "照片 3 张" in standing[0].text
    room.unseen[reporter.address].clear()
    reporter.presses("报送")
    assert [one.facts.get("pictures") for one in items(town)] == [3]


@pytest.mark.parametrize("abilities", [NO_EDIT, WeComChannel.capabilities], ids=["never", "after a press"])
def test_where_a_card_cannot_be_changed_more_is_shown_before_it_counts(town, abilities):
    room = Room(town, abilities)
    reporter = room.person("bing_reporter")
    assert "照片 1 张" in sends_photograph(reporter, 1, WORDS)
    shown = reporter.reply
    assert sends_photograph(reporter, 2) == ""
    reporter.reply = shown
    before = log_end(town)
    assert "换过" in reporter.presses("报送") or "后来又收到了" in reporter.reply.text
    assert log_end(town) == before
    if "后来又收到了" not in reporter.reply.text:
        assert "后来又收到了" in reporter.says("报送")
    assert "照片 2 张" in reporter.reply.text
    assert reporter.presses("报送").startswith("已记录")
    assert [one.facts.get("pictures") for one in items(town)] == [2]


def test_photographs_without_words_are_asked_for_them(room, reporter):
    if not room.capabilities.files:
        return
    assert "再写一句话" in sends_photograph(reporter, 1)
    assert "报送" not in reporter.labels()
    assert HEAD in reporter.says(WORDS)
    assert reporter.presses("报送").startswith("已记录")


def test_the_title_is_changed_before_it_counts(town, reporter):
    reporter.says(WORDS)
    assert "新的标题" in reporter.presses("改标题")
    assert reporter.says("丙村织密森林防火网").splitlines()[0] == "报送一条：《丙村织密森林防火网》"
    reporter.presses("报送")
    assert [one.facts["title"] for one in items(town)] == ["丙村织密森林防火网"]


def test_what_is_left_records_nothing(town, reporter):
    before = log_end(town)
    for leaving in ("算了", "取消", "不报了", "打错了"):
        reporter.says(WORDS)
        assert "已取消" in reporter.says(leaving)
    reporter.says(WORDS)
    assert "还等着回答" in reporter.says("好的")
    assert log_end(town) == before


def test_another_event_hours_later_is_asked_about(town, reporter):
    reporter.says(WORDS)
    town.clock.move(timedelta(minutes=30))
    assert "另报一条" in reporter.says("丙村修好了村口的路，全长三百米")
    assert reporter.presses("另报一条").splitlines()[0] == "报送一条：《丙村修好了村口的路，全长三百米》"
    reporter.presses("报送")
    assert [one.facts["title"] for one in items(town)] == ["丙村修好了村口的路，全长三百米"]


def test_a_numbered_list_is_asked_about_and_handed_in_one_by_one(town, reporter):
    asked = reporter.says("1、丙村开展森林防火巡查\n2、丙村修好了村口的路")
    assert "2 条" in asked
    assert reporter.presses("分成 2 条").splitlines()[0] == "报送一条：《丙村开展森林防火巡查》"
    assert "报送一条：《丙村修好了村口的路》" in reporter.presses("报送")
    assert "本月已经够了" in reporter.presses("报送")
    assert [one.facts["title"] for one in items(town)] == ["丙村开展森林防火巡查", "丙村修好了村口的路"]


def test_a_question_in_between_is_answered_and_the_item_stays(reporter):
    reporter.says(WORDS)
    assert "丙村 12 月" in reporter.says("还差几条")
    assert reporter.says("报送").startswith("已记录")


def test_a_restart_forgets_nothing(town, room, reporter):
    reporter.says(WORDS)
    again = Room(town, room.capabilities)
    other = again.person("bing_reporter")
    assert other.says("报送").startswith("已记录")
    assert len(items(town)) == 1


def test_a_returned_item_stands_in_the_list_with_its_reason_and_is_sent_again(town, room, reporter):
    reporter.says(WORDS)
    reporter.presses("报送")
    number = items(town)[0].case
    record(town, lambda uow: uow.cases.step(number, "returned", DAY, {"reason": "没有写时间"}))
    room.expected = room.queued()
    said = reporter.says("为什么退回")
    assert "没有写时间" in said
    assert "改好再报" in reporter.labels()
    assert "没有写时间" in reporter.presses("改好再报")
    assert "报送一条" in reporter.says("丙村12月2日开展森林防火巡查\n12月2日，20人参加。")
    answer = reporter.presses("报送")
    assert answer.startswith("已记录")
    assert len(items(town)) == 1
    room.expected = room.queued()


def test_nobody_but_a_village_reports(town, room):
    clerk = room.person("clerk")
    before = log_end(town)
    clerk.says(f"报送 {WORDS}")
    assert "确认" not in clerk.labels()
    assert log_end(town) == before


def test_an_office_can_take_no_photographs_in_chats(town):
    room = Room(with_office(town, replace(town.office, chat_items=False)), FULL)
    before = log_end(town)
    assert "这里不收文件" in sends_photograph(room.person("bing_reporter"), 1, WORDS)
    assert log_end(town) == before


def test_a_village_that_writes_before_its_month_opens_hears_from_which_day_on_it_can(app):
    app.clock.set_day(date(2026, 11, 28))  # the office began after the day by which November was due
    room = Room(app, FULL)
    reporter, clerk = room.person("jia_reporter"), room.person("clerk")
    before = log_end(app)
    for said in ("我村通自来水了", WORDS, "还差几条"):
        reporter.says(said)
        assert "2026-12-01 起收" in reporter.reply.text, said
    assert "2026-12-01 起收" in clerk.says("报送情况")
    assert log_end(app) == before
    room.assert_silence()
    app.clock.set_day(date(2026, 12, 1))
    sweep(app.recorder, app.schemes())
    assert "起收" not in reporter.says("我村通自来水了")
    room.expected = room.queued()  # what the new month asks of everybody
    room.assert_silence()


def test_what_was_reported_makes_nothing_to_declare_and_is_taken_back_by_words(town, room):
    reporter = room.person("jia_reporter")
    for title in ("甲村修好村口的路，长三百米", "甲村开展森林防火巡查活动"):
        reporter.says(title)
        reporter.presses("报送")
    room.expected = room.queued()  # what the clerk is told
    assert "甲村 12 月已报 2 条，不用零报送" in reporter.says("零报送")
    asked = reporter.says("我想撤回刚才那条")
    assert "报送一条" not in asked
    assert "撤销" in reporter.labels()
    town.clock.move(timedelta(minutes=5))
    assert "点“撤回这一条”" in reporter.says("撤销")
    assert len(items(town)) == 2
