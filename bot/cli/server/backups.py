"""``gongkai backup``: makes a backup of an office, and thins out old ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from bot.cli.common.context import open_office
from bot.cli.common.output import HomeOption, help_text, print_phrase, require_folder
from bot.runtime.old_backups import prunable, prune
from scheduler.validation.date_calculator import read_day
from storage.database.backup import BACKUP_FOLDER, make_backup

MAKE = "make"


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
    found = prunable(place, day)
    for one in found:
        print_phrase("backup.would_delete" if dry_run else "backup.deleted", file=one.file, day=one.made_on)
    if not dry_run:
        prune(found, place)
    print_phrase("backup.pruned" if found else "backup.none_older", count=len(found), folder=place, day=day)
