"""Schedules the next look of the sweep at every case that a transaction may have changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from config.clock import office_day
from scheduler.villages.months import month_before
from storage.events.account_events import AccountConfirmed, AccountJoined, AccountRemoved
from storage.events.case import Case
from storage.events.events import LogEntry
from storage.events.office_events import (
    CalendarEntered,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
)
from storage.messaging.wake_queue import WakeQueue

OFFICE_EVENT_TYPES = (
    AccountConfirmed,
    AccountJoined,
    AccountRemoved,
    CalendarEntered,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
)
"""Facts about no case that change for whom, or until when, cases wait, or who of them can be reached."""
CORRECTABLE_MONTHS = 3  # a closed month older than that is for a person to correct


def schedule_wakeups(
    wakes: WakeQueue, entries: Sequence[LogEntry], cases: Mapping[int, Case], now: datetime, *, first_new: int
) -> None:
    """Wake the cases that new entries are about; all cases where an entry is about the office as a whole.

    Cases from number ``first_new`` on were opened by these entries.
    """
    if any(isinstance(entry.record, OFFICE_EVENT_TYPES) for entry in entries):
        wakes.wake_all(now, since=month_before(office_day(now), CORRECTABLE_MONTHS))
    # A case that was opened and closed at once, as in an import of old years, waits for nobody.
    changed = [number for number, case in cases.items() if number < first_new or not is_finally_closed(case)]
    wakes.wake(changed, now)


def is_finally_closed(case: Case) -> bool:
    """Whether it is closed and no step since then could have reopened it."""
    last = max((step.happened_on for step in case.steps), default=None)
    return case.closing is not None and (last is None or last < case.closing.happened_on)
