"""A backup is whole or refused, a restore never writes over anything, and old backups are thinned out by day.

The newest one and everything that is no backup stay.
"""

import json
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.runtime.scheduled_jobs import back_up
from bot.services.app import OfficeApp, open_app
from bot.services.villages.item_records import item_content
from storage.content.content_store import ContentStore
from tests.bot.cli.test_commands import GOOD, register
from tests.town import case_by_number, run_sweep
from tests.village_items import hand_in, photographs

Gongkai = Callable[..., "tuple[int, str, str]"]


@pytest.fixture
def backup(gongkai: Gongkai, tmp_path: Path) -> Path:
    gongkai("import", "requests", register(tmp_path, GOOD))
    assert gongkai("backup", tmp_path / "b.zip").code == 0
    return tmp_path / "b.zip"


def rewritten(source: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive again, with some of its files otherwise."""
    target = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def test_what_is_restored_is_what_was_there(gongkai: Gongkai, backup: Path, tmp_path: Path) -> None:
    before = gongkai("report", 2025).out
    assert gongkai("restore", backup, "--home", tmp_path / "again").code == 0
    assert gongkai("verify", "--home", tmp_path / "again").code == 0
    assert gongkai("rebuild", "--check", "--home", tmp_path / "again").code == 0
    assert gongkai("report", 2025, "--home", tmp_path / "again").out == before


def test_the_photographs_of_items_are_restored_whole(app, gongkai: Gongkai, tmp_path: Path) -> None:
    """Each photograph as it is published, and as it came; and the growth of the files is said."""
    run_sweep(app, app.today)
    item = hand_in(
        app, "jia", app.today, "清淤", body="清理河道。", files=photographs("green", "red", "blue")
    )
    before = kept(app, item)
    assert len(before.files) == 3
    assert gongkai("backup", tmp_path / "b.zip").code == 0
    assert gongkai("restore", tmp_path / "b.zip", "--home", tmp_path / "again").code == 0
    assert gongkai("verify", "--home", tmp_path / "again").code == 0
    again = open_app(tmp_path / "again", clock=app.clock)
    assert kept(again, item) == before
    with app.log() as log, again.log() as restored:
        sizes = [ContentStore(one.connection, one.office).size() for one in (log, restored)]
    assert sizes[0] == sizes[1]
    told = gongkai("doctor", "--home", tmp_path / "again").out
    assert f"{sizes[1].number} 份" in told
    assert "每月" in told


def kept(app, item: int):
    """An item with its words and every byte of its photographs."""
    with app.store.reading() as connection:
        return item_content(connection, app, case_by_number(app, item))


def test_it_is_consistent_while_somebody_writes(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    gongkai("import", "requests", register(tmp_path, GOOD))
    with sqlite3.connect(home / "gongkai.db") as busy:
        busy.execute("begin immediate")
        busy.execute("update head set position = 99")
        assert gongkai("backup", tmp_path / "b.zip").code == 0
        busy.rollback()
    gongkai("restore", tmp_path / "b.zip", "--home", tmp_path / "again")
    assert gongkai("verify", "--home", tmp_path / "again").code == 0


def test_a_live_home_is_never_written_over(gongkai: Gongkai, backup: Path, home: Path) -> None:
    said = gongkai("restore", backup, "--home", home)
    assert (said.code, "从不覆盖" in said.err) == (1, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: None if name == "office.toml" else content,
        lambda name, content: content + b"#" if name == "office.toml" else content,
        lambda name, content: None if name == "manifest.json" else content,
        lambda name, content: b"{}" if name == "manifest.json" else content,
        lambda name, content: content[:-1] + b"?" if name == "gongkai.db" else content,
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    gongkai: Gongkai, backup: Path, tmp_path: Path, change: Callable[[str, bytes], bytes | None]
) -> None:
    said = gongkai("restore", rewritten(backup, change), "--home", tmp_path / "again")
    assert said.code == 1
    assert not (tmp_path / "again").exists()


def test_a_cut_off_backup_is_refused(gongkai: Gongkai, backup: Path, tmp_path: Path) -> None:
    backup.write_bytes(backup.read_bytes()[:-300])
    assert gongkai("restore", backup, "--home", tmp_path / "again").code == 1
    assert not (tmp_path / "again").exists()


def test_a_backup_cannot_write_outside_its_folder(gongkai: Gongkai, backup: Path, tmp_path: Path) -> None:
    def smuggle(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        manifest = json.loads(content)
        manifest["files"]["../evil.txt"] = "0" * 64
        return json.dumps(manifest).encode()

    assert gongkai("restore", rewritten(backup, smuggle), "--home", tmp_path / "again").code == 1
    assert not (tmp_path / "evil.txt").exists()


def test_a_newer_backup_is_refused(gongkai: Gongkai, backup: Path, tmp_path: Path) -> None:
    def newer(name: str, content: bytes) -> bytes:
        if name != "manifest.json":
            return content
        return json.dumps({**json.loads(content), "revision": "9999"}).encode()

    said = gongkai("restore", rewritten(backup, newer), "--home", tmp_path / "again")
    assert (said.code, "9999" in said.err) == (1, True)


def test_the_key_of_sessions_stays_at_home(gongkai: Gongkai, home: Path, tmp_path: Path) -> None:
    (home / "secret.key").write_text("0" * 64, "ascii")
    gongkai("backup", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "secret.key" not in archive.namelist()
        assert "office.toml" in archive.namelist()


def backup_names(app: OfficeApp) -> list[str]:
    return sorted(file.name for file in (app.home.path / "backups").iterdir())


def test_old_backups_are_listed_first_and_then_deleted(app: OfficeApp, gongkai: Gongkai) -> None:
    for _ in range(3):
        back_up(app)
        app.clock.set_day(app.today + timedelta(days=1))
    (app.home.path / "backups" / "notes.zip").write_bytes(b"no archive")
    every = ["2026-11-23.zip", "2026-11-24.zip", "2026-11-25.zip", "notes.zip"]
    assert backup_names(app) == every
    assert "2026-11-23.zip" in gongkai("backup", "prune", "--before", "2026-11-24", "--dry-run").out
    assert backup_names(app) == every
    assert "已删去" in gongkai("backup", "prune", "--before", "2026-11-24").out
    assert backup_names(app) == every[1:]
    gongkai("backup", "prune", "--before", "2027-01-01")
    assert backup_names(app) == every[2:]
    assert "没有" in gongkai("backup", "prune", "--before", "2027-01-01").out


def test_a_backup_is_made_by_naming_the_file(gongkai, tmp_path):
    assert gongkai("backup", str(tmp_path / "a.zip")).code == 0
    assert gongkai("backup", "make", str(tmp_path / "b.zip")).code == 0
    assert (tmp_path / "a.zip").exists()
    assert (tmp_path / "b.zip").exists()
    assert "--dry-run" in gongkai("backup", "prune", "--help").out
