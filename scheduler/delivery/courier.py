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
from scheduler.delivery.channel import (
    Button,
    Channel,
    ChannelCapabilities,
    Message,
    MessageRef,
    SendOutcome,
    SendResult,
    SupportsParts,
)
from storage.database.store import Store
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxNotice, OutboxState
from storage.messaging.rate_limits import RateLimiter, RateLimits

CLAIM_DURATION = timedelta(minutes=2)  # longer than any send may take
MAX_BUNDLE_SIZE = 1000  # a digest counts what it does not list, so one is enough after any time off
MAX_RETRY_WAIT = timedelta(minutes=10)  # a channel that asks for more is passed over for the next
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600))
MAX_GENTLE_ATTEMPTS = 8  # after that a gentle reminder has lost its point, and the next way is tried
REPEAT_DELAY = timedelta(minutes=5)  # a statutory notice that may have arrived
NO_DEADLINE = date.max
NEVER_AGAIN = timedelta(0)
Found = TypeVar("Found")


class AddressBook(Protocol):
    """How people are reached, over an open connection (``storage/messaging/accounts.py``)."""

    def addresses_of(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's channels and addresses, the best first."""
        ...

    def buttons_for(
        self, person: str, rows: Sequence[OutboxEntry], abilities: ChannelCapabilities
    ) -> Sequence[Sequence[Button]]:
        """The buttons under what is said of them to this person; made in the same transaction that begins it."""
        ...

    def mark_unreachable(self, channel: str, address: str, why: str, at: datetime) -> None:
        """An address that reaches nobody any more."""
        ...

    def update_address(self, channel: str, address: str, to: str, at: datetime) -> None:
        """An address that became another."""
        ...

    def record_sent(self, rows: Sequence[OutboxEntry], said: MessageRef, at: datetime) -> MessageRef | None:
        """Where that was said. Returns where the message stands that it replaces."""
        ...


BundleRenderer = Callable[[str, Sequence[OutboxEntry]], Message]
"""The words for a person's bundle."""
CurrentNotices = Callable[[Connection, Sequence[OutboxEntry]], Sequence[int]]
"""The numbers of those that still hold: what they speak of has not changed since."""
ReplacementHandler = Callable[[MessageRef, str], bool]
"""A message gave way to one with these words. Whether its channel answered."""
SubstituteFinder = Callable[[Connection, str], Sequence[str]]
"""Who hears it instead, the nearest first, when a person cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySummary:
    """What one round came to: how many notices ended in each state."""

    counts: Mapping[str, int]

    def count_of(self, state: OutboxState) -> int:
        """How many ended so."""
        return self.counts.get(state, 0)


@dataclass(slots=True, kw_only=True)
class OutboxSender:
    """One instance that delivers for one office. Several may run side by side."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    address_book: Callable[[Connection], AddressBook]
    render: BundleRenderer
    current_notices: CurrentNotices
    substitutes_of: SubstituteFinder
    on_replaced: ReplacementHandler
    on_fault: Callable[[Exception], object]
    """Hears every fault; one person's stops nobody else."""
    limits: RateLimits = field(default_factory=RateLimits)
    counts_by_state: dict[str, int] = field(default_factory=dict)
    replaced_messages: list[tuple[MessageRef, str]] = field(default_factory=list)
    """Messages that were replaced in this round, and the words that replaced them."""

    def deliver(self) -> DeliverySummary:
        """One round: everybody who has something to hear now, the most pressing first."""
        self.counts_by_state = {}
        self._recover_abandoned()
        for person in self._people_by_urgency():
            try:
                self._deliver_to(person)
            except Exception as fault:  # noqa: BLE001 - one poisoned bundle stops nobody else; it is told
                self.on_fault(fault)
        self._report_replaced()
        return DeliverySummary(counts=dict(self.counts_by_state))

    def _report_replaced(self) -> None:
        """What was replaced is over: told last and tried once, so that nobody waits for it."""
        silent: set[str] = set()
        while self.replaced_messages:
            old, words = self.replaced_messages.pop(0)
            if old.channel not in silent and not self.on_replaced(old, words):
                silent.add(old.channel)

    def _people_by_urgency(self) -> list[str]:
        """By legal urgency, then by who heard least recently."""
        with self.store.reading() as connection:
            found = Outbox(connection, self.office).due(self.clock.now())
        return [person for person, _, _ in sorted(found, key=_urgency)]

    def _recover_abandoned(self) -> None:
        """Bundles of an instance that never came back: unsaid ones are queued again, said ones are uncertain."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            for row in outbox.abandoned(now):
                if row.state is OutboxState.CLAIMED:
                    outbox.requeue([row.number], row.claim, now, row.why, repeated=False, counts=False)
                else:
                    self._mark_uncertain(outbox, [row], now, "abandoned")

    def _deliver_to(self, person: str) -> None:
        """Say to one person what is ready, by the first way that takes it."""
        claim, now = uuid4().hex, self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            rows = outbox.claim(person, now, claim, now + CLAIM_DURATION, most=MAX_BUNDLE_SIZE)
            rows = self._drop_stale(connection, outbox, rows, claim)
            ways = [
                way for way in self.address_book(connection).addresses_of(person) if way[0] in self.channels
            ]
        rows, message = self._render_bundle(person, rows, claim)
        if message is None:  # nothing is left that could be put into words
            return
        waits: list[timedelta] = []
        for channel, address in ways:
            rows, buttons = self._begin_sending(person, rows, claim, (channel, address, message))
            wait = None
            if rows:
                wait = self._send_bundle(rows, claim, channel, address, replace(message, rows=buttons))
            if wait is None:
                return
            waits += [wait] if wait else []
        if waits:
            self._postpone(rows, claim, min(waits))
        elif rows:
            self._pass_to_substitute(person, rows, claim)

    def _drop_stale(
        self, connection: Connection, outbox: Outbox, rows: Sequence[OutboxEntry], claim: str
    ) -> list[OutboxEntry]:
        rows, numbers, faults = _isolate_faults(rows, lambda some: self.current_notices(connection, some))
        self._postpone_faulty(outbox, faults, claim)
        holds = set(numbers or ())
        stale = [row.number for row in rows if row.number not in holds]
        self._mark_ended(outbox, stale, claim, OutboxState.STALE)
        return [row for row in rows if row.number in holds]

    def _render_bundle(
        self, person: str, rows: Sequence[OutboxEntry], claim: str
    ) -> tuple[list[OutboxEntry], Message | None]:
        """The words, before anything counts as being said: what cannot be put into words has not been said."""
        sound, message, faults = _isolate_faults(rows, lambda some: self.render(person, some))
        if faults:
            with self.store.writing(self.office) as connection:
                self._postpone_faulty(Outbox(connection, self.office), faults, claim)
        return sound, message

    def _postpone_faulty(self, outbox: Outbox, faults: Mapping[int, Exception], claim: str) -> None:
        """What cannot be dealt with is told, and tried again in an hour."""
        for number, fault in faults.items():
            again, why = self.clock.now() + RETRY_DELAYS[-1], type(fault).__name__
            outbox.requeue([number], claim, again, why, repeated=False, counts=False)
            self.on_fault(fault)

    def _begin_sending(
        self, person: str, rows: Sequence[OutboxEntry], claim: str, way: tuple[str, str, Message]
    ) -> tuple[list[OutboxEntry], Sequence[Sequence[Button]]]:
        """Mark the bundle as being said, take its slots and make its buttons; nothing where it must wait."""
        now, (channel, address, message) = self.clock.now(), way
        speaker = self.channels[channel]
        parts = speaker.parts(message) if isinstance(speaker, SupportsParts) else 1
        abilities = self.channels[channel].capabilities
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            slots = RateLimiter(connection, channel, self.limits)
            later = slots.acquire(self.office, address, now, group=not abilities.private, parts=parts)
            if later:
                outbox.requeue(_numbers(rows), claim, later, "limit", repeated=False, counts=False)
                return [], ()
            begun = outbox.mark_sending(claim, channel, address)
            return begun, self.address_book(connection).buttons_for(person, begun, abilities) if begun else ()

    def _send_bundle(
        self, rows: Sequence[OutboxEntry], claim: str, channel: str, address: str, message: Message
    ) -> timedelta | None:
        """Say the bundle. None when nothing is left to do; else the next way is tried, and this one after so long.

        CLOSED is a way that will not open again.
        """
        sent = self.channels[channel].send(address, message)
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox, ways = Outbox(connection, self.office), self.address_book(connection)
            if sent.moved_to:
                ways.update_address(channel, address, sent.moved_to, now)
                outbox.requeue(_numbers(rows), claim, now, "moved", repeated=False, counts=False)
                return None
            if sent.outcome is SendOutcome.REFUSED:
                ways.mark_unreachable(channel, address, sent.why, now)
                outbox.release_to_claimed(_numbers(rows), claim)
                return NEVER_AGAIN
            if sent.outcome is SendOutcome.NOT_ATTEMPTED:
                return self._retry_or_release(outbox, rows, claim, sent)
            if sent.outcome is SendOutcome.UNCERTAIN:
                self._mark_uncertain(outbox, rows, now, sent.why)
            else:
                self._mark_ended(outbox, _numbers(rows), claim, OutboxState.SENT, message=sent.message)
                old = ways.record_sent(rows, MessageRef(channel, address, sent.message), now)
                self.replaced_messages += [(old, message.text)] if old else []
            return None

    def _retry_or_release(
        self, outbox: Outbox, rows: Sequence[OutboxEntry], claim: str, sent: SendResult
    ) -> timedelta | None:
        """It never left: again after a while; another way first where the while is long or there were many."""
        wait = sent.retry_after or RETRY_DELAYS[min(rows[0].attempts, len(RETRY_DELAYS) - 1)]
        tired = not any(row.notice.statutory for row in rows) and rows[0].attempts + 1 >= MAX_GENTLE_ATTEMPTS
        if tired or wait > MAX_RETRY_WAIT:
            outbox.release_to_claimed(_numbers(rows), claim)
            return NEVER_AGAIN if tired else wait
        outbox.requeue(_numbers(rows), claim, self.clock.now() + wait, sent.why, repeated=False)
        return None

    def _postpone(self, rows: Sequence[OutboxEntry], claim: str, wait: timedelta) -> None:
        """Every way asks for a long while: no sleep, the queue keeps it."""
        with self.store.writing(self.office) as connection:
            at = self.clock.now() + wait
            Outbox(connection, self.office).requeue(_numbers(rows), claim, at, "flood", repeated=False)

    def _mark_uncertain(self, outbox: Outbox, rows: Sequence[OutboxEntry], now: datetime, why: str) -> None:
        gentle = [row.number for row in rows if not row.notice.statutory]
        statutory = [row for row in rows if row.notice.statutory]
        self._mark_ended(outbox, gentle, rows[0].claim, OutboxState.UNCERTAIN, why=why)
        for row in statutory:
            outbox.requeue([row.number], row.claim, now + REPEAT_DELAY, why, repeated=True)

    def _pass_to_substitute(self, person: str, rows: Sequence[OutboxEntry], claim: str) -> None:
        """No way took it: whoever stands in hears it, and what nobody can hear stays visible."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            ways = self.address_book(connection)
            instead = next(
                (who for who in self.substitutes_of(connection, person) if ways.addresses_of(who)), ""
            )
            if instead:
                outbox.put(readdressed(rows, instead, now))
                self._mark_ended(outbox, _numbers(rows), claim, OutboxState.REFUSED, why="unreachable")
                return
            gentle = [row.number for row in rows if not row.notice.statutory]
            self._mark_ended(outbox, gentle, claim, OutboxState.REFUSED, why="nobody")
            pressing = [row.number for row in rows if row.notice.statutory]
            outbox.requeue(pressing, claim, now + RETRY_DELAYS[-1], "nobody", repeated=False)

    def _mark_ended(
        self,
        outbox: Outbox,
        numbers: Sequence[int],
        claim: str,
        state: OutboxState,
        *,
        message: str = "",
        why: str = "",
    ) -> None:
        outbox.mark_done(numbers, claim, state, at=self.clock.now(), message=message, why=why)
        self.counts_by_state[state] = self.counts_by_state.get(state, 0) + len(numbers)


def _isolate_faults(
    rows: Sequence[OutboxEntry], look: Callable[[Sequence[OutboxEntry]], Found]
) -> tuple[list[OutboxEntry], Found | None, dict[int, Exception]]:
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
        faults = {rows[0].number: fault} if len(rows) == 1 else _faults_by_number(rows, look)
    sound = [row for row in rows if row.number not in faults]
    return sound, look(sound) if sound else None, faults


def _faults_by_number(
    rows: Sequence[OutboxEntry], look: Callable[[Sequence[OutboxEntry]], object]
) -> dict[int, Exception]:
    found: dict[int, Exception] = {}
    for row in rows:
        try:
            look([row])
        except SQLAlchemyError:
            raise
        except Exception as fault:  # noqa: BLE001 - it is kept with its notice, and told
            found[row.number] = fault
    return found


def readdressed(rows: Sequence[OutboxEntry], to: str, now: datetime) -> list[OutboxNotice]:
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
    return until or NO_DEADLINE, heard is not None, heard, person


def _numbers(rows: Sequence[OutboxEntry]) -> list[int]:
    return [row.number for row in rows]
