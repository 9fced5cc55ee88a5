"""One office's rows, carried from one database into another, whichever engine either is of.

The guards of the target rest meanwhile: what is carried was guarded when it was written, and many of them ask
for the order of time, while a copy goes table by table. They rest inside the transaction, so nobody else ever
meets the tables without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, delete, insert, select
from sqlmodel import SQLModel

from config.errors import Refusal
from storage.database import tables_approvals, tables_delivery, tables_messaging  # noqa: F401 - fill the metadata
from storage.database.engines import is_postgresql
from storage.database.tables import HEADS

BATCH_ROWS = 1000
SELECT_TRIGGERS = "select name, sql from sqlite_master where type = 'trigger'"


class OfficeThere(Refusal):
    """The database holds the log of “{office}” already, and a restore never writes over anything. Choose another."""


def copy_office(source: Connection, target: Connection, office: str) -> None:
    """Carry everything an office has into a database that has nothing of it. OfficeThere where it has."""
    ended = target.execute(select(HEADS.c.position).where(HEADS.c.office == office)).scalar()
    if ended:
        raise OfficeThere(office=office)
    target.execute(delete(HEADS).where(HEADS.c.office == office))  # the empty one that its writer holds
    with _triggers_disabled(target):
        for table in SQLModel.metadata.sorted_tables:
            _copy_table(source, target, table, office)


def offices_in(connection: Connection) -> list[str]:
    """The offices that have a log in a database."""
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
        asleep = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        awake = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
    else:
        found = target.exec_driver_sql(SELECT_TRIGGERS).all()
        asleep = [f"DROP TRIGGER {name}" for name, _ in found]
        awake = [sql for _, sql in found]
    for statement in asleep:
        target.exec_driver_sql(statement)
    yield
    for statement in awake:
        target.exec_driver_sql(statement)
