"""The declaration of a kind that the office asks of every village each month."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRound:
    """A kind that the sweep opens for every village on the first of a month, and closes after its last day.

    Each name is that of a field, a step or an outcome of the kind. The close of a counting period approves
    nothing: its outcome says what had been reported by then, judged by the days on which the village acted.
    """

    village: str
    month: str
    minimum: str
    grace: str
    """The field with the working days after the due day in which a report is late, and still one."""
    scheme: str
    """The field with the scoring scheme of the month, fixed when it opens."""
    item: str
    """The field with the number of the item that a step stands for; each such step is read off the item."""
    submitted: str
    """The step for an item that was handed in and stands."""
    superseded: str
    """The step for an item that was handed in and sent back since."""
    nothing: str
    """The step that declares that there is nothing to report."""
    returned: str
    withdrawn: str
    adopted: str
    """The step that says an item was adopted: its title, level, grade and points, in fields so called."""
    rejected: str
    commissioned: str
    mistaken: str
    on_time: str
    late: str
    declared: str
    missing: str
