"""Reading inside reading is one transaction: a second would wait for a writer that waits for the first."""

import sqlite3
import threading
import time

import pytest
from sqlalchemy import text

from storage.database.schema import create_store

COUNT = text("select count(*) from head")
ADD = text("insert into head (office, position, hash, next_case) values ('x', 0, '', 1)")


@pytest.fixture
def store(tmp_path):
    made = create_store(tmp_path / "a.db")
    yield made
    made.engine.dispose()


def nobody_may_begin_to_read(path) -> bool:
    """Whether a writer holds the file for itself, or waits to."""
    stranger = sqlite3.connect(path, timeout=0)
    try:
        stranger.execute("select count(*) from head").fetchone()
    except sqlite3.OperationalError:
        return True
    else:
        return False
    finally:
        stranger.close()


def test_whoever_reads_may_read_more_while_a_writer_waits_for_them(store, tmp_path):
    def write():
        with store.writing("x") as connection:
            connection.execute(ADD)

    writer = threading.Thread(target=write)
    with store.reading() as outer:
        assert outer.execute(COUNT).scalar() == 0
        writer.start()
        if store.engine.dialect.name == "sqlite" and writer_waits_for_readers(store):
            while not nobody_may_begin_to_read(tmp_path / "a.db"):
                time.sleep(0.01)
        with store.reading() as inner:
            assert inner is outer
            assert inner.execute(COUNT).scalar() == 0
    writer.join(20)
    with store.reading() as connection:
        assert connection.execute(COUNT).scalar() == 1


def writer_waits_for_readers(store) -> bool:
    with store.reading() as connection:
        return connection.exec_driver_sql("pragma journal_mode").scalar() != "wal"


def test_it_ends_with_the_last_who_uses_it_in_whatever_order_they_end(store):
    first, second = store.reading(), store.reading()
    outer = first.__enter__()
    assert second.__enter__() is outer
    first.__exit__(None, None, None)
    assert outer.execute(COUNT).scalar() == 0
    second.__exit__(None, None, None)
    assert outer.closed
    with pytest.raises(ValueError, match="broken"), store.reading() as connection:
        raise ValueError("broken")
    assert connection.closed
    with store.reading() as after:
        assert after is not connection


def test_each_thread_and_each_store_has_its_own(store, tmp_path):
    found = []

    def read():
        with store.reading() as connection:
            found.append(connection)

    other = create_store(tmp_path / "b.db")
    with store.reading() as connection, other.reading() as elsewhere:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(20)
        assert len({id(one) for one in (connection, elsewhere, *found)}) == 3
    other.engine.dispose()
