"""Lists the declared steps that may be taken on a case now.

The list only helps people choose: every step is still checked when it is recorded. A step that was taken earlier
and is entered only now is checked as of its own day, so it can be recorded without being in the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.declarations.duty import Step
from config.declarations.terms import Reopen, Wait
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.validation.case_history import CaseHistory
from scheduler.validation.conditions import blocked_by
from storage.events.events import Opened, Stepped


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableStep:
    """A step that may be taken.

    If it is an answer, ``pair`` is the field that names who answers, one of ``parties``.
    """

    step: Step
    pair: str = ""
    parties: tuple[str, ...] = ()


def is_closed(history: CaseHistory) -> bool:
    """Whether the case is closed, so that only steps after the close are possible."""
    return due_date(history.timeline, history.duty, history.calendar).state == CLOSED


def available_steps(history: CaseHistory, *, late: bool = False) -> Iterator[AvailableStep]:
    """Yield the steps that may be taken now; with ``late``, all of them, for a step that was taken earlier."""
    steps = history.duty.steps
    answers = {step.effect.until for step in steps if isinstance(step.effect, Wait)}
    taken = {record.step for record in history.timeline if isinstance(record, Stepped)}
    opening = next((record for record in history.timeline if isinstance(record, Opened)), None)
    blocked = blocked_by(history.duty, opening.facts if opening else {}, taken)
    closed = is_closed(history)
    questions = history.unanswered_questions(history.timeline)
    for step in steps:
        if not step.standalone or (step.key in blocked and not late):
            continue
        answered = [each for each in questions if each.waiting.until == step.key]
        expected = bool(answered) or step.key not in answers
        if late or (expected and _is_possible(step, taken, closed=closed)):
            pair = answered[0].effect.pair if answered else ""
            yield AvailableStep(step=step, pair=pair, parties=tuple(each.party for each in answered))


def _is_possible(step: Step, taken: set[str], *, closed: bool) -> bool:
    fits = step.after_close if closed else not isinstance(step.effect, Reopen)
    if not fits or (step.once and step.key in taken):
        return False
    return not step.prerequisites or bool(taken & set(step.prerequisites))
