"""Copy one office's rows from one database into another, on whichever engines.

The target's triggers are disabled meanwhile: the rows passed them when they were first written, and many triggers
depend on the order in time, while a copy goes table by table. They are disabled inside the transaction, so no other
connection ever sees the tables without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, delete, insert, select
from sqlmodel import SQLModel

from config.errors import Refusal
from storage.database import tables, tables_approvals, tables_delivery, tables_messaging  # noqa: F401 - fill the metadata
from storage.database.engines import is_postgresql
from storage.database.tables import HEADS

BATCH_ROWS = 1000
SELECT_TRIGGERS = "select name, sql from sqlite_master where type = 'trigger'"


class OfficeThere(Refusal):
    """The database holds the log of “{office}” already, and a restore never writes over anything. Choose another."""


def copy_office(source: Connection, target: Connection, office: str) -> None:
    """Copy all rows of an office into a database that has none of it. OfficeThere if the target has its log."""
    ended = target.execute(select(HEADS.c.position).where(HEADS.c.office == office)).scalar()
    if ended:
        raise OfficeThere(office=office)
    target.execute(delete(HEADS).where(HEADS.c.office == office))  # the empty one that its writer holds
    with _triggers_disabled(target):
        for table in SQLModel.metadata.sorted_tables:
            _copy_table(source, target, table, office)


def offices_in(connection: Connection) -> list[str]:
    """The offices whose logs are in a database."""
    return list(connection.execute(select(HEADS.c.office).order_by(HEADS.c.office)).scalars())


def _copy_table(source: Connection, target: Connection, table: Table, office: str) -> None:
    ours = select(table).where(table.c.office == office).order_by(*table.primary_key)
    with source.execute(ours.execution_options(yield_per=BATCH_ROWS)) as rows:
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])


@contextmanager
def _triggers_disabled(target: Connection) -> Iterator[None]:
    if is_postgresql(target):
        names = [table.name for table in SQLModel.metadata.sorted_tables]
        disable = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        enable = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
    else:
        found = target.exec_driver_sql(SELECT_TRIGGERS).all()
        disable = [f"DROP TRIGGER {name}" for name, _ in found]
        enable = [sql for _, sql in found]
    for statement in disable:
        target.exec_driver_sql(statement)
    yield
    for statement in enable:
        target.exec_driver_sql(statement)
