"""The backups on the page: one made at once, one restored into an empty place, and a torn one told apart."""

from bot.services.app import OfficeApp
from storage.database.backup import backups_of
from tests.bot.channels.web.visitor import Visitor


def test_a_backup_is_made_and_tried(app: OfficeApp, clerk: Visitor, request_case: int) -> None:
    clerk.go("/settings/backups")
    assert "还没有备份" in clerk.text
    clerk.send("/settings/backups", press="make")
    (file,) = backups_of(app.home)
    assert file.name == "2026-11-23.zip"
    assert file.name in clerk.text
    before = clerk.end()
    clerk.send("/settings/backups", press="try")
    assert f"恢复得回来：{len(list(_names(file)))} 个文件完好，{before} 条记录逐条核对过" in clerk.text
    assert clerk.end() == before
    assert sorted(one.name for one in file.parent.iterdir()) == [file.name]
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    clerk.go("/settings/backups")
    clerk.send("/settings/backups", press="try")
    assert clerk.status == 422
    assert "不是完整的备份" in clerk.text
    assert request_case


def _names(file: object) -> list[str]:
    from zipfile import ZipFile

    return [name for name in ZipFile(file).namelist() if name != "manifest.json"]


def test_only_keepers_see_them(app: OfficeApp) -> None:
    Visitor(app).join("deputy_mayor").go("/settings/backups", 403)
