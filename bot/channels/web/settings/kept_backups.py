"""The backups that an office keeps: which there are, whether one is whole, and a new one at once."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.services.app import OfficeApp, open_app
from config.office.folder import OfficeFolder
from storage.database.backup import (
    BACKUP_FOLDER,
    BackupContents,
    backups_of,
    make_backup,
    read_backup,
    restore_backup,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBackup:
    """A backup in the office's folder."""

    name: str
    made_on: date
    megabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedBackup:
    """A backup that was restored into an empty place and read there."""

    contents: BackupContents
    entries: int
    """Entries of the log whose hashes were worked out again."""
    faults: int


def kept_backups_of(app: OfficeApp) -> list[KeptBackup]:
    """The nightly backups, the newest first."""
    return [
        KeptBackup(
            name=file.name, made_on=date.fromisoformat(file.stem), megabytes=file.stat().st_size / 1024**2
        )
        for file in reversed(backups_of(app.home))
    ]


def backup_folder(app: OfficeApp) -> Path:
    """Where the backups lie."""
    return app.home.path / BACKUP_FOLDER


def back_up_now(app: OfficeApp) -> None:
    """Make today's backup anew, in place of one of this morning. PlaceRefused where it cannot be written."""
    target = backup_folder(app) / f"{app.today:%Y-%m-%d}.zip"
    make_backup(app.home, app.store, app.office.slug, target, app.clock.now())


def try_backup(app: OfficeApp, name: str) -> TriedBackup | None:
    """Restore a backup into an empty folder, verify its log there, and take the folder away; None for no such one.

    The office itself is not touched. Raises DamagedBackup where the archive is not whole.
    """
    file = next((one for one in backups_of(app.home) if one.name == name), None)
    if file is None:
        return None
    read_backup(file)
    with tempfile.TemporaryDirectory(dir=backup_folder(app)) as scratch:
        place = OfficeFolder(Path(scratch) / "restored")
        contents = restore_backup(file, place)
        restored = open_app(place.path, clock=app.clock)
        try:
            with restored.log() as log:
                faults = list(log.verify())
                return TriedBackup(contents=contents, entries=log.end().position, faults=len(faults))
        finally:
            restored.store.engine.dispose()
