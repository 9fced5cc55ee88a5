"""A process that listens to the stand-in and records each press, to be killed at any moment.

    python -m tests.telegram.child HOME SERVER MODE PORT

For each line it reads it forks a child that listens, and prints the child's number: a fork starts in a tenth of
the time of a new process, so that most of the kills meet it at work. ``MODE`` is ``polling``, ``webhook`` or
``confirming``, the negative control: it confirms updates before it has stored them.
"""

import json
import os
import queue
import signal
import sys
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bot.channels.telegram.channel import Telegram, polling, webhook
from bot.channels.telegram.client import Line
from bot.channels.telegram.receiver import Ear
from bot.channels.telegram.updates import handed, heard
from bot.delivery.inbox_worker import Listener
from bot.dialog.incoming import What
from bot.services.app import Works, open_works
from config.clock import SystemClock
from scheduler.delivery.channel import Message
from scheduler.delivery.inbox import Handled, Inbox
from storage.messaging.inbox import Stored
from tests.bot.channels.telegram.stand_in.server import TOKEN

SECRET = "told-to-nobody"  # noqa: S105
Recorded = tuple[str, str, int]


def record(works: Works, connection: Connection | None, update: Stored) -> Recorded | None:
    """One entry for each press, its number the quantity: what was lost or doubled can be counted."""
    told = heard(update.body)
    if told is None or told.what is not What.PRESSED:
        return None
    with works.desk.sitting(actor="clerk", means="telegram", within=connection) as sitting:
        sitting.count("licence", sitting.today, quantity=int(told.handle))
    return told.place, told.handle, sitting.entries[-1].position


def say(telegram: Telegram, handled: Handled[Recorded | None]) -> None:
    if handled.said:
        place, number, position = handled.said
        telegram.send(place, Message(text=f"{number}: 已记录 №{position}"))


def listen(works: Works, server: str, mode: str, port: int) -> None:
    """Until it is killed."""
    works.store.engine.dispose(close=False)  # what was open belongs to the parent
    line = Line(TOKEN, server=server)
    if mode == "confirming":
        confirm_first(works, line)
    inbox = Inbox(store=works.store, office=works.office.slug, channel="telegram", clock=works.clock)
    listener = Listener(
        inbox,
        lambda connection, update: record(works, connection, update),
        say=partial(say, Telegram(line)),
        told=print,
    )
    ear = Ear(inbox=inbox, wake=listener.wake, told=print, silence=print)
    address = f"http://127.0.0.1:{port}/hook"
    hooked = (
        webhook(line, ear, address=address, secret=SECRET, port=port) if mode == "webhook" else nullcontext()
    )
    asked = polling(line, ear) if mode == "polling" else nullcontext()
    with listener, hooked, asked:
        threading.Event().wait()


def confirm_first(works: Works, line: Line) -> None:
    """What the library's own polling does: the next question confirms what is not handled yet."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def work() -> None:
        while True:
            number, chat, body = handed(json.loads(waiting.get()))
            record(works, None, Stored(0, number, chat, body, works.clock.now(), 0, ""))

    threading.Thread(target=work, daemon=True).start()
    offset = 0
    while True:
        question = line.bot.do_api_request("getupdates", api_kwargs={"offset": offset, "timeout": 5})
        for raw in line.ask(question):
            waiting.put(json.dumps(raw))
            offset = raw["update_id"] + 1


def main() -> None:
    home, server, mode, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    works = open_works(home, SystemClock())
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            listen(works, server, mode, port)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
