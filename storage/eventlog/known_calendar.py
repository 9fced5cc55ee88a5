"""The calendar as it is known: the shipped notices, and over them those entered into the office's log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from config.calendar.holiday_notices import read_notice
from config.calendar.working_calendar import Calendar
from storage.eventlog.log import Log
from storage.eventlog.office_events import office_events
from storage.events.events import CalendarEntered, LogEntry


def known_calendar(shipped: Calendar, log: Log) -> Calendar:
    """The shipped calendar with every notice entered; of two for one year the later one holds."""
    return calendar_from_entries(shipped, office_events(log))


def calendar_from_entries(shipped: Calendar, entries: Iterable[LogEntry]) -> Calendar:
    """The same, from facts that were read already."""
    for entry in entries:
        if isinstance(entry.record, CalendarEntered):
            shipped = shipped.with_notice(read_notice(json.loads(entry.record.notice)))
    return shipped


def notice_as_text(data: Mapping[str, Any]) -> str:
    """A notice's table as canonical text for the log."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)
