"""The ordered facts of a case, its calendar and roles: the input of validation.

``validator`` and ``consultations`` share it; it checks nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import CaseOutcome, Duty, Step
from config.declarations.terms import Reopen, Wait
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.terms.explanation import ExternalWait
from scheduler.terms.term_days import external_wait
from scheduler.validation.fields import RoleLookup
from storage.events.events import Closed, Record, Stepped

MessageFields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingQuestion:
    """A step that asks somebody and waits for the answer, whether or not it came in time to stop the term."""

    record: Stepped
    step: Step
    effect: Wait
    waiting: ExternalWait

    @property
    def party(self) -> str:
        """Who was asked; the label of the step where no field names them."""
        return self.waiting.pair or self.step.label

    def is_same_question(self, other: PendingQuestion) -> bool:
        """Whether the same party was asked by the same step."""
        return (self.step.key, self.waiting.pair) == (other.step.key, other.waiting.pair)

    def answered_by(self, record: Stepped) -> bool:
        """Whether this step is its answer."""
        pair = str(record.facts.get(self.effect.pair, ""))
        return (self.waiting.until, self.waiting.pair) == (record.step, pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """The facts of a case in the order of their days, with the duty, calendar, day and roles they are checked by."""

    duty: Duty
    timeline: Sequence[Record]
    calendar: Calendar
    today: date
    roles: RoleLookup

    def steps(self) -> Iterator[tuple[Sequence[Record], Stepped, Step]]:
        """Yield each known step with its record and all facts before it."""
        for place, record in enumerate(self.timeline):
            if isinstance(record, Stepped) and (step := self.duty.step(record.step)):
                yield self.timeline[:place], record, step

    def due_day(self, before: Sequence[Record]) -> date | None:
        """Return the due day after the facts ``before``; None while the case waits or is closed."""
        found = due_date(before, self.duty, self.calendar)
        return None if found.state == CLOSED else found.day

    def question_of(self, record: Record) -> PendingQuestion | None:
        """Return the question that a fact asks; None where it asks nobody."""
        step = self.duty.step(record.step) if isinstance(record, Stepped) else None
        if step is None or not isinstance(record, Stepped) or not isinstance(step.effect, Wait):
            return None
        if not step.effect.until:
            return None  # only the close ends it: nobody was asked
        waiting = external_wait(step, step.effect, record, self.calendar)
        return PendingQuestion(record=record, step=step, effect=step.effect, waiting=waiting)

    def unanswered_questions(self, before: Iterable[Record]) -> list[PendingQuestion]:
        """Return the questions of ``before`` that have no answer yet; reopening a case ends all of them."""
        found: list[PendingQuestion] = []
        for record in before:
            asked = self.question_of(record)
            if asked:
                found.append(asked)
            elif isinstance(record, Stepped):
                answered = next((each for each in found if each.answered_by(record)), None)
                found = [each for each in found if each is not answered]
                step = self.duty.step(record.step)
                found = [] if step and isinstance(step.effect, Reopen) else found
        return found


def describe_fact(record: Record, duty: Duty) -> MessageFields:
    """Return the fields that every message about a fact needs: its key, label, article and day."""
    found: Step | CaseOutcome | None = None
    if isinstance(record, Stepped):
        found = duty.step(record.step)
    elif isinstance(record, Closed):
        found = duty.outcome(record.outcome)
    if found is None:
        return {"name": duty.kind, "step": duty.label, "article": duty.article, "day": record.happened_on}
    return {"name": found.key, "step": found.label, "article": found.article, "day": record.happened_on}


def describe_options(known: Iterable[Step | CaseOutcome]) -> MessageFields:
    """Return the fields that name the allowed options: ``known`` the keys, ``known_labels`` the labels."""
    pairs = [(each.key, each.label) for each in known]
    return {
        "known": ", ".join(key for key, _ in pairs),
        "known_labels": "、".join(label for _, label in pairs),
    }
