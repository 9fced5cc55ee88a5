"""A notice: one reason to tell one person something. Reminders plan notices; the outbox stores and delivers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxNotice:
    """One reason to tell one person something."""

    person: str
    case: int
    """0 where it is about no case."""
    what: str
    """The kind of pending action (``WaitKind``, scheduler/worklist/pending.py), or an occasion without a case."""
    rung: str
    """The escalation step, such as ``-5``; of an occasion what tells it from others of its kind."""
    basis: str
    until: date | None = None
    """The last day of what it is about."""
    statutory: bool = False
    rings: bool = False
    """Whether it asks for a decision: then it makes a sound and does not wait for the morning's digest."""
    topic: str = ""
    """The key of its sentence in the phrase book."""
    for_person: str = ""
    """The person the recipient stands in for, or whom the notice could not reach."""
    created_at: datetime
    not_before: datetime

    @property
    def key(self) -> str:
        """Identifies it: two notices with one key are the same, and it is queued once."""
        parts = (self.person, str(self.case), self.what, self.rung, self.basis, self.for_person)
        return "|".join(parts)
