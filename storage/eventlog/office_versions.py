"""The versions of an office in its log, and which of them holds on a day.

A version is the whole document of an office (``office.toml``) and the texts beside it. Of the versions that hold from
a day or from an earlier one, that day's is the one recorded last: so a change recorded today for next month waits, a
change recorded late takes its place in the past, and the roster of any day can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from time import monotonic
from typing import Protocol

from sqlalchemy import bindparam, select, text

from config.office.loader import Office, load_office
from storage.database.store import Store
from storage.database.tables import EVENTS, OFFICE_VERSIONS_CONDITION
from storage.eventlog.log import Log
from storage.events.codec import decode_entry
from storage.events.events import LogEntry, OfficeChanged

FRESH_SECONDS = 0.25
"""How old an answer may be where nothing is recorded. Whatever is recorded is judged by the log itself."""

# The condition of the index word for word, so that the database uses the index.
_VERSIONS = (EVENTS.c.office == bindparam("office"), text(OFFICE_VERSIONS_CONDITION))
_SELECT_ALL = select(EVENTS.c.body, EVENTS.c.hash).where(*_VERSIONS).order_by(EVENTS.c.position)
_SELECT_LAST = select(EVENTS.c.hash).where(*_VERSIONS).order_by(EVENTS.c.position.desc()).limit(1)
_SELECT_OFFICES = select(EVENTS.c.office).where(text(OFFICE_VERSIONS_CONDITION)).distinct()


class _Changes:
    """Counts the versions that this process has recorded, so that it sees its own at once."""

    number = 0


_CHANGES = _Changes()


def version_was_recorded() -> None:
    """Let every source of this process read its log again; called when a version was committed."""
    _CHANGES.number += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeVersion:
    """One version of an office, as it was recorded."""

    position: int
    holds_from: date
    document: str
    files: Mapping[str, str]
    """All texts beside the document, by path: those it changed and those it took over."""
    reason: str = ""
    actor: str = ""
    recorded_at: datetime | None = None

    @property
    def office(self) -> Office:
        """The office that the document describes. BadInput where this program no longer reads it."""
        return load_office(self.document, f"№{self.position}")


@dataclass(frozen=True, slots=True)
class OfficeVersions:
    """All versions of an office, in the order in which they were recorded."""

    versions: tuple[OfficeVersion, ...] = ()

    @property
    def last(self) -> OfficeVersion | None:
        """The version that was recorded last; None before the first one."""
        return self.versions[-1] if self.versions else None

    def on(self, day: date) -> OfficeVersion | None:
        """The version that holds on a day; before the first one began, that first one. None where there is none."""
        holding = (one for one in reversed(self.versions) if one.holds_from <= day)
        return next(holding, min(self.versions, key=lambda one: one.holds_from, default=None))

    def waiting(self, day: date) -> tuple[OfficeVersion, ...]:
        """The versions that will hold only after a day, and still will: none recorded later replaces them."""
        later = [one for one in self.versions if one.holds_from > day]
        return tuple(one for one in later if self.on(one.holds_from) is one)


def fold_office_versions(entries: Iterable[LogEntry]) -> OfficeVersions:
    """Fold the versions of the office; each takes over the texts that it does not change."""
    found: list[OfficeVersion] = []
    files: dict[str, str] = {}
    for entry in entries:
        if isinstance(entry.record, OfficeChanged):
            files = {path: said for path, said in {**files, **entry.record.files}.items() if said}
            found.append(_version(entry, entry.record, files))
    return OfficeVersions(tuple(found))


def _version(entry: LogEntry, changed: OfficeChanged, files: Mapping[str, str]) -> OfficeVersion:
    return OfficeVersion(
        position=entry.position,
        holds_from=changed.happened_on,
        document=changed.document,
        files=files,
        reason=changed.reason,
        actor=entry.actor,
        recorded_at=entry.recorded_at,
    )


def office_versions(log: Log) -> OfficeVersions:
    """Every version of the office in its log."""
    rows = log.connection.execute(_SELECT_ALL, {"office": log.office})
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
