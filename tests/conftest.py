"""An office to try things in: the sample town, on a clock set by hand."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from bot.compose import Works, found_office, open_works
from config.clock import hand_clock

# Deadlines measure the machine, not the program; timings live in benchmarks/.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found_office(tmp_path_factory.mktemp("town"), sample=True).path


@pytest.fixture
def home(empty_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty_home, tmp_path / "home"))


@pytest.fixture
def works(home: Path) -> Works:
    return open_works(home, clock=hand_clock(date(2026, 11, 23)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skip is a failure: a missing browser must not look like a pass."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("GONGKAI_TESTS_MAY_SKIP") == "no":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for report in skipped:
            reporter.write_line(f"skipped, but nothing may be: {report.nodeid}")
