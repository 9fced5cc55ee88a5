"""A connection with an inbox of its own under a test's eyes: what it stored, reported and noticed."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.channels.stream.connection import ConnectionTiming
from bot.channels.stream.platform_interface import StreamChannel
from bot.channels.stream.sink import StreamSink
from bot.services.app import OfficeApp
from scheduler.delivery.inbox import Inbox, ReceiveGap
from storage.channels.line_states import LineState, LineStates
from storage.messaging.inbox import InboxEntry, InboxTable

QUICK = ConnectionTiming(first_wait=0.02, max_wait=0.1, hold=3.0, displaced=0.4, quiet=60.0)


class Line:
    """One channel's connection, open."""

    def __init__(self, app: OfficeApp, channel: StreamChannel) -> None:
        self.app, self.channel = app, channel
        self.faults: list[Exception] = []
        self.gaps: list[ReceiveGap] = []
        self.closed = False
        self.inbox = Inbox(store=app.store, office=app.office.slug, channel=channel.name, clock=app.clock)

    def open(self) -> Line:
        sink = StreamSink(
            inbox=self.inbox,
            wake=lambda: None,
            on_fault=self.faults.append,
            on_gap=self.gaps.append,
        )
        self.channel.connection.start(sink)
        return self

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.channel.connection.close()
        self.channel.close()

    def stored(self) -> list[InboxEntry]:
        with self.app.store.reading() as connection:
            return InboxTable(connection, self.app.office.slug, self.channel.name).pending()

    def state(self) -> LineState:
        with self.app.store.reading() as connection:
            return LineStates(connection, self.app.office.slug).get(self.channel.name)

    def up(self) -> bool:
        return self.channel.connection.is_open

    def why(self) -> list[str]:
        return [str(getattr(fault, "words", {}).get("why", type(fault).__name__)) for fault in self.faults]


def eventually(condition: Callable[[], object], within: float = 30) -> None:
    """Wait until it is true; fail where it is not within so many seconds."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.01)
