"""Triggers that abort a forbidden statement in the database itself, written once for both engines.

A migration declares what is forbidden, in SQL that SQLite and PostgreSQL both understand:

    guard("event_is_never_changed", before="UPDATE", on="event", why="an entry is never changed")
    guard(
        "event_key_is_used_once", before="INSERT", on="event", why="this key is recorded already",
        when="EXISTS (SELECT 1 FROM event WHERE office = NEW.office AND key = NEW.key)",
    )

``NEW`` and ``OLD`` are the row. A statement that breaks a guard raises SQLAlchemy's ``IntegrityError`` with ``why``
in it, on either engine, and nothing of the statement is kept. Mind, when writing a condition:

- A condition that comes out as NULL does not abort. ``IS DISTINCT FROM`` is too new for older SQLite builds:
  keep the columns NOT NULL and compare with ``<>``, or say ``COALESCE``.
- ``case`` and ``column`` are reserved words: write ``NEW."case"``.
- Truth is no number on PostgreSQL: write ``flag = true``, not ``flag = 1``; there is no ``IFNULL``.
- ``INSERT OR REPLACE`` (SQLite) removes the old row without firing a guard on DELETE, unless that program turns on
  recursive triggers. A row that must stay is therefore guarded on INSERT too, as the key above.
- A query in a condition sees what this transaction sees. Two transactions of one office never run side by
  side (``Store.writing``), so it may count or look up rows of NEW.office, and of no other.
- A guard on DELETE refuses TRUNCATE as well, which SQLite does not know.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

VIOLATION = "23000"  # integrity_constraint_violation: what SQLite's ABORT is to the caller


def guard(
    name: str, *, before: Literal["INSERT", "UPDATE", "DELETE"], on: str, why: str, when: str = ""
) -> None:
    """Abort every such statement on a table, or those where the condition ``when`` holds for a row."""
    message = why.replace("'", "''")
    postgresql = op.get_bind().dialect.name == "postgresql"
    statements = (
        _postgresql(name, before, on, message, when)
        if postgresql
        else _sqlite(name, before, on, message, when)
    )
    for statement in statements:
        op.execute(sa.text(statement.replace(":", "\\:")))


def _sqlite(name: str, before: str, on: str, message: str, when: str) -> list[str]:
    condition = f"WHEN {when} " if when else ""
    return [
        f"CREATE TRIGGER {name} BEFORE {before} ON {on} {condition}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    ]


def _postgresql(name: str, before: str, on: str, message: str, when: str) -> list[str]:
    row = "OLD" if before == "DELETE" else "NEW"
    abort = f"RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '{VIOLATION}';"
    body = f"IF {when} THEN {abort} END IF; RETURN {row};" if when else abort
    made = [*_trigger(name, f"{before} ON {on} FOR EACH ROW", body)]
    if before == "DELETE":
        made += _trigger(f"{name}_at_once", f"TRUNCATE ON {on} FOR EACH STATEMENT", abort)
    return made


def _trigger(name: str, event: str, body: str) -> list[str]:
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {body} END $guard$",
        f"CREATE TRIGGER {name} BEFORE {event} EXECUTE FUNCTION {name}()",
    ]
