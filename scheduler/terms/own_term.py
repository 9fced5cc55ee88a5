"""The terms of one case: the declared one as its opening sets it, and the time of those who are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Step
from config.declarations.terms import Term, TermUnit, Wait
from scheduler.terms.explanation import ExternalWait
from scheduler.terms.workdays import add_term, months_after
from storage.events.case import date_field, int_field
from storage.events.events import Facts, Stepped

TERM_UNITS = frozenset(unit.value for unit in TermUnit)


def own_term(term: Term | None, facts: Facts) -> Term | None:
    """Return the term of a case opened with these facts; None for a kind without one, or where no days are set.

    Of a term that is the least (``minimum``) the day after its last one counts too: it is the first day on which what
    had to stay may end. The declared term itself is returned where the opening sets nothing: every sweep asks for
    every case.
    """
    if term is None:
        return None
    days = (int_field(facts, term.days_field) if term.days_field else 0) or term.days
    named = any(facts.get(field) for field in term.last_day_fields)
    if not days and not named and (term.days_field or term.last_day_fields):
        return None
    written = str(facts.get(term.unit_field, "")) if term.unit_field else ""
    unit = TermUnit(written) if written in TERM_UNITS else term.unit
    article = (str(facts.get(term.article_field, "")) if term.article_field else "") or term.article
    days += term.minimum
    if (days, unit, article) == (term.days, term.unit, term.article):
        return term
    return replace(term, days=days, unit=unit, article=article)


def named_last_day(term: Term | None, facts: Facts) -> tuple[date, str] | None:
    """Return the earliest of the last days that these facts name, with its field; None where the days are counted."""
    fields = term.last_day_fields if term else ()
    return min(((day, field) for field in fields if (day := date_field(facts, field))), default=None)


def outermost_day(term: Term | None, since: date | None) -> date:
    """Return the day on which a term that runs since this day ends at the latest, whatever days were set."""
    months = term.outermost_months if term else 0
    return months_after(since, months) if months and since else date.max


def external_wait(step: Step, effect: Wait, record: Stepped, calendar: Calendar) -> ExternalWait:
    """Return the wait that a step begins, with the last day on which the answer is in time."""
    limit, facts = effect.limit, record.facts
    term = limit.term_for(facts.get(limit.by, ""))
    last = date_field(facts, limit.day)
    if term is not None:
        start = date_field(facts, limit.since) or record.happened_on
        last = add_term(calendar, start, term.days, term.unit)
    return ExternalWait(
        step=step.key,
        state=effect.state,
        until=effect.until,
        pair=str(facts.get(effect.pair, "")),
        since=record.happened_on,
        limit=last,
        article=term.article if term else step.article,
    )
