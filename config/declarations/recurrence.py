"""Which cases of a kind the sweep opens by itself, and when: declared like everything else of a kind.

``rows`` names an attribute of ``Office``: a list whose rows each stand for a case. ``facts`` says what the opening
is filled in with: the field's key, and the attribute of the row it is written from; what is empty is left out.
The case keeps these facts, so that a change of the office's file reaches later cases only. What villages are asked
for every month is declared in ``config/declarations/villages/month.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PerRow:
    """One standing case for each row, once, as of the day the sweep first finds it."""

    rows: str
    facts: Mapping[str, str]
    reference: str = "id"
    """The attribute of the row that is the case's reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearly:
    """One case for each row each year, opened so many days before its own last day (its ``id`` and the year)."""

    rows: str
    facts: Mapping[str, str]
    year: str
    """The field with the year the case is about."""
    ahead: int
    """Calendar days before the last day, where the row's own ``ahead`` is 0 or it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterVillageRound:
    """One case for each month, once every village's month of another kind is closed: about that month."""

    round_kind: str
    """The kind that runs in rounds."""
    month: str
    """The field with the month."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Filled in from the office itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeNewYear:
    """One case for each year, opened on this day of the year before, unless what it asks for is there already."""

    month: int
    day: int
    year: str
    """The field with the year."""


Recurrence = PerRow | Yearly | AfterVillageRound | BeforeNewYear
