"""The queries of a list of cases and of a search: what is asked for, who may see it, and in which order.

Deny by default: a list whose reader does not read all cases is narrowed in the query to those that have to do with
them. Whether they may read each of these is then asked of ``scheduler/worklist/readers.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, false, func, or_, select

from storage.database.tables import CASES
from storage.database.tables_approvals import CONTRIBUTIONS, SIGNATURES
from storage.database.tables_delivery import OUTBOX
from storage.eventlog.derived_rows import STILL_OPEN
from storage.events.case import CaseLine
from storage.lists.keyset import RowWindow, SortOrder, count_up_to, read_page

CASE_ORDERS = ("number", "reference", "opened_on", "closed_on", "drafted_on")
"""The columns by which cases are ordered: an index stands behind each."""
NUMBER_LIMIT = 2**31  # the database's integers hold less; no case has a larger number
NUMBER_DIGITS = 10


class SearchWord(NamedTuple):
    """One word, the kinds it names, and the ids of the villages or columns it names: references end in these."""

    word: str
    kinds: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScope:
    """Whose cases a list can hold; without anything, nobody's."""

    everything: bool = False
    people: frozenset[str] = frozenset()
    """The ids of the reader and of those they are the deputy of."""
    places: frozenset[str] = frozenset()
    """The ids of their villages and departments."""
    kinds: frozenset[str] = frozenset()
    """The kinds whose cases wait for a role of theirs."""
    text_kinds: frozenset[str] = frozenset()
    """The kinds whose texts pass a stage of theirs."""

    def conditions(self, office: str) -> list[Any]:
        """The scope as conditions on ``case_row``."""
        if self.everything:
            return []
        wrote = select(CONTRIBUTIONS.c.case).where(
            CONTRIBUTIONS.c.office == office, CONTRIBUTIONS.c.person.in_(self.people)
        )
        signed = select(SIGNATURES.c.case).where(
            SIGNATURES.c.office == office, SIGNATURES.c.person.in_(self.people)
        )
        told = select(OUTBOX.c.case).where(OUTBOX.c.office == office, OUTBOX.c.person.in_(self.people))
        number, words, kind = CASES.c.number, CASES.c.words, CASES.c.kind
        from_here = [words.contains(f" {place} ", autoescape=True) for place in sorted(self.places)]
        signing = kind.in_(self.text_kinds) & CASES.c.drafted_on.is_not(None)
        own = (number.in_(wrote), number.in_(signed), number.in_(told), kind.in_(self.kinds), signing)
        return [or_(false(), *from_here, *own)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list holds; what is left out asks for nothing."""

    scope: CaseScope
    kinds: Sequence[str] = ()
    is_open: bool | None = None
    drafted: bool = False
    """Only those with a text."""
    outcomes: Sequence[str] = ()
    column: str = ""
    """Their column of the form: the kind of applicant."""
    opened: tuple[date | None, date | None] = (None, None)
    """The first and the last day of the opening."""
    closed: tuple[date | None, date | None] = (None, None)
    words: Sequence[SearchWord] = ()
    numbers: Sequence[int] | None = None
    """Only these."""
    places: Sequence[str] = field(default=())
    """Only those of these villages or departments."""

    def conditions(self, office: str) -> list[Any]:
        """The filter as conditions on ``case_row``."""
        found = [CASES.c.office == office, *self.scope.conditions(office), *self._state()]
        if self.kinds:
            # Of the few that are open the index of the kind would go through all that are closed.
            kind = CASES.c.kind + "" if self.is_open else CASES.c.kind
            found.append(kind == self.kinds[0] if len(self.kinds) == 1 else kind.in_(self.kinds))
        if self.outcomes:
            found.append(
                CASES.c.outcome.in_(self.outcomes)
                if len(self.outcomes) > 1
                else CASES.c.outcome == self.outcomes[0]
            )
        found += [CASES.c.column == self.column] if self.column else []
        found += [CASES.c.drafted_on.is_not(None)] if self.drafted else []
        found += _between(CASES.c.opened_on, self.opened) + _between(CASES.c.closed_on, self.closed)
        found += [or_(*_word_conditions(word)) for word in self.words]
        found += [CASES.c.number.in_(self.numbers)] if self.numbers is not None else []
        named = [CASES.c.words.contains(f" {place} ", autoescape=True) for place in self.places]
        return [*found, or_(*named)] if named else found

    def _state(self) -> list[Any]:
        if self.is_open is None:
            return []
        if self.is_open:
            return [CASES.c.carried_to == STILL_OPEN]
        return [func.coalesce(CASES.c.carried_to, 0) != STILL_OPEN]


@dataclass(frozen=True, slots=True)
class CaseList:
    """One office's cases over an open connection, as lists show them."""

    connection: Connection
    office: str

    def page(self, asked: CaseFilter, column: str, window: RowWindow, *, descending: bool) -> list[CaseLine]:
        """The cases of one page, in the order of a column of ``CASE_ORDERS``."""
        order = SortOrder(table=CASES, column=column, descending=descending, few=bool(asked.is_open))
        rows = read_page(self.connection, self._query(asked), order, window)
        return [CaseLine._make(row) for row in rows]

    def numbers(self, asked: CaseFilter, most: int) -> list[int]:
        """The numbers of at most so many cases, the oldest first."""
        query = self._query(asked).with_only_columns(CASES.c.number).order_by(CASES.c.number)
        return list(self.connection.execute(query.limit(most)).scalars())

    def count(self, asked: CaseFilter, most: int) -> int:
        """How many cases there are; ``most`` where there are at least so many."""
        return count_up_to(self.connection, self._query(asked), most)

    def first_year(self) -> int | None:
        """The year of the oldest opening; None where there is no case."""
        query = select(func.min(CASES.c.opened_on)).where(CASES.c.office == self.office)
        found: date | None = self.connection.execute(query).scalar()
        return found.year if found else None

    def _query(self, asked: CaseFilter) -> Select[Any]:
        return select(*(CASES.c[name] for name in CaseLine._fields)).where(*asked.conditions(self.office))


def find_cases(
    connection: Connection,
    office: str,
    words: Sequence[SearchWord],
    *,
    limit: int,
    before: int | None = None,
) -> list[CaseLine]:
    """The newest ``limit`` cases that match every word, after the one whose number was given.

    ``before``: only cases with lower numbers, to continue an earlier list.
    """
    query = select(*(CASES.c[name] for name in CaseLine._fields)).where(CASES.c.office == office)
    for asked in words:
        query = query.where(or_(*_word_conditions(asked)))
    if before is not None:
        query = query.where(CASES.c.number < before)
    numbers = [int(asked.word) for asked in words if _is_number(asked.word)]
    first = case((CASES.c.number.in_(numbers), 0), else_=1)
    rows = connection.execute(query.order_by(first, CASES.c.number.desc()).limit(limit))
    return [CaseLine._make(row) for row in rows]


def _between(column: Any, days: tuple[date | None, date | None]) -> list[Any]:
    first, last = days
    found = [column >= first] if first else []
    return [*found, column <= last] if last else found


def _word_conditions(asked: SearchWord) -> list[Any]:
    """The conditions on ``case_row`` of which any tells that a case matches the word."""
    reference = CASES.c.reference
    meanings = [reference.contains(asked.word, autoescape=True), CASES.c.kind.in_(asked.kinds)]
    meanings += [reference.in_(asked.ids), CASES.c.words.contains(asked.word, autoescape=True)]
    meanings += [reference.endswith(f"/{one}", autoescape=True) for one in asked.ids]
    meanings += [CASES.c.words.contains(f" {one} ", autoescape=True) for one in asked.ids]
    if _is_number(asked.word):
        meanings.append(CASES.c.number == int(asked.word))
    return meanings


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= NUMBER_DIGITS and int(word) < NUMBER_LIMIT
