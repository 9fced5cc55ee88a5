"""What a change of the office is: a new version as somebody wrote it, what it changes, and why it may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from config.errors import Refusal
from config.office.difference import (
    DOCUMENT_FILE,
    OfficeDifference,
    RowChange,
    file_differences,
    office_differences,
)
from config.office.model import Office
from scheduler.worklist.office_impact import OfficeImpact
from storage.events.office_history import OfficeVersion

MAX_CASES_NAMED = 8  # in one refusal


class OfficeMovedOn(Refusal):
    """{post} changed the office meanwhile (№{position}, {at}). Look at that first, then make your change again."""


class OtherOffice(Refusal):
    """This document is of “{found}”, and this office is “{office}”: the short name (slug) never changes."""


class OfficeUnchanged(Refusal):
    """Nothing is different: the office stands like this already."""


class NotYourOffice(Refusal):
    """{post} cannot change the office: that is for {who}."""


class VillageTakenOut(Refusal):
    """A village stays in the document, because its earlier months need it: {villages}. Write until = its last day."""


class EntryInFuture(Refusal):
    """The newest entry of a website's column cannot be of a day to come, its term would begin there: {columns}."""


class WorkStranded(Refusal):
    """With this change nobody could act on what is open: {cases}. Hand it over or close it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeEdit:
    """A new version of the office as somebody wrote it."""

    document: str
    files: Mapping[str, str]
    """All texts beside it, by path; of a letter's template its fingerprint."""
    holds_from: date
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """The templates that may not be in the content store yet, by their fingerprint."""
    reason: str = ""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Who takes over what waits for a person who leaves with this version; only where it holds by today."""
    expected: int | None = None
    """The position of the version it was made from, 0 for none; None where nobody else can have written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChange:
    """A change of the office with everything it moves, as it is shown before it holds."""

    differences: tuple[OfficeDifference, ...]
    impact: OfficeImpact
    replaced: tuple[OfficeVersion, ...] = ()
    """The versions that were to hold later, and now never will."""

    @property
    def asks(self) -> bool:
        """Whether a person should say yes to it first."""
        return bool(self.impact.restarted or self.replaced)


def version_differences(base: OfficeVersion, edit: OfficeEdit) -> tuple[OfficeDifference, ...]:
    """What differs; a document of which only comments differ is one that changed too."""
    rows = office_differences(base.document, edit.document)
    if not rows and base.document != edit.document:
        rows = (
            OfficeDifference(table="file", row=DOCUMENT_FILE, name=DOCUMENT_FILE, kind=RowChange.CHANGED),
        )
    return rows + file_differences(base.files, edit.files)


def changed_files(before: Mapping[str, str], after: Mapping[str, str]) -> Mapping[str, str]:
    """The texts that differ from the version before; an empty text says that it is gone."""
    return {one.row: after.get(one.row, "") for one in file_differences(before, after)}


def require_possible(change: OfficeChange, before: Office, after: Office, today: date) -> None:
    """Refuse what cannot be.

    VillageTakenOut where a village is gone that has begun, EntryInFuture where a column's newest entry is to come,
    WorkStranded where open work would wait for nobody.
    """
    kept = {row.id for row in after.villages}
    gone = [row.name for row in before.villages if row.id not in kept and row.since <= today]
    if gone:
        raise VillageTakenOut(villages="、".join(gone))
    ahead = [f"{row.name} {row.updated}" for row in after.columns if row.updated > today.isoformat()]
    if ahead:
        raise EntryInFuture(columns="、".join(ahead))
    if change.impact.stranded:
        named = (f"{one.case} {one.reference}".strip() for one in change.impact.stranded[:MAX_CASES_NAMED])
        more = len(change.impact.stranded) - MAX_CASES_NAMED
        raise WorkStranded(cases="、".join(named) + (f" +{more}" if more > 0 else ""))
