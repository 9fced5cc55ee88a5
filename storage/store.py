"""An office's database: opened safely, written by one at a time, migrated by Alembic.

SQLite runs with ``synchronous=FULL``: what was committed survives a power cut. Builds up to 3.51.2 can
corrupt a write-ahead log when it is reset while in use, so on those the rollback journal is kept instead.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from config.errors import Refusal

SAFE_WAL = (3, 51, 3)  # the first build without the reset fault
BUSY_SECONDS = 30  # a second writer waits this long for the first


def journal_mode(build: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """The journal that is safe on this SQLite build."""
    return "WAL" if build >= SAFE_WAL else "DELETE"


class NoDatabase(Refusal):
    """There is no database at {path}. Make an office with gongkai init, or restore a backup."""


class OlderDatabase(Refusal):
    """{path} is of an older version ({found}; this one is {newest}). Copy it, then: gongkai upgrade."""


class NewerDatabase(Refusal):
    """{path} was written by a newer version ({found}; this one knows {newest}). Install that version."""


@dataclass(frozen=True, slots=True)
class Store:
    """The database of a home. Readers see one state throughout; a writer holds the only write lock."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing is."""
        with self.engine.connect() as connection:
            # The lock is taken before the first read, or two writers could decide on the same state.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")


def open_store(path: Path) -> Store:
    """The database at a path, which must exist. Refuses one that another version has written."""
    if not path.exists():
        raise NoDatabase(path=path)
    store = Store(_engine(path))
    with store.reading() as connection:
        found = str(connection.execute(text("select version_num from alembic_version")).scalar_one())
    newest = newest_revision()
    if found > newest:
        raise NewerDatabase(path=path, found=found, newest=newest)
    if found < newest:
        raise OlderDatabase(path=path, found=found, newest=newest)
    return store


def upgrade_store(path: Path) -> None:
    """Bring an older database to the newest revision; a current one is left as it is."""
    if not path.exists():
        raise NoDatabase(path=path)
    migrate(_engine(path))


def create_store(path: Path) -> Store:
    """A new, empty database, built by every migration in turn."""
    store = Store(_engine(path))
    migrate(store.engine)
    return store


def migrate(engine: Engine) -> None:
    """Bring a database to the newest revision."""
    # Alembic costs a quarter of a second, which only a migration should pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def newest_revision() -> str:
    """The revision this program writes: the migration with the highest name."""
    versions = Path(__file__).parent / "migrations" / "versions"
    return max(path.stem for path in versions.glob("[0-9]*.py")).partition("_")[0]


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # we say BEGIN and COMMIT ourselves
    raw.execute(f"PRAGMA journal_mode={journal_mode()}")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA recursive_triggers=ON")  # INSERT OR REPLACE must meet the triggers on delete
