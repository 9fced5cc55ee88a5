"""The command line as a person calls it, on the test's clock and without the cost of a process each time."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.__main__ import main
from config.clock import ManualClock


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gongkai(
    home: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    def call(*words: object) -> Said:
        monkeypatch.setenv("GONGKAI_HOME", str(home))
        capfd.readouterr()
        try:
            main([*map(str, words)], clock)
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
        sys.stdout.flush()
        return Said(code, *capfd.readouterr())

    return call
