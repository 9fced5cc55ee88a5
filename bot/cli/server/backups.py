"""``gongkai backup``: makes a backup of an office, and deletes old ones: they still hold what was erased since.

A file is a backup only if its manifest says so; nothing else in the folder is touched. The newest backup stays.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from typer.core import TyperGroup

from bot.cli.common.context import open_office
from bot.cli.common.options import HomeOption
from bot.cli.common.output import help_text, print_phrase, require_folder
from config.clock import office_day
from config.durable_files import sync_folder
from config.os_errors import os_errors_as_refusals
from scheduler.validation.date_calculator import read_day
from storage.database.backup import ARCHIVE_ERRORS, BACKUP_FOLDER, MANIFEST, make_backup

MAKE = "make"


class _OldBackup(NamedTuple):
    """A backup, and the day on which it was made."""

    file: Path
    made_on: date


class BackupGroup(TyperGroup):
    """A group whose first word may be the file to make: ``gongkai backup town.zip``."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read ``FILE`` as ``make FILE``."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = [MAKE, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=BackupGroup, help=help_text("command.backup"), no_args_is_help=True)


@app.command(MAKE, help=help_text("backup.make"))
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=help_text("backup.file"))],
    home: HomeOption = None,
) -> None:
    """Copy an office into one archive, while it runs."""
    require_folder(file)
    office_app = open_office(context, home)
    made = make_backup(
        office_app.home, office_app.store, office_app.office.slug, file, office_app.clock.now()
    )
    print_phrase(
        "backup.done", path=file, files=made.files, position=made.position, fingerprint=made.fingerprint
    )


@app.command("prune", help=help_text("backup.prune"))
def prune_backups(
    context: typer.Context,
    before: Annotated[str, typer.Option("--before", help=help_text("backup.before"))],
    folder: Annotated[Path | None, typer.Option("--folder", help=help_text("backup.folder"))] = None,
    home: HomeOption = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=help_text("backup.dry_run"))] = False,
) -> None:
    """Delete the backups made before a day; the newest one stays."""
    day = read_day(before)
    place = folder or open_office(context, home).home.path / BACKUP_FOLDER
    found = _prunable(place, day)
    for one in found:
        print_phrase("backup.would_delete" if dry_run else "backup.deleted", file=one.file, day=one.made_on)
    if not dry_run:
        _prune(found, place)
    print_phrase("backup.pruned" if found else "backup.none_older", count=len(found), folder=place, day=day)


def _backups_in(folder: Path) -> list[_OldBackup]:
    """The backups in a folder, the oldest first."""
    found = [_OldBackup(file, made) for file in folder.glob("*.zip") for made in _made_on(file)]
    return sorted(found, key=lambda one: (one.made_on, one.file.name))


def _prunable(folder: Path, before: date) -> list[_OldBackup]:
    """The backups in a folder that were made before a day, without the newest one."""
    return [one for one in _backups_in(folder)[:-1] if one.made_on < before]


def _prune(backups: list[_OldBackup], folder: Path) -> None:
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
