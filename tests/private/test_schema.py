"""A database built by every migration in turn is the one the tables declare."""

import re

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlmodel import SQLModel

from storage import tables, tables_channels, tables_sending, tables_signing  # noqa: F401 - fill the metadata
from storage.store import create_store

TRIGGERS = {
    "event_is_never_changed",
    "event_is_never_removed",
    "event_is_only_appended",
    "event_key_is_used_once",
}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    return create_store(tmp_path_factory.mktemp("schema") / "migrated.db").engine


@pytest.fixture(scope="module")
def declared(tmp_path_factory):
    assert tables.EVENTS.metadata is SQLModel.metadata
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('schema')}/declared.db")
    SQLModel.metadata.create_all(engine)
    return engine


def tables_of(engine):
    return sorted(set(inspect(engine).get_table_names()) - {"alembic_version"})


def column_of(column):
    kept = {key: column[key] for key in ("name", "nullable", "default", "primary_key")}
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


def indexes(engine, table):
    """As written, for reflection does not show where an index is partial."""
    query = text(
        "select sql from sqlite_master where type = 'index' and tbl_name = :table and sql is not null"
    )
    with engine.connect() as connection:
        for sql in connection.execute(query, {"table": table}).scalars():
            yield re.sub(r"\s+", " ", sql).lower()


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
    query = text("select name from sqlite_master where type = 'trigger' and tbl_name = 'event'")
    with migrated.connect() as connection:
        assert set(connection.execute(query).scalars()) >= TRIGGERS
