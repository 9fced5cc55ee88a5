"""A process that keeps a platform's line and records each number it hears, to be killed at any moment.

    python -m tests.bot.channels.stream.crash.child

For each line it reads, the folder of an office, it forks a child that listens for it, and prints the child's number.
``confirming`` behind the folder and a tab makes the child the negative control: it acknowledges before it stores, as
the platforms' libraries do. Interruptions in which something may have been lost are written to ``gaps.txt`` in the
office's folder.
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from sqlalchemy import Connection

from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.platform_loading import load_platform, platform_folders
from bot.channels.stream.sink import StreamSink
from bot.delivery.inbox_worker import InboxWorker
from bot.dialog.incoming import IncomingUpdate
from bot.services.app import OfficeApp, open_app
from bot.services.office_notices import request_resend
from config.clock import SystemClock
from config.office.channel_secrets import load_channel_accounts
from scheduler.delivery.inbox import HandledUpdate, Inbox, ReceiveGap
from storage.messaging.inbox import InboxEntry
from tests.bot.channels.stream.lines import QUICK

GAPS = "gaps.txt"


def listen(app: OfficeApp) -> None:
    """Until it is killed."""
    (account,) = load_channel_accounts(app.home.path).values()
    platform = load_platform(account.platform)
    channel = platform.open(account, app.clock)
    channel.connection.timing = QUICK
    inbox = Inbox(store=app.store, office=app.office.slug, channel=channel.name, clock=app.clock)

    def record(connection: Connection, entry: InboxEntry) -> None:
        update = platform.parse_update(entry.body)
        if number := number_of(update):
            with app.recorder.transaction(actor="clerk", means="test", within=connection) as uow:
                uow.registers.count("licence", uow.context.today, quantity=number)

    def note(gap: ReceiveGap) -> None:
        with (app.home.path / GAPS).open("a") as file:
            file.write(f"{gap.since.timestamp()} {gap.until.timestamp()}\n")
        request_resend(app, channel.name)

    def deliver(_handled: HandledUpdate[None]) -> None:
        """Nobody is answered here."""

    worker = InboxWorker(inbox, record, deliver=deliver, on_fault=print)
    sink = StreamSink(
        inbox=inbox, wake=worker.wake, on_fault=lambda _: None, on_gap=note, keeps_for=platform.keeps_for
    )
    with worker:
        channel.connection.start(sink)
        threading.Event().wait()


def acknowledge_first() -> None:
    """What the platforms' own libraries do, in passing: the answer goes out, and the handling comes when it comes."""
    stores = StreamConnection._store_batch

    async def confirm_then_store(self, first, arrived):
        socket, received = first
        if received.acknowledgement is not None:
            await self._acknowledge(socket, received.acknowledgement)
        await asyncio.sleep(0.2)
        return await stores(self, first, arrived)

    StreamConnection._store_batch = confirm_then_store


def number_of(update: IncomingUpdate | None) -> int:
    """The number that a message says or a button carries; 0 for anything else."""
    said = update.callback_token or update.text if update else ""
    return int(said) if said.isdecimal() else 0


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for folder in platform_folders():
        load_platform(folder)  # imported once, and not by each child
    for line in sys.stdin:
        child = os.fork()
        if not child:
            home, _, mode = line.strip().partition("\t")
            if mode == "confirming":
                acknowledge_first()
            listen(open_app(Path(home), SystemClock()))
        print(child, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
