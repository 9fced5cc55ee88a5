"""Validates all facts of a case together: what the law or the declaration of its kind does not allow, by article.

The facts are checked in the order of their days, so that a late entry or a correction is checked like any other
fact. Lateness alone is no violation; it is only shown (``deadlines``). A violation is a fact that cannot be one of
this case: out of order, twice, without what it requires, or an act of the office after the term was over.

A case may be closed while someone is waited for: an applicant withdraws, a fee is waived, a request is answered
after all. The exception is an outcome that decides on disclosure about which somebody was asked: their opinion or
their silence comes first (32, 34), recorded by a person.

Facts without details (from a paper register or the calculator) are only checked for what can have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.terms import Extend, Fulfil, NextTerm, Reopen, SetDate
from scheduler.terms.deadlines import chronological
from scheduler.validation.case_history import CaseHistory, describe_fact, describe_options
from scheduler.validation.conditions import condition_violations
from scheduler.validation.consultations import (
    answers_without_question,
    outcome_requirements,
    repeated_questions,
    silence_violations,
)
from scheduler.validation.fields import RoleLookup, declared_fields, field_violations
from scheduler.validation.violations import (
    AfterClose,
    BeforeOpening,
    DateNotLater,
    ExtendedTooLong,
    InFuture,
    NoOpening,
    NotClosed,
    OnlyOnce,
    OutOfOrder,
    SecondOpening,
    StaysLonger,
    TermOver,
    UnknownOutcome,
    UnknownStep,
    Violation,
    violation,
)
from storage.events.case import date_field, int_field
from storage.events.events import Closed, Opened, Record, Stepped


def violations(
    duty: Duty, story: Sequence[Record], calendar: Calendar, *, today: date, roles: RoleLookup
) -> list[Violation]:
    """Return every violation in the facts of a case; none where all facts were struck out."""
    if not story:
        return []
    ordered = chronological(story, duty)
    history = CaseHistory(duty=duty, timeline=ordered, calendar=calendar, today=today, roles=roles)
    return [found for check in _CHECKS for found in check(history)]


def _opening_violations(history: CaseHistory) -> Iterator[Violation]:
    openings = [record for record in history.timeline if isinstance(record, Opened)]
    if not openings:
        yield violation(
            NoOpening, history.timeline[0].happened_on, describe_fact(history.timeline[0], history.duty)
        )
    for second in openings[1:]:
        words = {**describe_fact(second, history.duty), "opened_on": openings[0].happened_on}
        yield violation(SecondOpening, second.happened_on, words)


def _unknown_key_violations(history: CaseHistory) -> Iterator[Violation]:
    duty = history.duty
    for record in history.timeline:
        words = {**describe_fact(record, duty), "kind": duty.kind, "duty": duty.label}
        if isinstance(record, Stepped) and duty.step(record.step) is None:
            named = {**words, "found": record.step, **describe_options(duty.steps)}
            yield violation(UnknownStep, record.happened_on, named)
        elif isinstance(record, Closed) and duty.outcome(record.outcome) is None:
            named = {**words, "found": record.outcome, **describe_options(duty.outcomes)}
            yield violation(UnknownOutcome, record.happened_on, named)


def _field_violations(history: CaseHistory) -> Iterator[Violation]:
    for record in history.timeline:
        yield from field_violations(record, history.duty, history.roles)


def _date_violations(history: CaseHistory) -> Iterator[Violation]:
    opened_on = next((record.happened_on for record in history.timeline if isinstance(record, Opened)), None)
    for record in history.timeline:
        words = describe_fact(record, history.duty)
        if record.happened_on > history.today:
            yield violation(InFuture, record.happened_on, words)
        yield from _future_field_violations(history, record)
        if opened_on and record.happened_on < opened_on:
            yield violation(BeforeOpening, record.happened_on, {**words, "opened_on": opened_on})


def _future_field_violations(history: CaseHistory, record: Record) -> Iterator[Violation]:
    for asked in declared_fields(record, history.duty):
        day = (
            date_field(record.facts, asked.key)
            if isinstance(record, Opened | Stepped) and asked.past_only
            else None
        )
        if day and day > history.today:
            words = {**describe_fact(record, history.duty), "step": asked.label, "day": day}
            yield violation(InFuture, record.happened_on, words)


def _closing_violations(history: CaseHistory) -> Iterator[Violation]:
    closed_on: date | None = None
    possible = describe_options(step for step in history.duty.steps if step.after_close)
    possible = {key: names or "—" for key, names in possible.items()}
    for record in history.timeline:
        step = history.duty.step(record.step) if isinstance(record, Stepped) else None
        words = describe_fact(record, history.duty)
        if step and isinstance(step.effect, Reopen):
            if closed_on is None:
                yield violation(NotClosed, record.happened_on, words)
            closed_on = None
        elif closed_on and not (step and step.after_close):
            yield violation(AfterClose, record.happened_on, {**words, **possible, "closed_on": closed_on})
        elif isinstance(record, Closed):
            closed_on = record.happened_on


def _order_violations(history: CaseHistory) -> Iterator[Violation]:
    for before, record, step in history.steps():
        taken = [earlier for earlier in before if isinstance(earlier, Stepped)]
        words = describe_fact(record, history.duty)
        if step.prerequisites and not {earlier.step for earlier in taken} & set(step.prerequisites):
            wanted = describe_options(
                found for key in step.prerequisites if (found := history.duty.step(key))
            )
            yield violation(OutOfOrder, record.happened_on, words | wanted)
        first = next((earlier.happened_on for earlier in taken if earlier.step == step.key), None)
        if step.once and first:
            yield violation(OnlyOnce, record.happened_on, {**words, "first": first})


def _term_violations(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation for each act of the office that is possible only before the due day and came later."""
    for before, record, step in history.steps():
        if isinstance(step.effect, Fulfil):
            yield from _ended_too_soon(history, before, record)
        days = [record.happened_on] if step.refused_when_late else []
        days += [
            day for asked in step.fields if asked.before_due and (day := date_field(record.facts, asked.key))
        ]
        if not days and not isinstance(step.effect, SetDate):
            continue
        due_day = history.due_day(before)
        if due_day and days and max(days) > due_day:
            words = {**describe_fact(record, history.duty), "day": max(days), "due": due_day}
            yield violation(TermOver, record.happened_on, words)
        elif due_day and isinstance(step.effect, SetDate):
            yield from _set_date_violations(history, record, step.effect, due_day)


def _ended_too_soon(history: CaseHistory, before: Sequence[Record], record: Stepped) -> Iterator[Violation]:
    """Yield a violation where something is ended that must stay for longer (``Term.minimum``)."""
    opening = next((fact for fact in before if isinstance(fact, Opened)), None)
    term = history.duty.term_for(opening.facts, opening.happened_on) if opening else None
    due_day = history.due_day(before) if term and term.minimum else None
    if term and due_day and record.happened_on < due_day:
        words = {**describe_fact(record, history.duty), "due": due_day, "article": term.article}
        yield violation(StaysLonger, record.happened_on, words)


def _next_term_violations(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation for each day that is written in place of one that is not earlier."""
    for before, record, step in history.steps():
        for field in step.effect.settled if isinstance(step.effect, NextTerm) else ():
            facts = [fact.facts for fact in before if isinstance(fact, Opened | Stepped)]
            known = [day for each in facts if (day := date_field(each, field))]
            found = date_field(record.facts, field)
            if known and found and found <= known[-1]:
                words = {**describe_fact(record, history.duty), "found": found, "due": known[-1]}
                yield violation(DateNotLater, record.happened_on, words)


def _set_date_violations(
    history: CaseHistory, record: Stepped, effect: SetDate, due_day: date
) -> Iterator[Violation]:
    found = date_field(record.facts, effect.until)
    if found and found <= due_day:
        words = {**describe_fact(record, history.duty), "found": found, "due": due_day}
        yield violation(DateNotLater, record.happened_on, words)


def _extension_violations(history: CaseHistory) -> Iterator[Violation]:
    """Check that all extensions and one that is asked for stay within the limit, whatever term they came in."""
    granted = 0
    for _before, record, step in history.steps():
        # What is asked for is judged as if it were granted: whoever decides could not mend it.
        asked_for = history.duty.step(step.consent_steps[0]) if step.consent_steps else None
        effect = asked_for.effect if asked_for else step.effect
        if not isinstance(effect, Extend):
            continue
        total = granted + int_field(record.facts, effect.days)
        if total > effect.max_days:
            sums = {"most": effect.max_days, "total": total, "left": max(0, effect.max_days - granted)}
            yield violation(ExtendedTooLong, record.happened_on, describe_fact(record, history.duty) | sums)
        granted = granted if asked_for else total


_CHECKS: tuple[Callable[[CaseHistory], Iterator[Violation]], ...] = (
    _opening_violations,
    _unknown_key_violations,
    _date_violations,
    _closing_violations,
    _order_violations,
    answers_without_question,
    repeated_questions,
    _term_violations,
    _next_term_violations,
    _extension_violations,
    _field_violations,
    silence_violations,
    outcome_requirements,
    condition_violations,
)
