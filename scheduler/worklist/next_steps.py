"""Lists the steps that may be taken on a case, chooses the few that make sense now, and proposes their days.

The choice follows from what the case waits for and from the effects its kind declares; every other step stays
possible. All of this advises people and permits nothing: the recorder judges each act. A step that was taken earlier
and is entered only now is checked as of its own day, so it can be recorded without being in the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, Field, Step
from config.declarations.terms import Fulfil, Renew, Reopen, Wait
from config.office.model import Office
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.terms.deadlines import CLOSED, DueDate, due_date
from scheduler.terms.term_days import add_term, working_days_left
from scheduler.validation.case_history import CaseHistory
from scheduler.validation.conditions import blocked_by
from scheduler.worklist.case_stages import steps_after_close
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind
from storage.events.events import Opened, Stepped

MAX_NEXT_STEPS = 3
EXTENSION_DAYS_LEFT = 5
"""From so many working days before its last day on, an extension is proposed [practice]."""


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


def steps_now(history: CaseHistory, case: Case, dated: DueDate, office: Office) -> tuple[str, ...]:
    """Return the keys of the steps to be taken next as the case and its text stand: what its page offers first."""
    duty, published = history.duty, is_published(case, history.duty)
    state = approval_state_of_case(office, case, duty) if chain_kind(case, duty) else None
    possible = [
        one.step for one in available_steps(history) if _fits_text(one.step, state, published=published)
    ]
    return next_steps(possible, case, duty, dated, history.today)


def _fits_text(step: Step, state: ApprovalState | None, *, published: bool) -> bool:
    """Whether a step makes sense where the case's text stands: it goes out once it is signed, and not before.

    While it is being signed or is signed nobody outside is asked any more, unless it comes back.
    """
    if state is None or step.after_close:
        return True
    if published:
        return not step.requires_approval
    if state.complete:
        return step.requires_approval
    return not state.stage and not step.requires_approval


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


def _is_possible(step: Step, taken: set[str], *, closed: bool) -> bool:
    fits = step.after_close if closed else not isinstance(step.effect, Reopen)
    if not fits or (step.once and step.key in taken):
        return False
    return not step.prerequisites or bool(taken & set(step.prerequisites))


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
