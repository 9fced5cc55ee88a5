"""Which database is opened, what is said when it is not there, and that no sentence tells its password."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.language.phrasebook import LANGUAGES, phrasebook
from bot.services.app import OfficeApp, open_app
from config.clock import ManualClock
from config.errors import GongkaiError
from config.settings import SecretUnread, machine_settings
from storage.database.engines import DatabaseSilent, DriverMissing, NotPostgresql, postgresql_engine
from storage.database.schema import (
    NewerDatabase,
    NoDatabase,
    OlderDatabase,
    create_store,
    open_store,
    upgrade_store,
)
from tests.postgresql import PASSWORD, Server


@contextmanager
def revision(app: OfficeApp, other: str) -> Iterator[None]:
    """The database says meanwhile that another version wrote it."""
    with app.store.writing("x") as connection:
        right = connection.execute(text("select version_num from alembic_version")).scalar_one()
    change = text("update alembic_version set version_num = :version")
    for version in (other, right):
        with app.store.writing("x") as connection:
            connection.execute(change, {"version": version})
        if version == other:
            yield


def test_without_a_setting_the_office_has_a_file(home: Path, clock: ManualClock) -> None:
    assert machine_settings().database_address() == ""
    assert open_app(home, clock).store.engine.url.database == str(home / "gongkai.db")


def test_the_address_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("postgresql://u:p@h/d\n", "utf-8")
    monkeypatch.setenv("GONGKAI_DATABASE_FILE", str(tmp_path / "secret"))
    assert machine_settings().database_address() == "postgresql://u:p@h/d"
    monkeypatch.setenv("GONGKAI_DATABASE", "postgresql://u:p@h/other")
    assert machine_settings().database_address() == "postgresql://u:p@h/other"
    assert "u:p" not in f"{machine_settings()!r}"


def test_a_secret_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_DATABASE_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SecretUnread, match="GONGKAI_DATABASE_FILE"):
        machine_settings().database_address()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:s3cret@h/d",
        "sqlite:///x.db",
        "s3cret",
        "postgresql://u:s3cret@h",
        "postgresql://u:a@b:s3cret@h:x/d",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(NotPostgresql) as refused:
        open_store(Path(), address)
    assert "s3cret" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("host", ["h", "?host=/nowhere", "127.0.0.1:1"])
def test_a_server_that_does_not_answer_is_said_without_its_password(host: str) -> None:
    place = f"/d{host}" if host.startswith("?") else f"{host}/d"
    with pytest.raises(DatabaseSilent) as refused:
        open_store(Path(), f"postgresql://u:{PASSWORD}@{place}")
    assert PASSWORD not in "".join(traceback.format_exception(refused.value))


def test_a_database_that_is_not_there_is_said(postgresql_server: Server) -> None:
    with pytest.raises(DatabaseSilent, match="does not exist"):
        open_store(Path(), postgresql_server.address("nobody"))
    empty = postgresql_server.address(postgresql_server.make("template0"))
    with pytest.raises(NoDatabase):
        open_store(Path(), empty)
    with pytest.raises(NoDatabase):
        upgrade_store(Path(), empty)


@pytest.mark.parametrize(("found", "refusal"), [("9999", NewerDatabase), ("0000", OlderDatabase)])
def test_another_version_s_database_is_refused(
    engine: str, both_apps: OfficeApp, found: str, refusal: type[GongkaiError]
) -> None:
    with revision(both_apps, found), pytest.raises(refusal) as refused:
        open_app(both_apps.home.path, both_apps.clock)
    assert ("PostgreSQL" in str(refused.value)) == (engine == "postgresql")
    assert PASSWORD not in str(refused.value)


def test_founding_a_second_time_changes_nothing(engine: str, both_apps: OfficeApp, tmp_path: Path) -> None:
    with both_apps.store.writing("x"):
        pass
    address = machine_settings().database_address()
    create_store(tmp_path / "again.db", address)
    with both_apps.store.reading() as connection:
        heads = connection.execute(text("select count(*) from head")).scalar()
    assert heads == (1 if engine == "postgresql" else 0)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DriverMissing):
        postgresql_engine("postgresql://u:p@h/d")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("refusal", [NotPostgresql, DriverMissing, DatabaseSilent, SecretUnread])
def test_each_refusal_has_its_sentence(language: str, refusal: type[GongkaiError]) -> None:
    assert f"error.{refusal.__name__}" in phrasebook(language).phrases
