"""What was recorded, in the order of recording, the wrong beside the right: nothing is taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language.labels import Labels, Told, told
from config.declarations.duty import Duty
from storage.events.events import Amended, Closed, Counted, Entry, Held, Opened, Record, Stepped

Mendable = Opened | Stepped | Closed | Counted | Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One reading of a fact: as it was first recorded, or as somebody mended it."""

    entry: Entry
    told: Told | None
    """None where it was struck out."""
    reason: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fact with all its readings; the last one holds."""

    position: int
    versions: tuple[Version, ...]
    mendable: bool


def rows(entries: Sequence[Entry], duty: Duty | None, labels: Labels) -> Iterator[Row]:
    """The facts in the order in which they were recorded."""
    for entry in entries:
        if not isinstance(entry.record, Amended):
            readings = _readings(entry, entries)
            yield Row(
                position=entry.position,
                versions=tuple(_versions(readings, duty, labels)),
                mendable=isinstance(entry.record, Mendable),
            )


def _readings(first: Entry, entries: Sequence[Entry]) -> list[tuple[Entry, Record | None, str]]:
    mended = [
        (entry, entry.record.right, entry.record.reason)
        for entry in entries
        if isinstance(entry.record, Amended) and entry.record.position == first.position
    ]
    return [(first, first.record, ""), *mended]


def _versions(
    readings: Sequence[tuple[Entry, Record | None, str]], duty: Duty | None, labels: Labels
) -> Iterator[Version]:
    for place, (entry, record, reason) in enumerate(readings, start=1):
        yield Version(
            entry=entry,
            told=told(record, duty, labels) if record else None,
            reason=reason,
            holds=place == len(readings),
        )
