"""Every fault of sending an answer times what it answers: what was recorded is said, once, or shown at the next word."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from time import monotonic, sleep

import pytest

from bot.channels.telegram.client import TelegramClient
from bot.delivery import reply_sender
from bot.delivery.inbox_worker import PerChatExecutor
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.reply import Reply
from scheduler.delivery.channel import SendOutcome, SendResult
from storage.messaging.dialog_state import OwedReplies
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.telegram.test_conversation import REVIEWER, Town, card, reply_states, town
from tests.bot.speaker import Room

__all__ = ["town"]
LATE = "（下面这条刚才可能没有送到您这里。）"
FAULTS = {
    "429": {"kind": "flood", "seconds": 1},
    "429 three times": {"kind": "flood", "seconds": 1, "times": 3},
    "500": {"kind": "error", "status": 500},
    "502": {"kind": "error", "status": 502},
    "503": {"kind": "error", "status": 503, "times": 9},
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "time-out": {"kind": "slow", "seconds": 0.7},
    "garbage": {"kind": "garbage"},
}
ARRIVED = {"reset after", "time-out"}
LEFT = {"429", "429 three times", "503"}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(reply_sender, "MAX_RETRY_WAIT", timedelta(seconds=0.1))
    make = TelegramClient.__init__

    def impatient(self, token, **more):
        make(self, token, **{**more, "read_seconds": 0.3})

    monkeypatch.setattr(TelegramClient, "__init__", impatient)


def seen_card(town) -> tuple[int, dict]:
    """The reviewer's card, once it is known that it was shown: nobody answers as fast as a test."""
    case, shown = card(town)
    eventually(lambda: live_cards(town.app))
    return case, shown


def live_cards(app) -> int:
    with app.store.reading() as connection:
        return connection.exec_driver_sql("select count(*) from card").scalar()


def owed(app) -> list[str]:
    with app.store.reading() as connection:
        return [one.text for one in connection.exec_driver_sql("select text from owed_reply")]


def texts(server, *, until, pressed: bool) -> list[str]:
    """What the reviewer is told until a condition holds; of an answer to words without their outdated card."""
    eventually(until, within=20)
    sleep(0.2)
    with server.lock:
        found = [one["text"] for one in server.chats[REVIEWER].unseen if pressed or "edit_date" not in one]
        server.chats[REVIEWER].unseen.clear()
    return found


def decided(town, case: int) -> bool:
    return any(type(record).__name__ == "Signed" and record.case == case for record in town.records())


def quiet(town) -> bool:
    with town.server.lock:
        return not town.server.faults


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("pressed", [False, True])
def test_what_was_recorded_is_never_left_unsaid(town, server, fault, pressed):
    case, shown = seen_card(town)
    for method in ("editMessageText", "sendMessage") if pressed else ("sendMessage",):
        server.fault(method, **FAULTS[fault])
    if pressed:
        server.press(REVIEWER, shown["message_id"], "同意")
    else:
        server.say(REVIEWER, f"同意 {case}")
    eventually(lambda: decided(town, case))
    settled = set() if fault in LEFT or pressed else {"uncertain"}
    said = texts(server, until=lambda: reply_states(town.app) == settled, pressed=pressed)
    with server.lock:
        server.faults.clear()
    server.say(REVIEWER, "帮助")
    eventually(lambda: server.chats[REVIEWER].unseen)
    said += texts(server, until=lambda: not owed(town.app), pressed=pressed)
    told = [text for text in said if "已记录 №" in text]
    at_once = [text for text in told if LATE not in text]
    assert told
    assert len(at_once) <= 1
    if not pressed:
        assert len(at_once) == (fault in LEFT | ARRIVED)
        assert (len(told) - len(at_once) == 1) == (fault not in LEFT)
    assert "已记录 №" not in town.says(REVIEWER, "帮助")  # and it is not said again
    texts(server, until=lambda: not live_cards(town.app), pressed=pressed)


def test_an_edit_that_has_to_wait_is_waited_for_and_no_message_is_sent_instead(town, server):
    _, shown = seen_card(town)
    server.fault("editMessageText", "flood", seconds=1, times=2)
    server.press(REVIEWER, shown["message_id"], "同意")
    changed = server.heard(REVIEWER, within=10)
    assert changed["text"].startswith("已记录 №")
    assert (changed["message_id"], "edit_date" in changed) == (shown["message_id"], True)


def test_a_card_that_may_not_be_changed_for_long_is_not_said_anew_meanwhile(town, server):
    """Nothing was recorded, so nothing is owed: a message would have had to wait as long."""
    _, shown = seen_card(town)
    server.fault("editMessageText", "flood", seconds=600, times=9)
    server.press(REVIEWER, shown["message_id"], "更多")
    eventually(lambda: sum(fault.times for fault in server.faults) < 9)
    sleep(0.3)
    server.assert_nothing_else()


def test_what_waited_when_the_program_ended_is_said_by_the_next_run(app, server):
    town = Town(app, server)
    with town.running():
        case, _ = seen_card(town)
        server.fault("sendMessage", "flood", seconds=600, times=99)
        server.say(REVIEWER, f"同意 {case}")
        eventually(lambda: decided(town, case) and owed(app))
        sleep(0.2)
    with server.lock:
        server.faults.clear()
    with town.running():
        assert server.heard(REVIEWER)["text"].startswith(f"{LATE}\n已记录 №")
        eventually(lambda: not owed(app))
    assert town.told == []


def test_what_was_just_being_sent_when_the_program_was_killed_is_shown_at_the_next_word(app, server):
    town = Town(app, server)
    update = IncomingUpdate(
        channel="telegram", what=UpdateKind.TEXT, sender=str(REVIEWER), chat=str(REVIEWER), private=True
    )
    sender = ReplySender(store=app.store, office="zhaoduba", clock=app.clock, channels={})
    with app.store.writing("zhaoduba") as connection:
        sender.keep_reply(connection, update, Reply(lines=("已记录 №1",), records=True, late_prefix=LATE))
    town.bind("secrecy_officer", REVIEWER)
    server._place(REVIEWER, 0)
    with town.running():
        first = town.says(REVIEWER, "帮助")
        assert first.startswith(f"{LATE}\n已记录 №1")
        assert "已记录" not in town.says(REVIEWER, "帮助")
    assert (town.told, owed(app)) == ([], [])


def test_what_only_shows_is_not_owed(app):
    room, update = (
        Room(app),
        IncomingUpdate(channel="test", what=UpdateKind.TEXT, sender="7", chat="7", private=True),
    )
    with app.store.writing("zhaoduba") as connection:
        kept = room.reply_sender.keep_reply(connection, update, Reply(lines=("没有待办",)))
        assert kept.owed == ""
        assert OwedReplies(connection, "zhaoduba").resume("test") == []


def test_a_chat_that_waits_holds_up_no_other_and_keeps_its_order():
    """Fifty chats on two threads; one of them is told to wait."""
    order: list[str] = []
    done = {chat: threading.Event() for chat in map(str, range(50))}
    released = threading.Event()

    def slow() -> Iterator[float]:
        while not released.is_set():
            yield 0.02
        order.append("first")

    def quick_work(chat: str) -> Iterator[float]:
        yield 0.0
        order.append(chat)
        done[chat].set()

    faults: list[Exception] = []
    executor = PerChatExecutor(faults.append, count=2)
    executor.submit("0", slow())
    began = monotonic()
    for chat in done:
        executor.submit(chat, quick_work(chat))
    assert all(event.wait(5) for chat, event in done.items() if chat != "0")
    assert monotonic() - began < 1
    assert not done["0"].is_set()
    released.set()
    assert done["0"].wait(5)
    executor.close()
    assert order[-2:] == ["first", "0"]
    assert faults == []


def test_two_chats_of_one_lane_are_answered_while_one_of_them_is_to_wait(town, server):
    """Telegram tells one to wait; before, every eighth chat waited with it."""
    case, _ = seen_card(town)
    others = range(100, 116)
    for number in others:
        server._place(number, 0)
    server.fault("sendMessage", "flood", seconds=3, times=1)
    server.say(REVIEWER, f"同意 {case}")
    eventually(lambda: decided(town, case) and quiet(town))
    began = monotonic()
    for number in others:
        server.say(number, "你好")
    for number in others:
        assert "还不认识您" in server.heard(number)["text"]
    assert monotonic() - began < 2
    said = texts(server, until=lambda: not owed(town.app), pressed=False)
    assert [text.splitlines()[0][:5] for text in said] == ["已记录 №"]


def test_an_owed_answer_is_tried_until_it_left(app):
    room = Room(app)
    update = IncomingUpdate(channel="test", what=UpdateKind.TEXT, sender="7", chat="7", private=True)
    room.sends = [SendResult(outcome=SendOutcome.NOT_ATTEMPTED, why="no_connection") for _ in range(12)]
    with app.store.writing("zhaoduba") as connection:
        reply = room.reply_sender.keep_reply(connection, update, Reply(lines=("已记录 №1",), records=True))
    room.reply_sender.send_reply(update, reply)
    assert room.took("7") == ["已记录 №1"]
    assert len(room.waited) == 12
    assert owed(app) == []


def test_waits_grow_and_stay_bounded(app):
    room, tries = Room(app), count(1)
    room.sends = [SendResult(outcome=SendOutcome.NOT_ATTEMPTED) for _ in range(9)]
    update = IncomingUpdate(channel="test", what=UpdateKind.TEXT, sender="7", chat="7", private=True)
    with app.store.writing("zhaoduba") as connection:
        reply = room.reply_sender.keep_reply(
            connection, update, Reply(lines=(f"已记录 №{next(tries)}",), records=True)
        )
    room.reply_sender.send_reply(update, reply)
    assert room.waited == sorted(room.waited)
    assert room.took("7") == ["已记录 №1"]
