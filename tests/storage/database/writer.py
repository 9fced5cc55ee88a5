"""Somebody who writes into a log, in a thread or in a process of its own: it imports little, to start soon."""

from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

from storage.database.schema import open_store
from storage.database.store import Store
from storage.eventlog.log import Log, NewEvent
from storage.events.office_events import Counted

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
FACT = Counted(happened_on=date(2026, 11, 23), matter="licence", quantity=1)


def append(store: Store, office: str, times: int = 1, barrier: Barrier | None = None) -> None:
    """So many sittings: each reads where the log ends, and writes after it."""
    for _ in range(times):
        if barrier:
            barrier.wait()
        with store.writing(office) as connection:
            log = Log(connection, office)
            log.append([NewEvent(FACT)], at=AT, actor="a", means="test", expected=log.end().position)


def append_elsewhere(address: str, offices: tuple[str, ...], times: int) -> None:
    """The same, to each of several offices in turn, from a process of its own."""
    store = open_store(Path(), address)
    for _ in range(times):
        for office in offices:
            append(store, office)
    store.engine.dispose()
