"""The office's own templates of letters: files of its folder, each kept only after a letter was written by it.

The one before stays beside it, so that a change can be taken back; without any, the program's own template holds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot.services.app import OfficeApp
from config.durable_files import make_folder, replace_file
from storage.documents.letters.catalogue import LetterSource, letter_sources

FORMER_FOLDER = "former"
"""The folder within ``letters/`` that holds the template before the one in force."""


def letters_of(app: OfficeApp) -> Mapping[str, LetterSource]:
    """Every letter of every kind of duty, by its key."""
    return {key: found for duty in app.duties.values() for key, found in letter_sources(duty).items()}


def own_template(app: OfficeApp, paper: LetterSource) -> bytes | None:
    """The office's own template of a letter; None where the program's holds."""
    file = app.home.letter_template(paper.key)
    return file.read_bytes() if file.is_file() else None


def former_template(app: OfficeApp, paper: LetterSource) -> bytes | None:
    """The template that was replaced last; None where none was."""
    file = _former_file(app, paper)
    return file.read_bytes() if file.is_file() else None


def template_lines(app: OfficeApp, paper: LetterSource, template: bytes | None) -> tuple[str, ...]:
    """How the letter reads by a template. Raises LetterNotWritten or Unreadable where none could be written."""
    from storage.documents.letters.preview import preview_letter  # noqa: PLC0415 - half a second

    return preview_letter(paper, template, f"{paper.key}.docx", app.today)


def keep_template(app: OfficeApp, paper: LetterSource, template: bytes | None) -> None:
    """Let a template hold from now on, or the program's own where there is none; the one before is kept.

    Raises LetterNotWritten or Unreadable where no letter could be written by it: nothing is changed then.
    """
    template_lines(app, paper, template)
    file, before = app.home.letter_template(paper.key), own_template(app, paper)
    if before is not None:
        _write(_former_file(app, paper), before)
    if template is None:
        file.unlink(missing_ok=True)
    else:
        _write(file, template)


def _former_file(app: OfficeApp, paper: LetterSource) -> Path:
    file = app.home.letter_template(paper.key)
    return file.parent / FORMER_FOLDER / file.name


def _write(file: Path, content: bytes) -> None:
    make_folder(file.parent)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    part.write_bytes(content)
    replace_file(part, file)
