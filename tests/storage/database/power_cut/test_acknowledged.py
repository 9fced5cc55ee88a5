"""What was acknowledged outlasts a power cut at any moment: of the log, and of what a channel handed over.

The cut is simulated: SQLite's own calls are recorded, and whatever was not synced is forgotten, removals included.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.services.app import OfficeApp
from scheduler.delivery.inbox import Inbox
from storage.database import engines
from storage.database.schema import open_store
from storage.eventlog.log import Log
from storage.messaging.inbox import InboxTable, RawUpdate
from tests.storage.database.power_cut.disk import Disk, lay_out
from tests.storage.database.power_cut.sqlite_recorder import NoLibrary, Recorder, the_recorder

TIMES = 6
OWN = (engines.journal_mode(), engines.SYNCHRONOUS)
SAFE = [OWN, ("DELETE", "EXTRA"), ("TRUNCATE", "FULL"), ("PERSIST", "FULL")]
UNSAFE = [("DELETE", "FULL"), ("TRUNCATE", "NORMAL")]
Images = list[tuple[int, dict[Path, bytes]]]
Act = Callable[[OfficeApp, int], None]


@pytest.fixture
def recorder() -> Recorder:
    try:
        return the_recorder()
    except NoLibrary:
        pytest.skip("SQLite is inside of Python here: its calls cannot be recorded")


def record_fact(app: OfficeApp, number: int) -> None:
    with app.recorder.transaction(actor="clerk", means="test") as uow:
        uow.registers.count("licence", app.today, quantity=number)


def recorded_facts(store, office: str) -> int:
    with store.reading() as connection:
        log = Log(connection, office)
        assert list(log.verify()) == []
        return log.end().position


def store_update(app: OfficeApp, number: int) -> None:
    inbox = Inbox(store=app.store, office=app.office.slug, channel="telegram", clock=app.clock)
    assert inbox.store_updates([RawUpdate(str(number), "7", "同意")]) == 1


def stored_updates(store, office: str) -> int:
    with store.reading() as connection:
        return len(InboxTable(connection, office, "telegram").pending())


def images(app: OfficeApp, recorder: Recorder, act: Act) -> Images:
    """What a cut at any moment would leave, each with how many acts had been acknowledged by then."""
    disk, found, done = Disk(app.home.path), [], 0
    with recorder.recording(disk, lambda: found.append((done, disk.after_cut()))), recorded(app):
        for number in range(1, TIMES + 1):
            act(app, number)
            done = number
            found.append((done, disk.after_cut()))
    return found


@contextmanager
def recorded(app: OfficeApp) -> Iterator[None]:
    """Every connection of the office is opened and closed meanwhile."""
    app.store.engine.dispose()
    try:
        yield
    finally:
        app.store.engine.dispose()


def losses(app: OfficeApp, found: Images, folder: Path, count: Callable[..., int]) -> Iterator[str]:
    """Where fewer are there after a cut than had been acknowledged."""
    for place, (done, files) in enumerate(found):
        store = open_store(lay_out(files, folder / str(place)) / app.home.database.name)
        left = count(store, app.office.slug)
        store.engine.dispose()
        if left < done:
            yield f"cut {place}: {left} of {done}"


ACTS = [(record_fact, recorded_facts), (store_update, stored_updates)]


@pytest.fixture(params=ACTS, ids=["log", "inbox"])
def act(request):
    return request.param


@pytest.fixture
def cuts(app, recorder, act, tmp_path, monkeypatch):
    """Cut with a journal and a synchronous mode: how often, and what was lost."""

    def cut(journal: str, synchronous: str) -> tuple[int, list[str]]:
        monkeypatch.setattr(engines, "journal_mode", lambda: journal)
        monkeypatch.setattr(engines, "SYNCHRONOUS", synchronous)
        found = images(app, recorder, act[0])
        return len(found), list(losses(app, found, tmp_path / "cuts", act[1]))

    return cut


@pytest.mark.parametrize("settings", SAFE, ids="-".join)
def test_nothing_acknowledged_is_lost(cuts, settings):
    tried, lost = cuts(*settings)
    assert tried >= 2 * TIMES
    assert lost == []


@pytest.mark.parametrize("settings", UNSAFE, ids="-".join)
def test_the_cuts_would_find_a_journal_that_comes_back(cuts, settings):
    _, lost = cuts(*settings)
    assert len(lost) >= TIMES
