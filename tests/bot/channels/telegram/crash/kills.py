"""Presses under ``kill -9``: the harness of the proof, and of its small sample in the suite."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import SystemClock
from scheduler.delivery.inbox import Inbox
from storage.events.office_events import Counted
from tests.bot.channels.telegram.stand_in.server import TOKEN, StandIn
from tests.paths import ROOT

PEOPLE = 5
LONGEST_LIFE = 0.4  # seconds between its first word and its kill
STILLBORN = 0.2
PATIENCE = 300.0  # seconds: a busy machine is slow, and loses nothing
QUIET = 30  # looks without any news


@dataclass
class Outcome:
    """What became of the presses."""

    pressed: int
    lost: int
    doubled: int
    unfounded: int
    """“已记录 №N” that was said of an entry which is not there."""
    at_work: int
    """Kills that met presses which were still waiting with Telegram; the others may have met one in hand."""


def press_under_kills(folder: Path, *, presses: int, kills: int, mode: str, seed: int) -> Outcome:
    """Press buttons at random moments while the listener is killed at others; then let it finish, and count."""
    chance = random.Random(seed)  # noqa: S311
    home = create_office(folder / "town", sample=True).path
    app = open_app(home, SystemClock())
    server = StandIn()
    cards = [_card(server, person) for person in range(1, PEOPLE + 1)]
    turns = sorted(chance.randrange(kills) for _ in range(presses))
    with _forks(home, server, mode) as forks:
        try:
            lives = (list(_numbers(turns, context)) for context in range(kills))
            met = sum(_one_life(server, forks, cards, numbers, chance) for numbers in lives)
            child = _start(forks)
            _settle(server, app, mode)
            os.kill(child, signal.SIGKILL)
        finally:
            forks.kill()
            server.close()
    return _counted(server, app, presses, met)


def _numbers(turns: list[int], context: int) -> Iterator[int]:
    """The presses of one life, by their numbers."""
    return (number for number, each in enumerate(turns, 1) if each == context)


def _one_life(server, forks, cards, numbers: list[int], chance: random.Random) -> bool:
    """Presses at random moments of a life of random length, and its end. Whether that met any at work.

    One life in five ends while it starts; the others are counted from their first word to Telegram.
    """
    greeted = server.greeted
    child = _start(forks)
    if chance.random() > STILLBORN:
        _wait_for(lambda: server.greeted > greeted)
    began, life = time.monotonic(), chance.uniform(0, LONGEST_LIFE)
    for number, moment in zip(numbers, sorted(chance.uniform(0, life) for _ in numbers), strict=True):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        person, message = chance.choice(cards)
        server.press(person, message, data=str(number))
    time.sleep(max(0.0, began + life - time.monotonic()))
    at_work = bool(server.pending)
    os.kill(child, signal.SIGKILL)
    return at_work


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not condition():
        time.sleep(0.005)


def _forks(home: Path, server: StandIn, mode: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [
            sys.executable,
            "-m",
            "tests.bot.channels.telegram.crash.child",
            str(home),
            server.url,
            mode,
            str(_free_port()),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "GONGKAI_DATABASE": ""},
    )


def _start(forks) -> int:
    forks.stdin.write("go\n")
    forks.stdin.flush()
    return int(forks.stdout.readline())


def _settle(server: StandIn, app: OfficeApp, mode: str) -> None:
    """Wait until everything is handed over and handled; what keeps nothing is given a while without any news."""
    inbox = Inbox(store=app.store, office=app.office.slug, channel="telegram", clock=app.clock)
    still, before = 0, -1
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and still < QUIET:
        time.sleep(0.1)
        now = len(_recorded(app))
        if mode != "confirming" and not server.pending and inbox.next_attempt_at() is None:
            return
        still = still + 1 if mode == "confirming" and not server.pending and now == before else 0
        before = now


def _recorded(app: OfficeApp) -> list[tuple[int, int]]:
    with app.log() as log:
        counted = [(entry.position, entry.record) for entry in log.read()]
    return [(place, record.quantity) for place, record in counted if isinstance(record, Counted)]


def _counted(server: StandIn, app: OfficeApp, presses: int, met: int) -> Outcome:
    with app.log() as log:
        assert list(log.verify()) == []
    recorded = _recorded(app)
    stands = {f"{number}: 已记录 №{place}" for place, number in recorded}
    times = Counter(number for _, number in recorded)
    said = [message["text"] for chat in server.chats.values() for message in chat.unseen]
    return Outcome(
        pressed=presses,
        lost=sum(not times[number] for number in range(1, presses + 1)),
        doubled=sum(count - 1 for count in times.values()),
        unfounded=sum(text not in stands for text in said),
        at_work=met,
    )


def _card(server: StandIn, person: int) -> tuple[int, int]:
    """A person and a message of the bot's with a button on it."""
    server.say(person, "待办")
    button = {"inline_keyboard": [[{"text": "同意", "callback_data": "0"}]]}
    given = {"chat_id": str(person), "text": "请初审", "reply_markup": button}
    said = server.call(TOKEN, "sendmessage", given).json["result"]
    server.heard(person)
    return person, said["message_id"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
