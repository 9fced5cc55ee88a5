"""Each way a send can end, and what the channel says of it; and that the token is told nowhere."""

import logging
import traceback
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import TelegramClient
from bot.dialog.incoming import FileRef
from bot.dialog.incoming_files import FileUnfetched
from bot.language.text_pages import utf16_length
from scheduler.delivery.channel import (
    Button,
    MenuCommand,
    Message,
    MessageAttachment,
    SendOutcome,
    SendResult,
)
from tests.bot.channels.telegram.stand_in.server import TOKEN
from tests.village_items import photograph

HELLO = Message(text="请初审：甲村 11月 第3条")
CARD = Message(
    text="请初审",
    rows=[[Button(label="同意", callback_token="h" * 22), Button(label="退回修改", callback_token="r")]],
)
SENT, REFUSED, NOT, UNCERTAIN = (
    SendOutcome.SENT,
    SendOutcome.REFUSED,
    SendOutcome.NOT_ATTEMPTED,
    SendOutcome.UNCERTAIN,
)

FAULTS = {
    "flood": (
        ("flood", {"seconds": 7200}),
        SendResult(outcome=NOT, why="flood", retry_after=timedelta(hours=2)),
        0,
    ),
    "reset before": (("reset_before", {}), SendResult(outcome=UNCERTAIN, why="broken"), 0),
    "reset after": (("reset_after", {}), SendResult(outcome=UNCERTAIN, why="broken"), 1),
    "slow": (("slow", {"seconds": 1.0}), SendResult(outcome=UNCERTAIN, why="timeout"), 1),
    "garbage": (("garbage", {}), SendResult(outcome=UNCERTAIN, why="garbled"), 0),
    "500": (("error", {"status": 500}), SendResult(outcome=UNCERTAIN, why="server"), 0),
    "502": (("error", {"status": 502}), SendResult(outcome=UNCERTAIN, why="server"), 0),
    "503": (("error", {"status": 503}), SendResult(outcome=NOT, why="server"), 0),
    "400": (("error", {"status": 400}), SendResult(outcome=REFUSED, why="rejected"), 0),
    "403": (("error", {"status": 403}), SendResult(outcome=REFUSED, why="not_allowed"), 0),
    "401": (("error", {"status": 401}), SendResult(outcome=NOT, why="token"), 0),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_outcome(server, telegram, name):
    (kind, more), expected, arrived = FAULTS[name]
    server.say(7, "待办")
    server.fault("sendMessage", kind, **more)
    assert telegram.send("7", HELLO) == expected
    for _ in range(arrived):
        assert server.heard(7)["text"] == HELLO.text
    assert telegram.send("7", HELLO).outcome is SENT  # and the next one goes through
    server.heard(7)


def test_nobody_listening_is_not_attempted():
    client = TelegramClient(TOKEN, server="http://127.0.0.1:9")
    assert TelegramChannel(client).send("7", HELLO) == SendResult(outcome=NOT, why="no_connection")
    client.close()


def test_a_wrong_token_is_no_word_about_the_person(server):
    server.say(7, "待办")
    client = TelegramClient(TOKEN[:-1], server=server.url)
    assert TelegramChannel(client).send("7", HELLO) == SendResult(outcome=NOT, why="token")
    client.close()


def test_people_who_cannot_be_reached(server, telegram):
    assert telegram.send("7", HELLO) == SendResult(outcome=REFUSED, why="not_found")
    assert telegram.send("no address", HELLO) == SendResult(outcome=REFUSED, why="not_found")
    server.say(7, "待办")
    server.block(7)
    assert telegram.send("7", HELLO) == SendResult(outcome=REFUSED, why="blocked")
    server.group(-5)
    server.remove_bot(-5, by=7)
    assert telegram.send("-5", HELLO) == SendResult(outcome=REFUSED, why="left")


def test_a_group_that_moved_says_where(server, telegram):
    server.group(-5)
    new = server.migrate(-5, by=7)
    assert telegram.send("-5", HELLO) == SendResult(outcome=NOT, why="moved", moved_to=str(new))
    assert telegram.send(str(new), HELLO).outcome is SENT
    assert server.heard(new)["text"] == HELLO.text


def test_the_twenty_first_in_a_minute_is_turned_away(server, telegram):
    server.group(-5)
    for _ in range(20):
        assert telegram.send("-5", HELLO).outcome is SENT
        server.heard(-5)
    turned_away = telegram.send("-5", HELLO)
    assert (turned_away.outcome, turned_away.why) == (NOT, "flood")
    assert timedelta(seconds=50) < turned_away.retry_after <= timedelta(minutes=1)
    server.pass_time(61)
    assert telegram.send("-5", HELLO).outcome is SENT
    server.heard(-5)


def test_a_card_is_edited_in_place(server, telegram):
    server.say(7, "待办")
    said = telegram.send("7", CARD)
    assert server.heard(7)["reply_markup"]["inline_keyboard"][0][0]["text"] == "同意"
    done = Message(text="已同意")
    for expected in ("", "unchanged"):
        edited = telegram.edit("7", said.message, done)
        assert (edited.outcome, edited.message, edited.why) == (SENT, said.message, expected)
        assert (edited.shown_at is None) == (expected == "unchanged")
    shown = server.heard(7)
    assert (shown["text"], "reply_markup" in shown) == ("已同意", False)


def test_what_cannot_be_edited_is_said_to_be_gone(server, telegram):
    server.say(7, "待办")  # message 1 is the user's own
    assert telegram.edit("7", "1", HELLO) == SendResult(outcome=REFUSED, why="gone")
    for message in ("99", "", "of another channel"):
        assert telegram.edit("7", message, HELLO) == SendResult(outcome=REFUSED, why="gone")
    assert telegram.edit("7", "1", Message(text="长" * 4097)) == SendResult(outcome=REFUSED, why="too_long")


def test_a_handle_longer_than_telegram_takes_is_refused(server, telegram):
    server.say(7, "待办")
    long = Message(text="请初审", rows=[[Button(label="同意", callback_token="é" * 33)]])
    assert telegram.send("7", long) == SendResult(outcome=REFUSED, why="rejected")


def test_a_long_text_comes_in_pages(server, telegram):
    server.say(7, "待办")
    text = "\n".join(f"{number}号 𠮷" * 20 for number in range(100))
    said = telegram.send("7", Message(text=text, rows=CARD.rows, silent=True))
    update = [server.heard(7) for _ in range(-(-utf16_length(text) // 4096))]
    assert "\n".join(part["text"] for part in update) == text
    assert [("reply_markup" in part) for part in update] == [False] * (len(update) - 1) + [True]
    assert all(part["disable_notification"] for part in update)
    assert said.message == str(update[-1]["message_id"])


def test_a_long_text_that_breaks_off_is_uncertain(server, telegram):
    server.say(7, "待办")
    server.fault("sendMessage", "slow", seconds=0)
    server.fault("sendMessage", "flood")
    assert telegram.send("7", Message(text="长" * 5000)) == SendResult(outcome=UNCERTAIN, why="partly")
    server.heard(7)


def test_a_file_goes_out_with_its_words(server, telegram):
    server.say(7, "待办")
    paper = MessageAttachment(name="年报.docx", content=b"PK")
    assert telegram.send("7", Message(text="年度报告", file=paper)).outcome is SENT
    update = server.heard(7)
    assert (update["caption"], update["document"]["file_name"]) == ("年度报告", "年报.docx")
    assert telegram.send("7", Message(text="长" * 1025, file=paper)).outcome is SENT
    assert [server.heard(7).get("text") for _ in range(2)] == ["长" * 1025, None]


def test_photographs_are_shown_and_several_are_one_album(server, telegram):
    server.say(7, "待办")
    one, two = (
        MessageAttachment(name="1.jpg", content=photograph(colour), is_picture=True, alt=colour)
        for colour in ("green", "red")
    )
    assert telegram.send("7", Message(text="", pictures=[one])).outcome is SENT
    assert server.heard(7)["caption"] == "green"
    sent = telegram.send("7", Message(text="", pictures=[one, two]))
    assert (sent.outcome, bool(sent.message)) == (SENT, True)
    album = [server.heard(7) for _ in range(2)]
    assert [shown["caption"] for shown in album] == ["green", "red"]
    assert len({shown["media_group_id"] for shown in album}) == 1
    assert [server.files[shown["photo"][-1]["file_id"]] for shown in album] == [one.content, two.content]
    broken = MessageAttachment(name="3.jpg", content=b"no picture", is_picture=True)
    assert telegram.send("7", Message(text="", pictures=[broken])).outcome is SendOutcome.REFUSED


def test_a_file_that_was_sent_can_be_read(server, telegram):
    server.upload(7, "台账.xlsx", b"rows")
    ref = FileRef(id="file0", name="台账.xlsx", size=4)
    assert telegram.fetch(ref) == b"rows"
    with pytest.raises(FileUnfetched, match="too_large"):
        telegram.fetch(ref, most=3)
    with pytest.raises(FileUnfetched, match="rejected"):
        telegram.fetch(FileRef(id="unknown", name="x", size=0))


def test_menus_are_for_a_chat_for_groups_or_for_all(server, telegram):
    assert telegram.show_commands([MenuCommand("todo", "待办")], address="7").outcome is SENT
    assert telegram.show_commands([MenuCommand("help", "帮助")], groups=True).outcome is SENT
    assert telegram.show_commands([MenuCommand("Todo", "待办")]) == SendResult(
        outcome=REFUSED, why="rejected"
    )
    assert sorted(scope.split('"type": ')[1].strip('"}') for scope in server.commands) == [
        "all_group_chats",
        "chat",
    ]
    assert telegram.username() == "town_bot"


@pytest.mark.parametrize("kind", ["flood", "reset_before", "reset_after", "garbage", "error"])
def test_the_token_is_told_nowhere(server, client, caplog, capfd, kind):
    caplog.set_level(logging.DEBUG)
    server.say(7, "待办")
    server.fault("sendMessage", kind)
    server.fault("getFile", kind)
    telegram = TelegramChannel(client)
    told = [repr(telegram), repr(client), repr(telegram.send("7", HELLO))]
    try:
        telegram.fetch(FileRef(id="x", name="x", size=1))
    except FileUnfetched as error:
        told += [repr(error), str(error), "".join(traceback.format_exception(error)), repr(error.__cause__)]
    caught = capfd.readouterr()
    secret = TOKEN.partition(":")[2]
    assert secret not in "".join([*told, caplog.text, caught.out, caught.err])
    with server.lock:
        server.chats[7].unseen.clear()


def test_a_message_was_shown_when_its_whole_second_was_over(server, telegram):
    """Telegram's dates are whole seconds: an answer of the same second was written before it was read."""
    server.say(7, "待办")
    sent = telegram.send("7", CARD)
    date = server.heard(7)["date"]
    assert sent.shown_at == datetime.fromtimestamp(date + 1, UTC)
