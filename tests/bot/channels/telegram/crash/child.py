"""A process that listens to the stand-in and records each press, to be killed at any moment.

    python -m tests.bot.channels.telegram.crash.child HOME SERVER MODE PORT

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

from bot.channels.telegram.channel import TelegramChannel, polling, webhook
from bot.channels.telegram.client import TelegramClient
from bot.channels.telegram.receiver import UpdateSink
from bot.channels.telegram.updates import parse_update, to_inbox_update
from bot.delivery.inbox_worker import InboxWorker
from bot.dialog.incoming import UpdateKind
from bot.services.app import OfficeApp, open_app
from config.clock import SystemClock
from scheduler.delivery.channel import Message
from scheduler.delivery.inbox import HandledUpdate, Inbox
from storage.messaging.inbox import InboxEntry
from tests.bot.channels.telegram.stand_in.server import TOKEN

SECRET = "told-to-nobody"
Recorded = tuple[str, str, int]


def record(app: OfficeApp, connection: Connection | None, update: InboxEntry) -> Recorded | None:
    """One entry for each press, its number the quantity: what was lost or doubled can be counted."""
    told = parse_update(update.body)
    if told is None or told.what is not UpdateKind.PRESSED:
        return None
    with app.recorder.transaction(actor="clerk", means="telegram", within=connection) as uow:
        uow.registers.count("licence", uow.context.today, quantity=int(told.callback_token))
    return told.chat, told.callback_token, uow.entries[-1].position


def say(telegram: TelegramChannel, handled: HandledUpdate[Recorded | None]) -> None:
    if handled.result:
        place, number, position = handled.result
        telegram.send(place, Message(text=f"{number}: 已记录 №{position}"))


def listen(app: OfficeApp, server: str, mode: str, port: int) -> None:
    """Until it is killed."""
    app.store.engine.dispose(close=False)  # what was open belongs to the parent
    client = TelegramClient(TOKEN, server=server)
    if mode == "confirming":
        confirm_first(app, client)
    inbox = Inbox(store=app.store, office=app.office.slug, channel="telegram", clock=app.clock)
    listener = InboxWorker(
        inbox,
        lambda connection, update: record(app, connection, update),
        deliver=partial(say, TelegramChannel(client)),
        on_fault=print,
    )
    sink = UpdateSink(inbox=inbox, wake=listener.wake, on_fault=print, on_gap=print)
    address = f"http://127.0.0.1:{port}/hook"
    hooked = (
        webhook(client, sink, address=address, secret=SECRET, port=port)
        if mode == "webhook"
        else nullcontext()
    )
    asked = polling(client, sink) if mode == "polling" else nullcontext()
    with listener, hooked, asked:
        threading.Event().wait()


def confirm_first(app: OfficeApp, client: TelegramClient) -> None:
    """What the library's own polling does: the next question confirms what is not handled yet."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def work() -> None:
        while True:
            number, chat, body = to_inbox_update(json.loads(waiting.get()))
            record(app, None, InboxEntry(0, number, chat, body, app.clock.now(), 0, ""))

    threading.Thread(target=work, daemon=True).start()
    offset = 0
    while True:
        question = client.bot.do_api_request("getupdates", api_kwargs={"offset": offset, "timeout": 5})
        for raw in client.ask(question):
            waiting.put(json.dumps(raw))
            offset = raw["update_id"] + 1


def main() -> None:
    home, server, mode, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    app = open_app(home, SystemClock())
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            listen(app, server, mode, port)
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
