"""The clock of the program: the system's, or one that is set by hand.

Nothing else in the program asks what time it is. *Now* is taken once per decision and handed down, so that
every rule can be tried on any day.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple, Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")  # the law's days are Chinese days, wherever the machine stands
ONE_DAY: Final = timedelta(days=1)
MONTHS_PER_YEAR: Final = 12
BOOT_ID = "/proc/sys/kernel/random/boot_id"  # Linux: another one after each start of the machine
BY_HAND = "by hand"
"""The run of a machine that is none: of a clock set by hand."""


class Uptime(NamedTuple):
    """How long a machine has been running: a second clock, which nobody sets."""

    boot: str
    """Identifies the start of the machine, so that only readings of one run are compared."""
    seconds: float
    """Since that start, sleep included."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...

    def uptime(self) -> Uptime:
        """How long the machine has been running."""
        ...

    def is_vouched_for(self) -> bool:
        """Whether whoever set it meant it so: then no reading proves it wrong."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place

    def uptime(self) -> Uptime:
        """How long the machine has been running, its sleep included: a clock that only ever goes on."""
        return Uptime(_boot_id(), _seconds_since_boot())

    def is_vouched_for(self) -> bool:
        """False: a machine's clock is wrong by itself."""
        return False


@dataclass(slots=True)
class ManualClock:
    """A clock set by hand: it stands still until it is moved (tests, demo, simulation)."""

    at: datetime
    leapt: timedelta = timedelta()
    """By how much it was moved although no time went by."""
    boot: str = BY_HAND

    def now(self) -> datetime:
        """The time it was last set to."""
        return self.at

    def uptime(self) -> Uptime:
        """As if the machine had run all the time between the instants that the clock was moved to."""
        return Uptime(self.boot, (self.at - self.leapt).timestamp())

    def is_vouched_for(self) -> bool:
        """True unless a test made it leap, or play a machine that was started anew."""
        return not self.leapt and self.boot == BY_HAND

    def move(self, step: timedelta) -> None:
        """Move the clock on."""
        self.at += step

    def leap(self, step: timedelta) -> None:
        """Move the clock as a fault moves it: no time goes by."""
        self.at += step
        self.leapt += step

    def set_day(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Set the clock to this hour of an office day."""
        self.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE_ZONE).astimezone(UTC)


def manual_clock(day: date, hour: int = 9) -> ManualClock:
    """A manual clock, set to an hour of an office day."""
    clock = ManualClock(at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    clock.set_day(day, hour)
    return clock


@cache
def _boot_id() -> str:
    """The machine's run; where the machine does not name it, this process's own."""
    try:
        with open(BOOT_ID, encoding="ascii") as named:  # noqa: PTH123 - the rules, which read this module, use no files
            return named.read().strip()
    except OSError:
        return f"process {uuid4().hex}"


def _seconds_since_boot() -> float:
    # Only Linux has CLOCK_BOOTTIME; elsewhere the monotonic clock goes on while the machine sleeps.
    kind = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if kind is None else time.clock_gettime(kind)


def clock_time(at: datetime) -> str:
    """A moment as the clock on an office's wall shows it: date, hour and minute in the office's zone."""
    return at.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def office_day(at: datetime) -> date:
    """The legal day of a moment: its date in the office's zone."""
    return at.astimezone(OFFICE_ZONE).date()
