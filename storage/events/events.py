"""The facts that can be recorded. Past tense, frozen, never edited: a mistake is mended by a further fact.

Three times never mix: ``happened_on`` is the legal day a person states, ``recorded_at`` is stamped when the
fact is appended, and a due date is never recorded at all: it is derived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Facts = Mapping[str, str | int]
"""What was filled in, by the field's key. Days stand in ISO form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case of some kind began: a request was received, a dispute filed, a village's month opened."""

    case: int
    happened_on: date
    kind: str
    reference: str = ""
    facts: Facts = field(default_factory=dict)
    ladder: str = ""
    """Who is reminded when, as it stood that day (``config/declarations/reminder_ladder.py``); later changes reach later cases."""


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
class Counted:
    """Something countable of art. 20 or art. 42 happened, or a stock was counted at the end of a day."""

    happened_on: date
    matter: str
    """What was counted: a key of ``config/reporting/registers.py``."""
    quantity: int = 0
    amount_yuan: Decimal = Decimal(0)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntered:
    """A notice on days off was entered; from here on its year is known."""

    happened_on: date
    year: int
    notice: str
    """The notice as canonical text, as it was read from its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """An earlier fact was wrong. What is right takes its place; None strikes it out. Both stay readable."""

    happened_on: date
    position: int
    reason: str
    case: int = 0
    right: Record | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An applicant's particulars were erased. They never stood in the log, so it stays whole."""

    case: int
    happened_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """Somebody wrote, or changed, the text of a case: a new version. Every signature given before is void."""

    case: int
    happened_on: date
    by: str
    manifest: str
    """SHA-256 of the canonical manifest (``storage/events/manifest.py``): of every byte that is to be signed."""
    route: tuple[str, ...] = ()
    """The stages it passes, by name, as they stood that day; another chain asks for another version."""
    title: str = ""
    decision: str = ""
    """The outcome or the step it is for: whoever signs the text signs for that and for no other."""
    facts: Facts = field(default_factory=dict)
    """What else the manifest says of it: its origin, its class, the day it was made. They stand in both."""


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
    """What a signature at this stage said that day, in the office's words."""
    deputy_for: str = ""
    """Whom they stood in for, by a delegation that ran that day; in their own name all the same."""
    deputy_for_post: str = ""
    said_at: str = ""
    """The instant at which the channel says they acted (UTC, ISO form); the entry has its own."""
    relied_on: tuple[str, ...] = ()
    """The signatures it followed, each as position and hash of its entry."""


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
    """A person who could have signed ended the text's way, with a reason (不予通过)."""

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
    """A person who could have signed handed the stage on: from here on only ``to`` acts at it (转交)."""

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
    """One of the two people who must both say so lets a stage pass unsigned, with a reason; two count, one not."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    reason: str
    said_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A person has a case in hand (在办). It is not done; they are left in peace until its next rung."""

    case: int
    happened_on: date
    by: str
    basis: str
    """What they acknowledged: the basis of a ``Wait`` (scheduler/worklist/pending.py). A changed one asks anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """A person wants to hear of a case later (稍后提醒)."""

    case: int
    happened_on: date
    by: str
    basis: str
    until: str
    """The instant, in UTC and ISO form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityHeld:
    """An activity took place: training, a meeting, a press conference, publicity, a survey."""

    happened_on: date
    matter: str
    """Its kind: a key of ``config/reporting/activities.py``."""
    title: str
    reached: int = 0
    """How many people took part, called, or answered."""
    evidence: str = ""
    """Where the proof is filed, or the SHA-256 of a file in the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegated:
    """A person is away, and their deputy acts for them, in the deputy's own name, from one day to another."""

    happened_on: date
    person: str
    deputy: str
    first: str
    last: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A delegation ends from this day on."""

    happened_on: date
    position: int
    """Where the delegation stands in the log."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Everything that waited for one person waits for another from this day on (移交)."""

    happened_on: date
    person: str
    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A year's report went out: from here on no fact moves a figure of it."""

    happened_on: date
    period: str
    """The year."""
    figures: str
    """Its figures as canonical text, so that what comes later can be shown beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """Facts that came after a year was sealed would move figures of it; they stand beside what was published."""

    happened_on: date
    period: str
    """The year."""
    changes: Mapping[str, str]
    """By how much each figure would move."""
    entries: tuple[int, ...]
    """The entries that came late."""
    reason: str


Approval = Drafted | Signed | Returned | Withdrawn | Rejected | StageReassigned | Overridden
"""What happens to a text: it binds in the order in which it was recorded, and is never mended afterwards."""

Record = (
    Opened
    | Stepped
    | Closed
    | Counted
    | CalendarEntered
    | Amended
    | Erased
    | Drafted
    | Signed
    | Returned
    | Withdrawn
    | Rejected
    | StageReassigned
    | Overridden
    | Acknowledged
    | Snoozed
    | ActivityHeld
    | Delegated
    | Recalled
    | HandedOver
    | Sealed
    | Restated
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """A record with its place in the office's log: who said it, when, by what means, and its fingerprint.

    ``key`` makes the recording idempotent: one key is recorded once, ever. ``hash`` covers the canonical
    bytes of all of it and the hash before it, so that a changed, moved, added or missing entry shows.
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
    """The case a record belongs to; 0 where it belongs to none."""
    return getattr(record, "case", 0)
