"""Columns, tables and indexes as a migration writes them: one word for each kind of column, no value left empty.

The names are those of a column's kind, not of a type: both engines get what they have for it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

Column = sa.Column[Any]


def text(name: str) -> Column:
    """A column of text."""
    return sa.Column(name, sa.String(), nullable=False)


def texts(*names: str) -> list[Column]:
    """Columns of text, in this order."""
    return [text(name) for name in names]


def state(name: str) -> Column:
    """A column that holds one of a few short words."""
    return sa.Column(name, sa.String(32), nullable=False)


def number(name: str, *, null: bool = False) -> Column:
    """A column of integers, of 32 bits."""
    return sa.Column(name, sa.Integer(), nullable=null)


def large_number(name: str) -> Column:
    """A column of integers, of 64 bits."""
    return sa.Column(name, sa.BigInteger(), nullable=False)


def boolean(name: str) -> Column:
    """A column of true and false."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def day(name: str, *, null: bool = False) -> Column:
    """A column of days."""
    return sa.Column(name, sa.Date(), nullable=null)


def instant(name: str, *, null: bool = False) -> Column:
    """A column of instants, with their zone."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def seconds(name: str) -> Column:
    """A column of seconds, with their fractions."""
    return sa.Column(name, sa.Float(), nullable=False)


def content(name: str) -> Column:
    """A column of bytes."""
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def json(name: str) -> Column:
    """A column of JSON values."""
    return sa.Column(name, sa.JSON(), nullable=False)


def table(name: str, key: tuple[str, ...], *columns: Column) -> None:
    """Create a table with its primary key."""
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"))


def index(name: str, on: str, *columns: str, unique: bool = False, where: str = "") -> None:
    """Create an index, over all rows or those that fulfil a condition."""
    partial: dict[str, Any] = (
        {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    )
    op.create_index(name, on, list(columns), unique=unique, **partial)
