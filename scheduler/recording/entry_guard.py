"""Checks, before anything is appended, what a transaction may not record whatever its cases say.

Two cases of one reference, a count of tomorrow, a decision in another's name, what a village may not decide about
itself, and what follows from an item and is entered nowhere. Whether a case is lawful is judged afterwards, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.declarations.duty import Duty, Step
from config.declarations.keys import CONSENT_EVIDENCE_FIELD
from config.errors import Refusal
from config.office.roles import are_village_roles
from config.reporting.registers import ACTIVITIES_BY_KEY, REGISTERS_BY_KEY
from scheduler.recording.context import RecordingContext
from scheduler.validation.violations import InFuture
from storage.events.events import Amended, Closed, Opened, Record, Stepped
from storage.events.office_events import ActivityHeld, Counted


class ReferenceTaken(Refusal):
    """“{reference}” is case {case} already. Look there first, or give this one another reference."""


class ForTheOffice(Refusal):
    """“{step}” is for the office to record, not for {post}. If it is due, ask the clerk: 催办."""


class DerivedStep(Refusal):
    """“{step}” is not entered here: it follows from an item of the village. Record it on the item."""


class DecisionAscribed(Refusal):
    """“{step}” is decided by {post}, who is asked by card. Recorded for them from paper, it names that paper."""


def require_admissible(context: RecordingContext) -> None:
    """Check the new facts by themselves.

    Raises ReferenceTaken, InFuture, DecisionAscribed, ForTheOffice or DerivedStep.
    """
    _refuse_taken_references(context)
    _refuse_future_dates(context)
    _refuse_ascribed_decisions(context)
    _refuse_office_steps(context)
    _refuse_derived_steps(context)


def _new_facts(context: RecordingContext) -> Iterator[Record]:
    """The facts this transaction adds, those that replace others included."""
    for item in context.new_events:
        record = item.record.right if isinstance(item.record, Amended) else item.record
        if record is not None:
            yield record


def _refuse_taken_references(context: RecordingContext) -> None:
    """ReferenceTaken where two cases of a kind would have one reference: they could not be told apart."""
    references: dict[str, dict[str, int]] = {}
    for record in _new_facts(context):
        if isinstance(record, Opened):
            first = references.setdefault(record.kind, {}).setdefault(record.reference, record.case)
            if first != record.case:
                raise ReferenceTaken(reference=record.reference, case=first)
    for kind, cases in references.items():
        for reference, case in context.index.find(kind, list(cases)).items():
            if case != cases[reference]:
                raise ReferenceTaken(reference=reference, case=case)


def _refuse_future_dates(context: RecordingContext) -> None:
    """InFuture where a count or an activity is dated after today. (The dates of a case are judged with it.)"""
    for record in _new_facts(context):
        if isinstance(record, Counted | ActivityHeld) and record.happened_on > context.today:
            known = REGISTERS_BY_KEY if isinstance(record, Counted) else ACTIVITIES_BY_KEY
            raise InFuture(step=known[record.matter].label, day=record.happened_on)


def _refuse_ascribed_decisions(context: RecordingContext) -> None:
    """DecisionAscribed where a step says somebody decided who does not record it, and names no paper for it."""
    acting = context.absences.acting_as(context.actor, context.today)
    added = [item.record for item in context.new_events]
    opened = {record.case: record.kind for record in added if isinstance(record, Opened)}
    for record in _new_facts(context):
        step = _declared_step(context, record, opened) if isinstance(record, Stepped) else None
        if step is None or not isinstance(record, Stepped) or record.facts.get(CONSENT_EVIDENCE_FIELD):
            continue
        named = {str(record.facts.get(each.key, "")) for each in step.fields if each.consent} - {"", *acting}
        if named:
            posts = "、".join(context.office.post_of(person) for person in sorted(named))
            raise DecisionAscribed(step=step.label, post=posts)


def _declared_step(context: RecordingContext, record: Stepped, opened: Mapping[int, str]) -> Step | None:
    """The declaration of a step, also of a case ``opened`` in this transaction, whose kind stands there."""
    duty = context.duty_of(context.case(record.case)) or context.index.duties.get(opened.get(record.case, ""))
    return duty.step(record.step) if duty else None


def _refuse_office_steps(context: RecordingContext) -> None:
    """ForTheOffice where somebody who holds only roles of a village records what the office decides about it."""
    if not _acts_for_village_only(context):
        return
    for record in _new_facts(context):
        if isinstance(record, Stepped | Closed):
            duty = context.duty_of(context.case(record.case))
            label = _office_decision(duty, record) if duty else ""
            if label:
                raise ForTheOffice(step=label, post=context.office.post_of(context.actor))


def _refuse_derived_steps(context: RecordingContext) -> None:
    """DerivedStep where a step is recorded that a case has by the cases it counts, and by nothing else."""
    for record in _new_facts(context):
        duty = context.duty_of(context.case(record.case)) if isinstance(record, Stepped) else None
        if isinstance(record, Stepped) and duty and duty.parts and record.step in duty.parts.derived_steps:
            step = duty.step(record.step)
            raise DerivedStep(step=step.label if step else record.step)


def _acts_for_village_only(context: RecordingContext) -> bool:
    """Whether the actor, and everybody they stand in for today, holds only roles of a village."""
    people = context.absences.acting_as(context.actor, context.today)
    roles = {role for person in people for role in context.office.roles_of(person)}
    return are_village_roles(roles)


def _office_decision(duty: Duty, record: Stepped | Closed) -> str:
    """The label of what the office alone may record; empty for what a village may."""
    if isinstance(record, Closed):
        outcome = duty.outcome(record.outcome)
        if outcome and outcome.open_to_villages:
            return ""
        return outcome.label if outcome else record.outcome
    step = duty.step(record.step)
    return step.label if step and step.office_only else ""
