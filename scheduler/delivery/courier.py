"""The courier: takes what is ready to be said, one bundle a person, says it, and writes down how that went.

A send has four outcomes, and the two kinds of notice take them differently. A gentle reminder is said at most
once: where nobody can know whether it arrived, it counts as uncertain and is not repeated. A statutory notice is
said at least once: it is repeated, numbered and marked as possibly a repetition.

Speaking happens outside every transaction. Before it the bundle is marked as being said, in one transaction with
its slot in the channel's limits; after it, how it went. An instance that stops in between is found by its claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from config.clock import Clock
from scheduler.delivery.channel import Abilities, Button, Channel, InParts, Message, Outcome, Said, Sent
from storage.database.store import Store
from storage.messaging.outbox import Notice, Outbox, Queued, State
from storage.messaging.rate_limits import Limits, Slots

CLAIMED_FOR = timedelta(minutes=2)  # longer than any send may take
MOST_IN_BUNDLE = 1000  # a digest counts what it does not list, so one is enough after any time off
PATIENCE = timedelta(minutes=10)  # a channel that asks for more is passed over for the next
AGAIN = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600))
GENTLE_TRIES = 8  # after that a gentle reminder has lost its point, and the next way is tried
REPEATED_AFTER = timedelta(minutes=5)  # a statutory notice that may have arrived
FAR = date.max
CLOSED = timedelta(0)
Found = TypeVar("Found")


class Ways(Protocol):
    """How people are reached, over an open connection (``storage/messaging/accounts.py``)."""

    def reach(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's channels and addresses, the best first."""
        ...

    def offered(
        self, person: str, rows: Sequence[Queued], abilities: Abilities
    ) -> Sequence[Sequence[Button]]:
        """The buttons under what is said of them to this person; made in the same transaction that begins it."""
        ...

    def mark(self, channel: str, address: str, why: str, at: datetime) -> None:
        """An address that reaches nobody any more."""
        ...

    def moved(self, channel: str, address: str, to: str, at: datetime) -> None:
        """An address that became another."""
        ...

    def said(self, rows: Sequence[Queued], said: Said, at: datetime) -> Said | None:
        """Where that was said. Returns where the message stands that it replaces."""
        ...


Render = Callable[[str, Sequence[Queued]], Message]
"""The words for a person's bundle."""
Fresh = Callable[[Connection, Sequence[Queued]], Sequence[int]]
"""The numbers of those that still hold: what they speak of has not changed since."""
Replaced = Callable[[Said, str], bool]
"""A message gave way to one with these words. Whether its channel answered."""
Instead = Callable[[Connection, str], Sequence[str]]
"""Who hears it instead, the nearest first, when a person cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round came to: how many notices ended in each state."""

    counts: Mapping[str, int]

    def of(self, state: State) -> int:
        """How many ended so."""
        return self.counts.get(state, 0)


@dataclass(slots=True, kw_only=True)
class Courier:
    """One instance that delivers for one office. Several may run side by side."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    ways: Callable[[Connection], Ways]
    render: Render
    fresh: Fresh
    instead: Instead
    replaced: Replaced
    told: Callable[[Exception], object]
    """Hears every fault; one person's stops nobody else."""
    limits: Limits = field(default_factory=Limits)
    ended: dict[str, int] = field(default_factory=dict)
    given_way: list[tuple[Said, str]] = field(default_factory=list)
    """Messages that were replaced in this round, and the words that replaced them."""

    def deliver(self) -> Delivered:
        """One round: everybody who has something to hear now, the most pressing first."""
        self.ended = {}
        self._recover()
        for person in self._order():
            try:
                self._to(person)
            except Exception as fault:  # noqa: BLE001 - one poisoned bundle stops nobody else; it is told
                self.told(fault)
        self._give_way()
        return Delivered(counts=dict(self.ended))

    def _give_way(self) -> None:
        """What was replaced is over: told last and tried once, so that nobody waits for it."""
        silent: set[str] = set()
        while self.given_way:
            old, words = self.given_way.pop(0)
            if old.channel not in silent and not self.replaced(old, words):
                silent.add(old.channel)

    def _order(self) -> list[str]:
        """By legal urgency, then by who heard least recently."""
        with self.store.reading() as connection:
            found = Outbox(connection, self.office).due(self.clock.now())
        return [person for person, _, _ in sorted(found, key=_urgency)]

    def _recover(self) -> None:
        """Bundles of an instance that never came back: unsaid ones are queued again, said ones are uncertain."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            for row in outbox.abandoned(now):
                if row.state is State.CLAIMED:
                    outbox.again([row.number], row.claim, now, row.why, repeated=False, counts=False)
                else:
                    self._uncertain(outbox, [row], now, "abandoned")

    def _to(self, person: str) -> None:
        """Say to one person what is ready, by the first way that takes it."""
        claim, now = uuid4().hex, self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            rows = outbox.claim(person, now, claim, now + CLAIMED_FOR, most=MOST_IN_BUNDLE)
            rows = self._still_true(connection, outbox, rows, claim)
            ways = [way for way in self.ways(connection).reach(person) if way[0] in self.channels]
        rows, message = self._worded(person, rows, claim)
        if message is None:  # nothing is left that could be put into words
            return
        waits: list[timedelta] = []
        for channel, address in ways:
            rows, buttons = self._begin(person, rows, claim, (channel, address, message))
            wait = None
            if rows:
                wait = self._said(rows, claim, channel, address, replace(message, rows=buttons))
            if wait is None:
                return
            waits += [wait] if wait else []
        if waits:
            self._later(rows, claim, min(waits))
        elif rows:
            self._unreached(person, rows, claim)

    def _still_true(
        self, connection: Connection, outbox: Outbox, rows: Sequence[Queued], claim: str
    ) -> list[Queued]:
        rows, numbers, faults = _apart(rows, lambda some: self.fresh(connection, some))
        self._aside(outbox, faults, claim)
        holds = set(numbers or ())
        stale = [row.number for row in rows if row.number not in holds]
        self._end(outbox, stale, claim, State.STALE)
        return [row for row in rows if row.number in holds]

    def _worded(self, person: str, rows: Sequence[Queued], claim: str) -> tuple[list[Queued], Message | None]:
        """The words, before anything counts as being said: what cannot be put into words has not been said."""
        sound, message, faults = _apart(rows, lambda some: self.render(person, some))
        if faults:
            with self.store.writing(self.office) as connection:
                self._aside(Outbox(connection, self.office), faults, claim)
        return sound, message

    def _aside(self, outbox: Outbox, faults: Mapping[int, Exception], claim: str) -> None:
        """What cannot be dealt with is told, and tried again in an hour."""
        for number, fault in faults.items():
            again, why = self.clock.now() + AGAIN[-1], type(fault).__name__
            outbox.again([number], claim, again, why, repeated=False, counts=False)
            self.told(fault)

    def _begin(
        self, person: str, rows: Sequence[Queued], claim: str, way: tuple[str, str, Message]
    ) -> tuple[list[Queued], Sequence[Sequence[Button]]]:
        """Mark the bundle as being said, take its slots and make its buttons; nothing where it must wait."""
        now, (channel, address, message) = self.clock.now(), way
        speaker = self.channels[channel]
        parts = speaker.parts(message) if isinstance(speaker, InParts) else 1
        abilities = self.channels[channel].abilities
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            slots = Slots(connection, channel, self.limits)
            later = slots.take(self.office, address, now, group=not abilities.private, parts=parts)
            if later:
                outbox.again(_numbers(rows), claim, later, "limit", repeated=False, counts=False)
                return [], ()
            begun = outbox.begin(claim, channel, address)
            return begun, self.ways(connection).offered(person, begun, abilities) if begun else ()

    def _said(
        self, rows: Sequence[Queued], claim: str, channel: str, address: str, message: Message
    ) -> timedelta | None:
        """Say the bundle. None when nothing is left to do; else the next way is tried, and this one after so long.

        CLOSED is a way that will not open again.
        """
        sent = self.channels[channel].send(address, message)
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox, ways = Outbox(connection, self.office), self.ways(connection)
            if sent.moved_to:
                ways.moved(channel, address, sent.moved_to, now)
                outbox.again(_numbers(rows), claim, now, "moved", repeated=False, counts=False)
                return None
            if sent.outcome is Outcome.REFUSED:
                ways.mark(channel, address, sent.why, now)
                outbox.hold(_numbers(rows), claim)
                return CLOSED
            if sent.outcome is Outcome.NOT_ATTEMPTED:
                return self._not_attempted(outbox, rows, claim, sent)
            if sent.outcome is Outcome.UNCERTAIN:
                self._uncertain(outbox, rows, now, sent.why)
            else:
                self._end(outbox, _numbers(rows), claim, State.SENT, message=sent.message)
                old = ways.said(rows, Said(channel, address, sent.message), now)
                self.given_way += [(old, message.text)] if old else []
            return None

    def _not_attempted(
        self, outbox: Outbox, rows: Sequence[Queued], claim: str, sent: Sent
    ) -> timedelta | None:
        """It never left: again after a while; another way first where the while is long or there were many."""
        wait = sent.retry_after or AGAIN[min(rows[0].attempts, len(AGAIN) - 1)]
        tired = not any(row.notice.statutory for row in rows) and rows[0].attempts + 1 >= GENTLE_TRIES
        if tired or wait > PATIENCE:
            outbox.hold(_numbers(rows), claim)
            return CLOSED if tired else wait
        outbox.again(_numbers(rows), claim, self.clock.now() + wait, sent.why, repeated=False)
        return None

    def _later(self, rows: Sequence[Queued], claim: str, wait: timedelta) -> None:
        """Every way asks for a long while: no sleep, the queue keeps it."""
        with self.store.writing(self.office) as connection:
            at = self.clock.now() + wait
            Outbox(connection, self.office).again(_numbers(rows), claim, at, "flood", repeated=False)

    def _uncertain(self, outbox: Outbox, rows: Sequence[Queued], now: datetime, why: str) -> None:
        gentle = [row.number for row in rows if not row.notice.statutory]
        statutory = [row for row in rows if row.notice.statutory]
        self._end(outbox, gentle, rows[0].claim, State.UNCERTAIN, why=why)
        for row in statutory:
            outbox.again([row.number], row.claim, now + REPEATED_AFTER, why, repeated=True)

    def _unreached(self, person: str, rows: Sequence[Queued], claim: str) -> None:
        """No way took it: whoever stands in hears it, and what nobody can hear stays visible."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            ways = self.ways(connection)
            instead = next((who for who in self.instead(connection, person) if ways.reach(who)), "")
            if instead:
                outbox.put(passed_on(rows, instead, now))
                self._end(outbox, _numbers(rows), claim, State.REFUSED, why="unreachable")
                return
            gentle = [row.number for row in rows if not row.notice.statutory]
            self._end(outbox, gentle, claim, State.REFUSED, why="nobody")
            pressing = [row.number for row in rows if row.notice.statutory]
            outbox.again(pressing, claim, now + AGAIN[-1], "nobody", repeated=False)

    def _end(
        self,
        outbox: Outbox,
        numbers: Sequence[int],
        claim: str,
        state: State,
        *,
        message: str = "",
        why: str = "",
    ) -> None:
        outbox.finish(numbers, claim, state, at=self.clock.now(), message=message, why=why)
        self.ended[state] = self.ended.get(state, 0) + len(numbers)


def _apart(
    rows: Sequence[Queued], look: Callable[[Sequence[Queued]], Found]
) -> tuple[list[Queued], Found | None, dict[int, Exception]]:
    """The notices that can be dealt with, what came of looking at them together, and what stood in the others' way.

    One poisoned case stops nobody else, nor the rest of what its own people are to hear: where a bundle fails, each
    notice is tried alone.
    """
    faults: dict[int, Exception] = {}
    if not rows:
        return [], None, faults
    try:
        return list(rows), look(rows), faults
    except SQLAlchemyError:
        raise  # the database itself: nothing here is poisoned, and the claim runs out
    except Exception as fault:  # noqa: BLE001 - as above; a bundle of one has its fault already
        faults = {rows[0].number: fault} if len(rows) == 1 else _faults(rows, look)
    sound = [row for row in rows if row.number not in faults]
    return sound, look(sound) if sound else None, faults


def _faults(rows: Sequence[Queued], look: Callable[[Sequence[Queued]], object]) -> dict[int, Exception]:
    found: dict[int, Exception] = {}
    for row in rows:
        try:
            look([row])
        except SQLAlchemyError:
            raise
        except Exception as fault:  # noqa: BLE001 - it is kept with its notice, and told
            found[row.number] = fault
    return found


def passed_on(rows: Sequence[Queued], to: str, now: datetime) -> list[Notice]:
    """The same notices for whoever stands in, saying for whom."""
    return [
        replace(
            row.notice,
            person=to,
            for_person=row.notice.for_person or row.notice.person,
            created_at=now,
            not_before=now,
        )
        for row in rows
    ]


def _urgency(found: tuple[str, date | None, datetime | None]) -> tuple[date, bool, datetime | None, str]:
    person, until, heard = found
    return until or FAR, heard is not None, heard, person


def _numbers(rows: Sequence[Queued]) -> list[int]:
    return [row.number for row in rows]
