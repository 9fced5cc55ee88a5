"""Reads from the log what it holds about the office as a whole: its events, its working calendar, its versions.

Notices, delegations, hand-overs and seals are read in every transaction, a few among a million entries, so a partial
index holds only them. Each version is a whole document, so another index holds those, and what was read is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any, Protocol

from sqlalchemy import bindparam, select, text

from config.calendar.holiday_notices import read_notice
from config.calendar.working_calendar import Calendar
from config.office.model import Office
from storage.database.store import Store
from storage.database.tables import EVENTS, OFFICE_EVENTS_CONDITION, OFFICE_VERSIONS_CONDITION
from storage.eventlog.log import Log
from storage.events.codec import decode_entry
from storage.events.events import LogEntry
from storage.events.office_events import CalendarEntered
from storage.events.office_history import OfficeVersions, fold_office_versions

FRESH_SECONDS = 0.25
"""How old an answer about the versions may be where nothing is recorded; a recording is judged by the log itself."""

# The conditions of the indexes word for word, so that the database uses them.
_EVENTS = (EVENTS.c.office == bindparam("office"), text(OFFICE_EVENTS_CONDITION))
_VERSIONS = (EVENTS.c.office == bindparam("office"), text(OFFICE_VERSIONS_CONDITION))
_SELECT_EVENTS = select(EVENTS.c.body, EVENTS.c.hash).where(*_EVENTS).order_by(EVENTS.c.position)
_SELECT_VERSIONS = select(EVENTS.c.body, EVENTS.c.hash).where(*_VERSIONS).order_by(EVENTS.c.position)
_SELECT_LAST = select(EVENTS.c.hash).where(*_VERSIONS).order_by(EVENTS.c.position.desc()).limit(1)
_SELECT_OFFICES = select(EVENTS.c.office).where(text(OFFICE_VERSIONS_CONDITION)).distinct()


def office_events(log: Log) -> Iterator[LogEntry]:
    """The events about the office as a whole, in their order."""
    for body, digest in log.connection.execute(_SELECT_EVENTS, {"office": log.office}):
        yield decode_entry(body, digest)


def known_calendar(shipped: Calendar, log: Log) -> Calendar:
    """The shipped calendar with every notice of the log; of two notices for one year the later one holds."""
    return calendar_from_entries(shipped, office_events(log))


def calendar_from_entries(shipped: Calendar, entries: Iterable[LogEntry]) -> Calendar:
    """The same from entries that were read already."""
    records = (entry.record for entry in entries)
    return _with_notices(shipped, tuple(one.notice for one in records if isinstance(one, CalendarEntered)))


@lru_cache(maxsize=16)  # each transaction asks, and laying a calendar out takes longer than all else it reads
def _with_notices(shipped: Calendar, notices: tuple[str, ...]) -> Calendar:
    for notice in notices:
        shipped = shipped.with_notice(read_notice(json.loads(notice)))
    return shipped


def notice_as_text(data: Mapping[str, Any]) -> str:
    """A holiday notice's table as canonical JSON for the log."""
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=date.isoformat)


class _Changes:
    """Counts the versions that this process has recorded, so that it sees its own at once."""

    number = 0


_CHANGES = _Changes()


def version_was_recorded() -> None:
    """Let every source of this process read its log again; called when a version was committed."""
    _CHANGES.number += 1


def office_versions(log: Log) -> OfficeVersions:
    """Every version of the office in its log."""
    rows = log.connection.execute(_SELECT_VERSIONS, {"office": log.office})
    return fold_office_versions(decode_entry(body, digest) for body, digest in rows)


def recorded_offices(store: Store) -> list[str]:
    """The short names of the offices that are described in a database."""
    with store.reading() as connection:
        return sorted(connection.execute(_SELECT_OFFICES).scalars())


class OfficeSource(Protocol):
    """Tells which office holds on a day."""

    @property
    def slug(self) -> str:
        """The office's short name, which never changes."""
        ...

    def on(self, day: date) -> Office:
        """The office on a day, as it is known now."""
        ...

    def within(self, log: Log, day: date) -> Office:
        """The office on a day by this log, inside its transaction."""
        ...


@dataclass(frozen=True, slots=True)
class FixedOffice:
    """An office that is the same on every day: one that is not, or not yet, recorded."""

    office: Office

    @property
    def slug(self) -> str:
        """The office's short name."""
        return self.office.slug

    def on(self, _day: date) -> Office:
        """The office."""
        return self.office

    def within(self, _log: Log, _day: date) -> Office:
        """The office."""
        return self.office


@dataclass(slots=True)
class RecordedOffice:
    """The office as its log has it. ``unrecorded`` stands in until the first version is recorded."""

    store: Store
    slug: str
    unrecorded: Office | None = None
    _versions: OfficeVersions = field(default_factory=OfficeVersions, init=False, repr=False)
    _last_hash: str = field(default="", init=False, repr=False)
    _fresh_until: float = field(default=0.0, init=False, repr=False)
    _changes_seen: int = field(default=0, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def on(self, day: date) -> Office:
        """The office on a day. What another process recorded is seen after ``FRESH_SECONDS`` at the latest."""
        return self._office(self.versions(), day)

    def within(self, log: Log, day: date) -> Office:
        """The office on a day, by this log itself."""
        return self._office(self._refreshed(log), day)

    def versions(self) -> OfficeVersions:
        """Every version, at most ``FRESH_SECONDS`` old; inside a write transaction as they were before it."""
        is_fresh = monotonic() < self._fresh_until and self._changes_seen == _CHANGES.number
        if not is_fresh and not self.store.is_writing:
            with self.store.reading() as connection:
                self._refreshed(Log(connection, self.slug))
        return self._versions

    def _refreshed(self, log: Log) -> OfficeVersions:
        changes = _CHANGES.number
        last = log.connection.execute(_SELECT_LAST, {"office": self.slug}).scalar() or ""
        with self._lock:
            if last != self._last_hash:
                self._versions, self._last_hash = office_versions(log), last
            self._fresh_until, self._changes_seen = monotonic() + FRESH_SECONDS, changes
            return self._versions

    def _office(self, versions: OfficeVersions, day: date) -> Office:
        found = versions.on(day)
        if found is not None:
            return found.office
        if self.unrecorded is None:
            raise KeyError(self.slug)
        return self.unrecorded
