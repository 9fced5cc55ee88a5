"""The declarations of a village's month: a kind asked of every village each month, and how a case counts its parts.

A month counts the items of its village: their facts become its steps, and nobody records them twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseParts:
    """The kind of case that is counted, and the steps that its facts give to the case that counts it.

    Such steps are read off the parts each time and are never recorded: a corrected part moves them.
    """

    kind: str
    fields: tuple[str, ...]
    """The fields of a part's opening whose values, joined by “/”, are the reference of the case that counts it."""
    number: str
    """The field of the derived step that holds the number of the part."""
    copied: tuple[str, ...] = ()
    """Fields of the part, as it was last handed in, that each derived step repeats."""
    handed_in: str
    """The derived step for the opening, and for each time the part was handed in again, that still stands."""
    superseded: str
    """The derived step for a handing-in that was sent back since."""
    again: str
    """The step by which a part is handed in again."""
    sent_back: str
    """The step of the part that sends it back; the derived step has the same key."""
    steps: tuple[str, ...] = ()
    """Further steps of the part that are derived under their own key."""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    """The derived step for each outcome of the part that changes what counts."""

    @property
    def derived_steps(self) -> frozenset[str]:
        """The steps of the case that counts which follow from its parts alone."""
        return frozenset(
            {self.handed_in, self.superseded, self.sent_back, *self.steps, *self.outcomes.values()}
        )

    def whole_reference(self, facts: Mapping[str, str | int]) -> str:
        """Return the reference of the case that counts a part with these facts."""
        return "/".join(str(facts.get(name, "")) for name in self.fields)
