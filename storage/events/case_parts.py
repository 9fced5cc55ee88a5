"""Derives the steps that a case owes to its parts: the month of a village counts the items that are cases themselves.

A derived step has the log position of the fact it stands for, so that a case read as of a position of the log has
exactly the steps that were known there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from config.declarations.case_parts import CaseParts
from storage.events.events import Closed, Facts, Opened, Record, Stepped

if TYPE_CHECKING:
    from storage.events.case import Case

PlacedStep = tuple[int, Stepped]


def steps_of_parts(
    whole: str, number: int, parts: Sequence[Case], declared: CaseParts
) -> Iterator[PlacedStep]:
    """Yield the steps that these parts give to the case ``number`` with the reference ``whole``."""
    for part in parts:
        if part.opening and declared.whole_reference(part.opening.facts) == whole:
            yield from _steps_of_part(number, part, declared)


def _steps_of_part(number: int, part: Case, declared: CaseParts) -> Iterator[PlacedStep]:
    opening = part.facts
    shared: Facts = {
        declared.number: part.number,
        **{key: opening[key] for key in declared.copied if key in opening},
    }
    standing = _standing_position(part, declared)
    for position, record in _in_order(part):
        key = _derived_key(record, declared, stands=position == standing)
        if key:
            facts = {**shared, **record.facts} if isinstance(record, Stepped) else shared
            yield position, _step(number, key, record.happened_on, facts)


def _step(number: int, key: str, day: date, facts: Facts) -> Stepped:
    return Stepped(case=number, happened_on=day, step=key, facts=facts)


def _derived_key(record: Record, declared: CaseParts, *, stands: bool) -> str:
    if isinstance(record, Closed):
        return declared.outcomes.get(record.outcome, "")
    if isinstance(record, Opened) or (isinstance(record, Stepped) and record.step == declared.again):
        return declared.handed_in if stands else declared.superseded
    known = isinstance(record, Stepped) and record.step in (declared.sent_back, *declared.steps)
    return record.step if known and isinstance(record, Stepped) else ""


def _in_order(part: Case) -> list[tuple[int, Record]]:
    """Return the facts of a part by their days; within a day in the order of recording."""
    return sorted(part.timeline, key=lambda placed: (placed[1].happened_on, placed[0]))


def _standing_position(part: Case, declared: CaseParts) -> int:
    """Return the position of the handing-in that was not sent back; 0 where the last one was, or was taken back."""
    standing = 0
    for position, record in _in_order(part):
        step = record.step if isinstance(record, Stepped) else ""
        if isinstance(record, Opened) or step == declared.again:
            standing = position
        elif step == declared.sent_back or (
            isinstance(record, Closed) and record.outcome in declared.outcomes
        ):
            standing = 0
    return standing
