"""What a new calendar moves: every open case whose due date changes, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties
from scheduler.terms.deadlines import Due, due
from storage.events.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One case whose date moves, or becomes certain."""

    case: int
    reference: str
    before: Due
    after: Due


def moves(cases: Iterable[Case], duties: Duties, before: Calendar, after: Calendar) -> Iterator[Move]:
    """The cases that one calendar dates otherwise than another."""
    for case in cases:
        opening = case.opening
        duty = duties.get(opening.kind) if opening else None
        if opening is None or duty is None or duty.term is None:
            continue
        story = [record for _, record in case.story]
        old, new = due(story, duty, before), due(story, duty, after)
        if _dated(old) != _dated(new):
            yield Move(case=case.number, reference=opening.reference, before=old, after=new)


def _dated(found: Due) -> tuple[object, ...]:
    return found.day, found.provisional, found.latest
