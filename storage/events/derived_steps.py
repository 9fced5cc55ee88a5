"""Derives the steps that a case owes to its parts: the month of a village counts the items that are cases themselves.

A derived step has the log position of the fact it stands for, so that a case read as of a position of the log has
exactly the steps that were known there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from config.declarations.villages.month import CaseParts
from storage.events.events import Closed, Facts, Opened, Record, Stepped

if TYPE_CHECKING:
    from storage.events.case import Case

PlacedStep = tuple[int, Stepped]


def steps_of_parts(
    whole: str, number: int, parts: Sequence[Case], declared: CaseParts
) -> Iterator[PlacedStep]:
    """Yield the steps that these parts give to the case ``number`` with the reference ``whole``."""
    for part in parts:
        opening = part.opening
        if opening and declared.whole_reference(opening.facts) == whole:
            yield from _steps_of_part(number, part, opening, declared)


def _steps_of_part(number: int, part: Case, opening: Opened, declared: CaseParts) -> Iterator[PlacedStep]:
    story = _in_order(part)
    handed_in = [
        record for _, record in story if isinstance(record, Stepped) and record.step == declared.again
    ]
    now = {**opening.facts, **(handed_in[-1].facts if handed_in else {})}
    shared: Facts = {declared.number: part.number, **{key: now[key] for key in declared.copied if key in now}}
    standing = _standing_position(story, declared)
    for place, (position, record) in enumerate(story):
        key = _derived_key(record, declared, stands=position == standing)
        if key == declared.superseded and _is_sent_back_that_day(story[place:], declared):
            continue
        own = record.facts if isinstance(record, Stepped) and record.step == key else {}
        if key:
            yield position, _step(number, key, record.happened_on, {**shared, **own})


def _step(number: int, key: str, day: date, facts: Facts) -> Stepped:
    return Stepped(case=number, happened_on=day, step=key, facts=facts)


def _derived_key(record: Record, declared: CaseParts, *, stands: bool) -> str:
    if isinstance(record, Closed):
        return declared.outcomes.get(record.outcome, "")
    if isinstance(record, Opened) or (isinstance(record, Stepped) and record.step == declared.again):
        return declared.handed_in if stands else declared.superseded
    known = isinstance(record, Stepped) and record.step in (declared.sent_back, *declared.steps)
    return record.step if known and isinstance(record, Stepped) else ""


def _is_sent_back_that_day(story: Sequence[tuple[int, Record]], declared: CaseParts) -> bool:
    """Whether the first of these facts was undone by a return on its own day: the day then ended without it."""
    day = story[0][1].happened_on
    return any(
        isinstance(record, Stepped) and record.step == declared.sent_back and record.happened_on == day
        for _, record in story
    )


def _in_order(part: Case) -> list[tuple[int, Record]]:
    """Return the facts of a part by their days; within a day in the order of recording."""
    return sorted(part.timeline, key=lambda placed: (placed[1].happened_on, placed[0]))


def _standing_position(story: Sequence[tuple[int, Record]], declared: CaseParts) -> int:
    """Return the position of the handing-in that was not sent back; 0 where the last one was, or was taken back."""
    standing = 0
    for position, record in story:
        step = record.step if isinstance(record, Stepped) else ""
        if isinstance(record, Opened) or step == declared.again:
            standing = position
        elif step == declared.sent_back or (
            isinstance(record, Closed) and record.outcome in declared.outcomes
        ):
            standing = 0
    return standing
