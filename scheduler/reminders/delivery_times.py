"""Computes the instants at which a person may be sent something, by the quiet hours of the office (``[hours]``).

Gentle reminders wait for the digest of a working day and make no sound. What asks for a decision is sent at once,
outside the quiet hours of working days. A statutory notice on its last day waits for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from config.calendar.working_calendar import Calendar
from config.clock import OFFICE_ZONE, office_day
from config.office.quiet_hours import ReminderHours

UNDO_WINDOW = timedelta(seconds=60)
"""How long the consequence of an act is held back, so that the act can still be undone unnoticed (chat.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTimes:
    """The earliest instants, in UTC, at which what is planned now may be delivered."""

    now: datetime
    calendar: Calendar
    hours: ReminderHours
    _cache: dict[tuple[date, date | None, bool, bool], datetime] = field(
        default_factory=dict, repr=False, compare=False
    )

    def digest(self) -> datetime:
        """This morning's digest while it is still to come, or that of the next working day."""
        today = office_day(self.now)
        if self.calendar.is_workday(today) and self.now <= self._digest_of(today):
            return self._digest_of(today)
        return self._digest_of(self.calendar.nth_after(today, 1))

    def decision(self) -> datetime:
        """What asks for a decision: after the undo window, outside the quiet hours."""
        return self._within_hours(self.now + UNDO_WINDOW)

    def reminder(self, *, day: date, until: date | None, is_audible: bool, statutory: bool) -> datetime:
        """A reminder that was due on ``day``, about something whose last day is ``until``."""
        alike = (day, until, is_audible, statutory)
        if alike not in self._cache:
            self._cache[alike] = self._reminder(day, until, is_audible=is_audible, statutory=statutory)
        return self._cache[alike]

    def _reminder(self, day: date, until: date | None, *, is_audible: bool, statutory: bool) -> datetime:
        """Before the digest of its last day even a statutory notice waits for it: one message and not two."""
        today = office_day(self.now)
        if statutory and until and today >= until and office_day(self.digest()) > today:
            return self.now
        return self.decision() if is_audible else self._gentle(day)

    def _gentle(self, day: date) -> datetime:
        """With the next digest; within the next hours where today's should have had it (nobody swept)."""
        today = office_day(self.now)
        is_late = day <= today and self._digest_of(today) < self.now and self.calendar.is_workday(today)
        return self._within_hours(self.now) if is_late else self.digest()

    def _within_hours(self, at: datetime) -> datetime:
        day = office_day(at)
        if not self.calendar.is_workday(day) or at >= _instant(day, self.hours.last):
            return _instant(self.calendar.nth_after(day, 1), self.hours.first)
        return max(at, _instant(day, self.hours.first))

    def _digest_of(self, day: date) -> datetime:
        return _instant(day, self.hours.digest)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, OFFICE_ZONE).astimezone(UTC)
