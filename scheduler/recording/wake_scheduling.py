"""Which cases are to be looked at again after something was recorded: a hint, given in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.clock import office_day
from scheduler.villages.months import month_before
from storage.events.case import Case
from storage.events.events import CalendarEntered, Delegated, HandedOver, LogEntry, Recalled
from storage.messaging.wake_queue import WakeQueue

OFFICE_EVENT_TYPES = (CalendarEntered, Delegated, HandedOver, Recalled)
"""Facts that change whom a case waits for, or until when, without being about any case."""
CORRECTABLE_MONTHS = 3  # a closed month older than that is for a person to mend


def schedule_wakeups(
    wakes: WakeQueue, entries: Sequence[LogEntry], cases: Mapping[int, Case], now: datetime, *, first_new: int
) -> None:
    """Wake what was spoken of; and everything, where something was said about the office as a whole."""
    if any(isinstance(entry.record, OFFICE_EVENT_TYPES) for entry in entries):
        wakes.wake_all(now, since=month_before(office_day(now), CORRECTABLE_MONTHS))
    # What was opened and closed at once, as in an import of old years, waits for nobody.
    wakes.wake(
        [number for number, case in cases.items() if number < first_new or not is_finally_closed(case)], now
    )


def is_finally_closed(case: Case) -> bool:
    """Whether it is closed and nothing happened since that could have taken it up again."""
    last = max((step.happened_on for step in case.steps), default=None)
    return case.closing is not None and (last is None or last < case.closing.happened_on)
