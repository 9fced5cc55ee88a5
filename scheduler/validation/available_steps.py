"""What may be done with a case now: its declared steps, without those that cannot be taken at this point.

An offer is a courtesy and no right: the desk judges what is said all the same. A step that was taken earlier
and is only now entered is judged on its own day, so it can be recorded without having been offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.declarations.duty import Reopen, Step, Wait
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.validation.case_history import CaseHistory
from storage.events.events import Stepped


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableStep:
    """A step that may be taken. As an answer it has in ``pair`` the field that says whose, of ``whom``."""

    step: Step
    pair: str = ""
    parties: tuple[str, ...] = ()


def is_closed(bench: CaseHistory) -> bool:
    """Whether nothing but what follows a close can happen."""
    return due_date(bench.timeline, bench.duty, bench.calendar).state == CLOSED


def available_steps(bench: CaseHistory, *, late: bool = False) -> Iterator[AvailableStep]:
    """The steps that may be taken now; ``late``: all, for what happened earlier and is entered only now."""
    steps = bench.duty.steps
    answers = {step.effect.until for step in steps if isinstance(step.effect, Wait)}
    taken = {record.step for record in bench.timeline if isinstance(record, Stepped)}
    closed = is_closed(bench)
    waited = bench.unanswered_questions(bench.timeline)
    for step in steps:
        if not step.standalone:
            continue
        asked = [each for each in waited if each.waiting.until == step.key]
        due_to_come = bool(asked) or step.key not in answers
        if late or (due_to_come and _is_possible(step, taken, closed=closed)):
            pair = asked[0].effect.pair if asked else ""
            yield AvailableStep(step=step, pair=pair, parties=tuple(each.party for each in asked))


def _is_possible(step: Step, taken: set[str], *, closed: bool) -> bool:
    fits = step.after_close if closed else not isinstance(step.effect, Reopen)
    if not fits or (step.once and step.key in taken):
        return False
    return not step.prerequisites or bool(taken & set(step.prerequisites))
