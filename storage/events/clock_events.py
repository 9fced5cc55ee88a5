"""Declares the record about the machine's clock: that somebody vouched for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSettled:
    """Somebody vouched for the machine's clock after it had leapt: entries are stamped by it from this one on.

    The only entry that may be stamped earlier than the one before it.
    """

    happened_on: date
    until: str
    """The latest instant, in ISO form, that the clock had shown before."""
    reason: str
