"""The backups on the page: one made at once, one restored into an empty place, and those that are not whole."""

import json
import sqlite3
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from bot.services.app import OfficeApp
from storage.database.backup import MANIFEST, backups_of
from tests.bot.channels.web.visitor import Visitor


def _try(clerk: Visitor) -> str:
    clerk.go("/settings/backups")
    clerk.send("/settings/backups", press="try")
    return clerk.text


def _rewritten_log(file: Path, database: str, folder: Path) -> None:
    """Rewrite an entry of the log in a backup, and the backup's own fingerprints with it."""
    with ZipFile(file) as archive:
        archive.extractall(folder)
    log = sqlite3.connect(folder / database)
    for (name,) in log.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        log.execute(f"drop trigger {name}")
    log.execute("update event set body = replace(body, 'clerk', 'mayor')")
    log.commit()
    log.close()
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest["files"][database] = sha256((folder / database).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    with ZipFile(file, "w") as archive:
        for name in (MANIFEST, *manifest["files"]):
            archive.write(folder / name, name)


def test_a_backup_is_made_and_tried(
    app: OfficeApp, clerk: Visitor, request_case: int, tmp_path: Path
) -> None:
    clerk.go("/settings/backups")
    assert "还没有备份" in clerk.text
    clerk.send("/settings/backups", press="make")
    (file,) = backups_of(app.home)
    assert file.name == "2026-11-23.zip"
    assert file.name in clerk.text
    with ZipFile(file) as archive:
        files = len(archive.namelist()) - 1
    before = clerk.end()
    assert f"恢复得回来：{files} 个文件完好，{before} 条记录逐条核对过" in _try(clerk)
    assert clerk.end() == before == request_case
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    whole = file.read_bytes()
    _rewritten_log(file, app.home.database.name, tmp_path / "taken apart")
    assert "恢复出来有 1 处不对" in _try(clerk)
    file.write_bytes(whole[: len(whole) // 2])
    assert "不是完整的备份" in _try(clerk)
    assert clerk.status == 422


def test_only_keepers_see_them(app: OfficeApp) -> None:
    Visitor(app).join("deputy_mayor").go("/settings/backups", 403)
