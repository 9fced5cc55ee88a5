"""The filters of lists of cases: what can be chosen, and the query that a choice stands for.

A value that nobody can have chosen asks for nothing: an address that was shortened or mistyped still opens its list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.services.case_search import search_words
from bot.services.lists.case_facts import CaseFacts
from bot.services.lists.listing import FilterChoice, ListFilter, ListQuery, ListReader
from bot.services.workbench.case_counts import case_counts, days_so_far
from config.declarations.duty import Duty
from config.declarations.keys import ORIGIN_FIELD
from scheduler.worklist.agenda import QUARTERS, DueGroup
from storage.lists.case_list import CaseFilter, CaseList

OPEN, CLOSED = "open", "closed"
STATE, KIND, OUTCOME, APPLICANT, PLACE = "state", "kind", "outcome", "applicant", "place"
YEAR, FROM, TO, DUE_GROUP, AGE, COUNTED = "year", "from", "to", "due", "age", "counted"


def case_filter(query: ListQuery, reader: ListReader, base: Mapping[str, Any]) -> CaseFilter:
    """The query that a list's address stands for; ``base`` is what all of its cases have in common."""
    found = CaseFilter(scope=reader.scope, **base)
    found = replace(found, words=search_words(reader.app, query.words), numbers=query.only)
    if counted := _counted(query, reader):
        return replace(found, **counted)
    for key, value in query.values.items():
        change = _CHANGES.get(key)
        found = replace(found, **change(value, reader, found)) if change else found
    return replace(found, opened=_days(query))


def asks_for_due(query: ListQuery) -> bool:
    """Whether a query asks for something that follows from the due dates of the open cases."""
    return _due_group(query) is not None or _age(query) is not None


def fits_due(query: ListQuery, facts: CaseFacts) -> bool:
    """Whether an open case is due as the query asks."""
    group, age = _due_group(query), _age(query)
    return group in {None, facts.item.due_group} and age in {None, facts.item.age_band}


def _due_group(query: ListQuery) -> DueGroup | None:
    asked = query.values.get(DUE_GROUP, "")
    return DueGroup(asked) if asked in set(DueGroup) else None


def _age(query: ListQuery) -> int | None:
    """The quarter of the term that is asked for; it means something for one kind alone."""
    asked = query.values.get(AGE, "")
    return int(asked) if asked in set(map(str, range(QUARTERS + 1))) and query.values.get(KIND) else None


def _counted(query: ListQuery, reader: ListReader) -> dict[str, Any]:
    """The cases that a number of the first page counts; empty where the address asks for none such."""
    count = counted_of(query, reader)
    if count is None:
        return {}
    days = days_so_far(reader.today, int(query.values[YEAR]))
    kinds = {"kinds": count.kinds, "outcomes": count.outcomes}
    return {**kinds, "closed" if count.closed else "opened": days}


def counted_of(query: ListQuery, reader: ListReader) -> Any:
    """The number of the first page that a query opens; None where it asks for none that there is."""
    asked, year = query.values.get(COUNTED), _year(query)
    if year is None or year > reader.today.year:
        return None
    return next((one for one in case_counts(reader.app.duties) if one.key == asked), None)


def _year(query: ListQuery) -> int | None:
    asked = query.values.get(YEAR, "")
    return (
        int(asked)
        if len(asked) == len("2026") and asked.isascii() and asked.isdigit() and int(asked)
        else None
    )


def _days(query: ListQuery) -> tuple[date | None, date | None]:
    first, last, year = _day(query, FROM), _day(query, TO), _year(query)
    if year:
        first = max(first or date.min, date(year, 1, 1))
        last = min(last or date.max, date(year, 12, 31))
    return first, last


def _day(query: ListQuery, key: str) -> date | None:
    try:
        return date.fromisoformat(query.values.get(key, ""))
    except ValueError:
        return None


def _by_state(value: str, _reader: ListReader, _found: CaseFilter) -> dict[str, Any]:
    return {"is_open": value == OPEN} if value in {OPEN, CLOSED} else {}


def _by_kind(value: str, reader: ListReader, found: CaseFilter) -> dict[str, Any]:
    return {"kinds": (value,)} if value in (found.kinds or reader.app.duties) else {}


def _by_outcome(value: str, reader: ListReader, _found: CaseFilter) -> dict[str, Any]:
    known = {one.key for duty in reader.app.duties.values() for one in duty.outcomes}
    return {"outcomes": (value,)} if value in known else {}


def _by_applicant(value: str, reader: ListReader, _found: CaseFilter) -> dict[str, Any]:
    fields = [field for duty in reader.app.duties.values() if (field := duty.field(duty.column))]
    return {"column": value} if any(value in field.choices for field in fields) else {}


def _by_place(value: str, reader: ListReader, _found: CaseFilter) -> dict[str, Any]:
    known = {place for place, _ in reader.labels.places(ORIGIN_FIELD)}
    return {"places": (value,)} if value in known else {}


_CHANGES: Mapping[str, Callable[[str, ListReader, CaseFilter], dict[str, Any]]] = {
    STATE: _by_state,
    KIND: _by_kind,
    OUTCOME: _by_outcome,
    APPLICANT: _by_applicant,
    PLACE: _by_place,
}


def state_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """Open, or closed."""
    return [FilterChoice(state, reader.say(f"page.lists.state.{state}")) for state in (OPEN, CLOSED)]


def kind_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """Every kind of case."""
    return [FilterChoice(duty.kind, reader.labels.duty(duty)) for duty in reader.app.duties.values()]


def text_kind_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """Every kind whose texts pass a chain."""
    return [
        FilterChoice(duty.kind, reader.labels.duty(duty))
        for duty in reader.app.duties.values()
        if duty.chain or duty.chain_field
    ]


def year_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """The years since the oldest case, the newest first."""
    first = CaseList(reader.connection, reader.app.office.slug).first_year() or reader.today.year
    years = range(reader.today.year, min(first, reader.today.year) - 1, -1)
    return [FilterChoice(str(year), reader.say("page.lists.year", year=year)) for year in years]


def village_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """The villages whose cases the reader may see."""
    villages = reader.app.office.villages if reader.scope.everything else reader.reader.villages
    return [FilterChoice(one.id, one.name) for one in villages]


def place_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """The departments and the villages whose cases the reader may see."""
    seen = None if reader.scope.everything else reader.reader.places
    places = reader.labels.places(ORIGIN_FIELD)
    return [FilterChoice(place, name) for place, name in places if seen is None or place in seen]


def due_choices(reader: ListReader) -> Sequence[FilterChoice]:
    """Why an open case is urgent."""
    return [FilterChoice(group, reader.say(f"page.workbench.due.{group}")) for group in DueGroup]


def outcome_choices(
    kinds: Callable[[ListReader], Sequence[Duty]],
) -> Callable[[ListReader], Sequence[FilterChoice]]:
    """The outcomes of some kinds, each once."""

    def choices(reader: ListReader) -> Sequence[FilterChoice]:
        outcomes = {one.key: one for duty in kinds(reader) for one in duty.outcomes}
        return [FilterChoice(key, reader.labels.label(one)) for key, one in outcomes.items()]

    return choices


def applicant_choices(
    kinds: Callable[[ListReader], Sequence[Duty]],
) -> Callable[[ListReader], Sequence[FilterChoice]]:
    """The columns of the form in which the cases of some kinds count: the kinds of applicants."""

    def choices(reader: ListReader) -> Sequence[FilterChoice]:
        fields = [field for duty in kinds(reader) if (field := duty.field(duty.column))]
        return [
            FilterChoice(key, reader.labels.choice(field, key)) for field in fields for key in field.choices
        ]

    return choices


DAY_FILTERS = (ListFilter(key=YEAR, choices=year_choices), ListFilter(key=FROM), ListFilter(key=TO))
DUE_FILTERS = (ListFilter(key=DUE_GROUP, choices=due_choices), ListFilter(key=AGE, hidden=True))
