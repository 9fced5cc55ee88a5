"""From a press to its committed answer, through python-telegram-bot and a local Bot API, beside a bare echo bot.

The bare bot is the library as its manual shows it: it answers each press and stores nothing. Ours stores the
press, records it at the desk and says so after the commit; two commits and the same two calls. The promise: at
least half the bare bot's rate in the same run, and 99 of 100 presses within 50 ms at 30 presses a second.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bot.channels.telegram import Telegram, polling
from bot.channels.tg.ears import Ear
from bot.channels.tg.line import Line
from bot.compose import found_office, open_works
from bot.listening import Listener
from scheduler.inbox import Inbox
from tests.telegram.child import record, say
from tests.telegram.stand_in import TOKEN, StandIn

PRESSES, ROUNDS = 300, 3
RATE, SECONDS = 30, 20  # presses a second, and for how long
SHARE, P99 = 0.5, 50.0  # of the bare bot's rate; milliseconds
PEOPLE = 10
WARM = 30


@contextmanager
def bare(server: StandIn) -> Iterator[None]:
    """The library alone: it answers the press and says something."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query
        await query.answer()
        await update.get_bot().send_message(query.from_user.id, f"{query.data}: ok")

    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        built = Application.builder().token(TOKEN).base_url(f"{server.url}/bot").build()
        built.add_handler(CallbackQueryHandler(echo))
        async with built:
            await built.start()
            assert built.updater
            await built.updater.start_polling(allowed_updates=["callback_query"])
            await stop.wait()
            await built.updater.stop()
            await built.stop()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@contextmanager
def ours(server: StandIn) -> Iterator[None]:
    """The inbox, the desk and the channel."""
    with tempfile.TemporaryDirectory() as folder:
        works = open_works(found_office(Path(folder) / "town", sample=True).path)
        line = Line(TOKEN, server=server.url)
        telegram = Telegram(line)
        inbox = Inbox(store=works.store, office=works.office.slug, channel=telegram.name, clock=works.clock)
        listener = Listener(
            inbox,
            lambda connection, update: record(works, connection, update),
            say=lambda handled: say(telegram, handled),
            told=print,
        )
        ear = Ear(inbox=inbox, wake=listener.wake, told=print, silence=print)
        with listener, polling(line, ear):
            yield
        line.close()
        works.store.engine.dispose()


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


def throughput(way: Callable[[StandIn], object]) -> float:
    """Presses a second when all come at once."""
    server = StandIn()
    with way(server):  # type: ignore[attr-defined]
        presses = Presses(server)
        for _ in range(WARM):
            presses.press()
        presses.collect(WARM)
        begun = time.perf_counter()
        for _ in range(PRESSES):
            presses.press()
        presses.collect(PRESSES)
        rate = PRESSES / (time.perf_counter() - begun)
    server.close()
    return rate


def latencies(way: Callable[[StandIn], object]) -> list[float]:
    """Milliseconds from each press to its answer, at a steady rate."""
    server = StandIn()
    with way(server):  # type: ignore[attr-defined]
        presses = Presses(server)
        for _ in range(WARM):
            presses.press()
        presses.collect(WARM)
        presses.took.clear()
        begun = time.perf_counter()
        collector = threading.Thread(target=presses.collect, args=(RATE * SECONDS,))
        collector.start()
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            presses.press()
        collector.join()
    server.close()
    return [took * 1000 for took in presses.took]


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
