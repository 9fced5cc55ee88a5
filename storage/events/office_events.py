"""Declares the records about the office as a whole: its calendar, versions, absences, clock, counts and seals.

They belong to no case. Those about its people's accounts are in ``account_events.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntered:
    """A notice on days off was entered; from here on its year is known."""

    happened_on: date
    year: int
    notice: str
    """The notice as canonical text, as it was read from its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChanged:
    """The office was written anew: who holds which post, its villages, chains, dates and texts.

    It holds from ``happened_on`` on, until a later record that holds from the same day or an earlier one replaces it.
    """

    happened_on: date
    """The first day on which it holds; it may be still to come."""
    document: str
    """The whole of ``office.toml``, with its comments."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The texts beside it that differ from the version before, by path (``prose/…``, ``schemes/…``); empty: gone."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegated:
    """A person is absent from one day to another, and their deputy acts for them in the deputy's own name.

    Recorded by somebody else, it waits for a ``DelegationConsented``.
    """

    happened_on: date
    person: str
    deputy: str
    first: str
    last: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationConsented:
    """The absent person, or a second keeper where they cannot be reached, consented to a delegation of another's."""

    happened_on: date
    position: int
    """The log position of the delegation."""
    reason: str = ""
    """Why the person could not be reached; empty where they consented themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """A delegation ends from this day on; one that waited for a consent never begins."""

    happened_on: date
    position: int
    """The log position of the delegation."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """Everything that waited for one person waits for another from this day on (移交)."""

    happened_on: date
    person: str
    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSettled:
    """Somebody vouched for the machine's clock after it had leapt: entries are stamped by it from this one on.

    The only entry that may be stamped earlier than the one before it.
    """

    happened_on: date
    until: str
    """The latest instant, in ISO form, that the clock had shown before."""
    reason: str


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
class ActivityHeld:
    """An activity took place: training, a meeting, a press conference, publicity, a survey."""

    happened_on: date
    matter: str
    """Its kind: a key of ``config/reporting/registers.py``."""
    title: str
    reached: int = 0
    """The number of people who took part, called, or answered."""
    evidence: str = ""
    """Where the evidence is filed, or the SHA-256 of a file in the content store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A year's report was published: from then on no record changes its figures."""

    happened_on: date
    period: str
    """The year."""
    figures: str
    """Its figures as canonical text, so that later changes can be shown beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """Records that came after a year was sealed would change its figures; the changes are kept beside them."""

    happened_on: date
    period: str
    """The year."""
    changes: Mapping[str, str]
    """By how much each figure would change."""
    entries: tuple[int, ...]
    """The log positions of the late entries."""
    reason: str


OfficeEvent = (
    CalendarEntered
    | OfficeChanged
    | Delegated
    | DelegationConsented
    | Recalled
    | HandedOver
    | ClockSettled
    | Counted
    | ActivityHeld
    | Sealed
    | Restated
)
