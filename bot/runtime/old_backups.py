"""Finds and deletes old backups: they still hold what was erased from the office since.

A file is a backup only if its manifest says so; nothing else in the folder is touched. The newest backup stays.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from config.clock import office_day
from config.durable_files import sync_folder
from config.os_errors import os_errors_as_refusals
from storage.database.backup import ARCHIVE_ERRORS, MANIFEST


class OldBackup(NamedTuple):
    """A backup, and the day on which it was made."""

    file: Path
    made_on: date


def backups_in(folder: Path) -> list[OldBackup]:
    """The backups in a folder, the oldest first."""
    found = [OldBackup(file, made) for file in folder.glob("*.zip") for made in _made_on(file)]
    return sorted(found, key=lambda one: (one.made_on, one.file.name))


def prunable(folder: Path, before: date) -> list[OldBackup]:
    """The backups in a folder that were made before a day, without the newest one."""
    return [one for one in backups_in(folder)[:-1] if one.made_on < before]


def prune(backups: list[OldBackup], folder: Path) -> None:
    """Delete backups. PlaceRefused where the folder may not be written."""
    with os_errors_as_refusals(folder):
        for one in backups:
            one.file.unlink()
        if backups:
            sync_folder(folder)


def _made_on(file: Path) -> Iterator[date]:
    """The day on which a backup was made; nothing for any other file."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            yield office_day(datetime.fromisoformat(manifest["made_at"]))
    except (OSError, KeyError, ValueError, TypeError, *ARCHIVE_ERRORS):
        return
