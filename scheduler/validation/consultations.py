"""Whether what others answered, or did not, bears what is said of it.

Whoever is asked has their time. What is held against them (an overdue correction, an unpaid fee, a silence)
is possible only when it has passed, and a result about which somebody was asked waits for their answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.declarations.duty import Need, Outcome, Resume, Step, Wait
from scheduler.validation.case_history import Asked, Bench, about, listed
from scheduler.validation.fields import is_bare
from scheduler.validation.violations import (
    AnsweredInTime,
    NothingAwaited,
    NotSettled,
    Objection,
    OtherSilence,
    StepsMissing,
    StillAwaited,
    TooSoon,
    objection,
)
from storage.events.events import Closed, Record, Stepped


def stray_answers(bench: Bench) -> Iterator[Objection]:
    """Answers of somebody who was not asked, or had answered already."""
    pairs = {
        step.effect.until: step.effect.pair for step in bench.duty.steps if isinstance(step.effect, Wait)
    }
    for before, record, step in bench.steps():
        ever_asked = {earlier.step for earlier in before if isinstance(earlier, Stepped)} & set(step.after)
        if step.key not in pairs or not ever_asked:
            continue  # with nothing asked at all it is out of order, which is said elsewhere
        waited = bench.unanswered(before)
        if not any(asked.answered_by(record) for asked in waited):
            whom = str(record.facts.get(pairs[step.key], "")) or "—"
            known = "、".join(asked.whom for asked in waited) or "—"
            words = {**about(record, bench.duty), "pair": whom, "known": known}
            yield objection(NothingAwaited, record.happened_on, words)


def asked_twice(bench: Bench) -> Iterator[Objection]:
    """Whoever is asked again before they answered; judged at the end of the day, whose order nobody knows."""
    for _before, record, step in bench.steps():
        if not isinstance(step.effect, Wait) or not step.effect.until or is_bare(record):
            continue  # what only the close ends asks nobody
        upto = [earlier for earlier in bench.story if earlier.happened_on <= record.happened_on]
        waited = bench.unanswered(upto)
        mine = next((asked for asked in waited if asked.record is record), None)
        same = [asked for asked in waited if mine and asked.same(mine)]
        if len(same) > 1 and same[-1].record is record:
            words = {**about(record, bench.duty), **_asked_words(bench, same[0])}
            yield objection(StillAwaited, record.happened_on, words)


def _asked_words(bench: Bench, asked: Asked) -> dict[str, object]:
    until = bench.duty.step(asked.waiting.until)
    return {
        "pair": asked.whom,
        "first": asked.record.happened_on,
        "until": asked.waiting.until,
        "until_label": until.label if until else "",
    }


def silences(bench: Bench) -> Iterator[Objection]:
    """A silence means what the law says of the one who was silent, and only after their time."""
    for before, record, step in bench.steps():
        effect = step.effect
        if not isinstance(effect, Resume) or record.facts.get(effect.opinion) not in effect.silence.values():
            continue
        asked = next((each for each in bench.unanswered(before) if each.answered_by(record)), None)
        if asked is not None:
            yield from _silence(bench, record, step, effect, asked)


def _silence(bench: Bench, record: Stepped, step: Step, effect: Resume, asked: Asked) -> Iterator[Objection]:
    party = str(asked.record.facts.get(asked.effect.limit.by, ""))
    meaning = effect.silence.get(party, "")
    words = {**about(record, bench.duty), "article": asked.waiting.article, "pair": asked.whom}
    if record.facts[effect.opinion] != meaning:
        named = {"party": party, "known": meaning, **_labels(asked, step, effect, meaning)}
        yield objection(OtherSilence, record.happened_on, words | named)
    elif asked.waiting.limit and record.happened_on <= asked.waiting.limit:
        yield objection(TooSoon, record.happened_on, {**words, "limit": asked.waiting.limit})


def _labels(asked: Asked, step: Step, effect: Resume, meaning: str) -> dict[str, object]:
    parties = next((field.choices for field in asked.step.fields if field.key == asked.effect.limit.by), {})
    words = next((field.choices for field in step.fields if field.key == effect.opinion), {})
    party = str(asked.record.facts.get(asked.effect.limit.by, ""))
    return {"party_label": parties.get(party, party), "known_labels": words.get(meaning, meaning)}


def results(bench: Bench) -> Iterator[Objection]:
    """A result that its steps do not bear."""
    for place, record in enumerate(bench.story):
        outcome = bench.duty.outcome(record.outcome) if isinstance(record, Closed) else None
        if outcome is None or is_bare(record):
            continue
        before = bench.story[:place]
        for need in outcome.needs:
            yield from _needed(bench, before, record, need)
        yield from _unsettled(bench, before, record, outcome)


def _needed(bench: Bench, before: Sequence[Record], record: Record, need: Need) -> Iterator[Objection]:
    words = about(record, bench.duty)
    taken = [step for step in before if isinstance(step, Stepped) and step.step in need.steps]
    if not taken:
        known = listed(step for key in need.steps if (step := bench.duty.step(key)))
        yield objection(StepsMissing, record.happened_on, words | known)
    elif need.unanswered and (asked := bench.asked(taken[-1])):
        answer = _in_time(before, asked)
        if answer:
            named = {**_asked_words(bench, asked), "first": answer}
            yield objection(AnsweredInTime, record.happened_on, words | named)
        elif asked.waiting.limit and record.happened_on <= asked.waiting.limit:
            yield objection(TooSoon, record.happened_on, {**words, "limit": asked.waiting.limit})


def _in_time(before: Sequence[Record], asked: Asked) -> date | None:
    """The day of an answer that came while there was time for it."""
    answers = (record for record in before if isinstance(record, Stepped) and asked.answered_by(record))
    days = [record.happened_on for record in answers]
    limit = asked.waiting.limit
    return next((day for day in days if limit is None or day <= limit), None)


def _unsettled(
    bench: Bench, before: Sequence[Record], record: Record, outcome: Outcome
) -> Iterator[Objection]:
    for asked in bench.unanswered(before):
        if asked.step.key in outcome.settled:
            named = {**_asked_words(bench, asked), "article": asked.waiting.article}
            yield objection(NotSettled, record.happened_on, {**about(record, bench.duty), **named})
