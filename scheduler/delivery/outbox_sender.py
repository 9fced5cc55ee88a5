"""The outbox sender: takes the notices that are ready, one bundle a person, sends each and records how that went.

A send has four outcomes, and the two classes of notice treat them differently. A gentle reminder is sent at most
once: where nobody can know whether it arrived, it counts as uncertain and is not repeated. A statutory notice is
sent at least once: it is repeated, numbered and marked as possibly a repetition.

Sending happens outside every transaction. Before it the bundle is marked as being sent, in one transaction with
its use of the channel's rate limit; after it, how it went. A sender that dies in between is found by its claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar
from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from config.clock import Clock
from scheduler.delivery.channel import (
    Button,
    Channel,
    Message,
    MessageRef,
    SendOutcome,
    SendResult,
    SupportsParts,
    limits_of,
)
from scheduler.delivery.ports import DeliveryPorts
from storage.database.store import Store
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from storage.messaging.rate_limits import RateLimiter, RateLimits

CLAIM_DURATION = timedelta(minutes=2)  # longer than any send may take
MAX_BUNDLE_SIZE = (
    1000  # notices; a digest counts those it does not list, so one bundle is enough after any time off
)
MAX_RETRY_WAIT = timedelta(minutes=10)  # where a channel asks for more, the next address is tried
RETRY_DELAYS = tuple(timedelta(seconds=seconds) for seconds in (30, 120, 600, 1800, 3600))
MAX_GENTLE_ATTEMPTS = 8  # after that a gentle reminder has lost its point, and the next address is tried
REPEAT_DELAY = timedelta(minutes=5)  # of a statutory notice that may have arrived
NO_DEADLINE = date.max
NEVER_AGAIN = timedelta(0)
Result = TypeVar("Result")


class DeliveryReason(StrEnum):
    """Why a notice waits or was not sent, where no channel gave the reason. Stored with the notice."""

    RATE_LIMIT = "limit"
    MOVED = "moved"  # the address was replaced by another
    LONG_WAIT = "flood"  # every channel asks for a long wait
    UNREACHABLE = "unreachable"  # a substitute gets it
    NOBODY = "nobody"  # nor does any channel reach a substitute
    ABANDONED = "abandoned"  # its sender died while sending


class Address(NamedTuple):
    """A place that a person is reached at."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySummary:
    """How many notices of one round ended in each state."""

    counts: Mapping[str, int]

    def count_of(self, state: OutboxState) -> int:
        """How many ended in this state."""
        return self.counts.get(state, 0)


@dataclass(slots=True, kw_only=True)
class OutboxSender:
    """Delivers the notices of one office. Several may run side by side."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]
    ports: DeliveryPorts
    limits: RateLimits = field(default_factory=RateLimits)
    counts_by_state: dict[str, int] = field(default_factory=dict)
    replaced_messages: list[tuple[MessageRef, str]] = field(default_factory=list)
    """The messages replaced in this round, and the text of the newer ones."""

    def deliver(self) -> DeliverySummary:
        """Deliver one round: a bundle to everybody who has notices now, the most urgent first."""
        self.counts_by_state = {}
        self._recover_abandoned()
        for person in self._people_by_urgency():
            try:
                self._deliver_to(person)
            except Exception as fault:  # noqa: BLE001 - one poisoned bundle stops nobody else; it is reported
                self.ports.report_fault(fault)
        self._mark_replaced()
        return DeliverySummary(counts=dict(self.counts_by_state))

    def _mark_replaced(self) -> None:
        """Change the replaced messages: last and once each, so that no notice waits for it."""
        silent_channels: set[str] = set()
        while self.replaced_messages:
            old, text = self.replaced_messages.pop(0)
            if old.channel not in silent_channels and not self.ports.mark_replaced(old, text):
                silent_channels.add(old.channel)

    def _people_by_urgency(self) -> list[str]:
        """By legal urgency, then by who was sent something least recently."""
        with self.store.reading() as connection:
            found = Outbox(connection, self.office).due(self.clock.now())
        return [person for person, _, _ in sorted(found, key=_urgency)]

    def _recover_abandoned(self) -> None:
        """Take back the bundles of a sender that died: unsent ones are queued again, others are uncertain."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            for row in outbox.abandoned(now):
                if row.state is OutboxState.CLAIMED:
                    outbox.requeue([row.number], row.claim, now, row.why, repeated=False, counts=False)
                else:
                    self._mark_uncertain(outbox, [row], now, DeliveryReason.ABANDONED)

    def _deliver_to(self, person: str) -> None:
        """Send a person's bundle to the first address that takes it."""
        claim = uuid4().hex
        rows, addresses = self._claim_bundle(person, claim)
        rows, message = self._render_bundle(person, rows, claim)
        if message is None:  # no notice is left that could be rendered
            return
        waits: list[timedelta] = []
        for address in addresses:
            rows, buttons = self._begin_sending(person, rows, claim, address, message)
            wait = None
            if rows:
                wait = self._send_bundle(rows, claim, address, replace(message, rows=buttons))
            if wait is None:
                return
            waits += [wait] if wait else []
        if waits:
            self._postpone(rows, claim, min(waits))
        elif rows:
            self._pass_to_substitute(person, rows, claim)

    def _claim_bundle(self, person: str, claim: str) -> tuple[list[OutboxEntry], list[Address]]:
        """Claim a person's notices that are current, and look up the addresses of channels that are open."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            claimed = outbox.claim(person, now, claim, now + CLAIM_DURATION, most=MAX_BUNDLE_SIZE)
            rows = self._drop_stale(connection, outbox, claimed, claim)
            known = self.ports.address_book(connection).addresses_of(person)
        return rows, [Address(*one) for one in known if one[0] in self.channels]

    def _drop_stale(
        self, connection: Connection, outbox: Outbox, rows: Sequence[OutboxEntry], claim: str
    ) -> list[OutboxEntry]:
        rows, numbers, faults = _isolate_faults(
            rows, lambda some: self.ports.current_notices(connection, some)
        )
        self._postpone_faulty(outbox, faults, claim)
        current = set(numbers or ())
        stale = [row.number for row in rows if row.number not in current]
        self._mark_ended(outbox, stale, claim, OutboxState.STALE)
        return [row for row in rows if row.number in current]

    def _render_bundle(
        self, person: str, rows: Sequence[OutboxEntry], claim: str
    ) -> tuple[list[OutboxEntry], Message | None]:
        """Render before anything is marked as being sent: what cannot be rendered was not sent."""
        good, message, faults = _isolate_faults(rows, lambda some: self.ports.render(person, some))
        if faults:
            with self.store.writing(self.office) as connection:
                self._postpone_faulty(Outbox(connection, self.office), faults, claim)
        return good, message

    def _postpone_faulty(self, outbox: Outbox, faults: Mapping[int, Exception], claim: str) -> None:
        """Report notices that raise, and try them again in an hour."""
        for number, fault in faults.items():
            retry_at, why = self.clock.now() + RETRY_DELAYS[-1], type(fault).__name__
            outbox.requeue([number], claim, retry_at, why, repeated=False, counts=False)
            self.ports.report_fault(fault)

    def _begin_sending(
        self, person: str, rows: Sequence[OutboxEntry], claim: str, to: Address, message: Message
    ) -> tuple[list[OutboxEntry], Sequence[Sequence[Button]]]:
        """Mark the bundle as being sent, within the rate limit, and create its buttons; empty where it must wait."""
        now, channel = self.clock.now(), self.channels[to.channel]
        parts = channel.parts(message) if isinstance(channel, SupportsParts) else 1
        is_group = not channel.capabilities.private
        with self.store.writing(self.office) as connection:
            outbox = Outbox(connection, self.office)
            limiter = RateLimiter(connection, to.channel, limits_of(channel, self.limits))
            later = limiter.acquire(self.office, to.address, now, group=is_group, parts=parts)
            if later:
                reason = DeliveryReason.RATE_LIMIT
                outbox.requeue(_numbers(rows), claim, later, reason, repeated=False, counts=False)
                return [], ()
            begun = outbox.mark_sending(claim, *to)
            if not begun:
                return [], ()
            book = self.ports.address_book(connection)
            return begun, book.buttons_for(person, begun, channel.capabilities)

    def _send_bundle(
        self, rows: Sequence[OutboxEntry], claim: str, to: Address, message: Message
    ) -> timedelta | None:
        """Send the bundle to one address and record how that went.

        Returns None when it is done; else the next address is tried, and this one again after so long: never where
        that is NEVER_AGAIN.
        """
        sent = self.channels[to.channel].send(to.address, message)
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox, book = Outbox(connection, self.office), self.ports.address_book(connection)
            if sent.moved_to:
                book.update_address(*to, sent.moved_to, now)
                outbox.requeue(_numbers(rows), claim, now, DeliveryReason.MOVED, repeated=False, counts=False)
                return None
            if sent.outcome is SendOutcome.REFUSED:
                book.mark_unreachable(*to, sent.why, now)
                outbox.release_to_claimed(_numbers(rows), claim)
                return NEVER_AGAIN
            if sent.outcome is SendOutcome.NOT_ATTEMPTED:
                return self._retry_or_release(outbox, rows, claim, sent)
            if sent.outcome is SendOutcome.UNCERTAIN:
                self._mark_uncertain(outbox, rows, now, sent.why)
                return None
            self._mark_ended(outbox, _numbers(rows), claim, OutboxState.SENT, message=sent.message)
            said = MessageRef(*to, sent.message)
            replaced = book.record_sent(rows, said, sent.shown_at or now, message.listed)
            self.replaced_messages += [(replaced, message.text)] if replaced else []
            return None

    def _retry_or_release(
        self, outbox: Outbox, rows: Sequence[OutboxEntry], claim: str, sent: SendResult
    ) -> timedelta | None:
        """It never left: try again later; another address first where that is long, or after many attempts."""
        wait = sent.retry_after or RETRY_DELAYS[min(rows[0].attempts, len(RETRY_DELAYS) - 1)]
        is_gentle = not any(row.notice.statutory for row in rows)
        exhausted = is_gentle and rows[0].attempts + 1 >= MAX_GENTLE_ATTEMPTS
        if exhausted or wait > MAX_RETRY_WAIT:
            outbox.release_to_claimed(_numbers(rows), claim)
            return NEVER_AGAIN if exhausted else wait
        outbox.requeue(_numbers(rows), claim, self.clock.now() + wait, sent.why, repeated=False)
        return None

    def _postpone(self, rows: Sequence[OutboxEntry], claim: str, wait: timedelta) -> None:
        """Every channel asks for a long wait: nothing sleeps, the notices wait in the queue."""
        with self.store.writing(self.office) as connection:
            retry_at = self.clock.now() + wait
            outbox = Outbox(connection, self.office)
            outbox.requeue(_numbers(rows), claim, retry_at, DeliveryReason.LONG_WAIT, repeated=False)

    def _mark_uncertain(self, outbox: Outbox, rows: Sequence[OutboxEntry], now: datetime, why: str) -> None:
        gentle = [row.number for row in rows if not row.notice.statutory]
        statutory = [row for row in rows if row.notice.statutory]
        self._mark_ended(outbox, gentle, rows[0].claim, OutboxState.UNCERTAIN, why=why)
        for row in statutory:
            outbox.requeue([row.number], row.claim, now + REPEAT_DELAY, why, repeated=True)

    def _pass_to_substitute(self, person: str, rows: Sequence[OutboxEntry], claim: str) -> None:
        """No address took it: the first substitute who has one gets it. What nobody can get stays visible."""
        now = self.clock.now()
        with self.store.writing(self.office) as connection:
            outbox, book = Outbox(connection, self.office), self.ports.address_book(connection)
            people = self.ports.substitutes(connection, person)
            substitute = next((one for one in people if book.addresses_of(one)), "")
            if substitute:
                outbox.put(readdressed(rows, substitute, now))
                reason = DeliveryReason.UNREACHABLE
                self._mark_ended(outbox, _numbers(rows), claim, OutboxState.REFUSED, why=reason)
                return
            reason = DeliveryReason.NOBODY
            gentle = [row.number for row in rows if not row.notice.statutory]
            self._mark_ended(outbox, gentle, claim, OutboxState.REFUSED, why=reason)
            statutory = [row.number for row in rows if row.notice.statutory]
            outbox.requeue(statutory, claim, now + RETRY_DELAYS[-1], reason, repeated=False)

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
    rows: Sequence[OutboxEntry], handle: Callable[[Sequence[OutboxEntry]], Result]
) -> tuple[list[OutboxEntry], Result | None, dict[int, Exception]]:
    """The notices that can be handled, the result for them together, and the faults of the others by number.

    One poisoned case stops nobody else, nor the other notices of its own people: where a bundle fails, each notice is
    tried alone.
    """
    faults: dict[int, Exception] = {}
    if not rows:
        return [], None, faults
    try:
        return list(rows), handle(rows), faults
    except SQLAlchemyError:
        raise  # the database itself: no notice is poisoned, and the claim runs out
    except Exception as fault:  # noqa: BLE001 - as above; a bundle of one has its fault already
        faults = {rows[0].number: fault} if len(rows) == 1 else _faults_by_number(rows, handle)
    good = [row for row in rows if row.number not in faults]
    return good, handle(good) if good else None, faults


def _faults_by_number(
    rows: Sequence[OutboxEntry], handle: Callable[[Sequence[OutboxEntry]], object]
) -> dict[int, Exception]:
    found: dict[int, Exception] = {}
    for row in rows:
        try:
            handle([row])
        except SQLAlchemyError:
            raise
        except Exception as fault:  # noqa: BLE001 - it is recorded with its notice, and reported
            found[row.number] = fault
    return found


def readdressed(rows: Sequence[OutboxEntry], to: str, now: datetime) -> list[OutboxNotice]:
    """The same notices for a substitute, with the person they were for."""
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
    person, until, last_sent = found
    return until or NO_DEADLINE, last_sent is not None, last_sent, person


def _numbers(rows: Sequence[OutboxEntry]) -> list[int]:
    return [row.number for row in rows]
