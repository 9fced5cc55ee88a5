"""Rounds: what the office asks of every village month after month, declared like everything else of a kind.

Apart from ``config/declarations/duty.py`` only for its length.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRound:
    """A kind that the sweep opens for every village on the first of a month, and closes after its last day.

    Each name is that of a field, a step or an outcome of the kind. The close of a counting period approves
    nothing: its outcome says what was in by then, judged on the days the village acted.
    """

    village: str
    month: str
    minimum: str
    grace: str
    """The field with the working days after the due day in which a report is late, and still one."""
    scheme: str
    """The field with the scoring scheme of the month, fixed when it opens."""
    submitted: str
    items: str
    """The field with how many items were handed in, or sent back; one where it says nothing."""
    nothing: str
    """The step that declares that there is nothing to report."""
    returned: str
    adopted: str
    """The step that says an item was adopted: its title, level, grade and points, in fields so called."""
    rejected: str
    commissioned: str
    mistaken: str
    on_time: str
    late: str
    declared: str
    missing: str
