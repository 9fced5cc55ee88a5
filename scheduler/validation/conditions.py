"""Checks that a case meets the conditions its kind declares (``config/declarations/requirements.py``)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from config.declarations.duty import Duty
from config.declarations.requirements import Condition
from scheduler.validation.case_history import CaseHistory, describe_fact, describe_options
from scheduler.validation.fields import has_no_details
from scheduler.validation.violations import FieldMissing, NotPossible, OutOfOrder, Violation, violation
from storage.events.events import Closed, Facts, Opened, Record, Stepped


def condition_violations(history: CaseHistory) -> Iterator[Violation]:
    """Yield each field that a condition needs and is missing, and each fact that it forbids."""
    opening = next((record for record in history.timeline if isinstance(record, Opened)), None)
    if opening is None:
        return
    for condition in history.duty.conditions:
        if condition.holds(opening.facts):
            yield from _missing_fields(history, opening, condition)
            yield from _forbidden_facts(history, 0, condition)
            yield from _too_early_facts(history, condition)
        for place, record in enumerate(history.timeline):
            if _is_step_of(record, condition):
                yield from _forbidden_facts(history, place, condition)
                yield from _missing_step(history, place, condition)


def _is_step_of(record: Record, condition: Condition) -> bool:
    named = isinstance(record, Stepped) and bool(condition.step) and record.step == condition.step
    return named and condition.facts.items() <= getattr(record, "facts", {}).items()


def _is_again(record: Record, condition: Condition) -> bool:
    return isinstance(record, Stepped) and record.step == condition.step


def _missing_fields(history: CaseHistory, opening: Opened, condition: Condition) -> Iterator[Violation]:
    for key in condition.needs:
        asked = history.duty.field(key)
        if asked and not str(opening.facts.get(key, "")).strip() and not has_no_details(opening):
            words = {**describe_fact(opening, history.duty), "article": condition.article}
            yield violation(FieldMissing, opening.happened_on, {**words, "field": key, "label": asked.label})


def _forbidden_facts(history: CaseHistory, place: int, condition: Condition) -> Iterator[Violation]:
    for record in history.timeline[place:]:
        if condition.until_next and record is not history.timeline[place] and _is_again(record, condition):
            return
        if _fact_key(record) in condition.forbidden:
            words = {
                **describe_fact(record, history.duty),
                "article": condition.article,
                "why": _condition_label(history, condition),
            }
            yield violation(NotPossible, record.happened_on, words)


def _too_early_facts(history: CaseHistory, condition: Condition) -> Iterator[Violation]:
    taken: set[str] = set()
    for record in history.timeline:
        needed = history.duty.step(condition.before.get(_fact_key(record), ""))
        if needed and needed.key not in taken and not has_no_details(record):
            words = {**describe_fact(record, history.duty), **describe_options((needed,))}
            yield violation(OutOfOrder, record.happened_on, {**words, "article": condition.article})
        taken.add(_fact_key(record))


def _missing_step(history: CaseHistory, place: int, condition: Condition) -> Iterator[Violation]:
    needed, record = history.duty.step(condition.after), history.timeline[place]
    if needed and needed.key not in map(_fact_key, history.timeline[:place]):
        words = {**describe_fact(record, history.duty), **describe_options((needed,))}
        yield violation(OutOfOrder, record.happened_on, {**words, "article": condition.article})


def blocked_by(duty: Duty, opening: Facts, taken: Collection[str]) -> Mapping[str, str]:
    """The steps and outcomes that cannot be yet for want of another step, and that step."""
    return {
        key: needed
        for condition in duty.conditions
        if condition.holds(opening)
        for key, needed in condition.before.items()
        if needed not in taken
    }


def _fact_key(record: Record) -> str:
    if isinstance(record, Stepped):
        return record.step
    return record.outcome if isinstance(record, Closed) else ""


def _condition_label(history: CaseHistory, condition: Condition) -> str:
    """Return the label of the step, with what it said, or of the choice that forbids the fact."""
    step, field = history.duty.step(condition.step), history.duty.field(condition.field)
    if step:
        asked = {one.key: one for one in step.fields}
        said = [
            f"{asked[key].label}{asked[key].choices.get(value, value)}"
            for key, value in condition.facts.items()
            if key in asked
        ]
        return "：".join((step.label, *said))
    return "、".join(field.choices.get(word, word) for word in condition.values) if field else ""
