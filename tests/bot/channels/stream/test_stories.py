"""The same stories on every platform: people come in by a word, report, sign, are reminded, and send files."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType

import pytest

import bot.channels
from bot.delivery import reply_sender
from bot.delivery.group_announcements import queue_announcements
from bot.language.phrasebook import phrasebook
from bot.services.office_notices import queue_notices
from scheduler.delivery.channel import Message, MessageAttachment, SendOutcome
from scheduler.sweep.sweep import sweep
from storage.events.events import Signed
from storage.messaging.accounts import Accounts, AddressState
from storage.messaging.outbox import Outbox, OutboxState
from tests.bot.channels import odd
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.stream.platforms import PlatformTown, platform_town
from tests.bot.speaker import EVERY
from tests.scheduler.signoff.town import draft, open_text
from tests.town import with_office

PLATFORMS: dict[str, ModuleType] = {
    "wecom": bot.channels,
    "feishu": bot.channels,
    "dingtalk": bot.channels,
    "odd": odd,
}
PAPER = "预算总体情况。".encode()


@pytest.fixture(params=PLATFORMS)
def town(request, app, monkeypatch) -> Iterator[PlatformTown]:
    """An office that lets files come and go over the platform."""
    monkeypatch.setattr(reply_sender, "RETRY_DELAY", reply_sender.RETRY_DELAY / 100)
    stand_in = importlib.import_module(f"tests.bot.channels.{request.param}.stand_in")
    app = with_office(app, replace(app.office, chat_files=(stand_in.CHANNEL,)))
    server = stand_in.StandIn()
    with platform_town(app, server, stand_in.CHANNEL, PLATFORMS[request.param]) as town:
        yield town
    server.close()
    server.assert_nothing_else()
    assert town.told == []


def records(town) -> list[object]:
    with town.app.log() as log:
        return [entry.record for entry in log.read()]


def press(town, user: str, label: str) -> str:
    """Press a button where the platform has them, else write its word; the answer is looked at."""
    if town.channels[town.channel].capabilities.buttons:
        town.server.press(user, label)
        return town.took(user)
    return town.says(user, label)


def test_a_reporter_comes_in_by_a_word_and_reports_nothing(town):
    assert "还不认识您" in town.says("wang", "零报送")
    assert "没有这个数字" in town.says("wang", "000000" if town.word("jia_reporter") != "000000" else "1" * 6)
    word = town.word("jia_reporter")
    assert town.says("wang", word).startswith("甲村信息员，欢迎")
    assert town.says("wang", "待办").strip()
    assert town.account("wang").state is AddressState.OK
    assert "还不认识您" not in town.says("wang", word)  # used up; and they are in


def test_a_signer_comes_in_by_a_word_and_is_confirmed_by_a_second_person(town):
    town.bind("clerk", "clerk")
    answer = town.says("li", town.word("secrecy_officer"))
    code = re.search(r"\d{6}", answer)[0]
    assert "没有第二个人确认" not in answer
    assert town.account("li") is None
    assert town.says("clerk", f"确认加入 保密审查员 {code}").startswith("已确认")
    assert town.account("li").person == "secrecy_officer"
    assert "还不认识您" not in town.says("li", "待办")


def test_a_signer_signs_on_a_card(town):
    case = open_text(town.app)
    draft(town.app, case)
    town.bind("secrecy_officer", "li")
    town.server.say("li", str(case))
    shown = town.server.took("li")
    assert "请保密审查" in "\n".join(one.text for one in shown)
    before = len(records(town))
    buttons = town.channels[town.channel].capabilities.buttons
    assert bool(shown[-1].buttons) is buttons
    said = press(town, "li", "同意") if buttons else town.says("li", f"同意 {case}")
    assert f"已记录 №{before + 1}" in said
    assert [type(record) for record in records(town)[before:]] == [Signed]


def test_every_button_has_its_word(town):
    case = open_text(town.app)
    draft(town.app, case)
    town.bind("secrecy_officer", "li")
    town.says("li", str(case))
    before = len(records(town))
    assert f"已记录 №{before + 1}" in town.says("li", f"同意 {case}")


def test_a_message_that_comes_again_acts_once(town):
    case = open_text(town.app)
    draft(town.app, case)
    town.bind("secrecy_officer", "li")
    before = len(records(town))
    for _ in range(3):
        town.server.say("li", f"在办 {case}", msgid="the-same")
    assert f"已记录 №{before + 1}" in town.took("li")
    eventually(town.settled)
    assert len(records(town)) == before + 1


def test_a_notice_goes_to_the_channel_heard_last_and_another_way_where_that_refuses(town):
    with town.app.store.writing(town.office) as connection:
        accounts = Accounts(connection, town.office)
        accounts.bind("secrecy_officer", "page", "secrecy_officer", at=town.app.clock.now())
    town.app.clock.at += timedelta(minutes=1)
    town.bind("secrecy_officer", "li")
    for basis, place in (("字太小", town.channel), ("字太大", "page")):
        with town.app.store.writing(town.office) as connection:
            queue_notices(town.app, connection, ["secrecy_officer"], "feedback", basis=basis)
        town.app.clock.at += timedelta(minutes=1)
        town.deliver()
        with town.app.store.reading() as connection:
            *_, sent = Outbox(connection, town.office).since(town.app.clock.now() - timedelta(minutes=2))
        assert (sent.channel, sent.state) == (place, OutboxState.SENT)
        if place == town.channel:
            assert "字太小" in town.took("li")
        town.server.forget("li")
    assert town.account("li").state is not AddressState.OK


def test_a_group_hears_announcements_once_somebody_wrote_in_it(town):
    if not town.server.group:
        return
    town.app.clock.set_day(date(2026, 11, 2))
    sweep(town.app.recorder, town.app.schemes())
    town.app.clock.set_day(date(2026, 11, 24), 8)
    town.bind("publicity_member", "wang")
    assert queue_announcements(town.app, town.channels) == 0
    town.server.say("wang", "帮助", group=town.server.group)
    assert "@我，再写：查 甲村" in town.took(town.server.group)
    eventually(town.settled)
    assert queue_announcements(town.app, town.channels) == 1
    town.app.clock.move(timedelta(hours=1))
    town.deliver()
    (heard,) = town.server.took(town.server.group)
    assert heard.text.startswith("2026-11 村级信息报送：6 个村，已报 0 个")
    town.server.chats["wang"].clear()  # their own work, told to them alone


def test_files_are_taken_where_the_office_lets_them_and_the_platform_can(town):
    town.bind("clerk", "clerk")
    if town.channels[town.channel].capabilities.files:
        town.server.send_file("clerk", "预算.txt", PAPER)
        assert "这个文件是用在哪里的" in town.took("clerk")


def test_photographs_come_with_what_they_show(town):
    channel = town.channels[town.channel]
    if not channel.capabilities.files:
        return
    town.bind("clerk", "clerk")
    album = [
        MessageAttachment(name=f"{n}.jpg", content=bytes([n]), is_picture=True, alt=f"照片{n}")
        for n in (1, 2)
    ]
    message = Message(text="甲村清淤", pictures=album)
    assert channel.parts(message) == 3
    assert channel.send("clerk", message).outcome is SendOutcome.SENT
    said, *shown = town.server.took("clerk", count=3)
    assert said.text == "甲村清淤\n1. 照片1\n2. 照片2"
    assert [one.file[1] for one in shown] == [b"\1", b"\2"]


def test_a_voice_message_gets_one_sentence(town):
    if not hasattr(town.server, "send_voice"):
        return
    town.bind("clerk", "clerk")
    town.server.send_voice("clerk")
    assert town.took("clerk").strip() == phrasebook("zh").say("talk.unsupported.voice")


def test_the_stories_of_all_roles_run_on_the_abilities_of_each_platform(town):
    """``tests/bot/speaker.py`` has every story on each of these abilities; a longer message only holds more."""
    here = town.channels[town.channel].capabilities
    sets = {(one.buttons, one.edit, one.files) for one in EVERY.values()}
    assert (here.buttons, here.edit, here.files) in sets
    assert (here.buttons, here.edits_any_time, here.files) in sets
    assert not here.files or here.caption in {one.caption for one in EVERY.values() if one.files}
    assert here.max_length >= min(one.max_length for one in EVERY.values() if one.buttons is here.buttons)
    assert here.private


def test_a_long_answer_is_read_whole(town):
    town.bind("clerk", "clerk")
    channel = town.channels[town.channel]
    text = "\n".join(f"第{number}行，" + "字" * 40 for number in range(200))
    channel.send("clerk", Message(text=text))
    shown = town.server.took("clerk", count=channel.parts(Message(text=text)))
    assert "".join(one.text for one in shown).replace("\n", "") == text.replace("\n", "")
