"""The store serves its writers in turn, and a session neither commits, nor undoes, nor writes early."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.services.app import OfficeApp
from storage.database.store import FairLock, orm_session
from storage.database.tables import Invitation

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def app(both_apps: OfficeApp) -> OfficeApp:
    return both_apps


def invitation(token: str) -> Invitation:
    return Invitation(office="town", token=token, person="clerk", expires_at=AT + timedelta(hours=1))


def add(connection, token: str) -> None:
    with orm_session(connection) as session:
        session.add(invitation(token))


def tokens(app: OfficeApp) -> list[str]:
    with app.store.reading() as connection, orm_session(connection) as session:
        return list(session.exec(select(Invitation.token).order_by(col(Invitation.token))))


def test_a_record_is_kept_with_its_transaction_and_readable_afterwards(app: OfficeApp) -> None:
    with app.store.writing("town") as connection, orm_session(connection) as session:
        session.add(record := invitation("a"))
    assert (record.person, record.expires_at) == ("clerk", AT + timedelta(hours=1))
    assert tokens(app) == ["a"]


def test_nothing_is_kept_of_a_transaction_that_fails_after_its_session(app: OfficeApp) -> None:
    with pytest.raises(ZeroDivisionError), app.store.writing("town") as connection:
        add(connection, "a")
        raise ZeroDivisionError
    assert tokens(app) == []


def test_a_session_that_fails_undoes_its_savepoint_and_nothing_else(app: OfficeApp) -> None:
    with app.store.writing("town") as connection:
        add(connection, "a")
        with pytest.raises(IntegrityError), app.store.savepoint(connection, "town"):
            add(connection, "b")
            add(connection, "a")  # a second time
        add(connection, "c")
    assert tokens(app) == ["a", "c"]


def test_a_query_writes_nothing_first(app: OfficeApp) -> None:
    with app.store.writing("town") as connection, orm_session(connection) as session:
        session.add(invitation("a"))
        assert session.exec(select(func.count()).select_from(Invitation)).one() == 0
    assert tokens(app) == ["a"]


def test_a_connection_goes_back_with_nothing_open(app: OfficeApp) -> None:
    with app.store.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        add(connection, "a")
    assert tokens(app) == []
    with app.store.writing("town") as connection:  # and the next writer may begin
        add(connection, "b")
    assert tokens(app) == ["b"]


def test_whoever_came_first_goes_first():
    turns, order, came = FairLock(), [], threading.Semaphore(0)

    def work(number):
        came.release()
        with turns:
            order.append(number)

    with turns:
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            came.acquire()
            while len(turns._waiting) <= number:  # it stands in the queue
                time.sleep(0)
        assert order == []
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_a_fault_gives_the_turn_back():
    turns = FairLock()
    with pytest.raises(ValueError, match="broken"), turns:
        raise ValueError("broken")
    with turns:
        assert turns._taken
    assert not turns._taken
