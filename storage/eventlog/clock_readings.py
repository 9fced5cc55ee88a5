"""Tells whether the machine's clock can be right, and keeps what it showed when it was.

While a machine runs, the time it shows has to go on as fast as its uptime does, in either direction and over any
restart of the program. Over a restart of the machine it only may not go back: how long the machine was off, nobody
knows (docs/decisions/0027). Where the clock cannot be right nothing is recorded, until it is right again or somebody
vouches for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from config.clock import Clock, clock_time
from config.errors import Refusal
from storage.database.tables import CLOCK_READINGS, equals_bound
from storage.eventlog.log import Log

MAX_LEAP = timedelta(hours=1)
"""By so much a clock may be corrected without anybody's word."""
SAVE_INTERVAL = timedelta(seconds=50)
OTHER_BOOTS_KEPT = timedelta(days=30)

_HERE = equals_bound(CLOCK_READINGS, "office")
_SELECT = select(CLOCK_READINGS.c.boot, CLOCK_READINGS.c.read_at, CLOCK_READINGS.c.uptime).where(*_HERE)
_DELETE_OWN = delete(CLOCK_READINGS).where(*_HERE, *equals_bound(CLOCK_READINGS, "boot"))
_DELETE_OLD = delete(CLOCK_READINGS).where(*_HERE, CLOCK_READINGS.c.read_at < bindparam("before"))
_DELETE_ALL = delete(CLOCK_READINGS).where(*_HERE)
_INSERT = insert(CLOCK_READINGS)

LATEST_READING = (
    select(func.max(CLOCK_READINGS.c.read_at))
    .where(CLOCK_READINGS.c.office == bindparam("office"))
    .scalar_subquery()
)
"""The latest instant at which the clock of ``office`` was right: what had expired by then stays expired."""


class ClockLeapt(Refusal):
    """This computer's clock shows {now}; it should be about {expected}. Nothing is recorded until it is right.

    Set the clock; what you sent has to be sent again. If it is right as it is, a keeper says so: gongkai settle-clock
    """

    def __init__(self, now: datetime, expected: datetime) -> None:
        super().__init__(now=clock_time(now), expected=clock_time(expected))


@dataclass(frozen=True, slots=True)
class ClockReadings:
    """What the clock of one office's machine showed, over an open connection."""

    connection: Connection
    office: str

    def require_steady(self, clock: Clock, last_entry: datetime | None = None) -> datetime:
        """The time the clock shows. Raises ClockLeapt where it cannot be right.

        ``last_entry`` is the instant of the log's last entry, where the caller has read it already.
        """
        if clock.is_vouched_for():
            return clock.now()
        now, readings = clock.now(), self._readings()
        last = last_entry or Log(self.connection, self.office).last_recorded_at()
        expected = _expected_time(clock, readings)
        if expected and abs(now - expected) > MAX_LEAP:
            raise ClockLeapt(now=now, expected=expected)
        earliest = max([*(one.read_at for one in readings), *([last] if last else [])], default=now)
        if earliest - now > MAX_LEAP:
            raise ClockLeapt(now=now, expected=earliest)
        return now

    def save(self, clock: Clock) -> None:
        """Keep what the clock shows now, at most every minute. Raises ClockLeapt where it cannot be right."""
        now, kept = self.require_steady(clock), self.latest()
        if kept is None or now - kept >= SAVE_INTERVAL:
            self.connection.execute(_DELETE_OLD, {"office": self.office, "before": now - OTHER_BOOTS_KEPT})
            self._replace(clock, now)

    def settle(self, clock: Clock) -> None:
        """Take the clock as right from now on, whatever it showed before."""
        self.connection.execute(_DELETE_ALL, {"office": self.office})
        self._replace(clock, clock.now())

    def latest(self) -> datetime | None:
        """The latest instant at which the clock was right; None before the first."""
        return max((one.read_at for one in self._readings()), default=None)

    def _readings(self) -> Sequence[Row[Any]]:
        return list(self.connection.execute(_SELECT, {"office": self.office}))

    def _replace(self, clock: Clock, now: datetime) -> None:
        boot, seconds = clock.uptime()
        here = {"office": self.office, "boot": boot}
        self.connection.execute(_DELETE_OWN, here)
        self.connection.execute(_INSERT, {**here, "read_at": now, "uptime": seconds})


def _expected_time(clock: Clock, readings: Sequence[Row[Any]]) -> datetime | None:
    """What the clock must show by the machine's uptime; None if it was not read since the machine was started."""
    boot, seconds = clock.uptime()
    own = next((one for one in readings if one.boot == boot), None)
    return own.read_at + timedelta(seconds=seconds - own.uptime) if own else None
