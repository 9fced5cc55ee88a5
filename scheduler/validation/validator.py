"""Whether a whole story is lawful: everything in it that may not be, under its article.

A story is judged as it stands, in the order of its days, so that a late entry or a correction is judged like
any other fact. What happened late stays a fact and is only shown as late (deadlines). Refused is what is no
fact of this case: out of order, twice, without what it rests on, or an act of the office without force.

A case may be closed while someone is waited for: an applicant withdraws, a fee is waived, a request is
answered after all. Not so where the result decides on disclosure about which somebody was asked: their
opinion or their silence comes first (32, 34), recorded by a person.

Facts without particulars (a paper register's, the calculator's) need only be such as can have happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty, Extend, Reopen, SetDate
from scheduler.terms.deadlines import in_order
from scheduler.terms.term_replay import day_in, whole_in
from scheduler.validation.case_history import Bench, about, listed
from scheduler.validation.conditions import conditions
from scheduler.validation.consultations import asked_twice, results, silences, stray_answers
from scheduler.validation.fields import Roles, asked_of, particulars
from scheduler.validation.violations import (
    AfterClose,
    BeforeOpening,
    DateNotLater,
    ExtendedTooLong,
    InFuture,
    NoOpening,
    NotAllowed,
    NotClosed,
    Objection,
    OnlyOnce,
    OutOfOrder,
    SecondOpening,
    TermOver,
    UnknownOutcome,
    UnknownStep,
    objection,
)
from storage.events.events import Closed, Opened, Record, Stepped

__all__ = ["NotAllowed", "Objection", "objections"]


def objections(
    duty: Duty, story: Sequence[Record], calendar: Calendar, *, today: date, roles: Roles
) -> list[Objection]:
    """Everything unlawful about a story; nothing where nothing is left of the case."""
    if not story:
        return []
    ordered = in_order(story, duty)
    bench = Bench(duty=duty, story=ordered, calendar=calendar, today=today, roles=roles)
    return [found for check in _CHECKS for found in check(bench)]


def _openings(bench: Bench) -> Iterator[Objection]:
    openings = [record for record in bench.story if isinstance(record, Opened)]
    if not openings:
        yield objection(NoOpening, bench.story[0].happened_on, about(bench.story[0], bench.duty))
    for second in openings[1:]:
        words = {**about(second, bench.duty), "opened_on": openings[0].happened_on}
        yield objection(SecondOpening, second.happened_on, words)


def _names(bench: Bench) -> Iterator[Objection]:
    duty = bench.duty
    for record in bench.story:
        words = {**about(record, duty), "kind": duty.kind, "duty": duty.label}
        if isinstance(record, Stepped) and duty.step(record.step) is None:
            named = {**words, "found": record.step, **listed(duty.steps)}
            yield objection(UnknownStep, record.happened_on, named)
        elif isinstance(record, Closed) and duty.outcome(record.outcome) is None:
            named = {**words, "found": record.outcome, **listed(duty.outcomes)}
            yield objection(UnknownOutcome, record.happened_on, named)


def _fields(bench: Bench) -> Iterator[Objection]:
    for record in bench.story:
        yield from particulars(record, bench.duty, bench.roles)


def _days(bench: Bench) -> Iterator[Objection]:
    opened_on = next((record.happened_on for record in bench.story if isinstance(record, Opened)), None)
    for record in bench.story:
        words = about(record, bench.duty)
        if record.happened_on > bench.today:
            yield objection(InFuture, record.happened_on, words)
        yield from _days_ahead(bench, record)
        if opened_on and record.happened_on < opened_on:
            yield objection(BeforeOpening, record.happened_on, {**words, "opened_on": opened_on})


def _days_ahead(bench: Bench, record: Record) -> Iterator[Objection]:
    for asked in asked_of(record, bench.duty):
        day = day_in(record.facts, asked.key) if isinstance(record, Opened | Stepped) and asked.past else None
        if day and day > bench.today:
            words = {**about(record, bench.duty), "step": asked.label, "day": day}
            yield objection(InFuture, record.happened_on, words)


def _closes(bench: Bench) -> Iterator[Objection]:
    closed_on: date | None = None
    possible = listed(step for step in bench.duty.steps if step.after_close)
    possible = {key: names or "—" for key, names in possible.items()}
    for record in bench.story:
        step = bench.duty.step(record.step) if isinstance(record, Stepped) else None
        words = about(record, bench.duty)
        if step and isinstance(step.effect, Reopen):
            if closed_on is None:
                yield objection(NotClosed, record.happened_on, words)
            closed_on = None
        elif closed_on and not (step and step.after_close):
            yield objection(AfterClose, record.happened_on, {**words, **possible, "closed_on": closed_on})
        elif isinstance(record, Closed):
            closed_on = record.happened_on


def _order(bench: Bench) -> Iterator[Objection]:
    for before, record, step in bench.steps():
        taken = [earlier for earlier in before if isinstance(earlier, Stepped)]
        words = about(record, bench.duty)
        if step.after and not {earlier.step for earlier in taken} & set(step.after):
            wanted = listed(found for key in step.after if (found := bench.duty.step(key)))
            yield objection(OutOfOrder, record.happened_on, words | wanted)
        first = next((earlier.happened_on for earlier in taken if earlier.step == step.key), None)
        if step.once and first:
            yield objection(OnlyOnce, record.happened_on, {**words, "first": first})


def _terms(bench: Bench) -> Iterator[Objection]:
    """Acts of the office that only have force before the case is due."""
    for before, record, step in bench.steps():
        days = [record.happened_on] if step.strict else []
        days += [day for asked in step.fields if asked.in_term and (day := day_in(record.facts, asked.key))]
        if not days and not isinstance(step.effect, SetDate):
            continue
        due_day = bench.due_day(before)
        if due_day and days and max(days) > due_day:
            words = {**about(record, bench.duty), "day": max(days), "due": due_day}
            yield objection(TermOver, record.happened_on, words)
        elif due_day and isinstance(step.effect, SetDate):
            yield from _set_date(bench, record, step.effect, due_day)


def _set_date(bench: Bench, record: Stepped, effect: SetDate, due_day: date) -> Iterator[Objection]:
    found = day_in(record.facts, effect.until)
    if found and found <= due_day:
        words = {**about(record, bench.duty), "found": found, "due": due_day}
        yield objection(DateNotLater, record.happened_on, words)


def _extensions(bench: Bench) -> Iterator[Objection]:
    """At most so many days in all, whichever term of the case each was granted in."""
    total = 0
    for _before, record, step in bench.steps():
        if isinstance(step.effect, Extend):
            left = max(0, step.effect.most - total)
            total += whole_in(record.facts, step.effect.days)
            if total > step.effect.most:
                sums = {"most": step.effect.most, "total": total, "left": left}
                yield objection(ExtendedTooLong, record.happened_on, about(record, bench.duty) | sums)


_CHECKS: tuple[Callable[[Bench], Iterator[Objection]], ...] = (
    _openings,
    _names,
    _days,
    _closes,
    _order,
    stray_answers,
    asked_twice,
    _terms,
    _extensions,
    _fields,
    silences,
    results,
    conditions,
)
