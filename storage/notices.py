"""The calendar as it is known: the shipped notices, and over them those entered into the office's log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import literal_column, select

from config.calendar import Calendar
from config.notices import read_notice
from storage.codec import entry_from
from storage.events import CalendarEntered
from storage.log import Log
from storage.tables import EVENTS


def calendar_with(shipped: Calendar, log: Log) -> Calendar:
    """The shipped calendar with every notice entered; of two for one year the later one holds."""
    # Written out as a literal, so that SQLite sees that the partial index serves.
    entered = EVENTS.c.type == literal_column("'calendar_entered'")
    query = select(EVENTS.c.body, EVENTS.c.hash).where(EVENTS.c.office == log.office, entered)
    for body, digest in log.connection.execute(query.order_by(EVENTS.c.position)):
        record = entry_from(body, digest).record
        if isinstance(record, CalendarEntered):
            shipped = shipped.with_notice(read_notice(json.loads(record.notice)))
    return shipped


def as_text(data: Mapping[str, Any]) -> str:
    """A notice's table as canonical text for the log."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)
