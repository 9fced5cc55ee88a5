"""An office to try things in: the sample town, on a clock set by hand."""

import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import starlette.routing
import typer.testing
from hypothesis import settings

from bot.services.app import OfficeApp, create_office, open_app
from config.clock import ManualClock, manual_clock
from storage.database import engines
from storage.isolation import worker
from tests.command_line import CommandLine, command_line
from tests.compiling import engine_of
from tests.draws import NEW
from tests.postgresql import Server, closing_connections

# Ten thousand tests are held to the end of a run: each look for what nobody holds would pass over all of them.
gc.set_threshold(20_000, 20, 20)

LONGEST = frozenset({"test_patterns.py", "test_parsers.py"})

# Deadlines measure the machine, not the program; timings live in benchmarks/. What is drawn is the same each time: a
# find of chance must not stop somebody who changed something else. New draws belong to whoever looks for them:
# GONGKAI_DRAWS=new, which draws twenty times as many (tests/draws.py).
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None)
settings.load_profile("new" if NEW else "house")

# The runner reads every command and option anew at each call, a tenth of a second; here they never change.
typer.testing._get_command = cache(typer.testing._get_command)
# So does each new page with the patterns of its hundred and forty addresses.
starlette.routing.compile_path = cache(starlette.routing.compile_path)

engines.create_engine = engine_of

# No test asks the machine's own LibreOffice; those of the converter name a stand-in.
os.environ["GONGKAI_OFFICE_PROGRAM"] = "none"


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_office(tmp_path_factory.mktemp("town"), sample=True).path


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_home, tmp_path / "home"))


@pytest.fixture
def clock() -> ManualClock:
    """The clock of a test: the office and the commands read this one, never the machine's."""
    return manual_clock(date(2026, 11, 23))


@pytest.fixture
def reading_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let readers of foreign files run in the test's own process, where their limits can be made small."""
    monkeypatch.setitem(worker._process, "is_worker", True)


@pytest.fixture
def app(home: Path, clock: ManualClock) -> OfficeApp:
    return open_app(home, clock=clock)


@pytest.fixture
def gongkai(
    home: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> CommandLine:
    """``gongkai`` on the test's office and clock; its exit code and output come back."""
    return command_line(home, clock, monkeypatch, capfd)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """One server for each worker of a run, started when it is first asked for."""
    try:
        server = Server()
    except (OSError, ImportError, RuntimeError, subprocess.SubprocessError) as error:
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Runs a test once on each engine; offices that are opened meanwhile lie on it.

    A story for both engines asks for ``both_works``. A whole file of stories, commands included, is run on
    both by ``pytestmark = pytest.mark.usefixtures("engine")``.
    """
    monkeypatch.delenv("GONGKAI_DATABASE", raising=False)
    if request.param == "sqlite":
        yield request.param
        return
    server: Server = request.getfixturevalue("postgresql_server")
    with server.database() as address, closing_connections():
        monkeypatch.setenv("GONGKAI_DATABASE", address)
        yield request.param


@pytest.fixture
def both_apps(engine: str, home: Path, clock: ManualClock) -> OfficeApp:
    """The sample town on SQLite, and then on PostgreSQL."""
    app = open_app(home, clock=clock)
    assert app.store.engine.dialect.name == engine
    return app


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest single tests: one of them begun last would leave the other workers without work."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """What was loaded to here stays, so the collector leaves it alone from now on."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skip is a failure: a missing browser must not look like a pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("GONGKAI_TESTS_MAY_SKIP") == "no":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for report in skipped:
            reporter.write_line(f"skipped, but nothing may be: {report.nodeid}")
