"""Where a connection puts what arrives, and what it records about itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from scheduler.delivery.inbox import Inbox, ReceiveGap
from storage.channels.line_states import LineStates
from storage.messaging.inbox import RawUpdate

HAND_OVER = timedelta(seconds=2)
"""What arrived so shortly before the end may not have been stored any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSink:
    """The inbox of a channel, its worker, and the state of its connection in the database."""

    inbox: Inbox
    wake: Callable[[], object]
    """Called after updates were stored."""
    on_fault: Callable[[Exception], object]
    on_gap: Callable[[ReceiveGap], object]
    """Called when messages may have been lost during an interruption: people are asked to send again."""
    keeps_for: timedelta = timedelta(0)
    """How long the platform keeps what it cannot deliver: a shorter interruption lost nothing."""

    def store_updates(self, updates: Sequence[RawUpdate]) -> None:
        """Store updates; when this returns they survive a power cut."""
        self.inbox.store_updates(updates)
        self.wake()

    def hold(
        self, holder: str, lasts: timedelta, heard_at: datetime | None, sent_at: datetime | None
    ) -> bool:
        """Take or renew the right to connect. False while another process has it."""
        at = self.inbox.clock.now()
        with self.inbox.store.writing(self.inbox.office) as connection:
            states = LineStates(connection, self.inbox.office)
            held = states.hold(self.inbox.channel, holder, at=at, until=at + lasts, is_gone=is_gone)
            if held and heard_at:
                states.alive(self.inbox.channel, heard_at=heard_at, sent_at=sent_at)
        return held

    def release(self, holder: str) -> None:
        """Give the right to connect back."""
        with self.inbox.store.writing(self.inbox.office) as connection:
            LineStates(connection, self.inbox.office).release(self.inbox.channel, holder)

    def note_connected(self, last_heard: datetime | None) -> None:
        """Report the interruption before this connection if it may have lost something, then record that it is up.

        In this order: whoever is killed in between leaves the interruption to be noticed by the next process.
        """
        at, office = self.inbox.clock.now(), self.inbox.office
        with self.inbox.store.reading() as connection:
            gap = LineStates(connection, office).interruption(
                self.inbox.channel, at=at, last_heard=last_heard
            )
        if gap > self.keeps_for:
            self.on_gap(ReceiveGap(since=at - gap - HAND_OVER, until=at))
        with self.inbox.store.writing(office) as connection:
            LineStates(connection, office).connected(self.inbox.channel, at=at, after=gap)

    def note_disconnected(self, why: str) -> None:
        """Record that the connection is down, with the key of the reason."""
        with self.inbox.store.writing(self.inbox.office) as connection:
            LineStates(connection, self.inbox.office).disconnected(self.inbox.channel, why)


def new_holder() -> str:
    """A name for a connection of this process, by which another one sees whether it is still there."""
    return f"{socket.gethostname()} {os.getpid()} {uuid4().hex}"


def is_gone(holder: str) -> bool:
    """Whether the process of a connection was on this machine and has ended: its successor need not wait for it."""
    host, _, rest = holder.partition(" ")
    number = rest.partition(" ")[0]
    if os.name == "nt" or host != socket.gethostname() or not number.isdecimal():
        return False  # Windows has no harmless signal to ask with
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
