"""From one case to another: whether a case that is named is here, and what an ending calls for over there.

A story alone cannot tell whether another case exists, so whoever judges brings the way to look it up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duties, Duty
from scheduler.validation.case_history import describe_fact
from scheduler.validation.fields import declared_fields
from scheduler.validation.violations import NoSuchLink, Violation, violation
from storage.events.events import Closed, Opened, Record, Stepped

FindCases = Callable[[str, Sequence[str]], Mapping[str, int]]
"""Case numbers by kind and the office's own references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A step that an ending calls for in another case. It happens when a person records it there."""

    kind: str
    reference: str
    step: str
    since: date

    def is_taken_in(self, story: Sequence[Record]) -> bool:
        """Whether that case's story has it, since the ending."""
        steps = (record for record in story if isinstance(record, Stepped))
        return any(step.step == self.step and step.happened_on >= self.since for step in steps)


def unresolved_links(
    story: Sequence[Record], duty: Duty, duties: Duties, find: FindCases
) -> Iterator[Violation]:
    """Fields that name a case this office does not have."""
    for record in story:
        for asked in declared_fields(record, duty):
            named = reference_field(record, asked.key) if asked.linked_kind else ""
            if named and named not in find(asked.linked_kind, [named]):
                linked = duties.get(asked.linked_kind)
                words = {
                    **describe_fact(record, duty),
                    "field": asked.key,
                    "label": asked.label,
                    "found": named,
                    "linked_label": linked.label if linked else asked.linked_kind,
                }
                yield violation(NoSuchLink, record.happened_on, words)


def reference_field(record: Record, key: str) -> str:
    """The reference written in a field."""
    return str(record.facts.get(key, "")).strip() if isinstance(record, Opened | Stepped | Closed) else ""


def follow_up(story: Sequence[Record], duty: Duty) -> FollowUp | None:
    """What the ending of a case calls for in the case it names; None where it names none."""
    opening = next((record for record in story if isinstance(record, Opened)), None)
    closing = next((record for record in story if isinstance(record, Closed)), None)
    outcome = duty.outcome(closing.outcome) if closing else None
    if opening is None or closing is None or outcome is None or outcome.follow_up is None:
        return None
    asked, reference = duty.field(outcome.follow_up.field), reference_field(opening, outcome.follow_up.field)
    if asked is None or not reference:
        return None
    return FollowUp(
        kind=asked.linked_kind, reference=reference, step=outcome.follow_up.step, since=closing.happened_on
    )
