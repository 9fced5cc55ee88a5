"""Whether a case keeps the conditions its kind declares (``config/declarations/conditions.py``)."""

from __future__ import annotations

from collections.abc import Iterator

from config.declarations.conditions import Condition
from scheduler.validation.case_history import Bench, about
from scheduler.validation.fields import is_bare
from scheduler.validation.violations import FieldMissing, NotPossible, Objection, objection
from storage.events.events import Closed, Opened, Record, Stepped


def conditions(bench: Bench) -> Iterator[Objection]:
    """What a condition needs and is not there, and what it forbids and is."""
    opening = next((record for record in bench.story if isinstance(record, Opened)), None)
    if opening is None:
        return
    for condition in bench.duty.conditions:
        if condition.field and opening.facts.get(condition.field) in condition.among:
            yield from _needed(bench, opening, condition)
            yield from _forbidden(bench, 0, condition)
        for place, record in enumerate(bench.story):
            if condition.step and isinstance(record, Stepped) and record.step == condition.step:
                yield from _forbidden(bench, place, condition)


def _needed(bench: Bench, opening: Opened, condition: Condition) -> Iterator[Objection]:
    for key in condition.needs:
        asked = bench.duty.field(key)
        if asked and not str(opening.facts.get(key, "")).strip() and not is_bare(opening):
            words = {**about(opening, bench.duty), "article": condition.article}
            yield objection(FieldMissing, opening.happened_on, {**words, "field": key, "label": asked.label})


def _forbidden(bench: Bench, place: int, condition: Condition) -> Iterator[Objection]:
    for record in bench.story[place:]:
        if _key(record) in condition.never:
            words = {**about(record, bench.duty), "article": condition.article, "why": _why(bench, condition)}
            yield objection(NotPossible, record.happened_on, words)


def _key(record: Record) -> str:
    if isinstance(record, Stepped):
        return record.step
    return record.outcome if isinstance(record, Closed) else ""


def _why(bench: Bench, condition: Condition) -> str:
    """What stands against it, in the words of the declaration."""
    step, field = bench.duty.step(condition.step), bench.duty.field(condition.field)
    if step:
        return step.label
    return "、".join(field.choices.get(word, word) for word in condition.among) if field else ""
