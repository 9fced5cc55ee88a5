"""Prints what commands say: results on standard output, refusals on standard error; writes files atomically."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from bot.language.phrasebook import Phrasebook
from bot.services.app import user_phrasebook
from config.durable_files import make_folder, replace_file
from config.errors import BadInput, GongkaiError, Refusal
from config.findings import Finding, Severity
from config.os_errors import os_errors_as_refusals

ExportFormat = TypeVar("ExportFormat", bound=StrEnum)


class FolderMissing(Refusal):
    """There is no folder {folder}, so {path} was not written. Make the folder first, or check the path."""


class UnknownEnding(Refusal):
    """{file} names no format by its ending. Known: {known}. Give it one of these, or say which with --format."""


SEVERITY_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
MAX_FINDINGS_PRINTED = 200  # a spreadsheet with every row wrong must not scroll its first fault out of sight


@cache
def help_text(key: str) -> str:
    """A command's help in the person's language, its example included.

    Cached: every option of every command asks at each call, and reading the settings costs milliseconds.
    """
    return user_phrasebook().say(f"help.{key}")


def print_phrase(key: str, **parts: object) -> None:
    """Print a phrase on standard output."""
    print(user_phrasebook().say(key, **parts))  # noqa: T201 - a command prints


def print_json(data: Any) -> None:
    """Print data as JSON, for a program."""
    print(json.dumps(data, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - likewise


def print_findings(findings: Iterable[Finding], *, to_error: bool = False) -> None:
    """Print one line for each finding, errors first; past the first few hundred only their number."""
    book = user_phrasebook()
    ranked = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    out = sys.stderr if to_error else sys.stdout
    for finding in ranked[:MAX_FINDINGS_PRINTED]:
        print(finding_line(finding, book), file=out)
    if len(ranked) > MAX_FINDINGS_PRINTED:
        print(book.say("check.more", count=len(ranked) - MAX_FINDINGS_PRINTED), file=out)


def findings_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as data for a program, each with its sentence in the person's language."""
    return [{**finding.as_dict(), "message": user_phrasebook().finding(finding)} for finding in findings]


def finding_line(finding: Finding, book: Phrasebook) -> str:
    """A finding as one line: its mark, its sentence, and the source of its rule."""
    basis = book.say("check.basis", basis=finding.basis) if finding.basis else ""
    return f"{SEVERITY_MARKS[finding.severity]} {book.finding(finding)}{basis}"


def print_error(error: GongkaiError) -> None:
    """Print a refusal on standard error, with all its findings."""
    print(user_phrasebook().error(error), file=sys.stderr)  # noqa: T201 - likewise
    if isinstance(error, BadInput):
        print_findings(error.findings, to_error=True)


def write_file_atomically(path: Path, content: bytes, *, makes_folder: bool = False) -> None:
    """Write a file so that it appears whole or not at all, also after a power cut.

    ``makes_folder``: the command writes a whole folder, and makes it; a single file goes where its folder is, since
    one that is misspelt would be made without a word. FolderMissing; PlaceRefused where it may not be written.
    """
    if not makes_folder:
        require_folder(path)
    with os_errors_as_refusals(path):
        make_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            replace_file(Path(name), path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def require_folder(path: Path) -> None:
    """FolderMissing where the folder of a file that is to be written is not there."""
    if not path.parent.exists() and not any(place.is_file() for place in path.parents):
        raise FolderMissing(path=path, folder=path.parent)


def format_from_suffix(formats: type[ExportFormat], out: Path | None, default: ExportFormat) -> ExportFormat:
    """The format that a file's suffix names; the default where it has none. UnknownEnding."""
    ending = out.suffix.lstrip(".").lower() if out else ""
    ending = {"txt": "text"}.get(ending, ending)
    if not ending:
        return default
    if ending not in set(formats):
        raise UnknownEnding(file=out, known="、".join(formats))
    return formats(ending)


def day_or_none(day: date | None, *, provisional: bool = False, unconfirmed: bool = False) -> str:
    """A date with its weekday, whether it is provisional, and whether its basis was not read in a source."""
    if day is None:
        return user_phrasebook().say("day.none")
    return user_phrasebook().day(day, provisional=provisional, unconfirmed=unconfirmed)
