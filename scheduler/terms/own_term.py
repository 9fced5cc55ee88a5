"""The term of one case: the declared one, with the days, the unit and the basis that its opening sets instead."""

from __future__ import annotations

from dataclasses import replace

from config.declarations.terms import Term, TermUnit
from storage.events.events import Facts
from storage.events.fields import int_field


def own_term(term: Term | None, facts: Facts) -> Term | None:
    """Return the term of a case opened with these facts; None for a kind without one, or where no days are set.

    Of a term that is the least (``minimum``) the day after its last one counts too: it is the first day on which what
    had to stay may end.
    """
    if term is None:
        return None
    days = (int_field(facts, term.days_field) if term.days_field else 0) or term.days
    named = bool(term.last_day_field and facts.get(term.last_day_field))
    if not days and not named and (term.days_field or term.last_day_field):
        return None
    written = str(facts.get(term.unit_field, "")) if term.unit_field else ""
    unit = TermUnit(written) if written in set(TermUnit) else term.unit
    basis = str(facts.get(term.article_field, "")) if term.article_field else ""
    return replace(term, days=days + term.minimum, unit=unit, article=basis or term.article)
