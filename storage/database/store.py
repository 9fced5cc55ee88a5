"""The store: gives the transactions of an office's database, and the sessions inside them.

A SQLite file belongs to one office and has one writer. A PostgreSQL database belongs to many offices, and each
office's log has one writer: the transaction that holds the lock of the office's row of ``head``.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from types import TracebackType

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.database.engines import TRANSACTION_STATEMENTS, is_postgresql, write_error
from storage.database.tables import HEADS
from storage.events.codec import GENESIS

_THREAD = threading.local()
"""Counts the write transactions that a thread has open, and holds its read transactions."""


class FairLock:
    """A lock served in the order of arrival, for the threads of one process. It is not reentrant.

    Python's own lock and SQLite's busy handler serve waiters in no order: SQLite sleeps between its tries, longer
    each time. A press must not wait behind ten jobs that tried at a luckier moment.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._lock:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until the thread before it releases it

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


@dataclass(frozen=True, slots=True)
class Store:
    """The database of an office folder. A reader sees one state; a writer holds the office's only write lock."""

    engine: Engine
    writer_lock: FairLock = field(default_factory=FairLock, compare=False, repr=False)
    """The order in which this process's writers open a transaction on a SQLite file."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction: one consistent view. Inside another of this thread it is that one.

        A second connection could wait for a writer that waits for the first: SQLite lets nobody begin to read while
        a writer waits for those who read.
        """
        open_here = _open_readings()
        found = open_here.get(self.engine) or _begin_reading(self.engine)
        open_here[self.engine] = found
        found.users += 1
        try:
            yield found.connection
        finally:
            found.users -= 1
            if not found.users:
                del open_here[self.engine]
                _end_reading(found)

    @contextmanager
    def writing(self, office: str) -> Iterator[Connection]:
        """The write transaction of an office: all of it is kept, or nothing is. Unkept if it cannot be written."""
        try:
            with self._writing(office) as connection:
                yield connection
        except DBAPIError as error:
            raise write_error(self.engine, error) or error from error

    @property
    def is_writing(self) -> bool:
        """Whether this thread is inside a write transaction: a second connection of its own might wait for it."""
        return getattr(_THREAD, "writing", 0) > 0

    @contextmanager
    def _writing(self, office: str) -> Iterator[Connection]:
        in_turn = nullcontext() if is_postgresql(self.engine) else self.writer_lock
        with _marked_as_writing(), in_turn, self.engine.connect() as connection:
            # The lock is taken before the first read, or two writers could decide on the same state.
            _execute_control(connection, TRANSACTION_STATEMENTS[self.engine.dialect.name].writing)
            try:
                if is_postgresql(connection):
                    _lock_office(connection, office)
                yield connection
                _require_usable(connection)
                _execute_control(connection, "COMMIT")
            except BaseException:
                _rollback(connection)
                raise

    @contextmanager
    def savepoint(self, connection: Connection, office: str) -> Iterator[Connection]:
        """A part of a write transaction that can be undone alone; it is kept when the whole is."""
        _execute_control(connection, "SAVEPOINT part")
        try:
            if is_postgresql(connection):
                _lock_office(connection, office)
            yield connection
            _require_usable(connection)
        except BaseException:
            _execute_control(connection, "ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            _execute_control(connection, "RELEASE SAVEPOINT part")


@contextmanager
def orm_session(connection: Connection) -> Iterator[Session]:
    """A session in the connection's open transaction; what was changed is written when the block ends.

    Records are read and written in it as their classes; which tables are used so, and which by Core statements,
    stands in docs/decisions/0022-session-and-core.md. It neither begins nor commits nor undoes a transaction:
    ``Store`` does. A query writes nothing first (no autoflush), and the records stay readable when it is closed.
    """
    with Session(connection, autoflush=False, expire_on_commit=False) as session:
        yield session
        session.flush()


@dataclass(slots=True)
class _Reading:
    """A thread's read transaction, and how many of its callers use it."""

    connection: Connection
    users: int = 0


def _open_readings() -> dict[Engine, _Reading]:
    """The read transactions that this thread has open."""
    if not hasattr(_THREAD, "readings"):
        _THREAD.readings = {}
    found: dict[Engine, _Reading] = _THREAD.readings
    return found


def _begin_reading(engine: Engine) -> _Reading:
    connection = engine.connect()
    try:
        _execute_control(connection, TRANSACTION_STATEMENTS[engine.dialect.name].reading)
    except BaseException:
        connection.close()
        raise
    return _Reading(connection)


def _end_reading(reading: _Reading) -> None:
    try:
        _execute_control(reading.connection, "ROLLBACK")
    finally:
        reading.connection.close()


@contextmanager
def _marked_as_writing() -> Iterator[None]:
    _THREAD.writing = getattr(_THREAD, "writing", 0) + 1
    try:
        yield
    finally:
        _THREAD.writing -= 1


def _execute_control(connection: Connection, word: str) -> None:
    """Begin, end or undo; on SQLite directly in the driver, because SQLAlchemy takes ten times as long."""
    raw = connection.connection.dbapi_connection
    if is_postgresql(connection) or raw is None:
        connection.exec_driver_sql(word)
        return
    try:
        raw.execute(word)
    except sqlite3.Error as error:
        raise DBAPIError.instance(word, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _rollback(connection: Connection) -> None:
    """Undo a transaction. On a full disk SQLite has done so already, and a second ROLLBACK would hide the reason."""
    if connection.invalidated:  # the server is gone, and the transaction with it
        return
    raw = connection.connection.dbapi_connection
    if getattr(raw, "in_transaction", True):
        _execute_control(connection, "ROLLBACK")


def _require_usable(connection: Connection) -> None:
    """Fail before COMMIT if a statement failed: PostgreSQL would then undo everything and report no error."""
    if is_postgresql(connection):
        connection.exec_driver_sql("SELECT 1")


def _lock_office(connection: Connection, office: str) -> None:
    """Lock an office's row of ``head`` until the end of the transaction; the first writer creates it."""
    held = select(HEADS.c.office).where(HEADS.c.office == office).with_for_update()
    if connection.execute(held).first() is None:
        empty = insert(HEADS).values(office=office, position=0, hash=GENESIS, next_case=1)
        # Of two first writers one inserts; the other waits for it here, and then for its row.
        connection.execute(empty.on_conflict_do_nothing())
        connection.execute(held)
