"""The inbox: whatever a channel hands over is kept under its id before that is confirmed, then handled once.

    inbox.keep(updates)                   # committed; only now may the channel forget them
    while handled := inbox.handle_next(handler):
        …                                 # committed; only now is anybody told what was recorded

What an update brings about and the mark that it was handled are one transaction: killed anywhere, the program
finds it either untouched or done. An update that cannot be handled keeps its chat waiting, and nobody else; after
three tries it is set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import Connection

from config.clock import Clock
from config.errors import Refusal
from storage.database.store import Store
from storage.messaging.inbox import UPDATE_ID_RETENTION, InboxEntry, InboxTable, RawUpdate

RETRY_DELAYS = (timedelta(seconds=5), timedelta(minutes=1))
"""Between the tries: what was busy may be free again. After the last try it is set aside."""
CHANNEL_RETENTION = timedelta(hours=24)
"""A channel keeps what nobody takes over for a day (Telegram)."""
CONTACT_INTERVAL = timedelta(minutes=1)
"""How often it is written down that the channel is heard."""

HandlerResult = TypeVar("HandlerResult")
Handler = Callable[[Connection, InboxEntry], HandlerResult]
"""Runs inside the writing transaction: its sittings are ``desk.sitting(..., within=connection)``. It says nothing
to anybody; what it returns is said once everything is kept."""


class RetryLater(Exception):
    """An update needs what only the world outside has, a file that it names: that is fetched, then it is handled."""

    wait = timedelta(minutes=2)
    """After which it is asked for again, should whoever fetches it have been killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledUpdate(Generic[HandlerResult]):
    """An update that was looked at, and what came of it."""

    update: InboxEntry
    result: HandlerResult | None = None
    refusal: Refusal | None = None
    """It may not be done: nothing was kept but that the update was handled."""
    fault: Exception | None = None
    """The program failed: nothing was kept, and the update waits or, when ``aside``, was given up."""
    is_dead_letter: bool = False
    retry_later: RetryLater | None = None
    """It waits, and its chat with it, until that is here; nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveGap:
    """The channel was not heard for longer than it remembers: what was said in between may be lost."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """One channel's updates, of the office whose bot it is."""

    store: Store
    office: str
    channel: str
    clock: Clock

    def store_updates(self, updates: Sequence[RawUpdate]) -> int:
        """Keep updates; when this returns they survive a power cut. Returns how many were new."""
        with self.store.writing(self.office) as connection:
            return self._table(connection).put(updates, self.clock.now())

    def handle_next(self, handler: Handler[HandlerResult]) -> HandledUpdate[HandlerResult] | None:
        """Handle the first update that may be; nothing where none may. Raises only what is not the update's fault."""
        return next(iter(self.handle_some(handler, most=1)), None)

    def handle_some(
        self, handler: Handler[HandlerResult], *, most: int
    ) -> list[HandledUpdate[HandlerResult]]:
        """Handle several in one transaction, each undone alone: a disk waits as long for one as for twenty."""
        at = self.clock.now()
        with self.store.writing(self.office) as connection:
            rows, handled = self._table(connection), list[HandledUpdate[HandlerResult]]()
            held: set[str] = set()
            for taken in rows.ready(at, most):
                if taken.chat not in held:
                    handled.append(self._handle(rows, taken, handler, at))
                held |= {
                    one.update.chat
                    for one in handled[-1:]
                    if one.retry_later or (one.fault and not one.is_dead_letter)
                }
            rows.done([one.update.number for one in handled if not (one.fault or one.retry_later)], at)
        return handled

    def mark_heard(self) -> ReceiveGap | None:
        """The channel had nothing more to hand over. The silence that ended with this, where it was a long one."""
        at = self.clock.now()
        with self.store.reading() as connection:
            last = self._table(connection).last_heard()
        if last and at - last < CONTACT_INTERVAL:
            return None
        with self.store.writing(self.office) as connection:
            self._table(connection).mark_heard(at)
            self._table(connection).forget(at - UPDATE_ID_RETENTION)
        return ReceiveGap(since=last, until=at) if last and at - last > CHANNEL_RETENTION else None

    def next_attempt_at(self) -> datetime | None:
        """When there is next something to handle; nothing where nothing waits."""
        with self.store.reading() as connection:
            return self._table(connection).next_attempt_at()

    def dead_letters(self) -> list[InboxEntry]:
        """What was given up: the clerk sees it the same day, and the log has its trace."""
        with self.store.reading() as connection:
            return self._table(connection).dead_letters()

    def requeue(self, number: int) -> None:
        """Whatever was wrong was mended, or is here now: try once more what was given up, or waits."""
        with self.store.writing(self.office) as connection:
            self._table(connection).requeue(number, self.clock.now())

    def _handle(
        self, rows: InboxTable, taken: InboxEntry, handler: Handler[HandlerResult], at: datetime
    ) -> HandledUpdate[HandlerResult]:
        """Where the database itself fails, undoing fails too: that flies, and nothing of the transaction is kept."""
        said, refused = None, None
        try:
            with self.store.savepoint(rows.connection, self.office):
                said = handler(rows.connection, taken)
        except Refusal as refusal:
            refused = refusal
        except RetryLater as later:
            rows.postpone(taken.number, at + later.wait)
            return HandledUpdate(update=taken, retry_later=later)
        except Exception as fault:  # noqa: BLE001 - a channel's top: the next must not wait for the one that is poisoned
            return self._failed(rows, taken, fault, at)
        return HandledUpdate(update=taken, result=said, refusal=refused)

    def _failed(
        self, rows: InboxTable, taken: InboxEntry, fault: Exception, at: datetime
    ) -> HandledUpdate[HandlerResult]:
        """Its name alone is kept: what it says could hold what somebody wrote."""
        name, aside = type(fault).__name__, taken.attempts >= len(RETRY_DELAYS)
        if aside:
            rows.dead_letter(taken.number, name, at)
        else:
            rows.failed(taken.number, name, at + RETRY_DELAYS[taken.attempts])
        return HandledUpdate(update=taken, fault=fault, is_dead_letter=aside)

    def _table(self, connection: Connection) -> InboxTable:
        return InboxTable(connection, self.office, self.channel)
