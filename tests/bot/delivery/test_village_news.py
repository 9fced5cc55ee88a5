"""What villages hear by themselves: their month, what became of an item, the bulletin; each once, and no office words."""

import re
from datetime import date, timedelta

import pytest

from bot.delivery.group_announcements import queue_announcements
from bot.delivery.village_news import queue_village_news
from bot.language.labels import Labels
from bot.language.phrasebook import phrasebook
from bot.runtime.office_channels import create_outbox_sender
from bot.services.bulletins import bulletin_case
from bot.services.villages.bulletin_reach import Reach, bulletin_reach
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from storage.events.manifest import Manifest
from storage.messaging.accounts import Accounts, ChatGroups
from storage.messaging.outbox import Outbox
from tests.bot.channels.web.visitor import Visitor
from tests.bot.speaker import Room
from tests.town import case_by_number, record, run_sweep
from tests.village_items import hand_in

NOVEMBER, HOUR = date(2026, 11, 1), timedelta(hours=1)
OFFICE_WORDS = ("案件", "一校", "初审", "登记步骤", "№", "审签")


class PrivateChat:
    """A chat that takes what it is given and keeps it, by the person it went to."""

    name, capabilities = "telegram", ChannelCapabilities()

    def __init__(self) -> None:
        self.said: dict[str, list[str]] = {}

    def send(self, address: str, message: Message) -> SendResult:
        self.said.setdefault(address, []).append(message.text)
        return SendResult(outcome=SendOutcome.SENT)

    def edit(self, _address: str, _message_id: str, _message: Message) -> SendResult:
        raise AssertionError


@pytest.fixture
def town(app):
    app.clock.set_day(NOVEMBER + timedelta(days=1))
    run_sweep(app)
    with app.store.writing(app.office.slug) as connection:
        for village in app.office.villages[:5]:  # 己村 has joined no chat
            Accounts(connection, app.office.slug).bind(
                village.reporter, "telegram", village.reporter, at=app.clock.now(), confirmed_by="clerk"
            )
    return app


def heard(town, *, sweeps=True):
    """What each village's reporter is told now, by the delivery an hour later; asking twice says nothing twice."""
    queue_village_news(town)
    if sweeps:
        run_sweep(town)  # planning a case again cancels no news about it
    queue_village_news(town)
    town.clock.move(HOUR)
    chat, faults = PrivateChat(), []
    create_outbox_sender(town, {"telegram": chat}, faults.append).deliver()
    assert faults == []
    return chat.said


def test_a_month_s_opening_is_told_to_each_village_in_one_line(town):
    said = heard(town)
    assert set(said) == {f"{village}_reporter" for village in ("jia", "yi", "bing", "ding", "wu")}
    line = "甲村 11 月要报 2 条信息，11月25日前。发照片加一句话就行；没有信息，说“零报送”。"
    assert said["jia_reporter"] == [line]
    assert heard(town) == {}


def test_a_return_is_told_at_once_with_its_reason(town):
    heard(town)
    item = hand_in(town, "jia", town.today, "清淤", by="jia_reporter")
    assert heard(town) == {}  # what they did themselves they are not told
    record(town, lambda uow: uow.cases.step(item, "returned", town.today, {"reason": "缺时间"}))
    (card,) = heard(town)["jia_reporter"]
    assert "退回的理由：缺时间" in card
    assert heard(town) == {}


def test_what_became_of_an_item_is_told_once(town):
    heard(town)
    item = hand_in(town, "jia", town.today, "清淤", by="jia_reporter")
    other = hand_in(town, "yi", town.today, "修路", by="yi_reporter")
    heard(town)
    facts = {"level": "county", "address": "https://www.county.example/1.html"}
    record(town, lambda uow: uow.cases.close(item, "received", town.today))
    record(town, lambda uow: uow.cases.step(item, "adopted", town.today, facts))
    record(town, lambda uow: uow.cases.close(other, "received", town.today))
    record(town, lambda uow: uow.cases.step(other, "rejected", town.today, {"reason": "与上月重复"}))
    assert heard(town) == {
        "jia_reporter": ["你们报的《清淤》：县级采用。https://www.county.example/1.html"],
        "yi_reporter": ["你们报的《修路》这次不采用：与上月重复"],
    }
    assert heard(town) == {}


def test_what_was_struck_out_before_it_was_told_is_not_told(town):
    heard(town)
    item = hand_in(town, "jia", town.today, "清淤", by="jia_reporter")
    record(town, lambda uow: uow.cases.step(item, "rejected", town.today, {"reason": "按错了"}))
    with town.log() as log:
        place = log.end().position
    record(town, lambda uow: uow.corrections.amend(place, "按错了"))
    assert heard(town) == {}


def test_the_close_of_a_month_is_told_with_its_points(town):
    heard(town)
    hand_in(town, "jia", date(2026, 11, 2), "清淤")
    hand_in(town, "jia", date(2026, 11, 2), "修路")
    town.clock.set_day(date(2026, 11, 30))
    run_sweep(town)
    said = heard(town)
    assert any("甲村 11 月收完了：按时报送，算 2 条，6 分。" in line for line in said["jia_reporter"])
    assert any("乙村 11 月收完了：没有收到，4 分" in line for line in said["yi_reporter"])
    assert heard(town) == {}


def released(town):
    """The bulletin of November, signed and sent."""
    town.clock.set_day(date(2026, 11, 30))
    run_sweep(town)
    heard(town)
    number = bulletin_case(town, NOVEMBER).number
    text = Manifest(title="11月通报", text="见表。", decision="sent")
    record(town, lambda uow: uow.signoff.draft(number, "clerk", text))
    for who, stage in (("office_director", "审核"), ("deputy_mayor", "签发")):
        record(town, lambda uow, w=who, s=stage: uow.signoff.sign(number, w, s, text.digest), by=who)
    record(town, lambda uow: uow.cases.step(number, "sent", town.today))
    return number


def test_a_bulletin_that_went_out_reaches_every_village_and_the_office_sees_whom_it_did_not(town):
    heard(town)
    hand_in(town, "jia", date(2026, 11, 2), "清淤")
    number = released(town)
    said = heard(town)
    assert set(said) == {f"{village}_reporter" for village in ("jia", "yi", "bing", "ding", "wu")}
    assert said["jia_reporter"] == [
        "11 月的通报发出来了：甲村报 1 条，采用 0 条，5 分，第 1 名。写“上个月通报”看全文。"
    ]
    with town.store.reading() as connection:
        rows = Outbox(connection, town.office.slug).about(number)
    states = {row.notice.person: row.state for row in rows if row.notice.what == "village_news"}
    assert states["jia_reporter"] == "sent"
    assert states["ji_reporter"] == "refused"
    visitor = Visitor(town).join("clerk")
    shown = re.sub(r"\s+", " ", visitor.go("/months/2026-11"))
    assert "<dt>通报送到了</dt><dd>甲村、乙村、丙村、丁村、戊村</dd>" in shown
    assert "<dt>没有送到</dt><dd>己村</dd>" in shown
    said = Room(town).person("clerk").says("通报 11月")
    assert "通报送到了：甲村、乙村、丙村、丁村、戊村" in said
    assert "没有送到：己村" in said
    reporter = Visitor(town).join("jia_reporter")
    assert "没有送到" not in reporter.go("/months/2026-11")
    assert "没有送到" not in Room(town).person("jia_reporter").says("通报 11月")


def test_what_was_not_sent_yet_is_said_and_a_group_counts_too(town):
    heard(town)
    hand_in(town, "jia", date(2026, 11, 2), "清淤")
    with town.store.writing(town.office.slug) as connection:
        ChatGroups(connection, town.office.slug).claim("telegram", "-5", "信息员群", at=town.clock.now())
    number = released(town)
    queue_village_news(town)
    queue_announcements(town, {"telegram": PrivateChat()})
    labels = Labels(book=phrasebook("zh"), office=town.office)
    with town.store.reading() as connection:
        found = bulletin_reach(town, connection, labels, case_by_number(town, number))
    assert found == {Reach.WAITING: ("甲村", "乙村", "丙村", "丁村", "戊村", "己村", "信息员群")}


def test_no_village_hears_a_word_of_the_office(town):
    said = heard(town)
    hand_in(town, "jia", date(2026, 11, 2), "清淤")
    released(town)
    lines = [line for some in (said, heard(town)) for each in some.values() for line in each]
    assert lines
    assert not [line for line in lines if any(word in line for word in OFFICE_WORDS)]
