"""The working calendar as an office knows it: the shipped holiday notices, then those entered into its log."""

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
    """The shipped calendar with every notice of the log; of two notices for one year the later one holds."""
    return calendar_from_entries(shipped, office_events(log))


def calendar_from_entries(shipped: Calendar, entries: Iterable[LogEntry]) -> Calendar:
    """The same from entries that were read already."""
    for entry in entries:
        if isinstance(entry.record, CalendarEntered):
            shipped = shipped.with_notice(read_notice(json.loads(entry.record.notice)))
    return shipped


def notice_as_text(data: Mapping[str, Any]) -> str:
    """A holiday notice's table as canonical JSON for the log."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)
