"""Links between cases: checks that a case named in a field exists, and finds the step an outcome calls for in it.

The facts of one case cannot tell whether another exists, so the caller passes a function that looks cases up.
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
"""Looks up case numbers by a kind and the office's own references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A step that an outcome calls for in another case; a person records it there."""

    kind: str
    reference: str
    step: str
    since: date

    def is_taken_in(self, story: Sequence[Record]) -> bool:
        """Whether the other case has the step, on or after the day of the outcome."""
        steps = (record for record in story if isinstance(record, Stepped))
        return any(step.step == self.step and step.happened_on >= self.since for step in steps)


def unresolved_links(
    story: Sequence[Record], duty: Duty, duties: Duties, find: FindCases
) -> Iterator[Violation]:
    """Yield a violation for each field that names a case this office does not have."""
    for record in story:
        for asked in declared_fields(record, duty):
            reference = reference_field(record, asked.key) if asked.linked_kind else ""
            if reference and reference not in find(asked.linked_kind, [reference]):
                linked = duties.get(asked.linked_kind)
                words = {
                    **describe_fact(record, duty),
                    "field": asked.key,
                    "label": asked.label,
                    "found": reference,
                    "linked_label": linked.label if linked else asked.linked_kind,
                }
                yield violation(NoSuchLink, record.happened_on, words)


def reference_field(record: Record, key: str) -> str:
    """Return the case reference written in a field; empty where there is none."""
    return str(record.facts.get(key, "")).strip() if isinstance(record, Opened | Stepped | Closed) else ""


def follow_up(story: Sequence[Record], duty: Duty) -> FollowUp | None:
    """Return the step that the outcome of a case calls for in the case it names; None where it names none."""
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
