"""The two database engines: SQLite, a file in the office's folder, and PostgreSQL by URL, for many offices.

SQLite runs with ``synchronous=EXTRA``: what was committed survives a power cut, whichever journal is used. Builds up
to 3.51.2 can corrupt a write-ahead log that is reset while in use, so on those a rollback journal is used instead.
Each commit empties it and does not remove it: a removed file may come back after a cut, and would undo the commit.
PostgreSQL runs with ``synchronous_commit=on``, whatever its administrator set as the default.

A URL holds a password: no message here contains the URL, or the driver's text about it, unmasked.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from config.errors import Damage, GongkaiError, Refusal

SAFE_WAL = (3, 51, 3)  # the first build without the reset fault
SYNCHRONOUS = "EXTRA"  # FULL, and the folder is synced after a journal was removed
BUSY_SECONDS = 30  # a second writer waits this long for the first
CONNECT_SECONDS = 10
POSTGRESQL = "postgresql"
POSTGRESQL_SCHEMES = {POSTGRESQL, "postgres", "postgresql+psycopg"}


class NotPostgresql(Refusal):
    """GONGKAI_DATABASE is no PostgreSQL address. Write it so: postgresql://user:password@host/database."""


class DriverMissing(Refusal):
    """PostgreSQL needs its driver, which is not installed here: psycopg (the extra “postgresql”). Install it."""


class DatabaseSilent(Refusal):
    """{place} does not let us in: {why}. Start it, or correct GONGKAI_DATABASE; then try again."""


class Unkept(GongkaiError):
    """Nothing was recorded: {place} cannot be written. What was recorded before is safe."""


class DiskFull(Unkept):
    """Nothing was recorded: the disk of {place} is full. Free some space, then do it again; the rest is safe."""


class NotWritable(Unkept):
    """Nothing was recorded: {place} may not be written. Give the program the right to, then do it again."""


class BrokenDatabase(Damage):
    """{place} is no database of ours, or is damaged. Leave it, and restore the last backup: gongkai restore."""


class ShutDatabase(Refusal):
    """{place} cannot be opened: it is a folder, or the program's account may not read it. Mend that first."""


class TransactionStatements(NamedTuple):
    """The statements that begin a transaction."""

    reading: str
    writing: str


# A writer reads after it holds the lock, so each of its statements must see the newest commit.
TRANSACTION_STATEMENTS = {
    "sqlite": TransactionStatements("BEGIN", "BEGIN IMMEDIATE"),
    POSTGRESQL: TransactionStatements(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN ISOLATION LEVEL READ COMMITTED"
    ),
}


PRIMARY_CODE_MASK = 0xFF  # the rest of SQLite's code says more closely what happened
WRITE_ERRORS: dict[int | str, type[Unkept]] = {
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: NotWritable,
    sqlite3.SQLITE_CANTOPEN: NotWritable,  # of its journal
    "53100": DiskFull,
    "25006": NotWritable,
}


READ_ERRORS: dict[int, type[GongkaiError]] = {
    sqlite3.SQLITE_NOTADB: BrokenDatabase,
    sqlite3.SQLITE_CORRUPT: BrokenDatabase,
    sqlite3.SQLITE_CANTOPEN: ShutDatabase,
}


class EngineInfo(NamedTuple):
    """What ``gongkai doctor`` reports about an engine."""

    engine: str
    version: str
    keeps: str
    """The settings that make a commit durable."""
    isolation: str


def journal_mode(build: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """The journal that is safe on this SQLite build."""
    return "WAL" if build >= SAFE_WAL else "TRUNCATE"


def sqlite_engine(path: Path) -> Engine:
    """The engine of a database file."""
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        skip_autocommit_rollback=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "reset", _roll_back)
    return engine


def postgresql_engine(address: str) -> Engine:
    """The engine of a PostgreSQL database; it does not connect yet. NotPostgresql, DriverMissing."""
    url = _url(address).set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(
            url,
            isolation_level="AUTOCOMMIT",  # we say BEGIN and COMMIT ourselves
            skip_autocommit_rollback=True,
            pool_pre_ping=True,  # a restarted server must not cost the next person their act
            hide_parameters=True,
            connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "gongkai"},
        )
    except ImportError:
        raise DriverMissing from None
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "reset", _roll_back)
    return engine


def is_postgresql(where: Engine | Connection) -> bool:
    """True for PostgreSQL, false for SQLite."""
    return where.dialect.name == POSTGRESQL


def database_name(engine: Engine) -> str:
    """A database's name for people: its file, or its server and database. Never its password."""
    url = engine.url
    if not is_postgresql(engine):
        return str(url.database)
    return f"PostgreSQL {url.host or url.query.get('host', '')}/{url.database}"


def unreachable_refusal(engine: Engine, error: OperationalError) -> DatabaseSilent:
    """The refusal for a database that could not be reached, with the driver's reason."""
    why, *_ = str(error.orig).strip().removeprefix("connection failed: ").splitlines()
    password = engine.url.password
    return DatabaseSilent(place=database_name(engine), why=why.replace(password, "***") if password else why)


def write_error(engine: Engine, error: DBAPIError) -> Unkept | None:
    """The refusal for a database that cannot be written; None if the error is another one."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE_MASK or getattr(
        error.orig, "sqlstate", ""
    )
    found = WRITE_ERRORS.get(code)
    return found(place=database_name(engine)) if found else None


def read_error_of_file(engine: Engine, error: DBAPIError) -> GongkaiError | None:
    """The error for a file that cannot be read as our database; None if the error is another one."""
    found = READ_ERRORS.get(getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE_MASK)
    return found(place=database_name(engine)) if found else None


def describe_engine(connection: Connection) -> EngineInfo:
    """The engine, its version and its durability settings."""

    def ask(query: str) -> str:
        return str(connection.exec_driver_sql(query).scalar_one())

    if is_postgresql(connection):
        keeps = f"synchronous_commit={ask('SHOW synchronous_commit')}, fsync={ask('SHOW fsync')}"
        return EngineInfo("PostgreSQL", ask("SHOW server_version"), keeps, ask("SHOW transaction_isolation"))
    keeps = f"journal_mode={ask('PRAGMA journal_mode')}, synchronous={ask('PRAGMA synchronous')}"
    return EngineInfo("SQLite", sqlite3.sqlite_version, keeps, "serializable")


def _url(address: str) -> URL:
    try:
        url = make_url(address.strip())
    except (ArgumentError, ValueError):  # from None: the error may quote a piece of the address
        raise NotPostgresql from None
    if url.drivername not in POSTGRESQL_SCHEMES or not url.database:
        raise NotPostgresql
    return url


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # we say BEGIN and COMMIT ourselves
    raw.execute(f"PRAGMA journal_mode={journal_mode()}")
    raw.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
    raw.execute("PRAGMA secure_delete=ON")  # some builds leave deleted bytes on their pages
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA recursive_triggers=ON")  # INSERT OR REPLACE must meet the triggers on delete


def _roll_back(raw: Any, _record: object, _state: object) -> None:
    """Undo what a connection that goes back to the pool has left open.

    Only here does the library roll back: a session that fails must not undo the transaction it works in, for the
    savepoint around it does (``Store.savepoint``).
    """
    raw.rollback()


def _prepare_postgresql(raw: Any, _record: object) -> None:
    raw.execute(f"SET synchronous_commit = on; SET lock_timeout = '{BUSY_SECONDS}s'; SET timezone = 'UTC'")
