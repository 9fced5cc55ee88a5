"""Whether what others answered, or did not, bears what is said of it.

Whoever is asked has their time. What is held against them (an overdue correction, an unpaid fee, a silence)
is possible only when it has passed, and a result about which somebody was asked waits for their answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.declarations.duty import CaseOutcome, OutcomeRequirement, Resume, Step, Wait
from scheduler.validation.case_history import CaseHistory, PendingQuestion, describe_fact, describe_options
from scheduler.validation.fields import has_no_details
from scheduler.validation.violations import (
    AnsweredInTime,
    NothingAwaited,
    NotSettled,
    OtherSilence,
    StepsMissing,
    StillAwaited,
    TooSoon,
    Violation,
    violation,
)
from storage.events.events import Closed, Record, Stepped


def answers_without_question(bench: CaseHistory) -> Iterator[Violation]:
    """Answers of somebody who was not asked, or had answered already."""
    pairs = {
        step.effect.until: step.effect.pair for step in bench.duty.steps if isinstance(step.effect, Wait)
    }
    for before, record, step in bench.steps():
        ever_asked = {earlier.step for earlier in before if isinstance(earlier, Stepped)} & set(
            step.prerequisites
        )
        if step.key not in pairs or not ever_asked:
            continue  # with nothing asked at all it is out of order, which is said elsewhere
        waited = bench.unanswered_questions(before)
        if not any(asked.answered_by(record) for asked in waited):
            whom = str(record.facts.get(pairs[step.key], "")) or "—"
            known = "、".join(asked.party for asked in waited) or "—"
            words = {**describe_fact(record, bench.duty), "pair": whom, "known": known}
            yield violation(NothingAwaited, record.happened_on, words)


def repeated_questions(bench: CaseHistory) -> Iterator[Violation]:
    """Whoever is asked again before they answered; judged at the end of the day, whose order nobody knows."""
    for _before, record, step in bench.steps():
        if not isinstance(step.effect, Wait) or not step.effect.until or has_no_details(record):
            continue  # what only the close ends asks nobody
        upto = [earlier for earlier in bench.timeline if earlier.happened_on <= record.happened_on]
        waited = bench.unanswered_questions(upto)
        mine = next((asked for asked in waited if asked.record is record), None)
        same = [asked for asked in waited if mine and asked.is_same_question(mine)]
        if len(same) > 1 and same[-1].record is record:
            words = {**describe_fact(record, bench.duty), **_question_fields(bench, same[0])}
            yield violation(StillAwaited, record.happened_on, words)


def _question_fields(bench: CaseHistory, asked: PendingQuestion) -> dict[str, object]:
    until = bench.duty.step(asked.waiting.until)
    return {
        "pair": asked.party,
        "first": asked.record.happened_on,
        "until": asked.waiting.until,
        "until_label": until.label if until else "",
    }


def silence_violations(bench: CaseHistory) -> Iterator[Violation]:
    """A silence means what the law says of the one who was silent, and only after their time."""
    for before, record, step in bench.steps():
        effect = step.effect
        if not isinstance(effect, Resume) or record.facts.get(effect.opinion) not in effect.silence.values():
            continue
        asked = next((each for each in bench.unanswered_questions(before) if each.answered_by(record)), None)
        if asked is not None:
            yield from _check_silence(bench, record, step, effect, asked)


def _check_silence(
    bench: CaseHistory, record: Stepped, step: Step, effect: Resume, asked: PendingQuestion
) -> Iterator[Violation]:
    party = str(asked.record.facts.get(asked.effect.limit.by, ""))
    meaning = effect.silence.get(party, "")
    words = {**describe_fact(record, bench.duty), "article": asked.waiting.article, "pair": asked.party}
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


def outcome_requirements(bench: CaseHistory) -> Iterator[Violation]:
    """A result that its steps do not bear."""
    for place, record in enumerate(bench.timeline):
        outcome = bench.duty.outcome(record.outcome) if isinstance(record, Closed) else None
        if outcome is None or has_no_details(record):
            continue
        before = bench.timeline[:place]
        for need in outcome.needs:
            yield from _unmet_requirements(bench, before, record, need)
        yield from _unsettled_questions(bench, before, record, outcome)


def _unmet_requirements(
    bench: CaseHistory, before: Sequence[Record], record: Record, need: OutcomeRequirement
) -> Iterator[Violation]:
    words = describe_fact(record, bench.duty)
    taken = [step for step in before if isinstance(step, Stepped) and step.step in need.steps]
    if not taken:
        known = describe_options(step for key in need.steps if (step := bench.duty.step(key)))
        yield violation(StepsMissing, record.happened_on, words | known)
    elif need.unanswered and (asked := bench.question_of(taken[-1])):
        answer = _timely_answer_day(before, asked)
        if answer:
            named = {**_question_fields(bench, asked), "first": answer}
            yield violation(AnsweredInTime, record.happened_on, words | named)
        elif asked.waiting.limit and record.happened_on <= asked.waiting.limit:
            yield violation(TooSoon, record.happened_on, {**words, "limit": asked.waiting.limit})


def _timely_answer_day(before: Sequence[Record], asked: PendingQuestion) -> date | None:
    """The day of an answer that came while there was time for it."""
    answers = (record for record in before if isinstance(record, Stepped) and asked.answered_by(record))
    days = [record.happened_on for record in answers]
    limit = asked.waiting.limit
    return next((day for day in days if limit is None or day <= limit), None)


def _unsettled_questions(
    bench: CaseHistory, before: Sequence[Record], record: Record, outcome: CaseOutcome
) -> Iterator[Violation]:
    for asked in bench.unanswered_questions(before):
        if asked.step.key in outcome.answered_steps:
            named = {**_question_fields(bench, asked), "article": asked.waiting.article}
            yield violation(NotSettled, record.happened_on, {**describe_fact(record, bench.duty), **named})
