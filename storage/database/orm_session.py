"""Sessions over an open connection: records are read and written as their classes, inside the writer's transaction.

Which tables are used this way and which by Core statements stands in docs/decisions/0022-session-and-core.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlmodel import Session


@contextmanager
def orm_session(connection: Connection) -> Iterator[Session]:
    """A session in the connection's open transaction; what was changed is written when the block ends.

    It neither begins nor commits nor undoes a transaction: ``Store`` does. A query writes nothing first (no
    autoflush), and the records stay readable when the session is closed.
    """
    with Session(connection, autoflush=False, expire_on_commit=False) as session:
        yield session
        session.flush()
