"""The clerk's folder with a request received and the applicant's personal data kept."""

from pathlib import Path

import pytest

from config.clock import ManualClock
from tests.bot.cli.letters.counter import RECEIVED, Counter
from tests.command_line import CommandLine
from tests.town import open_town


@pytest.fixture
def counter(
    home: Path,
    clock: ManualClock,
    tmp_path: Path,
    gongkai: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
) -> Counter:
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    made = Counter(app=open_town(home, RECEIVED, clock=clock), call=gongkai, clock=clock, folder=folder)
    made.opens()
    made.knows()
    return made
