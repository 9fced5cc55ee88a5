"""A database built by every migration in turn is the one the tables declare."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from storage.database import tables, tables_approvals, tables_delivery, tables_messaging  # noqa: F401 - fill the metadata
from storage.database.engines import postgresql_engine, sqlite_engine
from storage.database.schema import create_store, migrate

TRIGGERS = {
    "event_is_never_changed",
    "event_is_never_removed",
    "event_is_only_appended",
    "event_key_is_used_once",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engines(request, tmp_path_factory):
    """Two databases of one engine: built by the migrations, and by the tables as they are declared."""
    assert tables.EVENTS.metadata is SQLModel.metadata
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("schema")
        places = [(folder / "migrated.db", ""), (folder / "declared.db", "")]
    else:
        server = request.getfixturevalue("postgresql_server")
        places = [(None, server.address(server.make("template0"))) for _ in range(2)]
    migrated, declared = (
        postgresql_engine(address) if address else sqlite_engine(path) for path, address in places
    )
    migrate(migrated)
    SQLModel.metadata.create_all(declared)
    yield migrated, declared
    migrated.dispose()
    declared.dispose()


@pytest.fixture
def migrated(engines):
    return engines[0]


@pytest.fixture
def declared(engines):
    return engines[1]


def tables_of(engine):
    return sorted(set(inspect(engine).get_table_names()) - {"alembic_version"})


def column_of(column):
    kept = {key: column.get(key) for key in ("name", "nullable", "default", "primary_key")}
    return {**kept, "type": str(column["type"])}


def schema(engine, table):
    seen = inspect(engine)
    return {
        "columns": [column_of(column) for column in seen.get_columns(table)],
        "key": seen.get_pk_constraint(table),
        "foreign": seen.get_foreign_keys(table),
        "unique": seen.get_unique_constraints(table),
        "check": seen.get_check_constraints(table),
        "indexes": sorted(indexes(engine, table)),
    }


INDEXES = {
    "sqlite": "select sql from sqlite_master where type = 'index' and tbl_name = :table and sql is not null",
    "postgresql": "select indexdef from pg_indexes where tablename = :table",
}
GUARDS = {
    "sqlite": "select name from sqlite_master where type = 'trigger'",
    "postgresql": "select tgname from pg_trigger where tgenabled = 'O' and not tgisinternal",
}


def indexes(engine, table):
    """As written, for reflection does not show where an index is partial."""
    with engine.connect() as connection:
        for sql in connection.execute(text(INDEXES[engine.dialect.name]), {"table": table}).scalars():
            yield re.sub(r"\s+", " ", sql).lower()


def guards(engine):
    with engine.connect() as connection:
        return set(connection.execute(text(GUARDS[engine.dialect.name])).scalars())


def test_both_have_the_same_tables(migrated, declared):
    assert tables_of(migrated) == tables_of(declared)
    assert {"event", "head", "particular", "particular_key"} <= set(tables_of(migrated))


@pytest.mark.parametrize("table", sorted(SQLModel.metadata.tables))
def test_each_table_is_as_declared(migrated, declared, table):
    assert schema(migrated, table) == schema(declared, table)


@pytest.mark.parametrize("table", sorted(SQLModel.metadata.tables))
def test_every_table_carries_the_office(migrated, table):
    assert "office" in inspect(migrated).get_pk_constraint(table)["constrained_columns"]


def test_the_log_has_its_triggers(migrated):
    assert guards(migrated) >= TRIGGERS


def test_both_engines_have_the_same_guards(tmp_path, postgresql_server):
    file = create_store(tmp_path / "town.db").engine
    server = postgresql_engine(postgresql_server.address(postgresql_server.make()))
    beyond = {f"{name}_at_once" for name in guards(file)}  # against TRUNCATE, which SQLite does not know
    assert guards(server) - beyond == guards(file)
    server.dispose()


def test_a_database_is_migrated_by_one_at_a_time(postgresql_server):
    """Two offices are founded in the same moment in a database where nothing is yet."""
    address = postgresql_server.address(postgresql_server.make("template0"))
    with ThreadPoolExecutor(2) as pool:
        stores = list(pool.map(lambda _: create_store(Path(), address), range(2)))
    assert guards(stores[0].engine) >= TRIGGERS
    for store in stores:
        store.engine.dispose()
