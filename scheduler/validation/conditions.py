"""Whether a case keeps the conditions its kind declares (``config/declarations/conditions.py``)."""

from __future__ import annotations

from collections.abc import Iterator

from config.declarations.conditions import Condition
from scheduler.validation.case_history import CaseHistory, describe_fact
from scheduler.validation.fields import has_no_details
from scheduler.validation.violations import FieldMissing, NotPossible, Violation, violation
from storage.events.events import Closed, Opened, Record, Stepped


def condition_violations(bench: CaseHistory) -> Iterator[Violation]:
    """What a condition needs and is not there, and what it forbids and is."""
    opening = next((record for record in bench.timeline if isinstance(record, Opened)), None)
    if opening is None:
        return
    for condition in bench.duty.conditions:
        if condition.field and opening.facts.get(condition.field) in condition.values:
            yield from _missing_fields(bench, opening, condition)
            yield from _forbidden_facts(bench, 0, condition)
        for place, record in enumerate(bench.timeline):
            if condition.step and isinstance(record, Stepped) and record.step == condition.step:
                yield from _forbidden_facts(bench, place, condition)


def _missing_fields(bench: CaseHistory, opening: Opened, condition: Condition) -> Iterator[Violation]:
    for key in condition.needs:
        asked = bench.duty.field(key)
        if asked and not str(opening.facts.get(key, "")).strip() and not has_no_details(opening):
            words = {**describe_fact(opening, bench.duty), "article": condition.article}
            yield violation(FieldMissing, opening.happened_on, {**words, "field": key, "label": asked.label})


def _forbidden_facts(bench: CaseHistory, place: int, condition: Condition) -> Iterator[Violation]:
    for record in bench.timeline[place:]:
        if _fact_key(record) in condition.forbidden:
            words = {
                **describe_fact(record, bench.duty),
                "article": condition.article,
                "why": _condition_label(bench, condition),
            }
            yield violation(NotPossible, record.happened_on, words)


def _fact_key(record: Record) -> str:
    if isinstance(record, Stepped):
        return record.step
    return record.outcome if isinstance(record, Closed) else ""


def _condition_label(bench: CaseHistory, condition: Condition) -> str:
    """What stands against it, in the words of the declaration."""
    step, field = bench.duty.step(condition.step), bench.duty.field(condition.field)
    if step:
        return step.label
    return "、".join(field.choices.get(word, word) for word in condition.values) if field else ""
