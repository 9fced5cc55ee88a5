"""What a story is judged on: its facts in order, what it is judged by, and whom it has asked.

Shared by the judgements in ``legality`` and ``answers``; it judges nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import CaseOutcome, Duty, Reopen, Step, Wait
from scheduler.terms.deadlines import CLOSED, due_date
from scheduler.terms.explanation import ExternalWait
from scheduler.terms.term_replay import external_wait
from scheduler.validation.fields import RoleLookup
from storage.events.events import Closed, Record, Stepped

MessageFields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingQuestion:
    """A wait that was begun, whether or not it came in time to stop the term."""

    record: Stepped
    step: Step
    effect: Wait
    waiting: ExternalWait

    @property
    def party(self) -> str:
        """Whoever was asked, or what they were asked."""
        return self.waiting.pair or self.step.label

    def is_same_question(self, other: PendingQuestion) -> bool:
        """Whether the same one was asked the same thing."""
        return (self.step.key, self.waiting.pair) == (other.step.key, other.waiting.pair)

    def answered_by(self, record: Stepped) -> bool:
        """Whether this step is its answer."""
        pair = str(record.facts.get(self.effect.pair, ""))
        return (self.waiting.until, self.waiting.pair) == (record.step, pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """The story in the order of its days, and what it is judged by."""

    duty: Duty
    timeline: Sequence[Record]
    calendar: Calendar
    today: date
    roles: RoleLookup

    def steps(self) -> Iterator[tuple[Sequence[Record], Stepped, Step]]:
        """Each known step, with everything before it."""
        for place, record in enumerate(self.timeline):
            if isinstance(record, Stepped) and (step := self.duty.step(record.step)):
                yield self.timeline[:place], record, step

    def due_day(self, before: Sequence[Record]) -> date | None:
        """The date the case had after these facts; None while it waits or is closed."""
        found = due_date(before, self.duty, self.calendar)
        return None if found.state == CLOSED else found.day

    def question_of(self, record: Record) -> PendingQuestion | None:
        """The wait a fact begins."""
        step = self.duty.step(record.step) if isinstance(record, Stepped) else None
        if step is None or not isinstance(record, Stepped) or not isinstance(step.effect, Wait):
            return None
        if not step.effect.until:
            return None  # only the close ends it: nobody was asked
        waiting = external_wait(step, step.effect, record, self.calendar)
        return PendingQuestion(record=record, step=step, effect=step.effect, waiting=waiting)

    def unanswered_questions(self, before: Iterable[Record]) -> list[PendingQuestion]:
        """Who was asked and has not answered yet. A case taken up again waits for nobody."""
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
    """What every sentence about a fact says: its name, its article, its day."""
    found: Step | CaseOutcome | None = None
    if isinstance(record, Stepped):
        found = duty.step(record.step)
    elif isinstance(record, Closed):
        found = duty.outcome(record.outcome)
    if found is None:
        return {"name": duty.kind, "step": duty.label, "article": duty.article, "day": record.happened_on}
    return {"name": found.key, "step": found.label, "article": found.article, "day": record.happened_on}


def describe_options(known: Iterable[Step | CaseOutcome]) -> MessageFields:
    """What may be chosen, as it is written and as it is called."""
    pairs = [(each.key, each.label) for each in known]
    return {
        "known": ", ".join(key for key, _ in pairs),
        "known_labels": "、".join(label for _, label in pairs),
    }
