"""The office's own templates of letters: part of a version of the office, and taken in only if they write a letter.

Without one the program's own template holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.services.app import OfficeApp
from config.errors import Refusal
from config.office.folder import LETTERS_FOLDER, TEMPLATE_SUFFIX, OfficeFiles, letter_path
from storage.documents.letters.catalogue import LetterSource, letter_sources
from storage.events.office_history import OfficeVersions


class NoLetterOfThisName(Refusal):
    """{file} is no letter's template: there is no letter “{found}”. See the names with: gongkai letters."""


def letters_of(app: OfficeApp) -> Mapping[str, LetterSource]:
    """Every letter of every kind of duty, by its key."""
    return {key: found for duty in app.duties.values() for key, found in letter_sources(duty).items()}


def letter_labels(app: OfficeApp) -> Mapping[str, str]:
    """What each letter is called, by the place where the office's own template of it stands."""
    return {letter_path(key): paper.label for key, paper in letters_of(app).items()}


def former_template(versions: OfficeVersions, paper: LetterSource) -> str:
    """The fingerprint of the template that the last change of this letter replaced; empty where it replaced none."""
    marks = [version.files.get(letter_path(paper.key), "") for version in versions.versions]
    return next((mark for mark in reversed(marks) if mark != marks[-1]), "")


def template_lines(app: OfficeApp, paper: LetterSource, template: bytes | None) -> tuple[str, ...]:
    """How the letter reads by a template. Raises LetterNotWritten or Unreadable where none could be written."""
    from storage.documents.letters.writer import preview_letter  # noqa: PLC0415 - half a second

    return preview_letter(paper, template, f"{paper.key}{TEMPLATE_SUFFIX}", app.today)


def check_templates(app: OfficeApp, beside: OfficeFiles) -> None:
    """Refuse a template that is new and belongs to no letter, or by which none could be written.

    NoLetterOfThisName, LetterNotWritten, Unreadable.
    """
    known = letters_of(app)
    for path, mark in beside.files.items():
        if path.startswith(f"{LETTERS_FOLDER}/") and mark in beside.contents:
            key = path.removeprefix(f"{LETTERS_FOLDER}/").removesuffix(TEMPLATE_SUFFIX)
            if key not in known:
                raise NoLetterOfThisName(file=path, found=key)
            template_lines(app, known[key], beside.contents[mark])
