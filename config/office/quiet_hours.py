"""The hours in which an office is reminded; outside them it is quiet. An office may set others in ``[hours]``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderHours:
    """When an office is reminded, on working days, in its own zone [practice].

    Gentle reminders come together at ``digest``; what asks for a decision comes from ``first`` until before ``last``.
    """

    digest: time = time(8, 30)
    first: time = time(8)
    last: time = time(20)
