"""An office's files are for the program's own account alone, whatever the umask; no backup holds a secret."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from bot.channels.web.request.security import TokenSigner
from bot.services.app import open_app
from bot.services.error_log import log_fault, log_warning
from config.durable_files import open_to_others, restrict_to_owner
from config.office.folder import OfficeFolder
from storage.database.backup import make_backup, restore_backup

SECRETS = ("secret.key", "channels.key", ".secret.half", "token.txt")


@pytest.fixture
def umask(request):
    """The umask with which the program is started: one that leaves everything open, or the usual one."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(root: Path) -> set[str]:
    return {
        f"{'folder' if one.is_dir() else 'file'} {stat.S_IMODE(one.stat().st_mode):o}"
        for one in (root, *root.rglob("*"))
    }


@pytest.mark.parametrize("umask", [0o000, 0o022], indirect=True)
@pytest.mark.usefixtures("umask")
def test_everything_a_command_makes_is_the_owner_s_alone(gongkai, tmp_path):
    home = tmp_path / "town"
    assert gongkai("init", str(home), "--sample").code == 0
    (home / "backups").mkdir()
    for typed in (
        ("verify", "--home", str(home)),
        ("backup", str(home / "backups" / "2026-11-23.zip"), "--home", str(home)),
        ("restore", str(home / "backups" / "2026-11-23.zip"), "--home", str(tmp_path / "again")),
    ):
        assert gongkai(*typed).code == 0
    log_warning(home, "event")
    log_fault(home, ValueError("x"))
    assert modes(home) == modes(tmp_path / "again") == {"folder 700", "file 600"}


@pytest.mark.parametrize("umask", [0o000], indirect=True)
@pytest.mark.usefixtures("umask")
def test_a_restore_is_the_owner_s_alone_whatever_the_program_was_started_with(app, tmp_path):
    make_backup(app.home, app.store, app.office.slug, tmp_path / "a.zip", app.clock.now())
    restore_backup(tmp_path / "a.zip", OfficeFolder(tmp_path / "again"))
    assert modes(tmp_path / "again") == {"folder 700", "file 600"}
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600


def test_the_doctor_says_what_is_open_and_how_to_shut_it(app, gongkai):
    restrict_to_owner(app.home.path)
    assert "只有本程序的账号能读" in gongkai("doctor").out
    app.home.office_file.chmod(0o644)
    assert open_to_others(app.home.path) == [app.home.office_file]
    assert f"chmod -R go= {app.home.path}" in gongkai("doctor").out


def test_no_backup_holds_a_secret_and_a_restore_makes_a_new_one(app, tmp_path, monkeypatch):
    secret = app.home.secret()
    for name in SECRETS[1:]:
        (app.home.path / name).write_text("0123456789", "ascii")
    monkeypatch.setenv("GONGKAI_TELEGRAM_TOKEN_FILE", str(app.home.path / "token.txt"))
    log_fault(app.home.path, ValueError("x"))
    assert (app.home.path / "gongkai.log").exists()
    make_backup(app.home, app.store, app.office.slug, tmp_path / "a.zip", app.clock.now())
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert not {*SECRETS, "gongkai.log"} & set(
            archive.namelist()
        )  # a fault's trace may name an applicant
        assert all(secret not in archive.read(name) for name in archive.namelist())
    restore_backup(tmp_path / "a.zip", OfficeFolder(tmp_path / "again"))
    again = open_app(tmp_path / "again", clock=app.clock)
    assert again.home.secret() != secret
    token = TokenSigner(secret).form_token("session")
    assert not TokenSigner(again.home.secret()).is_form_token("session", token)


def test_a_fault_without_an_office_is_logged_where_nobody_foresees(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "gongkai.log").symlink_to(tmp_path / "elsewhere")
    first, second = (log_fault(None, ValueError("x")) for _ in range(2))
    assert first != second
    assert not (tmp_path / "elsewhere").exists()
    assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_a_backup_writes_through_nobody_s_link(app, tmp_path):
    """The half-made file of a backup has no name that somebody could have taken before."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / ".a.zip.part").symlink_to(tmp_path / "elsewhere")
    make_backup(app.home, app.store, app.office.slug, shared / "a.zip", app.clock.now())
    assert not (tmp_path / "elsewhere").exists()
