"""The command line as a person calls it, without the cost of a process each time."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.__main__ import main


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def gongkai(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    def call(*words: object) -> Said:
        monkeypatch.setenv("GONGKAI_HOME", str(home))
        monkeypatch.setattr(sys, "argv", ["gongkai", *map(str, words)])
        capfd.readouterr()
        try:
            main()
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
        sys.stdout.flush()
        return Said(code, *capfd.readouterr())

    return call
