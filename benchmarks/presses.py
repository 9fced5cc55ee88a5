"""From a press to its committed answer, through python-telegram-bot and a local Bot API, beside a bare echo bot.

The bare bot is the library as its manual shows it: it answers each press, writes over the message it stands on, and
stores nothing. Ours is ``gongkai run`` on an office of its own, with its page, its sweep and its outbox sender: the
press is stored in the inbox, dispatched, recorded (在办, each on a request of its own), and the card is changed after
the commit. Both make the same two calls for each press. The promise: at least half the bare bot's rate in the same
run, and 99 of 100 presses within 50 ms at 30 presses a second.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import SystemClock
from storage.events.events import Acknowledged
from storage.messaging.accounts import Accounts
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from tests.bot.channels.telegram.stand_in.server import TOKEN, StandIn

PRESSES, ROUNDS = 300, 5
RATE, SECONDS = 30, 20  # presses a second, and for how long
SHARE, P99 = 0.5, 50.0  # of the bare bot's rate; milliseconds
PEOPLE = 10
WARM = 30
SETTLED = (
    4.0  # seconds: the first sweep, audit and round of messages, which hold up a press for half a second
)
DAY = timedelta(days=1)
RECORDED = re.compile(r"已记录 №(\d+)")
FACTS = {"applicant_kind": "natural_person", "channel": "web"}


@dataclass
class Presses:
    """Buttons to be pressed, each on a card of its own, and how long each waited for its answer."""

    server: StandIn
    handles: list[str]
    """The callback tokens of the buttons, of each person in turn."""
    last: int = 0
    began: dict[int, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for person in range(1, PEOPLE + 1):
            self.server.say(person, "你好")
        self.cards = [self._card(number) for number in range(len(self.handles))]
        for chat in self.server.chats.values():
            chat.unseen.clear()

    def press(self) -> None:
        """Press the next button, as the next person."""
        card, handle = self.cards[self.last], self.handles[self.last]
        person = self.last % PEOPLE + 1
        self.last += 1
        self.began[card] = time.perf_counter()
        self.server.press(person, card, data=handle)

    def collect(self, count: int) -> None:
        """Wait for so many answers, and note when each arrives."""
        found = 0
        while found < count:
            with self.server.changed:
                assert self.server.changed.wait_for(self._any, 60), "an answer never came"
                found += self._looked()

    def _looked(self) -> int:
        """Return how many answers came since the last look; other messages are no answer to a press."""
        found, now = 0, time.perf_counter()
        for person in range(1, PEOPLE + 1):
            unseen = self.server.chats[person].unseen
            while unseen:
                said = unseen.popleft()
                if "edit_date" in said:
                    self.took.append(now - self.began.pop(said["message_id"]))
                    self.texts.append(said["text"])
                    found += 1
        return found

    def _any(self) -> bool:
        return any(self.server.chats[person].unseen for person in range(1, PEOPLE + 1))

    def _card(self, number: int) -> int:
        button = {"inline_keyboard": [[{"text": "在办", "callback_data": self.handles[number]}]]}
        given = {"chat_id": str(number % PEOPLE + 1), "text": "请办理", "reply_markup": button}
        return int(self.server.call(TOKEN, "sendmessage", given).json["result"]["message_id"])


Way = Callable[[int], "contextmanager[Presses]"]


@contextmanager
def bare(count: int) -> Iterator[Presses]:
    """Run the library alone, in a process of its own: a server in the same one would share its interpreter lock."""
    server = StandIn()
    bot = get_context("spawn").Process(target=echo, args=(server.url,))
    bot.start()
    try:
        yield Presses(server, [f"press {number}" for number in range(count)])
    finally:
        bot.terminate()
        bot.join()
        server.close()


def echo(url: str) -> None:
    """Answer each press and write its data over its card, until the process is ended."""

    async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query
        await query.answer()
        await query.edit_message_text(f"{query.data}: ok")

    built = Application.builder().token(TOKEN).base_url(f"{url}/bot").build()
    built.add_handler(CallbackQueryHandler(pressed))
    built.run_polling(allowed_updates=["callback_query"])


@contextmanager
def ours(count: int) -> Iterator[Presses]:
    """Run ``gongkai run``; at the end every press must stand in the log, at the number its answer named."""
    with tempfile.TemporaryDirectory() as folder:
        app = open_app(create_office(Path(folder) / "town", sample=True).path, SystemClock())
        server = StandIn()
        handles = furnished(app, count)
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "run", "--home", str(app.home.path), "--port", "0"],
            env={**os.environ, **settings(server)},  # noqa: TID251 - what is started needs what starts it had
            stdout=subprocess.DEVNULL,
        )
        try:
            presses = Presses(server, handles)
            yield presses
        finally:
            bot.terminate()
            bot.wait()
            server.close()
        require_kept(app, presses)


def settings(server: StandIn) -> Mapping[str, str]:
    """Return the environment of ``gongkai run``."""
    return {"GONGKAI_TELEGRAM_TOKEN": TOKEN, "GONGKAI_TELEGRAM_SERVER": server.url, "GONGKAI_DATABASE": ""}


def furnished(app: OfficeApp, count: int) -> list[str]:
    """Open so many requests that wait for ten people. Returns the callback token of a button for each."""
    people = [person.id for person in app.office.people[:PEOPLE]]
    with app.store.writing(app.office.slug) as connection:
        for number, person in enumerate(people, 1):
            accounts = Accounts(connection, app.office.slug)
            accounts.bind(person, "telegram", str(number), at=app.clock.now(), confirmed_by="terminal")
        with app.recorder.transaction(actor="clerk", means="web", within=connection) as uow:
            for number in range(count):
                case = uow.cases.open("request", f"{number + 1}号", uow.context.today, FACTS)
                uow.cases.step(case, "handed_on", uow.context.today, {"to": people[number % PEOPLE]})
        return [button(app, connection, number, people[number % PEOPLE]) for number in range(count)]


def button(app: OfficeApp, connection: Connection, number: int, person: str) -> str:
    """Issue the callback token of a button 在办 on somebody's request."""
    act = CallbackAction(person=person, act="acknowledge", case=number + 1, expires_at=app.clock.now() + DAY)
    return CallbackTokens(connection, app.office.slug).issue(act)


def require_kept(app: OfficeApp, presses: Presses) -> None:
    """Check that every answer named the number under which its press stands in the log."""
    with app.log() as log:
        kept = {entry.position for entry in log.read() if isinstance(entry.record, Acknowledged)}
    said = {int(number[1]) for text in presses.texts if (number := RECORDED.match(text))}
    assert said == kept, "an answer is not what was recorded"
    assert len(said) == len(presses.handles)


def throughput(way: Way) -> float:
    """Presses a second when all come at once."""
    with way(WARM + PRESSES) as presses:
        warm(presses)
        begun = time.perf_counter()
        for _ in range(PRESSES):
            presses.press()
        presses.collect(PRESSES)
        return PRESSES / (time.perf_counter() - begun)


def latencies(way: Way) -> list[float]:
    """Milliseconds from each press to its answer, at a steady rate."""
    with way(WARM + RATE * SECONDS) as presses:
        warm(presses)
        begun = time.perf_counter()
        collector = threading.Thread(target=presses.collect, args=(RATE * SECONDS,))
        collector.start()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            presses.press()
        collector.join()
    return [took * 1000 for took in presses.took]


def warm(presses: Presses) -> None:
    """A bot that is up, has answered some, and has caught up with what lay there when it started."""
    for _ in range(WARM):
        presses.press()
    presses.collect(WARM)
    time.sleep(SETTLED)
    presses.took.clear()


def main() -> int:
    """Print the figures; say whether the promise holds."""
    ways: dict[str, Way] = {"bare echo bot": bare, "ours": ours}
    rates = dict.fromkeys(ways, 0.0)
    for _ in range(ROUNDS):
        for name, way in ways.items():
            rates[name] = max(rates[name], throughput(way))
    share = rates["ours"] / rates["bare echo bot"]
    for name, rate in rates.items():
        print(f"{name:15} {rate:7.0f} presses a second, all at once, best of {ROUNDS}")
    p99 = 0.0
    for name, way in ways.items():
        took = sorted(latencies(way))
        p99 = took[int(len(took) * 0.99)]
        print(f"{name:15} at {RATE} a second: median {statistics.median(took):.1f} ms, p99 {p99:.1f} ms")
    held = share >= SHARE and p99 <= P99
    verdict = "held" if held else "BROKEN"
    print(f"promise: {SHARE} of the bare rate and p99 {P99} ms: {share:.2f}, {p99:.1f} ms {verdict}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
