"""Declares the records of the event log. They are never edited: a mistake is corrected by a further record.

Three times are kept apart: ``happened_on`` is the legal day that a person states, ``recorded_at`` is stamped when the
record is appended, and a due date is never recorded, because it is derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from storage.events.account_events import AccountEvent
from storage.events.office_events import OfficeEvent

Facts = Mapping[str, str | int]
"""Values that were filled in, by the field's key; days are in ISO form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case of some kind began: a request was received, a dispute filed, a village's month opened."""

    case: int
    happened_on: date
    kind: str
    reference: str = ""
    facts: Facts = field(default_factory=dict)
    ladder: str = ""
    """Its escalation policy that day (``config/declarations/reminder_ladders.py``); changes apply to new cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A declared step happened to an open case."""

    case: int
    happened_on: date
    step: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A case ended with a declared outcome."""

    case: int
    happened_on: date
    outcome: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """An earlier record was wrong. ``right`` replaces it; None strikes it out. Both stay readable."""

    happened_on: date
    position: int
    reason: str
    case: int = 0
    right: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An applicant's personal data was erased. It was never in the log, which therefore stays complete."""

    case: int
    happened_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """An applicant's personal data were shown unmasked to whoever recorded this."""

    case: int
    happened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Somebody wrote, or changed, the text of a case: a new version. Every signature given before is void."""

    case: int
    happened_on: date
    by: str
    manifest: str
    """SHA-256 of the canonical manifest (``storage/events/manifest.py``): of every byte that is to be signed."""
    route: tuple[str, ...] = ()
    """The names of the stages of its chain that day; if the chain changes, a new version is needed."""
    title: str = ""
    decision: str = ""
    """The outcome or the step it is for: a signature counts for that and for no other."""
    facts: Facts = field(default_factory=dict)
    """The description in the manifest: origin, class, day it was made; the case's facts say the same."""
    authors: tuple[str, ...] = ()
    """The people whose words it takes over, as those of a village's item: they sign it no more than its writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A person approved exactly this text at this stage, in the post they held that moment."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    meaning: str = ""
    """The meaning of a signature at this stage that day, in the office's words."""
    deputy_for: str = ""
    """The id of the absent person they signed for as deputy; empty where they signed in their own right."""
    deputy_for_post: str = ""
    said_at: str = ""
    """The instant at which the channel says they acted (UTC, ISO form); the entry has its own."""
    relied_on: tuple[str, ...] = ()
    """The signatures it followed, each as position and hash of its entry."""
    opinion: str = ""
    """What they wrote with it (签批意见); a signature holds with it and without it."""
    account: int = 0
    """The position of the ``AccountJoined`` of the account it was given through; 0 at the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A person sent the text back to an earlier stage, or to its writer (an empty ``to``), with a reason."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    to: str
    manifest: str
    reason: str
    deputy_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A person took their own signature back, while the next stage had not acted, with a reason (撤回)."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A person who could have signed rejected the text for good, with a reason (不予通过)."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    reason: str
    deputy_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReassigned:
    """A person who could have signed handed the stage over: from then on only ``to`` acts at it (转交)."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    to: str
    manifest: str
    reason: str = ""
    deputy_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """One of two people votes to let a stage pass unsigned, with a reason; it passes when both have voted."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    reason: str
    said_at: str = ""
    account: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circulated:
    """A person showed the text to somebody, for information or for an opinion (传阅); no stage waits for it."""

    case: int
    happened_on: date
    by: str
    post: str
    to: str
    manifest: str
    note: str = ""
    """What is asked; empty where it is for information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented:
    """A person read a text that was shown to them, and wrote an opinion or none (已阅)."""

    case: int
    happened_on: date
    by: str
    post: str
    manifest: str
    opinion: str = ""
    read_for: tuple[str, ...] = ()
    """The ids of others it was shown to, in whose place they read it: whose work they took over, or who are away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A person works on a case (在办). It is not done; they get no reminder until the next escalation step."""

    case: int
    happened_on: date
    by: str
    basis: str
    """The ``basis`` of the ``PendingAction`` they acknowledged; when it changes, they are reminded again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """A person wants to be reminded of a case later (稍后提醒)."""

    case: int
    happened_on: date
    by: str
    basis: str
    until: str
    """The instant, in UTC and ISO form."""


Approval = Drafted | Signed | Returned | Withdrawn | Rejected | StageReassigned | Overridden
"""The records about a text: they take effect in the order of recording and are never corrected."""

Record = (
    Opened
    | Stepped
    | Closed
    | Amended
    | Erased
    | Revealed
    | Drafted
    | Signed
    | Returned
    | Withdrawn
    | Rejected
    | StageReassigned
    | Overridden
    | Circulated
    | Commented
    | Acknowledged
    | Snoozed
    | OfficeEvent
    | AccountEvent
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A record in the office's log: its position, who recorded it, when, by what means, and its hash.

    ``key`` makes recording idempotent: a key is recorded once, ever. ``hash`` covers the canonical text of the entry
    and the hash before it, so that a changed, moved, added or missing entry is detected.
    """

    office: str
    position: int
    recorded_at: datetime
    actor: str
    means: str
    key: str
    record: Record
    hash: str


def case_of(record: Record) -> int:
    """Return the number of the case a record belongs to; 0 where it belongs to none."""
    return getattr(record, "case", 0)
