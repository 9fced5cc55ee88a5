"""The command line as a person calls it, on the test's clock and without the cost of a process each time."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from config.clock import ManualClock


class CommandResult(NamedTuple):
    """What one command ended with: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


CommandLine = Callable[..., CommandResult]


def command_line(
    home: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> CommandLine:
    """Return a function that runs ``gongkai`` with its words on the office in ``home``."""
    from bot.__main__ import main

    def call(*words: object) -> CommandResult:
        monkeypatch.setenv("GONGKAI_HOME", str(home))
        capfd.readouterr()
        try:
            main([*map(str, words)], clock)
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
        sys.stdout.flush()
        return CommandResult(code, *capfd.readouterr())

    return call
