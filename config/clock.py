"""The clock of the program: the system's, or one that is set by hand.

Nothing else in the program asks what time it is. *Now* is taken once per decision and handed down, so that
every rule can be tried on any day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")  # the law's days are Chinese days, wherever the machine stands


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place


@dataclass(slots=True)
class ManualClock:
    """A clock set by hand: it stands still until it is moved (tests, demo, simulation)."""

    at: datetime

    def now(self) -> datetime:
        """The time it was last set to."""
        return self.at

    def move(self, step: timedelta) -> None:
        """Move the clock on."""
        self.at += step

    def set_day(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Set the clock to this hour of an office day."""
        self.at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE_ZONE).astimezone(UTC)


def manual_clock(day: date, hour: int = 9) -> ManualClock:
    """A manual clock, set to an hour of an office day."""
    clock = ManualClock(at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    clock.set_day(day, hour)
    return clock


def office_day(at: datetime) -> date:
    """The legal day of a moment: its date in the office's zone."""
    return at.astimezone(OFFICE_ZONE).date()
