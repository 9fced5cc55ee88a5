"""Opens, makes and migrates an office's database by Alembic, and tells whether its guards are those of the schema."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
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
from storage.database.store import Store
from storage.isolation.isolated_reading import isolated

MIGRATION_LOCK = 20190515  # the advisory lock under which a PostgreSQL database is migrated: any fixed number


class NoDatabase(Refusal):
    """There is no database at {path}. Make an office with gongkai init, or restore a backup."""


class OlderDatabase(Refusal):
    """{path} is of an older version ({found}; this one is {newest}). Copy it, then: gongkai upgrade."""


class NewerDatabase(Refusal):
    """{path} was written by a newer version ({found}; this one knows {newest}). Install that version."""


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


def newest_revision() -> str:
    """The revision this program writes: the migration with the highest name."""
    versions = Path(__file__).parents[1] / "migrations" / "versions"
    return max(path.stem for path in versions.glob("[0-9]*.py")).partition("_")[0]


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
