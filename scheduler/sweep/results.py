"""The sweep's tasks, actions, failures and result: shared by everything that opens, closes or reminds by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duty
from scheduler.recording.unit_of_work import UnitOfWork

ACTOR, MEANS = "system", "sweep"
CLOCK = "clock"
"""The reference of the failure of a whole sweep: the machine's clock cannot be right."""
OPENED, CLOSED, CORRECTED = "opened", "closed", "mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepAction:
    """An action of the sweep: ``what`` it did with which case, as of which day, with which outcome."""

    what: str
    duty: Duty
    reference: str
    day: date
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFailure:
    """A case that the sweep could not handle, and why; the others were handled."""

    reference: str
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The result of one sweep."""

    actions: tuple[SweepAction, ...]
    failures: tuple[SweepFailure, ...]
    planned: int = 0
    """How many notices it queued in the outbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTask:
    """A case to act on. ``act`` checks again inside its transaction, and does what is still to be done."""

    reference: str
    act: Callable[[UnitOfWork], SweepAction | None]
    case: int = 0
    """Its number, where it has one already."""
