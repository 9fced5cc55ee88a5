"""When a person may be spoken to: the morning's digest, quiet hours, days off, and what goes before them.

Gentle reminders wait for the digest of a working day and come silently. What asks for a decision rings at once,
outside the quiet hours of working days. A statutory notice whose term expires waits for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from config.calendar.working_calendar import Calendar
from config.clock import OFFICE_ZONE, office_day

UNDO_WINDOW = timedelta(seconds=60)
"""What follows from an act is held back this long, so that it can still be undone unheard (chat.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """An office's hours, in its own zone [practice]."""

    digest: time = time(8, 30)
    first: time = time(8)
    last: time = time(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRequest:
    """How something is to be said, and since when it should have been."""

    until: date | None = None
    """The last day it speaks of."""
    due_since: datetime
    rings: bool = False
    statutory: bool = False


def earliest_delivery(
    saying: DeliveryRequest, now: datetime, calendar: Calendar, hours: QuietHours
) -> datetime:
    """The instant from which it may be said. A digest that was missed (nobody swept) is said in the next hours."""
    if saying.statutory and saying.until and office_day(now) >= saying.until:
        return now
    if saying.rings:
        return _within_hours(now + UNDO_WINDOW, calendar, hours)
    digest = _digest(office_day(now), hours)
    missed = saying.due_since <= digest < now and calendar.is_workday(office_day(now))
    return _within_hours(now, calendar, hours) if missed else next_digest(now, calendar, hours)


def next_digest(now: datetime, calendar: Calendar, hours: QuietHours) -> datetime:
    """This morning's digest, while it is still to come, or that of the next working day."""
    day = office_day(now)
    if calendar.is_workday(day) and now <= _digest(day, hours):
        return _digest(day, hours)
    return _digest(calendar.nth_after(day, 1), hours)


def _within_hours(at: datetime, calendar: Calendar, hours: QuietHours) -> datetime:
    day = office_day(at)
    if not calendar.is_workday(day) or at >= _instant(day, hours.last):
        return _instant(calendar.nth_after(day, 1), hours.first)
    return max(at, _instant(day, hours.first))


def _digest(day: date, hours: QuietHours) -> datetime:
    return _instant(day, hours.digest)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, OFFICE_ZONE).astimezone(UTC)
