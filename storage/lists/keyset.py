"""Pages through a table by the key of a row: the hundredth page costs what the first costs.

Rows are ordered by one column and, where that is equal, by their number. Rows without a value stand last in both
directions, on either engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Table, and_, func, select, true, tuple_


@dataclass(frozen=True, slots=True, kw_only=True)
class SortOrder:
    """By which column of a table its rows are ordered; by their number alone where ``column`` is that."""

    table: Table
    column: str
    descending: bool = False
    few: bool = False
    """True where another index finds the few rows there are: to sort them costs less than to go along this one."""

    @property
    def value(self) -> Any:
        """The column."""
        return self.table.c[self.column]

    @property
    def number(self) -> Any:
        """The column that tells rows of one value apart."""
        return self.table.c.number

    @property
    def terms(self) -> list[Any]:
        """What rows are ordered by; a term that is no bare column is not looked for in an index."""
        columns = [self.number] if self.column == "number" else [self.value, self.number]
        return [func.coalesce(column, column) for column in columns] if self.few else columns


class RowWindow(NamedTuple):
    """How many rows are read, and the number of the row next to which they stand; 0 for none."""

    limit: int
    after: int = 0
    before: int = 0


def read_page(
    connection: Connection, query: Select[Any], order: SortOrder, window: RowWindow
) -> list[Row[Any]]:
    """The rows of a query after a row, or before it, in their order. From the start where there is no such row.

    ``query`` must filter on one office, and select from the order's table.
    """
    at = window.before or window.after
    key = _key_of(connection, query, order, at) if at else None
    if window.before and key is not None:
        found = _rows(
            connection,
            query,
            replace(order, descending=not order.descending),
            key,
            window.limit,
            nulls_last=False,
        )
        return found[::-1]
    return _rows(connection, query, order, key, window.limit, nulls_last=True)


def _key_of(
    connection: Connection, query: Select[Any], order: SortOrder, number: int
) -> tuple[Any, ...] | None:
    """The sorted value and the number of a row; None where the query has no such row any more."""
    found = query.where(order.number == number).with_only_columns(order.value, order.number)
    row = connection.execute(found).first()
    return tuple(row) if row else None


def _rows(
    connection: Connection,
    query: Select[Any],
    order: SortOrder,
    key: tuple[Any, ...] | None,
    limit: int,
    *,
    nulls_last: bool,
) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for part in _parts(query, order, key, nulls_last=nulls_last):
        if len(found) < limit:
            found += connection.execute(part.limit(limit - len(found))).all()
    return found


def _parts(
    query: Select[Any], order: SortOrder, key: tuple[Any, ...] | None, *, nulls_last: bool
) -> Iterator[Select[Any]]:
    """The rows with a value and those without, each in their order; in one query no index would be used."""
    if not order.value.nullable:
        yield _part(query, order, true(), key)
        return
    valued, empty = order.value.is_not(None), order.value.is_(None)
    in_empty = key is not None and key[0] is None
    by_number = replace(order, column="number")
    if nulls_last:
        if not in_empty:
            yield _part(query, order, valued, key)
        yield _part(query, by_number, empty, key if in_empty else None)
    else:
        if in_empty:
            yield _part(query, by_number, empty, key)
        yield _part(query, order, valued, None if in_empty else key)


def _part(query: Select[Any], order: SortOrder, condition: Any, key: tuple[Any, ...] | None) -> Select[Any]:
    terms = order.terms
    if key is not None:
        here, there = tuple_(*terms), tuple_(*key[-len(terms) :])
        condition = and_(condition, here < there if order.descending else here > there)
    directed = [term.desc() if order.descending else term.asc() for term in terms]
    return query.where(condition).order_by(*directed)


def count_up_to(connection: Connection, query: Select[Any], most: int) -> int:
    """How many rows a query has; ``most`` where it has at least that many, so that counting costs no more."""
    some = query.with_only_columns(query.selected_columns[0]).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
