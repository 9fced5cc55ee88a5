"""Shows the backups that an office keeps, makes a new one at once, and tries whether one restores."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.services.app import OfficeApp, open_app
from config.errors import GongkaiError
from config.office.folder import OfficeFolder
from storage.database.backup import (
    BACKUP_FOLDER,
    BackupContents,
    backups_of,
    make_backup,
    read_backup,
    restore_backup,
)

MAKE, TRY = "make", "try"


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


def backups_page(page: PageRequest) -> Response:
    """The kept backups, the newest first."""
    return _render(page)


def submit_backups_form(page: PageRequest) -> Response:
    """Make a backup now, or restore one into an empty place and say what was found."""
    act, name = page.form.get("act", ""), page.form.get("name", "")
    try:
        if act == MAKE:
            _back_up_now(page.app)
            return page.redirect("/settings/backups")
        tried = _try_backup(page.app, name) if act == TRY else None
    except GongkaiError as refused:
        return _render(page, problem=page.labels.book.error(refused))
    if tried is None:
        raise NoSuchPage
    return _render(page, name=name, tried=tried)


def _render(
    page: PageRequest, *, name: str = "", tried: TriedBackup | None = None, problem: str = ""
) -> Response:
    return page.render(
        "settings_backups.html",
        422 if problem else 200,
        backups=_kept_backups_of(page.app),
        folder=_backup_folder(page.app),
        name=name,
        tried=tried,
        problem=problem,
    )


def _kept_backups_of(app: OfficeApp) -> list[KeptBackup]:
    """The nightly backups, the newest first."""
    return [
        KeptBackup(
            name=file.name, made_on=date.fromisoformat(file.stem), megabytes=file.stat().st_size / 1024**2
        )
        for file in reversed(backups_of(app.home))
    ]


def _backup_folder(app: OfficeApp) -> Path:
    """Where the backups lie."""
    return app.home.path / BACKUP_FOLDER


def _back_up_now(app: OfficeApp) -> None:
    """Make today's backup anew, in place of one of this morning. PlaceRefused where it cannot be written."""
    target = _backup_folder(app) / f"{app.today:%Y-%m-%d}.zip"
    make_backup(app.home, app.store, app.office.slug, target, app.clock.now())


def _try_backup(app: OfficeApp, name: str) -> TriedBackup | None:
    """Restore a backup into an empty folder, verify its log there, and take the folder away; None for no such one.

    The office itself is not touched. Raises DamagedBackup where the archive is not whole.
    """
    file = next((one for one in backups_of(app.home) if one.name == name), None)
    if file is None:
        return None
    read_backup(file)
    with tempfile.TemporaryDirectory(dir=_backup_folder(app)) as scratch:
        place = OfficeFolder(Path(scratch) / "restored")
        contents = restore_backup(file, place)
        restored = open_app(place.path, clock=app.clock)
        try:
            with restored.log() as log:
                faults = list(log.verify())
                return TriedBackup(contents=contents, entries=log.end().position, faults=len(faults))
        finally:
            restored.store.engine.dispose()
