"""What statements are put together from, once: building one costs ten times what a small one takes to run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, bindparam


def same(table: Table, *names: str) -> list[Any]:
    """The conditions that these columns are what is given by their names."""
    return [table.c[name] == bindparam(name) for name in names]


def among(column: Any, name: str) -> Any:
    """The condition that a column is one of those given by a name."""
    return column.in_(bindparam(name, expanding=True))
