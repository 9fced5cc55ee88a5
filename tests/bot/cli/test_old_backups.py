"""Old backups are thinned out by day; the newest one and everything that is no backup stay."""

from datetime import timedelta

from bot.runtime.scheduled_jobs import back_up


def names(app):
    return sorted(file.name for file in (app.home.path / "backups").iterdir())


def test_old_backups_are_listed_first_and_then_deleted(app, gongkai):
    for _ in range(3):
        back_up(app)
        app.clock.set_day(app.today + timedelta(days=1))
    (app.home.path / "backups" / "notes.zip").write_bytes(b"no archive")
    every = ["2026-11-23.zip", "2026-11-24.zip", "2026-11-25.zip", "notes.zip"]
    assert names(app) == every
    assert "2026-11-23.zip" in gongkai("backup", "prune", "--before", "2026-11-24", "--dry-run").out
    assert names(app) == every
    assert "已删去" in gongkai("backup", "prune", "--before", "2026-11-24").out
    assert names(app) == every[1:]
    gongkai("backup", "prune", "--before", "2027-01-01")
    assert names(app) == every[2:]
    assert "没有" in gongkai("backup", "prune", "--before", "2027-01-01").out


def test_a_backup_is_made_by_naming_the_file(gongkai, tmp_path):
    assert gongkai("backup", str(tmp_path / "a.zip")).code == 0
    assert gongkai("backup", "make", str(tmp_path / "b.zip")).code == 0
    assert (tmp_path / "a.zip").exists()
    assert (tmp_path / "b.zip").exists()
    assert "--dry-run" in gongkai("backup", "prune", "--help").out
