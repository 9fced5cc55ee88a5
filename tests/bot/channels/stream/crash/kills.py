"""Messages and presses under ``kill -9`` and cuts of the line: the harness of the proof, and of its sample."""

import importlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import SystemClock
from config.office.channel_secrets import save_channel_account
from scheduler.delivery.inbox import Inbox
from storage.events.office_events import Counted
from storage.messaging.accounts import Accounts
from storage.messaging.outbox import Outbox
from tests.bot.channels.stream.crash.child import GAPS
from tests.paths import ROOT

Forks = subprocess.Popen[str]
PEOPLE = ("clerk", "mayor", "jia_reporter")
LONGEST_LIFE = 0.4  # seconds of the last life
PACE = 0.2  # seconds between two acts, at most
PATIENCE = 60.0


@dataclass
class Outcome:
    """What became of the messages and presses."""

    sent: int
    lost: int
    doubled: int
    unnoticed: int
    """Those that were lost outside every interruption that was noticed."""
    unasked: int
    """People who lost something and were not asked to send it again."""


def send_under_kills(
    folder: Path,
    platform: str,
    forks: Forks,
    *,
    messages: int,
    kills: int,
    cuts: int,
    seed: int,
    mode: str = "",
) -> Outcome:
    """Say and press at random moments while the line is cut and the listener killed at others; then count."""
    chance = random.Random(seed)  # noqa: S311
    stand_in = importlib.import_module(f"tests.bot.channels.{platform}.stand_in")
    app = open_app(create_office(folder / platform, sample=True).path, SystemClock())
    server = stand_in.StandIn()
    save_channel_account(app.home.path, server.account)
    _bind(app, stand_in.CHANNEL)
    moments: dict[int, tuple[str, float]] = {}
    acts = ["kill"] * (kills - 1) + ["cut"] * cuts + ["say"] * messages
    chance.shuffle(acts)
    start = partial(_start, forks, app, server, mode)
    child = start()
    for act in acts:
        time.sleep(chance.uniform(0, PACE))
        if act == "kill":
            os.kill(child, signal.SIGKILL)
            child = start()
        elif act == "cut":
            server.cut()
        else:
            _say(server, chance, moments)
    time.sleep(LONGEST_LIFE)
    os.kill(child, signal.SIGKILL)
    child = start()
    _settle(app, server, stand_in.CHANNEL)
    os.kill(child, signal.SIGKILL)
    server.close()
    return _counted(app, moments)


def _say(server, chance: random.Random, moments: dict[int, tuple[str, float]]) -> None:
    number, person = len(moments) + 1, chance.choice(PEOPLE)
    moments[number] = (person, time.time())
    if chance.random() < 0.5:
        server.say(person, str(number))
    else:
        server.press_key(person, str(number))


def _bind(app: OfficeApp, channel: str) -> None:
    with app.store.writing(app.office.slug) as connection:
        for person in PEOPLE:
            accounts = Accounts(connection, app.office.slug)
            accounts.bind(person, channel, person, at=app.clock.now(), confirmed_by="terminal")


@contextmanager
def forking() -> Iterator[Forks]:
    """A process that forks listeners: a fork starts in a tenth of the time of a new process."""
    command = [sys.executable, "-m", "tests.bot.channels.stream.crash.child"]
    forks = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "GONGKAI_DATABASE": ""},
    )
    try:
        yield forks
    finally:
        forks.kill()
        forks.communicate()


def _start(forks: Forks, app: OfficeApp, server, mode: str) -> int:
    """A new child, once it has connected."""
    before = server.connections
    forks.stdin.write(f"{app.home.path}\t{mode}\n")
    forks.stdin.flush()
    child = int(forks.stdout.readline())
    server.wait_for(lambda: server.connections > before and server.is_open(), PATIENCE)
    return child


def _settle(app: OfficeApp, server, channel: str) -> None:
    """Wait until everything that will come is handled."""
    inbox = Inbox(store=app.store, office=app.office.slug, channel=channel, clock=app.clock)
    until, still, before = time.monotonic() + PATIENCE, 0, -1
    while time.monotonic() < until and still < 10:
        time.sleep(0.1)
        now = len(_recorded(app))
        waits = bool(getattr(server, "waiting", ())) or inbox.next_attempt_at() is not None
        still = still + 1 if now == before and not waits else 0
        before = now


def _recorded(app: OfficeApp) -> list[int]:
    with app.log() as log:
        return [entry.record.quantity for entry in log.read() if isinstance(entry.record, Counted)]


def _counted(app: OfficeApp, moments: dict[int, tuple[str, float]]) -> Outcome:
    with app.log() as log:
        assert list(log.verify()) == []
    times = Counter(_recorded(app))
    lost = [number for number in moments if not times[number]]
    file = app.home.path / GAPS
    gaps = (
        [tuple(map(float, line.split())) for line in file.read_text().splitlines()] if file.exists() else []
    )
    with app.store.reading() as connection:
        told = Outbox(connection, app.office.slug).unfinished()
    asked = {row.notice.person for row in told if row.notice.what == "silence"}
    return Outcome(
        sent=len(moments),
        lost=len(lost),
        doubled=sum(count - 1 for count in times.values()),
        unnoticed=sum(
            not any(since <= moments[number][1] <= until for since, until in gaps) for number in lost
        ),
        unasked=len({moments[number][0] for number in lost} - asked),
    )
