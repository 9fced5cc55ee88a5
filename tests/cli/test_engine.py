"""The commands say the same on either engine, and none of them tells the password."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import GOOD, register
from tests.postgresql import PASSWORD


@pytest.fixture
def call(engine: str, gongkai: Callable[..., tuple[int, str, str]]) -> Iterator[Callable[..., str]]:
    """A command that must succeed, and what it says."""
    said: list[str] = []

    def run(*words: object) -> str:
        code, out, err = gongkai(*words)
        assert (code, engine) == (0, engine), err
        said.append(out + err)
        return out

    yield run
    assert not [one for one in said if PASSWORD in one]


def test_the_doctor_says_which_engine_it_is(engine: str, call: Callable[..., str]) -> None:
    told = {
        "sqlite": ["SQLite", "gongkai.db", "serializable"],
        "postgresql": ["PostgreSQL 18", "synchronous_commit=on", "repeatable read"],
    }
    out = call("doctor")
    assert [word for word in told[engine] if word not in out] == []


def test_a_register_becomes_a_report(call: Callable[..., str], tmp_path: Path) -> None:
    call("import", "requests", register(tmp_path, GOOD))
    assert '"received": {' in call("report", 2025, "--format", "json")
    call("verify")
    call("rebuild", "--check")
    call("upgrade")


def test_an_erasing_is_complete(call: Callable[..., str], tmp_path: Path) -> None:
    call("import", "requests", register(tmp_path, GOOD))
    call("private", "set", 1, "--name", "甲乙丙")
    out = call("private", "erase", 1, "--reason", "保存期满")
    assert "预写日志" not in out
