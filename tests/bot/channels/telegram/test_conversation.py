"""The real dispatcher over the real channel: two users, a clerk and a group, with every fault of the connection.

Whatever is said and not looked for fails the test (``server``).
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.channels.telegram import receiver
from bot.channels.telegram.receiver import TelegramSilent
from bot.delivery import reply_sender
from bot.dispatch.command_table import COMMANDS, CaseSource, CommandRule
from bot.runtime.office_channels import create_outbox_sender, open_channels
from config.office.roles import AccessLevel
from config.settings import Settings
from scheduler.worklist.pending import pending_actions
from storage.database.tables_messaging import OwedReplyState
from storage.eventlog.projections import CaseProjections
from storage.events.delegations import fold_absences
from storage.events.events import Signed
from storage.events.office_events import Counted
from storage.messaging.accounts import Accounts, ChatGroups
from storage.messaging.inbox import InboxTable, all_dead_letters
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox
from storage.messaging.sessions import SessionStore
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.telegram.stand_in.server import TOKEN
from tests.scheduler.signoff.town import draft, open_text, publish, sign_all

SECOND = timedelta(seconds=1)
REPORTER, REVIEWER, CLERK, STRANGER, GROUP = 7, 8, 9, 10, -5


class Town:
    """The office with its channels, and the faults it was told of."""

    def __init__(self, app, server):
        self.app, self.server, self.told, self.channels = app, server, [], {}
        server.seconds = lambda: app.clock.now().timestamp()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The program listens and answers."""
        settings = Settings(telegram_token=SecretStr(TOKEN), telegram_server=self.server.url)
        with open_channels(self.app, settings, self.told.append) as self.channels:
            yield

    def link(self, person: str) -> str:
        with self.app.store.writing("zhaoduba") as connection:
            people = SessionStore(connection, "zhaoduba")
            return people.invite(person, at=self.app.clock.now(), lasts=timedelta(hours=1))

    def bind(self, person: str, number: int) -> None:
        with self.app.store.writing("zhaoduba") as connection:
            Accounts(connection, "zhaoduba").bind(
                person, "telegram", str(number), at=self.app.clock.now(), confirmed_by="terminal"
            )

    def records(self):
        with self.app.log() as log:
            return [entry.record for entry in log.read()]

    def says(self, user: int, text: str, **more) -> str:
        """Say it; the answer is looked at, in the same chat."""
        self.server.say(user, text, **more)
        return self.server.heard(more.get("chat") or user)["text"]

    def text(self) -> int:
        case = open_text(self.app)
        draft(self.app, case)
        return case


@pytest.fixture
def town(app, server, monkeypatch) -> Iterator[Town]:
    monkeypatch.setattr(receiver, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(reply_sender, "RETRY_DELAY", timedelta(seconds=0.05))
    town = Town(app, server)
    with town.running():
        yield town
    assert [fault for fault in town.told if not isinstance(fault, TelegramSilent)] == []


def waits_of(app, connection, case: int):
    """What a case waits for."""
    found = CaseProjections(connection, "zhaoduba", app.duties).cases([case])[case]
    duty = app.duties[found.opening.kind]
    return pending_actions(found, duty, app.office, app.calendar, fold_absences([]))


def card(town) -> tuple[int, dict]:
    """The reviewer's card of a text, as it was said."""
    case = town.text()
    town.bind("secrecy_officer", REVIEWER)
    town.server.say(REVIEWER, "待办")
    return case, town.server.heard(REVIEWER)


def menu_for(scope: str) -> tuple[str, str]:
    """Whom a menu of commands is for."""
    read = json.loads(scope)
    return read["type"], str(read.get("chat_id", ""))


def reply_states(app) -> set[str]:
    """What is known of the answers that were not said for certain."""
    with app.store.reading() as connection:
        return {one.state for one in connection.exec_driver_sql("select state from owed_reply")}


def buttons(message) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def test_two_people_come_in_and_one_signs(town, server):
    case = town.text()
    town.bind("clerk", CLERK)
    server.start(REPORTER, town.link("jia_reporter"))
    assert server.heard(REPORTER)["text"].startswith("甲村信息员，欢迎")
    scopes = {("all_group_chats", ""), ("chat", str(REPORTER))}
    eventually(lambda: {menu_for(scope) for scope in server.commands} == scopes)
    server.start(REVIEWER, town.link("secrecy_officer"))
    assert "确认加入 保密审查员" in server.heard(REVIEWER)["text"]
    (code,) = set(re.findall(r"\d{6}", town.says(REVIEWER, "待办")))
    assert town.says(CLERK, f"确认加入 保密审查员 {code}").startswith("已确认")
    assert "没有待办" in town.says(REPORTER, "/todo")

    server.say(REVIEWER, "待办")
    card = server.heard(REVIEWER)
    assert card["text"].startswith("请保密审查：信息发布")
    assert buttons(card) == ["同意", "退回修改", "更多"]
    before = len(town.records())
    server.press(REVIEWER, card["message_id"], "同意")
    changed = server.heard(REVIEWER)
    assert (changed["message_id"], "edit_date" in changed) == (card["message_id"], True)
    assert changed["text"].startswith(f"已记录 №{before + 1}")
    assert buttons(changed) == ["撤销"]
    assert [(type(record), record.case) for record in town.records()[before:]] == [(Signed, case)]
    eventually(lambda: all(query["answered"] for query in server.queries.values()))


def test_doubles_and_a_stale_press_sign_once(town, server):
    _, card_ = card(town)
    number = server.press(REVIEWER, card_["message_id"], "同意")
    data = card_["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    raw = {
        "update_id": number,
        "callback_query": {
            "id": "1",
            "from": server.user(REVIEWER),
            "message": card_,
            "chat_instance": "1",
            "data": data,
        },
    }
    server.heard(REVIEWER)
    before = len(town.records())
    for _ in range(3):
        server.again(raw)
        eventually(lambda: not server.pending)
    server.press(REVIEWER, card_["message_id"], data=data)
    shown = server.heard(REVIEWER)
    assert (
        "同意，环节：保密审查" in shown["text"]
    )  # within its minute it says what was recorded, and can be undone
    assert shown["reply_markup"]["inline_keyboard"][0][0]["text"] == "撤销"
    assert len(town.records()) == before


def test_what_comes_in_the_wrong_order_is_handled_in_the_right_one(town, server):
    town.bind("clerk", CLERK)
    with server.lock:
        for number in (1, 2, 3):
            server.say(CLERK, f"许可 {number}")
        server.reverse()
    said = [server.heard(CLERK)["text"].splitlines()[0] for _ in range(3)]
    assert [text[:6] for text in said] == ["已记录 №1", "已记录 №2", "已记录 №3"]
    assert [record.quantity for record in town.records() if isinstance(record, Counted)] == [1, 2, 3]


def test_a_flood_wait_delays_the_answer_and_doubles_nothing(town, server):
    town.bind("clerk", CLERK)
    server.fault("sendMessage", "flood", seconds=1)
    assert town.says(CLERK, "许可 3").startswith("已记录 №1")
    assert len(town.records()) == 1


def test_an_edit_whose_answer_is_reset_is_made_once(town, server):
    _, card_ = card(town)
    server.fault("editMessageText", "reset_after")
    server.fault("getUpdates", "reset_after")
    server.press(REVIEWER, card_["message_id"], "同意")
    assert server.heard(REVIEWER)["text"].startswith("已记录")
    assert sum(isinstance(record, Signed) for record in town.records()) == 1


def test_an_edit_that_was_reset_before_it_arrived_is_made(town, server):
    _, card_ = card(town)
    server.fault("editMessageText", "reset_before")
    server.press(REVIEWER, card_["message_id"], "同意")
    assert server.heard(REVIEWER)["text"].startswith("已记录")


def test_an_answer_that_may_have_arrived_is_not_said_twice(town, server):
    """By itself: it stands before the next answer, marked (``test_owed_replies.py``)."""
    town.bind("clerk", CLERK)
    server.fault("sendMessage", "reset_after")
    assert town.says(CLERK, "许可 3").startswith("已记录 №1")
    eventually(
        lambda: reply_states(town.app) == {OwedReplyState.UNCERTAIN}
    )  # it was heard before that is known
    first, again, counted, own, undone = town.says(CLERK, "撤销").splitlines()
    assert "可能没有送到" in first
    assert again.startswith("已记录 №1")
    assert own.startswith("已记录 №2")
    assert (counted, undone) == ("行政许可 3", "撤销了：行政许可 3")


def test_somebody_else_s_payload_presses_nothing(town, server):
    _, card_ = card(town)
    town.bind("jia_reporter", REPORTER)
    data = card_["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    server.say(REPORTER, "待办")
    own = server.heard(REPORTER)
    before = len(town.records())
    for payload in (data, "\u202e" + data[:20], data):  # the middle one nobody made: it is said in its place
        server.press(REPORTER, own["message_id"], data=payload)
        answer = server.heard(REPORTER)
        assert "按钮" in answer["text"]
        assert (answer["message_id"] == own["message_id"]) == (payload != data)
    assert len(town.records()) == before


def test_a_group_is_answered_by_command_and_moves(town, server):
    town.bind("clerk", CLERK)
    server.group(GROUP)
    server.add_bot(GROUP, CLERK)
    assert "您可以这样说" in town.says(CLERK, "/help@town_bot", chat=GROUP)
    assert "私聊" in town.says(CLERK, "待办", chat=GROUP)
    server.say(CLERK, "今天天气不错", chat=GROUP)
    server.say(STRANGER, "/help", chat=GROUP)
    new = server.migrate(GROUP, CLERK)
    assert "没有找到" in town.says(CLERK, "/search 信息发布", chat=new)
    with town.app.store.reading() as connection:
        assert [place.address for place in ChatGroups(connection, "zhaoduba").all()] == [str(new)]
    assert town.records() == []


def remind(town, case: int) -> None:
    """Say by itself what waits for the reviewer, once it may be: an answer fills its second."""
    town.app.clock.move(SECOND)
    with town.app.store.reading() as connection:
        (number,) = {wait.basis for wait in waits_of(town.app, connection, case) if wait.what == "sign"}
    now = town.app.clock.now()
    notice = OutboxNotice(
        person="secrecy_officer",
        case=case,
        what="sign",
        rung="0",
        basis=number,
        rings=True,
        created_at=now,
        not_before=now,
    )
    with town.app.store.writing("zhaoduba") as connection:
        Outbox(connection, "zhaoduba").put([notice])
    create_outbox_sender(town.app, {"telegram": town.channels["telegram"]}, town.told.append).deliver()


def test_what_others_read_in_a_group_is_not_written_over(town, server):
    """A press of another's button there is answered to whoever pressed, alone."""
    case = town.text()
    sign_all(town.app, case)
    publish(town.app, case)  # a group reads of nothing before
    town.bind("clerk", CLERK)
    town.bind("jia_reporter", REPORTER)
    server._place(REPORTER, 0)
    server.group(GROUP)
    server.say(CLERK, "/search 信息发布", chat=GROUP)
    found = server.heard(GROUP)
    server.press(REPORTER, found["message_id"], buttons(found)[0], chat=GROUP)
    assert "党政办文书" in server.heard(REPORTER)["text"]
    server.press(CLERK, found["message_id"], buttons(found)[0], chat=GROUP)
    shown = server.heard(GROUP)
    assert (shown["message_id"], shown["text"][:4]) == (found["message_id"], "信息发布")


def test_a_reminder_takes_the_buttons_of_the_card_before_it(town, server):
    case, before = card(town)
    remind(town, case)
    reminder, changed = server.heard(REVIEWER), server.heard(REVIEWER)
    assert changed["message_id"] == before["message_id"] != reminder["message_id"]
    assert (buttons(before), buttons(changed)) == (buttons(reminder), [])


def test_a_reminder_waits_for_the_second_an_answer_fills(town, server):
    case, _ = card(town)
    town.app.clock.move(-SECOND)
    remind(town, case)
    with town.app.store.reading() as connection:
        (row,) = Outbox(connection, "zhaoduba").unfinished()
    now = town.app.clock.now()
    assert (row.why, row.notice.not_before) == ("limit", now + SECOND)
    town.app.clock.move(SECOND)
    create_outbox_sender(town.app, {"telegram": town.channels["telegram"]}, town.told.append).deliver()
    assert [bool(buttons(server.heard(REVIEWER))) for _ in "12"] == [True, False]


def test_a_card_that_cannot_be_changed_stays_and_is_not_said_again(town, server):
    case, before = card(town)
    server.fault("editMessageText", "flood", seconds=3)
    remind(town, case)
    assert server.heard(REVIEWER)["message_id"] != before["message_id"]
    server.press(REVIEWER, before["message_id"], "同意")  # and a tap on it does what it says
    assert server.heard(REVIEWER)["text"].startswith("已记录")
    assert server.heard(REVIEWER)["text"].startswith("已记录")  # on the reminder, whose buttons go


def test_a_reminder_can_be_replied_to_and_is_changed_in_place(town, server):
    case = town.text()
    town.bind("secrecy_officer", REVIEWER)
    server._place(REVIEWER, 0)
    remind(town, case)
    reminder = server.heard(REVIEWER)
    assert reminder["text"].startswith("请保密审查")
    server.say(REVIEWER, "同意", reply_to=reminder["message_id"])
    assert server.heard(REVIEWER)["text"].startswith("已记录")
    changed = server.heard(REVIEWER)
    assert (changed["message_id"], changed["text"][:3]) == (reminder["message_id"], "已记录")
    assert sum(isinstance(record, Signed) for record in town.records()) == 1


def test_what_cannot_be_handled_is_said_to_whoever_wrote_it_and_to_the_clerk(town, server, monkeypatch):
    town.bind("jia_reporter", REPORTER)
    monkeypatch.setattr("scheduler.delivery.inbox.RETRY_DELAYS", ())
    with monkeypatch.context() as broken:
        broken.setitem(
            COMMANDS,
            "todo",
            CommandRule(lambda _context, _intent: 1 / 0, AccessLevel.JOINED, CaseSource.NONE),
        )
        assert "没有记下任何内容" in town.says(REPORTER, "待办")
    assert [type(town.told.pop())] == [ZeroDivisionError]
    with town.app.store.reading() as connection:
        (notice,) = [row.notice for row in Outbox(connection, "zhaoduba").unfinished()]
        (aside,) = all_dead_letters(connection, "zhaoduba")
    assert (notice.person, notice.what, notice.basis) == ("clerk", "set_aside", str(aside.number))
    with town.app.store.writing("zhaoduba") as connection:
        InboxTable(connection, "zhaoduba", "telegram").requeue(aside.number, town.app.clock.now())
    assert "没有待办" in town.says(REPORTER, "/todo")
    assert "没有待办" in server.heard(REPORTER)["text"]


def test_a_group_s_twenty_a_minute_are_waited_for_or_left(town, server):
    """The twenty-first answer of a minute is not tried: a group is not worth a minute's wait."""
    town.bind("clerk", CLERK)
    server.group(GROUP)
    for _ in range(20):
        town.says(CLERK, "/help", chat=GROUP)
    server.say(CLERK, "/help", chat=GROUP)
    assert town.says(CLERK, "/help").startswith("党政办文书")
    eventually(lambda: not server.pending)
    server.assert_called("sendmessage", 21)


def test_a_file_is_turned_away(town, server):
    town.bind("clerk", CLERK)
    server.upload(CLERK, "清单.xlsx", b"x", caption="许可 3")
    assert "不收文件" in server.heard(CLERK)["text"]
    assert town.records() == []


def test_half_a_character_stops_nobody(town, server):
    """Valid in JSON, and in no database: it used to keep every later update from being stored."""
    town.bind("clerk", CLERK)
    server.say(CLERK, json.loads('"\\ud83d \\u0000"'))
    server.heard(CLERK)
    assert town.says(CLERK, "许可 3").startswith("已记录 №1")


def test_whoever_blocks_the_bot_is_marked_and_heard_again(town, server):
    town.bind("jia_reporter", REPORTER)
    town.says(REPORTER, "待办")
    server.block(REPORTER)

    def state() -> str:
        with town.app.store.reading() as connection:
            return Accounts(connection, "zhaoduba").at("telegram", str(REPORTER)).state

    eventually(lambda: state() == "blocked")
    server.block(REPORTER, blocked=False)
    assert "您可以这样说" in server.heard(REPORTER)["text"]
    assert state() == "ok"
