"""Many offices in one database: each sees its own, each has one writer, and no office waits for another."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp, create_office, open_app
from config.office.folder import OfficeFolder
from storage.database.backup import make_backup, restore_backup
from storage.database.schema import open_store
from storage.database.store import Store
from storage.eventlog.log import Log
from storage.messaging.sessions import SessionStore
from tests.postgresql import Server, closing_connections
from tests.storage.content.people import keep, open_request
from tests.storage.database.writer import AT, append, append_elsewhere

WAITING = "select count(*) from pg_locks where not granted"


@pytest.fixture
def address(postgresql_server: Server):
    with postgresql_server.database() as found, closing_connections():
        yield found


@pytest.fixture
def county(address: str) -> Store:
    return open_store(Path(), address)


def whole(store: Store, office: str) -> int:
    """How long an office's log is; without a gap and with every seal in place."""
    with store.reading() as connection:
        log = Log(connection, office)
        assert list(log.verify()) == []
        assert [entry.position for entry in log.read()] == list(range(1, log.end().position + 1))
        return log.end().position


def neighbour(app: OfficeApp, folder: Path) -> OfficeApp:
    """Another town in the same database."""
    home = create_office(folder, sample=True)
    said = home.office_file.read_text("utf-8")
    slug = f'slug = "{app.office.slug}"'
    assert slug in said
    home.office_file.write_text(said.replace(slug, 'slug = "neighbour"'), "utf-8")
    return open_app(folder, clock=app.clock)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_an_office_sees_nothing_of_its_neighbour(both_apps: OfficeApp, tmp_path: Path) -> None:
    ours, theirs = both_apps, neighbour(both_apps, tmp_path / "neighbour")
    case = open_request(ours)
    keep(ours, case)
    with ours.store.writing(ours.office.slug) as connection:
        SessionStore(connection, ours.office.slug).invite("clerk", at=AT, lasts=timedelta(hours=1))
    with theirs.log() as log:
        assert (log.end().position, list(log.read()), list(log.verify())) == (0, [], [])
    assert annual_report(theirs, 2026).report.figures["table3.received.total"] == 0
    assert annual_report(ours, 2026).report.figures["table3.received.total"] == 1
    assert open_request(theirs) == case  # numbers begin anew for each office
    with theirs.recorder.transaction(actor="clerk", means="test") as uow:
        uow.context.index.rebuild()
        assert uow.context.index.differences() == []
    with ours.store.reading() as connection:
        for name in ("event", "case_row", "particular", "invitation"):
            table = SQLModel.metadata.tables[name]
            found = connection.execute(table.select().where(table.c.office == ours.office.slug)).all()
            assert len(found) == 1, name


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("target", ["file", "server"])
def test_a_backup_holds_one_office_and_keeps_its_guards(
    both_apps: OfficeApp, postgresql_server: Server, tmp_path: Path, target: str
) -> None:
    for app in (both_apps, neighbour(both_apps, tmp_path / "neighbour")):
        keep(app, open_request(app))
    ours, archive, again = both_apps.office.slug, tmp_path / "b.zip", OfficeFolder(tmp_path / "again")
    make_backup(both_apps.home, both_apps.store, ours, archive, AT)
    address = postgresql_server.address(postgresql_server.make()) if target == "server" else ""
    restore_backup(archive, again, address)
    restored = open_store(again.database, address)
    assert whole(restored, ours) == 1
    with restored.reading() as connection:
        for table in SQLModel.metadata.sorted_tables:
            found = connection.execute(select(table.c.office).distinct()).scalars().all()
            assert set(found) <= {ours}, table.name
    with pytest.raises(IntegrityError, match="append-only"), restored.writing(ours) as connection:
        connection.execute(text("delete from event"))


def test_a_writer_of_one_office_does_not_wait_for_another(county: Store) -> None:
    with ThreadPoolExecutor(2) as pool:
        with county.writing("one"):
            pool.submit(append, county, "other").result(timeout=10)
            same = pool.submit(append, county, "one")
            with closing(county.engine.connect()) as watching:
                deadline = time.monotonic() + 10
                while not watching.exec_driver_sql(WAITING).scalar():
                    assert time.monotonic() < deadline
            assert not same.done()
        same.result(timeout=10)
    assert (whole(county, "one"), whole(county, "other")) == (1, 1)


def test_of_first_writers_one_makes_the_log(county: Store) -> None:
    barrier = Barrier(6)
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(append, county, "new", 5, barrier) for _ in range(6)]:
            done.result(timeout=30)
    assert whole(county, "new") == 30


def test_processes_write_side_by_side_without_a_gap(address: str, county: Store) -> None:
    offices = ("one", "other")
    started = [
        get_context("spawn").Process(target=append_elsewhere, args=(address, order, 20))
        for order in (offices, offices[::-1])
    ]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0, 0]
    assert [whole(county, office) for office in offices] == [40, 40]


def test_a_reader_sees_one_state_throughout(county: Store) -> None:
    append(county, "one")
    with county.reading() as connection:
        before = Log(connection, "one").end()
        append(county, "one")
        assert Log(connection, "one").end() == before
        assert len(list(Log(connection, "one").read())) == 1
    assert whole(county, "one") == 2


def test_a_reader_cannot_write(county: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only"), county.reading() as connection:
        connection.execute(text("delete from head"))
