"""Pages through a table by the key of a row: the hundredth page costs what the first costs.

Rows are ordered by one column and, where that is equal, by their number. Rows without a value stand last in both
directions, on either engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Table, and_, func, select, true, tuple_


@dataclass(frozen=True, slots=True, kw_only=True)
class SortOrder:
    """By which column of a table its rows are ordered; by their number alone where ``column`` is that."""

    table: Table
    column: str
    descending: bool = False

    @property
    def value(self) -> Any:
        """The column."""
        return self.table.c[self.column]

    @property
    def number(self) -> Any:
        """The column that tells rows of one value apart."""
        return self.table.c.number

    def reversed(self) -> SortOrder:
        """The same order backwards."""
        return SortOrder(table=self.table, column=self.column, descending=not self.descending)


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
        found = _rows(connection, query, order.reversed(), key, window.limit, nulls_last=False)
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
    by_number = SortOrder(table=order.table, column="number", descending=order.descending)
    if nulls_last:
        if not in_empty:
            yield _part(query, order, valued, key)
        yield _part(query, by_number, empty, key if in_empty else None)
    else:
        if in_empty:
            yield _part(query, by_number, empty, key)
        yield _part(query, order, valued, None if in_empty else key)


def _part(query: Select[Any], order: SortOrder, condition: Any, key: tuple[Any, ...] | None) -> Select[Any]:
    columns = [order.number] if order.column == "number" else [order.value, order.number]
    if key is not None:
        here, there = tuple_(*columns), tuple_(*key[-len(columns) :])
        condition = and_(condition, here < there if order.descending else here > there)
    directed = [column.desc() if order.descending else column.asc() for column in columns]
    return query.where(condition).order_by(*directed)


def count_up_to(connection: Connection, query: Select[Any], most: int) -> int:
    """How many rows a query has; ``most`` where it has at least that many, so that counting costs no more."""
    some = query.with_only_columns(query.selected_columns[0]).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
