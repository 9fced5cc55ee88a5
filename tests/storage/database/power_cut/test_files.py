"""Files outlast a power cut as well: backups, restored offices, new offices, keys and papers, each whole or not there.

A cut is tried after each call that reaches the disk, and when the act is over: then its file must be there.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.common.output import write_file_atomically
from bot.services.app import OfficeApp, create_office, open_app
from config import durable_files
from config.office.folder import OfficeFolder
from storage.database.backup import make_backup, restore_backup
from tests.storage.database.power_cut.disk import Disk, lay_out, recording_python
from tests.storage.database.power_cut.sqlite_recorder import NoLibrary, the_recorder
from tests.storage.database.writer import AT, append

Found = dict[Path, bytes]


def cuts(root: Path, act: Callable[[], object]) -> tuple[list[Found], Found]:
    """What is found after a cut at each moment of an act, and after a cut when it is over."""
    disk, found = Disk(root), []
    with recording_python(disk, lambda: found.append(disk.after_cut())):
        act()
    return found, disk.after_cut()


def back_up(app: OfficeApp, target: Path) -> Callable[[], object]:
    return lambda: make_backup(app.home, app.store, app.office.slug, target, AT)


def is_whole(content: bytes, folder: Path) -> bool:
    """Whether this is an archive that can be restored."""
    folder.mkdir(parents=True)
    (folder / "b.zip").write_bytes(content)
    if not zipfile.is_zipfile(folder / "b.zip"):
        return False
    return restore_backup(folder / "b.zip", OfficeFolder(folder / "home")).position == 3


@pytest.fixture
def app(app: OfficeApp) -> OfficeApp:
    append(app.store, app.office.slug, 3)
    return app


def test_a_backup_is_there_whole_or_not_at_all(app, tmp_path):
    root = tmp_path / "disk"
    root.mkdir()
    during, after = cuts(root, back_up(app, root / "backups" / "b.zip"))
    name = Path("backups/b.zip")
    assert len(during) >= 3
    assert [place for place, found in enumerate(during) if name in found and found[name] != after[name]] == []
    assert is_whole(after[name], tmp_path / "again")


@pytest.mark.parametrize("gone", ["sync_file", "sync_folder"])
def test_the_cuts_would_find_a_backup_that_was_not_synced(app, tmp_path, monkeypatch, gone):
    monkeypatch.setattr(durable_files, gone, lambda _place: None)
    root = tmp_path / "disk"
    root.mkdir()
    _, after = cuts(root, back_up(app, root / "b.zip"))
    content = after.get(Path("b.zip"), b"")
    assert not is_whole(content, tmp_path / "again")


def test_an_office_restored_is_there_with_every_file(app, tmp_path):
    archive, root = tmp_path / "b.zip", tmp_path / "disk"
    back_up(app, archive)()
    root.mkdir()
    _, after = cuts(root, lambda: restore_backup(archive, OfficeFolder(root / "new" / "town")))
    folder = lay_out(after, tmp_path / "cut") / "new" / "town"
    again = open_app(folder, app.clock)
    with again.log() as log:
        assert (log.end().position, list(log.verify())) == (3, [])
    assert again.home.templates() == app.home.templates()


def test_a_new_office_is_there_with_its_empty_log(tmp_path, clock):
    root = tmp_path / "disk"
    root.mkdir()
    disk = Disk(root)
    try:
        recorder = the_recorder()
    except NoLibrary:
        pytest.skip("SQLite is inside of Python here: its calls cannot be recorded")
    with recording_python(disk), recorder.recording(disk):
        create_office(root / "offices" / "town", sample=True)
    found = lay_out(disk.after_cut(), tmp_path / "cut") / "offices" / "town"
    with open_app(found, clock).log() as log:
        assert log.end().position == 0
    assert OfficeFolder(found).templates() == OfficeFolder(root / "offices" / "town").templates()


def test_a_key_that_was_used_is_the_same_afterwards(app):
    used: list[bytes] = []
    during, after = cuts(app.home.path, lambda: used.append(app.home.secret()))
    name = Path("secret.key")
    assert {found[name] for found in during if name in found} <= {used[0]}
    assert after[name] == used[0]
    assert [file.name for file in after if file.name.startswith(".secret.")] == []


def test_a_paper_replaces_the_older_one_whole(tmp_path):
    root, name = tmp_path / "disk", Path("papers") / "2026" / "a.docx"
    root.mkdir()
    _, first = cuts(root, lambda: write_file_atomically(root / name, b"old", makes_folder=True))
    assert first[name] == b"old"
    during, after = cuts(root, lambda: write_file_atomically(root / name, b"new"))
    assert {found[name] for found in during} == {b"old", b"new"}
    assert after[name] == b"new"
