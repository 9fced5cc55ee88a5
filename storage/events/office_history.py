"""Folds the versions of an office: which document holds on which day.

A version is the whole document of an office (``office.toml``) and the texts beside it. Of the versions that hold from
a day or from an earlier one, that day's is the one recorded last: so a change recorded today for next month waits, a
change recorded late takes its place in the past, and the roster of any day can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from config.office.loader import load_office
from config.office.model import Office
from storage.events.events import LogEntry
from storage.events.office_events import OfficeChanged


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
    means: str = ""
    """The channel or command by which it was recorded."""
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
        holding = next((one for one in reversed(self.versions) if one.holds_from <= day), None)
        return holding or min(self.versions, key=lambda one: one.holds_from, default=None)

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
        means=entry.means,
        recorded_at=entry.recorded_at,
    )
