"""What a sweep does, and what it could not do: shared by everything that begins, ends or reminds by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duty
from scheduler.recording.unit_of_work import UnitOfWork

ACTOR, MEANS = "system", "sweep"
OPENED, CLOSED, CORRECTED = "opened", "closed", "mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepAction:
    """Something the sweep did: ``what``, with which case, as of which day, with which outcome."""

    what: str
    duty: Duty
    reference: str
    day: date
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFailure:
    """A case that could not be dealt with, and why; the others were."""

    reference: str
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """What one sweep did."""

    actions: tuple[SweepAction, ...]
    failures: tuple[SweepFailure, ...]
    planned: int = 0
    """How many notices it put into the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTask:
    """A case to look at. ``act`` looks again inside the sitting, and does what is still to be done."""

    reference: str
    act: Callable[[UnitOfWork], SweepAction | None]
    case: int = 0
    """Its number, where it has one already."""
