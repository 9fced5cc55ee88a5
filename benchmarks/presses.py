"""From a press to its committed answer, through python-telegram-bot and a local Bot API, beside a bare echo bot.

The bare bot is the library as its manual shows it: it answers each press and stores nothing. Ours stores the
press, records it at the desk and says so after the commit; two commits and the same two calls. The promise: at
least half the bare bot's rate in the same run, and 99 of 100 presses within 50 ms at 30 presses a second.
"""

from __future__ import annotations

import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bot.compose import found_office, open_works
from tests.telegram.child import listen
from tests.telegram.stand_in import TOKEN, StandIn

Way = Callable[[str], None]
PRESSES, ROUNDS = 300, 3
RATE, SECONDS = 30, 20  # presses a second, and for how long
SHARE, P99 = 0.5, 50.0  # of the bare bot's rate; milliseconds
PEOPLE = 10
WARM = 30


def bare(url: str) -> None:
    """The library alone: it answers the press and says something. Until it is ended."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query
        await query.answer()
        await update.get_bot().send_message(query.from_user.id, f"{query.data}: ok")

    built = Application.builder().token(TOKEN).base_url(f"{url}/bot").build()
    built.add_handler(CallbackQueryHandler(echo))
    built.run_polling(allowed_updates=["callback_query"])


def ours(url: str) -> None:
    """The inbox, the desk and the channel. Until it is ended."""
    with tempfile.TemporaryDirectory() as folder:
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
        listen(open_works(found_office(Path(folder) / "town", sample=True).path), url, "polling", 0)


@contextmanager
def running(way: Way) -> Iterator[StandIn]:
    """A bot in a process of its own: a server in the same one would share its interpreter lock."""
    server = StandIn()
    bot = get_context("spawn").Process(target=way, args=(server.url,))
    bot.start()
    try:
        yield server
    finally:
        bot.terminate()
        bot.join()
        server.close()


def ready(server: StandIn) -> list[int]:
    """People the bot may speak to, each with a message to press on."""
    for person in range(1, PEOPLE + 1):
        server.say(person, "待办")
    return list(range(1, PEOPLE + 1))


class Presses:
    """Presses by number, and how long each waited for its answer."""

    def __init__(self, server: StandIn) -> None:
        self.server, self.people, self.last = server, ready(server), 0
        self.began: dict[int, float] = {}
        self.took: list[float] = []

    def press(self) -> None:
        """The next one, by the next person."""
        self.last += 1
        person = self.people[self.last % len(self.people)]
        message = min(self.server.chats[person].messages)
        self.began[self.last] = time.perf_counter()
        self.server.press(person, message, data=str(self.last))

    def collect(self, count: int) -> None:
        """Wait for so many answers, each at the moment it is said."""
        found = 0
        while found < count:
            with self.server.changed:
                assert self.server.changed.wait_for(self._any, 60), "an answer never came"
                now = time.perf_counter()
                for person in self.people:
                    unseen = self.server.chats[person].unseen
                    while unseen:
                        number = int(unseen.popleft()["text"].partition(":")[0])
                        self.took.append(now - self.began[number])
                        found += 1

    def _any(self) -> bool:
        return any(self.server.chats[person].unseen for person in self.people)


def throughput(way: Way) -> float:
    """Presses a second when all come at once."""
    with running(way) as server:
        presses = warmed(server)
        begun = time.perf_counter()
        for _ in range(PRESSES):
            presses.press()
        presses.collect(PRESSES)
        return PRESSES / (time.perf_counter() - begun)


def latencies(way: Way) -> list[float]:
    """Milliseconds from each press to its answer, at a steady rate."""
    with running(way) as server:
        presses = warmed(server)
        begun = time.perf_counter()
        collector = threading.Thread(target=presses.collect, args=(RATE * SECONDS,))
        collector.start()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            presses.press()
        collector.join()
    return [took * 1000 for took in presses.took]


def warmed(server: StandIn) -> Presses:
    """Presses at a bot that is up and has answered some."""
    presses = Presses(server)
    for _ in range(WARM):
        presses.press()
    presses.collect(WARM)
    presses.took.clear()
    return presses


def main() -> int:
    """Print the figures; say whether the promise holds."""
    ways = {"bare echo bot": bare, "ours": ours}
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
