"""Lists the recorded events of a case in the order of recording, each with its corrections; none is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language.labels import EventText, Labels, describe_event
from config.declarations.duty import Duty
from storage.events.events import Amended, Closed, LogEntry, Opened, Record, Stepped
from storage.events.office_events import ActivityHeld, Counted

CorrectableRecord = Opened | Stepped | Closed | Counted | ActivityHeld


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVersion:
    """One version of an event: as first recorded, or as corrected."""

    entry: LogEntry
    event: EventText | None
    """None where the event was struck out."""
    reason: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event with all its versions; the last one is current."""

    position: int
    versions: tuple[EventVersion, ...]
    correctable: bool


def event_rows(entries: Sequence[LogEntry], duty: Duty | None, labels: Labels) -> Iterator[EventRow]:
    """The events in the order in which they were recorded."""
    for entry in entries:
        if not isinstance(entry.record, Amended):
            readings = _readings(entry, entries)
            yield EventRow(
                position=entry.position,
                versions=tuple(_versions(readings, duty, labels)),
                correctable=isinstance(entry.record, CorrectableRecord),
            )


def _readings(first: LogEntry, entries: Sequence[LogEntry]) -> list[tuple[LogEntry, Record | None, str]]:
    mended = [
        (entry, entry.record.right, entry.record.reason)
        for entry in entries
        if isinstance(entry.record, Amended) and entry.record.position == first.position
    ]
    return [(first, first.record, ""), *mended]


def _versions(
    readings: Sequence[tuple[LogEntry, Record | None, str]], duty: Duty | None, labels: Labels
) -> Iterator[EventVersion]:
    for place, (entry, record, reason) in enumerate(readings, start=1):
        yield EventVersion(
            entry=entry,
            event=describe_event(record, duty, labels) if record else None,
            reason=reason,
            is_current=place == len(readings),
        )
