"""Checks facts that rest on the answer, or the silence, of somebody outside the office.

Whoever is asked has time to answer. An outcome that rests on their silence (an overdue correction, an unpaid fee)
is possible only when that time has passed; an outcome about which they were asked waits for their answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from config.declarations.duty import CaseOutcome, Step
from config.declarations.requirements import OutcomeRequirement, RequiredNotice
from config.declarations.terms import Resume, Wait
from scheduler.validation.case_history import CaseHistory, PendingQuestion, describe_fact, describe_options
from scheduler.validation.fields import has_no_details
from scheduler.validation.violations import (
    AnsweredInTime,
    NothingAwaited,
    NotSettled,
    NotTold,
    OtherSilence,
    StepsMissing,
    StillAwaited,
    TooSoon,
    Violation,
    violation,
)
from storage.events.events import Closed, Record, Stepped


def answers_without_question(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation for each answer of somebody who was not asked, or had answered already."""
    pairs = {
        step.effect.until: step.effect.pair for step in history.duty.steps if isinstance(step.effect, Wait)
    }
    for before, record, step in history.steps():
        ever_asked = {earlier.step for earlier in before if isinstance(earlier, Stepped)} & set(
            step.prerequisites
        )
        if step.key not in pairs or not ever_asked:
            continue  # with nothing asked at all it is out of order, which is said elsewhere
        waited = history.unanswered_questions(before)
        if not any(asked.answered_by(record) for asked in waited):
            whom = str(record.facts.get(pairs[step.key], "")) or "—"
            known = "、".join(asked.party for asked in waited) or "—"
            words = {**describe_fact(record, history.duty), "pair": whom, "known": known}
            yield violation(NothingAwaited, record.happened_on, words)


def repeated_questions(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation where a party is asked again before it answered.

    It is checked at the end of the day, because the order within a day is not recorded.
    """
    for _before, record, step in history.steps():
        if not isinstance(step.effect, Wait) or not step.effect.until or has_no_details(record):
            continue  # what only the close ends asks nobody
        upto = [earlier for earlier in history.timeline if earlier.happened_on <= record.happened_on]
        waited = history.unanswered_questions(upto)
        own = next((asked for asked in waited if asked.record is record), None)
        same = [asked for asked in waited if own and asked.is_same_question(own)]
        if len(same) > 1 and same[-1].record is record:
            words = {**describe_fact(record, history.duty), **_question_fields(history, same[0])}
            yield violation(StillAwaited, record.happened_on, words)


def _question_fields(history: CaseHistory, asked: PendingQuestion) -> dict[str, object]:
    until = history.duty.step(asked.waiting.until)
    return {
        "pair": asked.party,
        "first": asked.record.happened_on,
        "until": asked.waiting.until,
        "until_label": until.label if until else "",
    }


def silence_violations(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation where a silence is recorded too early, or with another meaning than the law gives it."""
    for before, record, step in history.steps():
        effect = step.effect
        if not isinstance(effect, Resume) or record.facts.get(effect.opinion) not in effect.silence.values():
            continue
        asked = next(
            (each for each in history.unanswered_questions(before) if each.answered_by(record)), None
        )
        if asked is not None:
            yield from _check_silence(history, record, step, effect, asked)


def _check_silence(
    history: CaseHistory, record: Stepped, step: Step, effect: Resume, asked: PendingQuestion
) -> Iterator[Violation]:
    party = str(asked.record.facts.get(asked.effect.limit.by, ""))
    meaning = effect.silence.get(party, "")
    words = {**describe_fact(record, history.duty), "article": asked.waiting.article, "pair": asked.party}
    if record.facts[effect.opinion] != meaning:
        named = {"party": party, "known": meaning, **_silence_labels(asked, step, effect, meaning)}
        yield violation(OtherSilence, record.happened_on, words | named)
    elif asked.waiting.limit and record.happened_on <= asked.waiting.limit:
        yield violation(TooSoon, record.happened_on, {**words, "limit": asked.waiting.limit})


def _silence_labels(asked: PendingQuestion, step: Step, effect: Resume, meaning: str) -> dict[str, object]:
    parties = next((field.choices for field in asked.step.fields if field.key == asked.effect.limit.by), {})
    words = next((field.choices for field in step.fields if field.key == effect.opinion), {})
    party = str(asked.record.facts.get(asked.effect.limit.by, ""))
    return {"party_label": parties.get(party, party), "known_labels": words.get(meaning, meaning)}


def outcome_requirements(history: CaseHistory) -> Iterator[Violation]:
    """Yield a violation for each outcome or step whose requirements the steps before it do not meet."""
    for before, taken, step in history.steps():
        for notice in step.notices:
            yield from _missing_notices(history, before, taken, notice)
    for place, record in enumerate(history.timeline):
        outcome = history.duty.outcome(record.outcome) if isinstance(record, Closed) else None
        if outcome is None or has_no_details(record):
            continue
        before = history.timeline[:place]
        for need in outcome.needs:
            yield from _unmet_requirements(history, before, record, need)
        yield from _unsettled_questions(history, before, record, outcome)
        for notice in outcome.notices:
            yield from _missing_notices(history, before, record, notice)


def _missing_notices(
    history: CaseHistory, before: Sequence[Record], record: Record, notice: RequiredNotice
) -> Iterator[Violation]:
    """Yield a violation for each party whose answer calls for a notice that it has not had by the end of the day."""
    by_then = [fact for fact in history.timeline if fact.happened_on <= record.happened_on]
    told = {_party(step, notice) for step in _recorded(by_then, notice.step, {})}
    asked = {_party(step, notice) for step in _recorded(before, notice.question, notice.question_facts)}
    for answer in _recorded(before, notice.answer, notice.answer_facts):
        party = _party(answer, notice)
        if party in asked - told:
            step = history.duty.step(notice.step)
            words = {**describe_fact(record, history.duty), **describe_options([step] if step else [])}
            named = {"pair": party, "first": answer.happened_on, "article": notice.article}
            yield violation(NotTold, record.happened_on, words | named)


def _recorded(before: Sequence[Record], step: str, facts: Mapping[str, str]) -> Iterator[Stepped]:
    for record in before:
        if isinstance(record, Stepped) and record.step == step and facts.items() <= record.facts.items():
            yield record


def _party(record: Stepped, notice: RequiredNotice) -> str:
    return str(record.facts.get(notice.pair, ""))


def _unmet_requirements(
    history: CaseHistory, before: Sequence[Record], record: Record, need: OutcomeRequirement
) -> Iterator[Violation]:
    words = describe_fact(record, history.duty)
    taken = [step for step in before if isinstance(step, Stepped) and step.step in need.steps]
    if not taken:
        known = describe_options(step for key in need.steps if (step := history.duty.step(key)))
        yield violation(StepsMissing, record.happened_on, words | known)
    elif need.unanswered and (asked := history.question_of(taken[-1])):
        answer = _timely_answer_day(before, asked)
        if answer:
            named = {**_question_fields(history, asked), "first": answer}
            yield violation(AnsweredInTime, record.happened_on, words | named)
        elif asked.waiting.limit and record.happened_on <= asked.waiting.limit:
            yield violation(TooSoon, record.happened_on, {**words, "limit": asked.waiting.limit})


def _timely_answer_day(before: Sequence[Record], asked: PendingQuestion) -> date | None:
    """Return the day of an answer that came in time; None where there is none."""
    answers = (record for record in before if isinstance(record, Stepped) and asked.answered_by(record))
    days = [record.happened_on for record in answers]
    limit = asked.waiting.limit
    return next((day for day in days if limit is None or day <= limit), None)


def _unsettled_questions(
    history: CaseHistory, before: Sequence[Record], record: Record, outcome: CaseOutcome
) -> Iterator[Violation]:
    for asked in history.unanswered_questions(before):
        if asked.step.key in outcome.answered_steps:
            named = {**_question_fields(history, asked), "article": asked.waiting.article}
            yield violation(NotSettled, record.happened_on, {**describe_fact(record, history.duty), **named})
