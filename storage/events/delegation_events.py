"""Declares the records about absences: who stands in for whom, with whose consent, and who takes everything over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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


DelegationEvent = Delegated | DelegationConsented | Recalled | HandedOver
