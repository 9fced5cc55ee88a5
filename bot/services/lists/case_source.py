"""Reads the rows of a list of cases, page by page or, where they are ordered by due date, of all that are open.

A due date is never stored (docs/architecture.md), so an order by it costs as much as there are open cases; every
other order costs one page, however many cases there are. Whoever does not read all cases is shown those of a page
that they may read; the query has narrowed them before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bot.services.lists.case_facts import CaseFacts
from bot.services.lists.case_filters import asks_for_due, case_filter, fits_due
from bot.services.lists.listing import (
    ListAct,
    ListColumn,
    Listing,
    ListPage,
    ListQuery,
    ListReader,
    ListRow,
    ListSource,
    ListWindow,
)
from scheduler.worklist.agenda import agenda_order
from scheduler.worklist.case_stages import sent_back_step
from storage.eventlog.projections import CaseProjections
from storage.events.case import CaseLine
from storage.lists.case_list import CaseFilter, CaseList
from storage.lists.keyset import RowWindow

DUE = "due"
MAX_OPEN = 5_000  # open cases that are ordered by due date: more than a county has
CANDIDATES = 100  # cases read at once for a reader who may not read them all
MAX_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseListSource(ListSource):
    """The cases of a list; ``base`` is what all of them have in common."""

    path: str
    """The address of a case in this list, without its number."""
    base: Callable[[ListReader], Mapping[str, object]] = field(default=lambda _reader: {})

    def page(
        self,
        listing: Listing,
        query: ListQuery,
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListPage:
        """The rows of one page."""
        asked = self._filter(query, reader)
        if query.sort == DUE or asks_for_due(query):
            facts = self._by_due_date(query, reader, asked)
            return self._window_of(listing, facts, reader, window, columns)
        found, more = self._stored(query, reader, asked, window)
        rows = tuple(self._row(listing, one, reader, window, columns) for one in found)
        return _page_of(rows, window, more=more)

    def count(self, listing: Listing, query: ListQuery, reader: ListReader, most: int) -> int | None:  # noqa: ARG002
        """How many cases there are; None for a reader who may not read them all: the number would tell of others."""
        asked = self._filter(query, reader)
        if asks_for_due(query):
            return len(self._by_due_date(query, reader, asked))
        if not reader.scope.everything:
            return None
        return CaseList(reader.connection, reader.app.office.slug).count(asked, most)

    def _filter(self, query: ListQuery, reader: ListReader) -> CaseFilter:
        return case_filter(query, reader, self.base(reader))

    def _stored(
        self, query: ListQuery, reader: ListReader, asked: CaseFilter, window: ListWindow
    ) -> tuple[list[CaseFacts], bool]:
        """The cases of a page in the order of the database, and whether there are more beyond it."""
        cases = CaseList(reader.connection, reader.app.office.slug)
        found: list[CaseFacts] = []
        wanted, at = window.limit + 1, RowWindow(window.limit + 1, window.after, window.before)
        for _ in range(MAX_ROUNDS):
            size = wanted if reader.scope.everything else max(CANDIDATES, wanted)
            lines = cases.page(asked, query.sort, at._replace(limit=size), descending=query.descending)
            readable = list(self._readable(lines, reader))
            found = [*readable, *found] if window.before else [*found, *readable]
            if len(lines) < size or len(found) >= wanted:
                break
            edge = lines[0].number if window.before else lines[-1].number
            at = RowWindow(size, 0, edge) if window.before else RowWindow(size, edge)
        shown = found[-window.limit :] if window.before else found[: window.limit]
        return shown, len(found) > window.limit

    def _readable(self, lines: Sequence[CaseLine], reader: ListReader) -> Iterator[CaseFacts]:
        index = CaseProjections(reader.connection, reader.app.office.slug, reader.app.duties)
        cases = index.cases([line.number for line in lines])
        for line in lines:
            case, duty = cases[line.number], reader.app.duties.get(line.kind)
            if case.opening and duty and (reader.scope.everything or reader.may_read(case, duty)):
                yield CaseFacts(case=case, opening=case.opening, duty=duty, reader=reader)

    def _by_due_date(self, query: ListQuery, reader: ListReader, asked: CaseFilter) -> list[CaseFacts]:
        """The open cases that are asked for, by due date, or in the order that is asked for."""
        cases = CaseList(reader.connection, reader.app.office.slug)
        numbers = cases.numbers(replace(asked, is_open=True), MAX_OPEN)
        lines = CaseProjections(reader.connection, reader.app.office.slug, reader.app.duties).lines_of(
            numbers
        )
        found = [one for one in self._readable(lines, reader) if fits_due(query, one)]
        return sorted(found, key=_order_of(query), reverse=query.descending)

    def _window_of(
        self,
        listing: Listing,
        facts: Sequence[CaseFacts],
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListPage:
        places = {one.case.number: place for place, one in enumerate(facts)}
        first = places.get(window.after, -1) + 1
        if window.before in places:
            last = places[window.before]
            first = max(0, last - window.limit)
        else:
            last = first + window.limit
        rows = tuple(self._row(listing, one, reader, window, columns) for one in facts[first:last])
        return ListPage(
            rows=rows,
            before=rows[0].number if rows and first else 0,
            after=rows[-1].number if rows and last < len(facts) else 0,
        )

    def _row(
        self,
        listing: Listing,
        facts: CaseFacts,
        reader: ListReader,
        window: ListWindow,
        columns: Sequence[ListColumn],
    ) -> ListRow:
        acts = listing.acts if window.with_acts else ()
        return ListRow(
            number=facts.case.number,
            path=f"{self.path}/{facts.case.number}",
            cells={column.key: column.value(facts) for column in columns},
            late=facts.case.closing is None and facts.is_late,
            acts=frozenset(act for act in acts if _may(act, facts, reader)),
        )


def _page_of(rows: tuple[ListRow, ...], window: ListWindow, *, more: bool) -> ListPage:
    if not rows:
        return ListPage(rows=())
    goes_back = bool(window.after) or (bool(window.before) and more)
    goes_on = bool(window.before) or more
    return ListPage(
        rows=rows, before=rows[0].number if goes_back else 0, after=rows[-1].number if goes_on else 0
    )


def _order_of(query: ListQuery) -> Callable[[CaseFacts], tuple[Any, ...]]:
    """The order of a query, for cases that were read already."""
    if query.sort == DUE:
        return lambda one: agenda_order(one.item)
    values: Mapping[str, Callable[[CaseFacts], Any]] = {
        "reference": lambda one: one.opening.reference,
        "opened_on": lambda one: one.opening.happened_on,
        "closed_on": lambda one: one.closed_on() or date.max,
    }
    value = values.get(query.sort)
    return lambda one: (value(one) if value else 0, one.case.number)


def _may(act: ListAct, facts: CaseFacts, reader: ListReader) -> bool:
    """Whether an act makes sense for a case, and is the reader's to do."""
    if facts.case.closing:
        return False
    if act is ListAct.RECEIVE:
        return (
            reader.may_record and facts.duty.opened_with_text and not sent_back_step(facts.case, facts.duty)
        )
    return any(set(wait.who) - {reader.person} for wait in facts.waits)
