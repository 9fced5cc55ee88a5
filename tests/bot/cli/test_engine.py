"""The commands say the same on either engine, and none of them tells the password."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import GOOD, register
from tests.postgresql import PASSWORD, Server, closing_connections


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


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest) -> str:
    """Where a backup goes: a file, or a database in which nothing is yet."""
    if request.param == "sqlite":
        return ""
    server: Server = request.getfixturevalue("postgresql_server")
    return server.address(server.make("template0"))


def test_a_backup_of_either_engine_is_restored_into_either(
    call: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    call("import", "requests", register(tmp_path, GOOD))
    call("private", "set", 1, "--name", "甲乙丙")
    before = [call("report", 2025), call("private", "show", 1), call("verify")]
    call("backup", tmp_path / "b.zip")
    monkeypatch.setenv("GONGKAI_DATABASE", target)
    with closing_connections():
        again = ("--home", tmp_path / "again")
        call("restore", tmp_path / "b.zip", *again)
        assert [
            call("report", 2025, *again),
            call("private", "show", 1, *again),
            call("verify", *again),
        ] == before
        call("rebuild", "--check", *again)
    assert (tmp_path / "again" / "gongkai.db").exists() == (not target)


def test_a_restore_never_writes_over_an_office_of_the_database(
    gongkai: Callable[..., tuple[int, str, str]], engine: str, call: Callable[..., str], tmp_path: Path
) -> None:
    call("import", "requests", register(tmp_path, GOOD))
    call("backup", tmp_path / "b.zip")
    before = call("verify")
    code, _, err = gongkai("restore", tmp_path / "b.zip", "--home", tmp_path / "again")
    assert (code, "从不覆盖" in err) == ((0, False) if engine == "sqlite" else (1, True))
    assert (tmp_path / "again").exists() == (engine == "sqlite")
    assert call("verify") == before
