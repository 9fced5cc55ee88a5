"""Parts of prepared statements, built once: building a small statement takes ten times as long as running it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam

CHUNK_SIZE = 500  # SQLite takes at most 999 variables in older builds
Element = TypeVar("Element")


def equals_bound(table: Table, *names: str) -> list[Any]:
    """The conditions that these columns equal the parameters of their names."""
    return [table.c[name] == bindparam(name) for name in names]


def in_bound(column: Any, name: str) -> Any:
    """The condition that a column is in the list given as the parameter of this name."""
    return column.in_(bindparam(name, expanding=True))


def chunks(items: Sequence[Element]) -> Iterator[Sequence[Element]]:
    """The items in their order, at most ``CHUNK_SIZE`` at a time."""
    for start in range(0, len(items), CHUNK_SIZE):
        yield items[start : start + CHUNK_SIZE]
