"""Polling and webhook store before they confirm, whatever the connection does."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from bot.channels.telegram import receiver
from bot.channels.telegram.channel import TelegramChannel, polling, webhook
from bot.channels.telegram.receiver import SECRET_HEADER, TelegramSilent, UpdateSink
from bot.channels.telegram.updates import parse_update, to_inbox_update
from bot.delivery.inbox_worker import InboxWorker
from scheduler.delivery.channel import Message
from scheduler.delivery.inbox import Inbox
from tests.bot.channels.stream.lines import eventually
from tests.bot.channels.telegram.stand_in.server import StandIn

SECRET = "told-to-nobody"


@pytest.fixture
def inbox(app):
    return Inbox(store=app.store, office="town", channel="telegram", clock=app.clock)


class Office:
    """A listener that echoes, and what it was told."""

    def __init__(self, inbox, client):
        self.inbox, self.client = inbox, client
        self.told, self.silences, self.seen = [], [], []
        self.broken = threading.Event()
        self.listener = InboxWorker(inbox, self.handle, deliver=self.say, on_fault=self.told.append)
        self.sink = UpdateSink(
            inbox=inbox, wake=self.listener.wake, on_fault=self.told.append, on_gap=self.silences.append
        )

    def handle(self, _connection, update):
        found = parse_update(update.body)
        self.seen.append(found.text or found.callback_token)
        return found

    def say(self, handled):
        TelegramChannel(self.client).send(
            handled.result.chat, Message(text=f"收到：{handled.result.text or '按钮'}")
        )


@pytest.fixture
def office(inbox, client, monkeypatch):
    monkeypatch.setattr(receiver, "FIRST_WAIT", 0.05)
    return Office(inbox, client)


@contextmanager
def asking(office):
    with office.listener, polling(office.client, office.sink):
        yield


@contextmanager
def called(office, server):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/hook"
    with office.listener, webhook(office.client, office.sink, address=address, secret=SECRET, port=port):
        eventually(lambda: server.webhook)
        yield address


@pytest.fixture(params=["polling", "webhook"])
def listening(request, office, server):
    """The same stories by polling and by webhook."""
    with asking(office) if request.param == "polling" else called(office, server):
        yield office


def test_what_is_said_is_answered_and_confirmed(listening, server):
    server.say(7, "待办")
    assert server.heard(7)["text"] == "收到：待办"
    eventually(lambda: not server.pending)
    assert listening.told == []


@pytest.mark.usefixtures("listening")
def test_a_press_is_answered_at_once(server):
    server.say(7, "一")
    server.heard(7)
    server.press(7, 1, data="h")
    eventually(lambda: server.queries["1"]["answered"])
    assert server.heard(7)["text"] == "收到：按钮"


def test_a_quiet_hour_is_no_trouble(office, server):
    """The long poll is held until something happens, for longer than any other call may take."""
    with asking(office):
        eventually(lambda: server.polling == 2)
        time.sleep(0.8)  # the client's other calls have half a second
        assert (server.polling, office.told) == (2, [])
        server.say(7, "一")
        assert server.heard(7)["text"] == "收到：一"
    assert office.told == []


def test_doubles_do_nothing(listening, server):
    server.say(7, "一")
    raw = next(iter(server.pending.values()), None) or {
        "update_id": 1000,
        "message": server.chats[7].messages[1],
    }
    server.heard(7)
    eventually(lambda: not server.pending)
    for _ in range(3):
        server.again(raw)
        eventually(lambda: not server.pending)
    server.say(7, "二")
    assert server.heard(7)["text"] == "收到：二"
    assert listening.seen == ["一", "二"]


@pytest.mark.usefixtures("listening")
def test_a_chat_keeps_its_order(server):
    for number in range(20):
        server.say(7, str(number))
    assert [server.heard(7)["text"] for _ in range(20)] == [f"收到：{number}" for number in range(20)]


def test_an_answer_that_is_reset_loses_nothing(office, server, monkeypatch):
    """The confirming poll reaches Telegram or not; its answer does not reach us."""
    monkeypatch.setattr(receiver, "MAX_WAIT", 0.05)
    for kind in ("reset_before", "reset_after", "garbage", "error", "flood"):
        server.fault("getUpdates", kind, seconds=1)
    for number in range(5):
        server.say(7, str(number))
    with asking(office):
        assert [server.heard(7, within=20)["text"] for _ in range(5)] == [
            f"收到：{number}" for number in range(5)
        ]
        eventually(lambda: not server.pending)
    assert office.seen == ["0", "1", "2", "3", "4"]
    assert {type(fault) for fault in office.told} == {TelegramSilent}


def test_nothing_is_confirmed_that_could_not_be_stored(office, server, monkeypatch):
    stored = Inbox.store_updates

    def fails(self, updates):
        if not office.broken.is_set():
            raise OSError("no space left")
        return stored(self, updates)

    monkeypatch.setattr(Inbox, "store_updates", fails)
    server.say(7, "待办")
    with asking(office):
        eventually(lambda: office.told)
        assert list(server.pending) == [1000]
        office.broken.set()
        assert server.heard(7)["text"] == "收到：待办"


def test_ids_that_start_lower_after_a_quiet_week_are_heard(office, server, app):
    with asking(office):
        server.say(7, "一")
        server.heard(7)
        eventually(lambda: not server.pending)
        server.next_update = 5
        app.clock.move(timedelta(days=8))
        server.say(7, "二")
        assert server.heard(7)["text"] == "收到：二"


def test_a_batch_is_stored_in_the_order_of_its_ids(office, server):
    for number in range(3):
        server.say(7, str(number))
    server.reverse()
    with asking(office):
        assert [server.heard(7)["text"] for _ in range(3)] == [f"收到：{number}" for number in range(3)]


def test_an_update_the_library_cannot_read_stops_no_other(office, server):
    server.update("message", {"chat": "nonsense"})
    server.say(7, "一")
    with asking(office):
        assert server.heard(7)["text"] == "收到：一"
    assert [type(fault).__name__ for fault in office.told if not isinstance(fault, TelegramSilent)] != []


def test_a_day_of_silence_is_told_once(office, server, app):
    office.inbox.mark_heard()
    app.clock.move(timedelta(hours=30))
    server.say(7, "一")
    server.pass_time(25 * 3600)  # and Telegram forgot it
    with asking(office):
        eventually(lambda: office.silences)
    (silence,) = office.silences
    assert silence.until - silence.since == timedelta(hours=30)


def test_a_second_listener_is_told_of_once(office, server):
    server.fault("getUpdates", "error", status=409, times=2)
    with asking(office):
        server.say(7, "一")
        assert server.heard(7)["text"] == "收到：一"
    assert [str(fault.words["why"]) for fault in office.told] == ["conflict"]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"update_id": 1}', 403),
        ({SECRET_HEADER: "guessed"}, b'{"update_id": 1}', 403),
        ({SECRET_HEADER: SECRET}, b"{", 400),
        ({SECRET_HEADER: SECRET}, b"[]", 400),
        ({SECRET_HEADER: SECRET}, b'{"update_id": "1"}', 400),
        ({SECRET_HEADER: SECRET}, b'{"update_id": 1, "x": "' + b"x" * 1_000_000 + b'"}', 400),
    ],
)
def test_nobody_but_telegram_is_heard(office, server, headers, body, status):
    with called(office, server) as address:
        answer = httpx.post(address, content=body, headers=headers, trust_env=False)
    assert answer.status_code == status
    assert office.inbox.next_attempt_at() is None
    assert office.told == []


def test_what_cannot_be_stored_is_called_again(office, server, monkeypatch):
    stored = Inbox.store_updates
    tries = []

    def fails(self, updates):
        tries.append(1)
        if len(tries) < 3:
            raise OSError("no space left")
        return stored(self, updates)

    monkeypatch.setattr(Inbox, "store_updates", fails)
    with called(office, server):
        server.say(7, "待办")
        assert server.heard(7)["text"] == "收到：待办"
    assert office.seen == ["待办"]


def test_the_secret_of_the_calls_is_not_the_offices_own(app):
    own = app.home.secret()
    shown = receiver.webhook_secret(own)
    assert shown == receiver.webhook_secret(own)
    assert own.decode() not in shown
    assert shown not in own.decode()
    assert 32 <= len(shown) <= 256  # and of the letters Telegram takes
    assert shown.isalnum()


def test_an_update_is_stored_whole(inbox):
    raw = {"update_id": 3, "message": {"chat": {"id": 7}, "text": "𠮷"}}
    inbox.store_updates([to_inbox_update(raw)])
    seen = []
    inbox.handle_next(lambda _, update: seen.append(update.body))
    assert '"𠮷"' in seen[0]


def test_a_stand_in_starts_and_stops():
    StandIn().close()
