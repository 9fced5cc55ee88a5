"""Small writes share the worker's transaction: each is kept, and told to whoever wrote it, once that is committed."""

import threading
from concurrent.futures import Future
from contextlib import suppress

import pytest
from sqlalchemy import event, select

from bot.delivery.inbox_worker import InboxWorker, PerChatExecutor
from bot.delivery.shared_writes import SharedWrites
from scheduler.delivery.inbox import Inbox
from storage.database.tables_messaging import INBOX
from storage.messaging.inbox import InboxTable, RawUpdate


@pytest.fixture
def writes(app):
    return SharedWrites(app.store, app.office.slug)


def putting(app, number: int):
    """What stores an update under this number."""

    def write(connection) -> int:
        InboxTable(connection, app.office.slug, "beside").put(
            [RawUpdate(str(number), "7", "")], app.clock.now()
        )
        return number

    return write


def kept(app) -> list[str]:
    with app.store.reading() as connection:
        return sorted(connection.execute(select(INBOX.c.update_id)).scalars())


def commits(app):
    """The commits of the office's database from now on."""
    found: list[str] = []
    traced = []

    def trace(raw, _record, _proxy):
        traced.append(raw)
        raw.set_trace_callback(lambda sql: found.append(sql) if sql == "COMMIT" else None)

    event.listen(app.store.engine, "checkout", trace)
    return found


def failing(_connection):
    raise ValueError


def test_without_a_worker_each_is_kept_at_once(app, writes):
    assert writes.submit(putting(app, 1)).result(0) == 1
    assert kept(app) == ["1"]
    assert isinstance(writes.submit(failing).exception(0), ValueError)


def test_those_that_wait_are_kept_in_one_transaction_and_one_that_fails_spoils_no_other(app, writes):
    woken: list[int] = []
    writes.share(lambda: woken.append(1))
    done = [writes.submit(write) for write in (putting(app, 1), failing, putting(app, 2))]
    assert len(woken) == 3
    found = commits(app)
    with writes.next_transaction() as write, app.store.writing(app.office.slug) as connection:
        write(connection)
        assert not any(future.done() for future in done)
    assert len(found) == 1
    assert [type(future.exception(0)) for future in done] == [type(None), ValueError, type(None)]
    assert kept(app) == ["1", "2"]


def test_a_transaction_that_fails_keeps_nothing_and_is_told_to_each(app, writes):
    writes.share(lambda: None)
    done = [writes.submit(putting(app, number)) for number in (1, 2)]
    with (
        suppress(OSError),
        writes.next_transaction() as write,
        app.store.writing(app.office.slug) as connection,
    ):
        write(connection)
        raise OSError
    assert [type(future.exception(0)) for future in done] == [OSError, OSError]
    assert kept(app) == []


def test_a_worker_writes_with_the_updates_it_handles_and_at_its_end_what_waits(app, writes):
    inbox = Inbox(store=app.store, office=app.office.slug, channel="test", clock=app.clock)
    faults: list[Exception] = []
    handled = threading.Event()
    asked: list[Future[int]] = []

    def deliver(one):
        asked.append(writes.submit(putting(app, 10 + int(one.update.update_id))))
        yield asked[-1]
        handled.set()

    inbox.store_updates([RawUpdate("1", "7", "")])
    with InboxWorker(
        inbox, lambda _, update: update.update_id, deliver=deliver, on_fault=faults.append, writes=writes
    ):
        assert handled.wait(10)
        assert asked[0].result(0) == 11
    assert writes.submit(putting(app, 3)).result(0) == 3
    assert kept(app) == ["1", "11", "3"]
    assert faults == []


def test_work_that_waits_for_a_write_holds_up_its_own_chat_alone():
    waits: Future[int] = Future()
    order: list[str] = []
    others = threading.Event()

    def first():
        yield waits
        order.append("first")

    def other(name: str):
        yield 0.0
        order.append(name)
        if name == "other":
            others.set()

    executor = PerChatExecutor(print, count=1)
    executor.submit("7", first())
    executor.submit("7", other("second"))
    executor.submit("8", other("other"))
    assert others.wait(10)
    assert order == ["other"]
    waits.set_result(1)
    executor.close()
    assert order == ["other", "first", "second"]
