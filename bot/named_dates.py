"""The rule of a date in words: what an opening spells out for the reckoning is one sentence for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.duty import Duty, MonthTerm
from config.year_dates import CALENDAR, FIXED
from config.year_term import YEAR_DAY, YearTerm
from scheduler.replay import whole_in

if TYPE_CHECKING:
    from bot.labels import Labels
    from storage.events import Facts

SPELLED = {field.key for field in YEAR_DAY}


def opening_facts(duty: Duty, facts: Facts, labels: Labels) -> list[tuple[str, str]]:
    """What an opening was filled in with, the fields that name its day as one line where the first of them stands."""
    term = duty.term
    if isinstance(term, MonthTerm):
        named, rule = {term.rule, term.number}, _month_day(term, facts, labels)
    elif isinstance(term, YearTerm):
        named, rule = SPELLED, _year_day(term, facts, labels, duty)
    else:
        return labels.facts(duty.fields, facts)
    return list(_folded(duty, facts, labels, named, rule))


def _folded(
    duty: Duty, facts: Facts, labels: Labels, named: set[str], rule: str
) -> Iterator[tuple[str, str]]:
    before = [field.key for field in duty.fields]
    first = min(before.index(key) for key in named)
    ahead = tuple(field for field in duty.fields[:first])
    behind = tuple(field for field in duty.fields[first:] if field.key not in named)
    shown = {field.key for field in ahead}
    yield from labels.facts(ahead, {key: value for key, value in facts.items() if key in shown})
    if duty.term:
        yield labels.of(duty.term), rule
    yield from labels.facts(behind, {key: value for key, value in facts.items() if key not in shown | named})


def _month_day(term: MonthTerm, facts: Facts, labels: Labels) -> str:
    return labels.book.say(f"page.rule.month.{facts[term.rule]}", number=facts.get(term.number, ""))


def _year_day(term: YearTerm, facts: Facts, labels: Labels, duty: Duty) -> str:
    """The day itself, what it hangs on, and which way it goes where it can fall on a day off."""
    say, chosen = labels.book.say, {}
    for key in ("way", "unit", "root_moves", "moves"):
        field = duty.field(key)
        chosen[key] = labels.choice(field, facts[key]) if field and facts.get(key) else ""
    year = whole_in(facts, term.year) + term.later
    rule = say(f"page.rule.{facts['rule']}", year=year, month=facts["month"], number=facts.get("number", ""))
    offset, counted = whole_in(facts, "offset"), facts.get("unit") == CALENDAR
    if offset:
        said = chosen | {"root": rule, "offset": offset}
        key = "apart" if chosen["root_moves"] and facts["rule"] == FIXED else "apart_from_workday"
        rule = say(f"page.rule.{key}", **said)
    can_be_off = counted if offset else facts["rule"] == FIXED
    return say("page.rule.moves", rule=rule, moves=chosen["moves"]) if can_be_off else rule
