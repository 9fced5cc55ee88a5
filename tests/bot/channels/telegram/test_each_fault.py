"""Every way a send can go wrong, over the real wire, times both kinds of notice: inside policy, whatever comes back.

A gentle reminder is heard at most once, a statutory notice at least once by somebody, and says where it may have
been heard before; what nobody can know is counted as uncertain, and nothing else is.
"""

import socket
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import NamedTuple

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import TelegramClient
from scheduler.delivery.outbox_sender import CLAIM_DURATION, REPEAT_DELAY, RETRY_DELAYS
from storage.messaging.outbox import OutboxState
from tests.bot.channels.telegram.stand_in.server import TOKEN
from tests.scheduler.delivery.scripted import Killed, Reached, outbox_sender, queue, states

CLERK, DEPUTY = 7, 8
QUEUED, SENT, REFUSED, UNCERTAIN = (
    OutboxState.QUEUED,
    OutboxState.SENT,
    OutboxState.REFUSED,
    OutboxState.UNCERTAIN,
)

NOWHERE = {"nobody listens": "http://127.0.0.1:9", "no such name": "http://no-such-name:80"}


class Cell(NamedTuple):
    """What goes wrong; how a gentle notice ends, whether it ever arrived, and how often a statutory one did."""

    fault: str
    more: dict[str, float]
    gentle: OutboxState
    heard: int
    statutory: int


CELLS = {
    "connection refused": Cell("nobody listens", {}, SENT, 1, 1),
    "name not resolved": Cell("no such name", {}, SENT, 1, 1),
    "429": Cell("flood", {"seconds": 20}, SENT, 1, 1),
    "429 for three hours": Cell("flood", {"seconds": 10_800}, SENT, 1, 1),
    "400": Cell("error", {"status": 400}, REFUSED, 0, 0),
    "401": Cell("error", {"status": 401}, SENT, 1, 1),
    "403": Cell("error", {"status": 403}, REFUSED, 0, 0),
    "500": Cell("error", {"status": 500}, UNCERTAIN, 0, 1),
    "502": Cell("error", {"status": 502}, UNCERTAIN, 0, 1),
    "503": Cell("error", {"status": 503}, SENT, 1, 1),
    "reset, not accepted": Cell("reset_before", {}, UNCERTAIN, 0, 1),
    "accepted, then reset": Cell("reset_after", {}, UNCERTAIN, 1, 2),
    "accepted, no answer": Cell("slow", {"seconds": 0.7}, UNCERTAIN, 1, 2),
    "accepted, then killed": Cell("killed", {}, UNCERTAIN, 1, 2),
    "garbage": Cell("garbage", {}, UNCERTAIN, 0, 1),
}


class Dying:
    """The real channel; the process dies once what it said has been accepted."""

    def __init__(self, telegram):
        self.name, self.capabilities, self.telegram = telegram.name, telegram.capabilities, telegram

    def send(self, address, message):
        self.telegram.send(address, message)
        raise Killed


@pytest.fixture
def town(server, app):
    for person in (CLERK, DEPUTY):
        server.say(person, "待办")
    app.clock.set_day(app.today, 9)
    return app


@contextmanager
def meeting(cell, server, telegram, monkeypatch):
    """The channel, with this before it."""
    if cell.fault in NOWHERE:
        client = TelegramClient(TOKEN, server=NOWHERE[cell.fault])
        with monkeypatch.context() as patched:
            if cell.fault == "no such name":
                patched.setattr(socket, "getaddrinfo", _unresolved)
            yield TelegramChannel(client)
        client.close()
    elif cell.fault == "killed":
        yield Dying(telegram)
    else:
        server.fault("sendMessage", cell.fault, **cell.more)
        yield telegram


def _unresolved(*_asked, **_words):
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def all_rounds(town, telegram, reached):
    """Whatever is due in the next hours is said by whoever lives."""
    sender = outbox_sender(town, telegram, reached=reached, instead=lambda _: ("deputy",))
    for wait in (CLAIM_DURATION, REPEAT_DELAY, *RETRY_DELAYS, timedelta(hours=3)):
        town.clock.move(wait + timedelta(seconds=1))
        sender.deliver()


@pytest.mark.parametrize("statutory", [False, True], ids=["gentle", "statutory"])
@pytest.mark.parametrize("name", CELLS)
def test_each_fault_ends_inside_policy(town, server, telegram, monkeypatch, name, statutory):  # noqa: PLR0917
    cell = CELLS[name]
    reached = Reached({"clerk": [("telegram", str(CLERK))], "deputy": [("telegram", str(DEPUTY))]})
    queue(town, "clerk", statutory=statutory)
    with meeting(cell, server, telegram, monkeypatch) as channel, suppress(Killed):
        outbox_sender(town, channel, reached=reached, instead=lambda _: ("deputy",)).deliver()
    all_rounds(town, telegram, reached)
    ended = dict(states(town))
    assert ended["clerk"] is (SENT if statutory and cell.gentle is not REFUSED else cell.gentle)
    texts = [server.heard(CLERK)["text"] for _ in range(cell.statutory if statutory else cell.heard)]
    assert [text.endswith("again") for text in texts] == [
        statutory and cell.gentle is UNCERTAIN and place == len(texts) - 1 for place in range(len(texts))
    ]
    if cell.gentle is REFUSED:  # whoever stands in hears it, and says for whom
        assert ended["deputy"] is SENT
        assert server.heard(DEPUTY)["text"].endswith("for clerk")
