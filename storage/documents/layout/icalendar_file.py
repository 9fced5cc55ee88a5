"""Writes days as a calendar file (RFC 5545); the same days and instant give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from config.clock import ONE_DAY

if TYPE_CHECKING:
    from icalendar import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """An all-day entry. ``tentative``: the day may still move."""

    uid: str
    day: date
    summary: str
    description: str = ""
    tentative: bool = False


def ics_bytes(entries: Iterable[CalendarEntry], name: str, at: datetime) -> bytes:
    """The calendar file; ``at`` is its only time stamp."""
    from icalendar import Calendar  # noqa: PLC0415 - 3 MB that an idle program does not need

    calendar = Calendar()
    calendar.add("prodid", "-//gongkai//gongkai//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, at))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, at: datetime) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", at)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + ONE_DAY)  # exclusive: the day after
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    event.add("status", "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a due day does not block the day
    return event
