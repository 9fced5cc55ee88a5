"""A disk that is full, a file that may not be written: people read which of the two it is, and nobody is lulled."""

import sqlite3

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from scheduler.sweep.auditor import Auditor
from scheduler.sweep.reminder_queue import nobody_unreachable
from storage.database.engines import DiskFull, NotWritable


def full(app):
    """Not one page more than there are."""
    with app.store.engine.connect() as connection:
        return f"pragma max_page_count={connection.exec_driver_sql('pragma page_count').scalar_one()}"


def read_only(_works):
    return "pragma query_only=on"


def hindered(app, hinder):
    setting = hinder(app)
    app.store.engine.dispose()
    event.listen(app.store.engine, "connect", lambda raw, _record: raw.execute(setting))


def count_licences(app, times):
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        for _ in range(times):
            uow.registers.count("licence", app.today, quantity=1)


@pytest.mark.parametrize(("hinder", "refusal"), [(full, DiskFull), (read_only, NotWritable)])
def test_what_cannot_be_kept_is_refused_by_name_and_nothing_of_it_is_kept(app, hinder, refusal):
    count_licences(app, 1)
    hindered(app, hinder)
    with pytest.raises(refusal) as told:
        count_licences(app, 500)
    assert str(app.home.database) in str(told.value)
    with app.log() as log:
        assert log.end().position == 1
        assert list(log.verify()) == []


def test_another_fault_of_the_database_stays_what_it_is(app):
    with pytest.raises(DBAPIError), app.store.writing(app.office.slug) as connection:
        connection.execute(text("select * from nowhere"))


def test_what_the_database_undid_by_itself_does_not_hide_why(app):
    """As SQLite may where its disk is full: undoing it once more would only say that there is nothing to undo."""
    with pytest.raises(ValueError, match="why"), app.store.writing(app.office.slug) as connection:
        connection.connection.dbapi_connection.execute("ROLLBACK")
        raise ValueError("why")


def test_the_heart_does_not_beat_where_no_fact_could_be_recorded(app, monkeypatch):
    """A lock alone is no proof: on a read-only file SQLite grants it, and on a full disk."""
    count_licences(app, 1)
    heart = []
    auditor = Auditor(app.recorder, nobody_unreachable, lambda: heart.append(1), print)
    monkeypatch.setattr("scheduler.sweep.auditor.missing_openings", lambda *_: [])
    app.store.engine.dispose()
    event.listen(app.store.engine, "connect", lambda raw, _record: raw.set_authorizer(no_change))
    with pytest.raises(DBAPIError):
        auditor()
    assert heart == []


def no_change(action, *_what):
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_UPDATE else sqlite3.SQLITE_OK


def test_trying_whether_a_fact_could_be_recorded_records_nothing(both_apps, monkeypatch):
    app, heart = both_apps, []
    count_licences(app, 1)
    with app.log() as log:
        before = log.end()
    monkeypatch.setattr("scheduler.sweep.auditor.missing_openings", lambda *_: [])
    Auditor(app.recorder, nobody_unreachable, lambda: heart.append(1), print)()
    assert heart == [1]
    with app.log() as log:
        assert log.end() == before
        assert list(log.verify()) == []
