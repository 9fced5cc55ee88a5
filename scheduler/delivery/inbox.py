"""The inbox: stores each update of a channel under its id before confirming it, then handles it once.

    inbox.store_updates(updates)          # committed; only now may the channel forget them
    while handled := inbox.handle_next(handler):
        …                                 # committed; only now is anybody answered

The effect of an update and the mark that it was handled are one transaction: wherever the program is killed, the
update is either untouched or done. An update that cannot be handled delays its own chat and no other; after three
attempts it becomes a dead letter. One that outlasts its time becomes one at once: each attempt would hold up all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection

from config.clock import Clock
from config.errors import Refusal
from scheduler.delivery.handling_deadline import (
    HANDLING_SECONDS,
    HandlingMark,
    HandlingTooLong,
    ProcessEnded,
    TookTooLong,
    handling_deadline,
)
from storage.database.store import Store
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.messaging.inbox import UPDATE_ID_RETENTION, InboxEntry, InboxTable, RawUpdate

RETRY_DELAYS = (timedelta(seconds=5), timedelta(minutes=1))
"""Between the attempts; after the last one the update becomes a dead letter."""
CHANNEL_RETENTION = timedelta(hours=24)
"""How long a channel keeps updates that nobody fetched (Telegram: a day)."""
CONTACT_INTERVAL = timedelta(minutes=1)
"""How often it is recorded that the channel answers."""

HandlerResult = TypeVar("HandlerResult")
Handler = Callable[[Connection, InboxEntry], HandlerResult]
"""Handles one update inside the writing transaction: it records by ``recorder.transaction(..., within=connection)``
and answers nobody; its result is sent once everything is committed."""


class RetryLater(Exception):
    """An update needs a file that has to be fetched first; then it is handled again."""

    wait = timedelta(minutes=2)
    """After which the file is fetched anew, in case the program was killed while fetching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledUpdate(Generic[HandlerResult]):
    """An update that was tried, and its result, refusal or fault."""

    update: InboxEntry
    result: HandlerResult | None = None
    refusal: Refusal | None = None
    """It may not be done: nothing was recorded but that the update was handled."""
    fault: Exception | None = None
    """The program failed: nothing was recorded, and the update waits or, if ``is_dead_letter``, was given up."""
    is_dead_letter: bool = False
    retry_later: RetryLater | None = None
    """It waits, and its chat with it, until the file is here; nothing was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveGap:
    """The channel did not answer for longer than it keeps updates: those in between may be lost."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The updates of one channel, for the office whose bot it is."""

    store: Store
    office: str
    channel: str
    clock: Clock
    mark: HandlingMark = field(default_factory=lambda: HandlingMark(None))
    handling_seconds: float = HANDLING_SECONDS

    def store_updates(self, updates: Sequence[RawUpdate]) -> int:
        """Store updates; when this returns they survive a power cut. Returns how many were new."""
        with self.store.writing(self.office) as connection:
            return self._table(connection).put(updates, self.clock.now())

    def handle_next(self, handler: Handler[HandlerResult]) -> HandledUpdate[HandlerResult] | None:
        """Handle the first update that is ready; None where none is. Raises only what no update caused."""
        return next(iter(self.handle_some(handler, most=1)), None)

    def handle_some(
        self,
        handler: Handler[HandlerResult],
        *,
        most: int,
        before: Callable[[Connection], object] = lambda _connection: None,
    ) -> list[HandledUpdate[HandlerResult]]:
        """Handle several in one transaction, each in a savepoint: a disk takes as long for one as for twenty.

        ``before`` writes something else in the same transaction, ahead of them.
        """
        at = self.clock.now()
        with self.store.writing(self.office) as connection:
            before(connection)
            rows, handled = self._table(connection), list[HandledUpdate[HandlerResult]]()
            blocked_chats: set[str] = set()
            ended_with = self.mark.left_behind()
            tried: HandledUpdate[HandlerResult]
            for update in rows.ready(at, most):
                if update.chat in blocked_chats:
                    continue
                if update.number == ended_with:
                    tried = self._failed(rows, update, ProcessEnded(), at)
                else:
                    self.mark.set(update.number)
                    tried = self._handle(rows, update, handler, at)
                handled.append(tried)
                if tried.retry_later or (tried.fault and not tried.is_dead_letter):
                    blocked_chats.add(update.chat)
            rows.done([one.update.number for one in handled if not (one.fault or one.retry_later)], at)
        self.mark.clear()
        return handled

    def mark_heard(self) -> ReceiveGap | None:
        """The channel answered that it has no more updates. Returns the gap that ends with this, if it was long."""
        at = self.clock.now()
        with self.store.reading() as connection:
            last = self._table(connection).last_heard()
            try:
                ClockReadings(connection, self.office).require_steady(self.clock)
            except ClockLeapt:  # it shows a gap that there was not, and would forget what is known
                return None
        if last and at - last < CONTACT_INTERVAL:
            return None
        with self.store.writing(self.office) as connection:
            self._table(connection).mark_heard(at)
            self._table(connection).forget(at - UPDATE_ID_RETENTION)
        return ReceiveGap(since=last, until=at) if last and at - last > CHANNEL_RETENTION else None

    def next_attempt_at(self) -> datetime | None:
        """When the next update is to be handled; None where none waits."""
        with self.store.reading() as connection:
            return self._table(connection).next_attempt_at()

    def dead_letters(self) -> list[InboxEntry]:
        """The updates that were given up: the clerk sees them the same day, and the error log has their traces."""
        with self.store.reading() as connection:
            return self._table(connection).dead_letters()

    def requeue(self, number: int) -> None:
        """Handle an update again that was given up or waits: its cause was repaired, or its file is here."""
        with self.store.writing(self.office) as connection:
            self._table(connection).requeue(number, self.clock.now())

    def _handle(
        self, rows: InboxTable, stored: InboxEntry, handler: Handler[HandlerResult], at: datetime
    ) -> HandledUpdate[HandlerResult]:
        """Where the database itself fails, the savepoint fails too: that raises, and the transaction rolls back."""
        try:
            with self.store.savepoint(rows.connection, self.office), handling_deadline(self.handling_seconds):
                result = handler(rows.connection, stored)
        except Refusal as refusal:
            return HandledUpdate(update=stored, refusal=refusal)
        except RetryLater as later:
            rows.postpone(stored.number, at + later.wait)
            return HandledUpdate(update=stored, retry_later=later)
        except HandlingTooLong as ended:
            return self._given_up(rows, stored, TookTooLong().with_traceback(ended.__traceback__), at)
        except Exception as fault:  # noqa: BLE001 - a channel's top: the next must not wait for the poisoned one
            return self._failed(rows, stored, fault, at)
        return HandledUpdate(update=stored, result=result)

    def _failed(
        self, rows: InboxTable, stored: InboxEntry, fault: Exception, at: datetime
    ) -> HandledUpdate[HandlerResult]:
        """Only the name of the fault is stored: its message could contain what somebody wrote."""
        if stored.attempts >= len(RETRY_DELAYS):
            return self._given_up(rows, stored, fault, at)
        rows.failed(stored.number, type(fault).__name__, at + RETRY_DELAYS[stored.attempts])
        return HandledUpdate(update=stored, fault=fault)

    def _given_up(
        self, rows: InboxTable, stored: InboxEntry, fault: Exception, at: datetime
    ) -> HandledUpdate[HandlerResult]:
        rows.dead_letter(stored.number, type(fault).__name__, at)
        return HandledUpdate(update=stored, fault=fault, is_dead_letter=True)

    def _table(self, connection: Connection) -> InboxTable:
        return InboxTable(connection, self.office, self.channel)
