"""Chooses, of the steps that may be taken on a case, the few that make sense now, and proposes the days they ask for.

The choice follows from what the case waits for and from the effects its kind declares; every other step stays
possible. It advises people and permits nothing: the recorder judges each act.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, Field, Step
from config.declarations.terms import Fulfil, Renew, Wait
from scheduler.terms.deadlines import CLOSED, DueDate
from scheduler.terms.workdays import add_term, working_days_left
from scheduler.validation.conditions import blocked_by
from scheduler.worklist.case_stages import steps_after_close
from storage.events.case import Case

MAX_NEXT_STEPS = 3
EXTENSION_DAYS_LEFT = 5
"""From so many working days before its last day on, an extension is proposed [practice]."""


def next_steps(
    available: Sequence[Step], case: Case, duty: Duty, dated: DueDate, today: date
) -> tuple[str, ...]:
    """Return the keys of the steps to be taken next, the likeliest first, three at most; the close is not one."""
    wanted = dict.fromkeys(step.key for step in _wanted(available, case, duty, dated, today))
    return tuple(wanted)[:MAX_NEXT_STEPS]


def proposed_day(field: Field, on: date, due: date | None, calendar: Calendar) -> date | None:
    """Return the day that a form fills a field in with, for an act of the day ``on`` in a case ``due`` then.

    None where the declaration proposes none, where nothing is due, or where what is proposed could not be recorded.
    """
    if field.proposed is None:
        return None
    found = due if field.proposed.due else _days_later(calendar, on, field.proposed.working_days)
    fits = found is not None and (found - on).days >= (field.min_days or 0)
    return found if fits and not (field.before_due and due and found and found > due) else None


def _days_later(calendar: Calendar, on: date, days: int) -> date:
    return add_term(calendar, on, days) if days else on


def _wanted(available: Sequence[Step], case: Case, duty: Duty, dated: DueDate, today: date) -> Iterator[Step]:
    taken = {step.step for step in case.steps}
    if dated.state == CLOSED:
        yield from (step for step in steps_after_close(duty) if step.key not in taken)
        return
    awaited = {waiting.until for waiting in dated.external_waits if waiting.until}
    yield from (step for step in available if step.key in awaited)
    if awaited:
        return
    blocked = blocked_by(duty, case.facts, taken)
    yield from (step for step in available if step.key in blocked.values())
    leading = {key for step in duty.steps if step.key in blocked.values() for key in step.prerequisites}
    yield from (step for step in available if step.key in leading - taken)
    yield from (step for step in available if step.requires_approval)
    yield from (step for step in available if step.key in duty.buttons)
    yield from (step for step in available if isinstance(step.effect, Fulfil | Renew))
    if dated.day and 0 <= working_days_left(dated.calendar, today, dated.day) <= EXTENSION_DAYS_LEFT:
        yield from (step for step in available if step.consent_steps and step.key not in taken)
    yield from (step for step in available if _asks_outside(step, case, taken, dated.calendar, today))


def _asks_outside(step: Step, case: Case, taken: set[str], calendar: Calendar, today: date) -> bool:
    """Whether a step asks somebody outside and was not taken; one with a term of its own only within that."""
    if not isinstance(step.effect, Wait) or isinstance(step.effect, Fulfil):
        return False
    if step.occasional or step.key in taken:
        return False
    if step.own_term and case.opening:
        return today <= add_term(calendar, case.opening.happened_on, step.own_term.days)
    return True
