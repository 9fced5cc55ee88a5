"""The store: opens an office's database, gives its transactions, and migrates it by Alembic.

A SQLite file belongs to one office and has one writer. A PostgreSQL database belongs to many offices, and each
office's log has one writer: the transaction that holds the lock of the office's row of ``head``.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import local

from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError

from config.errors import Refusal
from storage.database.engines import (
    TRANSACTION_STATEMENTS,
    database_name,
    is_postgresql,
    postgresql_engine,
    read_error_of_file,
    sqlite_engine,
    unreachable_refusal,
    write_error,
)
from storage.database.fair_lock import FairLock
from storage.database.tables import HEADS
from storage.events.codec import GENESIS
from storage.isolation.isolated_reading import isolated

MIGRATION_LOCK = 20190515  # the advisory lock under which a PostgreSQL database is migrated: any fixed number

_THREAD = local()
"""Counts the write transactions that a thread has open, and holds its read transactions."""


class NoDatabase(Refusal):
    """There is no database at {path}. Make an office with gongkai init, or restore a backup."""


class OlderDatabase(Refusal):
    """{path} is of an older version ({found}; this one is {newest}). Copy it, then: gongkai upgrade."""


class NewerDatabase(Refusal):
    """{path} was written by a newer version ({found}; this one knows {newest}). Install that version."""


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


def open_store(path: Path, address: str = "") -> Store:
    """Open the database at a PostgreSQL address or at a path. NoDatabase, OlderDatabase, NewerDatabase."""
    engine = _existing_engine(path, address)
    try:
        _require_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def upgrade_store(path: Path, address: str = "") -> str:
    """Migrate a database to the newest revision. Returns its name for people."""
    engine = _existing_engine(path, address)
    try:
        _revision(engine)
        migrate(engine)
    finally:
        engine.dispose()
    return database_name(engine)


def create_store(path: Path, address: str = "") -> Store:
    """Create a database by every migration in turn; on PostgreSQL other offices may be in it already."""
    engine = _create_engine(path, address)
    try:
        migrate(engine)
    except OperationalError as error:
        engine.dispose()
        if is_postgresql(engine):
            raise unreachable_refusal(engine, error) from None
        raise write_error(engine, error) or error from error
    return Store(engine)


def migrate(engine: Engine) -> None:
    """Migrate a database to the newest revision, in one transaction; of two programs one waits for the other."""
    # Alembic costs a quarter of a second, which only a migration should pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    with engine.connect() as connection:
        connection.exec_driver_sql(TRANSACTION_STATEMENTS[engine.dialect.name].writing)
        if is_postgresql(engine):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.exec_driver_sql("COMMIT")


@isolated("name")
def declared_triggers(name: str) -> dict[str, str]:
    """Return the triggers of a fresh database by their names, as SQLite keeps them.

    It is made in the child process: a program that runs for months would keep the library that migrates.
    """
    with tempfile.TemporaryDirectory() as scratch:
        fresh = create_store(Path(scratch) / name)
        with fresh.reading() as made:
            declared = _sqlite_triggers(made)
        fresh.engine.dispose()
    return declared


def differing_guards(connection: Connection) -> list[str]:
    """The names of the triggers that a database lacks, has disabled, or has otherwise than the schema declares."""
    declared = declared_triggers("fresh.db")
    if not is_postgresql(connection):
        found = _sqlite_triggers(connection)
        return sorted(name for name, sql in declared.items() if found.get(name) != sql)
    at_once = {f"{name}_at_once" for name, sql in declared.items() if " BEFORE DELETE ON " in sql}
    enabled = "select tgname from pg_trigger where not tgisinternal and tgenabled = 'O'"
    return sorted((declared.keys() | at_once) - set(connection.exec_driver_sql(enabled).scalars()))


def _sqlite_triggers(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("select name, sql from sqlite_master where type = 'trigger'").all()
    return {str(row.name): str(row.sql) for row in rows}


def newest_revision() -> str:
    """The revision this program writes: the migration with the highest name."""
    versions = Path(__file__).parents[1] / "migrations" / "versions"
    return max(path.stem for path in versions.glob("[0-9]*.py")).partition("_")[0]


def _create_engine(path: Path, address: str) -> Engine:
    return postgresql_engine(address) if address else sqlite_engine(path)


def _existing_engine(path: Path, address: str) -> Engine:
    if not address and not path.exists():
        raise NoDatabase(path=path)  # SQLite would make an empty one
    return _create_engine(path, address)


def _require_current(engine: Engine) -> None:
    found, newest = _revision(engine), newest_revision()
    if found > newest:
        raise NewerDatabase(path=database_name(engine), found=found, newest=newest)
    if found < newest:
        raise OlderDatabase(path=database_name(engine), found=found, newest=newest)


def _revision(engine: Engine) -> str:
    """The revision of a database. NoDatabase if it has no tables of ours; BrokenDatabase, ShutDatabase."""
    try:
        with Store(engine).reading() as connection:
            if not inspect(connection).has_table("alembic_version"):
                raise NoDatabase(path=database_name(engine))
            return str(connection.execute(text("select version_num from alembic_version")).scalar_one())
    except OperationalError as error:
        if is_postgresql(engine):
            raise unreachable_refusal(engine, error) from None
        raise read_error_of_file(engine, error) or error from error
    except DBAPIError as error:
        raise read_error_of_file(engine, error) or error from error


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
