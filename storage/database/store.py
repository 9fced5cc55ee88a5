"""An office's database: opened safely, written by one at a time, migrated by Alembic.

A SQLite file belongs to one office and has one writer. A PostgreSQL database belongs to many offices, and each
office's log has one writer: whoever holds the row of ``head`` that says where that log ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

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

MIGRATION_LOCK = (
    20190515  # names the lock of whoever migrates a PostgreSQL database: any number, always this one
)


class NoDatabase(Refusal):
    """There is no database at {path}. Make an office with gongkai init, or restore a backup."""


class OlderDatabase(Refusal):
    """{path} is of an older version ({found}; this one is {newest}). Copy it, then: gongkai upgrade."""


class NewerDatabase(Refusal):
    """{path} was written by a newer version ({found}; this one knows {newest}). Install that version."""


@dataclass(frozen=True, slots=True)
class Store:
    """The database of a home. Readers see one state throughout; an office's writer holds its only write lock."""

    engine: Engine
    writer_lock: FairLock = field(default_factory=FairLock, compare=False, repr=False)
    """In which the writers of this process go to a SQLite file."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self.engine.connect() as connection:
            _execute_control(connection, TRANSACTION_STATEMENTS[self.engine.dialect.name].reading)
            try:
                yield connection
            finally:
                _execute_control(connection, "ROLLBACK")

    @contextmanager
    def writing(self, office: str) -> Iterator[Connection]:
        """One transaction of an office's only writer: all of it is kept, or nothing is, and ``Unkept`` says why."""
        try:
            with self._writing(office) as connection:
                yield connection
        except DBAPIError as error:
            raise write_error(self.engine, error) or error from error

    @contextmanager
    def _writing(self, office: str) -> Iterator[Connection]:
        in_turn = nullcontext() if is_postgresql(self.engine) else self.writer_lock
        with in_turn, self.engine.connect() as connection:
            # The lock is taken before the first read, or two writers could decide on the same state.
            _execute_control(connection, TRANSACTION_STATEMENTS[self.engine.dialect.name].writing)
            try:
                if is_postgresql(connection):
                    _lock_office(connection, office)
                yield connection
                _require_usable(connection)
            except BaseException:
                _rollback(connection)
                raise
            _execute_control(connection, "COMMIT")

    @contextmanager
    def savepoint(self, connection: Connection, office: str) -> Iterator[Connection]:
        """A part of a writer's transaction that can be undone alone; it is kept when the whole is."""
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


def open_store(path: Path, address: str = "") -> Store:
    """The database at a PostgreSQL address, or at a path. It must exist, and be of this version."""
    engine = _existing_engine(path, address)
    try:
        _require_current(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def upgrade_store(path: Path, address: str = "") -> str:
    """Bring an older database to the newest revision; a current one is left as it is. Returns how it is called."""
    engine = _existing_engine(path, address)
    try:
        _revision(engine)
        migrate(engine)
    finally:
        engine.dispose()
    return database_name(engine)


def create_store(path: Path, address: str = "") -> Store:
    """An empty database, built by every migration in turn; on PostgreSQL other offices may be in it already."""
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
    """Bring a database to the newest revision: in one transaction, and one at a time."""
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
    """Which revision a database is of. NoDatabase where nothing of ours is in it, BrokenDatabase or ShutDatabase."""
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
    """Begin, end or undo: on SQLite straight to the driver, for as SQLAlchemy's statement it costs ten times that."""
    raw = connection.connection.dbapi_connection
    if is_postgresql(connection) or raw is None:
        connection.exec_driver_sql(word)
        return
    try:
        raw.execute(word)
    except sqlite3.Error as error:
        raise DBAPIError.instance(word, None, error, sqlite3.Error, dialect=connection.dialect) from error


def _rollback(connection: Connection) -> None:
    """Undo a transaction; a full disk has made SQLite undo it already, and asking again would hide why."""
    raw = connection.connection.dbapi_connection
    if getattr(raw, "in_transaction", True):
        _execute_control(connection, "ROLLBACK")


def _require_usable(connection: Connection) -> None:
    """PostgreSQL answers COMMIT after a failed statement by undoing it all, and says so to nobody."""
    if is_postgresql(connection):
        connection.exec_driver_sql("SELECT 1")


def _lock_office(connection: Connection, office: str) -> None:
    """Hold an office's row of ``head`` until the end of the transaction; the first writer makes it."""
    held = select(HEADS.c.office).where(HEADS.c.office == office).with_for_update()
    if connection.execute(held).first() is None:
        empty = insert(HEADS).values(office=office, position=0, hash=GENESIS, next_case=1)
        # Of two first writers one inserts; the other waits for it here, and then for its row.
        connection.execute(empty.on_conflict_do_nothing())
        connection.execute(held)
