"""The backups: when and where they are made, the last ones, a new one at once, and a test of whether one restores."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.settings.kept_backups import (
    TriedBackup,
    back_up_now,
    backup_folder,
    kept_backups_of,
    try_backup,
)
from config.errors import GongkaiError

MAKE, TRY = "make", "try"


def backups_page(page: PageRequest) -> Response:
    """The kept backups, the newest first."""
    return _render(page)


def submit_backups_form(page: PageRequest) -> Response:
    """Make a backup now, or restore one into an empty place and say what was found."""
    act, name = page.form.get("act", ""), page.form.get("name", "")
    try:
        if act == MAKE:
            back_up_now(page.app)
            return page.redirect("/settings/backups")
        tried = try_backup(page.app, name) if act == TRY else None
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
        backups=kept_backups_of(page.app),
        folder=backup_folder(page.app),
        name=name,
        tried=tried,
        problem=problem,
    )
