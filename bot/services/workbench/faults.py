"""Counts what the program itself could not do: deliveries, people out of reach, cases and messages set aside.

A clock that cannot be right is told in words, because nothing is recorded until it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.services.app import OfficeApp
from storage.eventlog.clock_readings import ClockLeapt, ClockReadings
from storage.messaging.inbox import all_dead_letters
from storage.messaging.outbox import Outbox, OutboxState
from storage.messaging.wake_queue import WakeQueue

LOOKBACK = timedelta(days=30)
FAILED_STATES = frozenset({OutboxState.UNCERTAIN, OutboxState.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramFaults:
    """What the program could not do, as numbers; ``clock`` is set where the machine's clock cannot be right."""

    failed: int
    """Notices of the last 30 days that were refused, or of which nobody knows whether they arrived."""
    unreachable: int
    """People whom no channel reaches: not joined yet, signed out, or with an address that fails."""
    set_aside: int
    """Cases and incoming messages whose handling failed."""
    clock: ClockLeapt | None

    @property
    def total(self) -> int:
        """All of them together."""
        return self.failed + self.unreachable + self.set_aside + bool(self.clock)


def program_faults(app: OfficeApp, connection: Connection, at: datetime) -> ProgramFaults:
    """Count what the program could not do, as of an instant."""
    office = app.office.slug
    aside = len(WakeQueue(connection, office).quarantined()) + len(all_dead_letters(connection, office))
    return ProgramFaults(
        failed=Outbox(connection, office).count_since(at - LOOKBACK, FAILED_STATES),
        unreachable=len(app.unreachable_people(connection, at)),
        set_aside=aside,
        clock=clock_fault(app, connection),
    )


def clock_fault(app: OfficeApp, connection: Connection) -> ClockLeapt | None:
    """Why the machine's clock cannot be right; None where it can."""
    try:
        ClockReadings(connection, app.office.slug).require_steady(app.clock)
    except ClockLeapt as leapt:
        return leapt
    return None
