"""What commands print: plain lines on standard output, complaints on standard error, papers to files."""

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
from typing import Annotated, Any, TypeVar

import typer

from bot.language.phrasebook import Phrasebook
from bot.services.app import words
from config.errors import BadInput, Gongkai, Refusal
from config.findings import Finding, Severity
from config.os_errors import reaching

Kind = TypeVar("Kind", bound=StrEnum)


class UnknownEnding(Refusal):
    """{file} names no format by its ending. Known: {known}. Give it one of these, or say which with --format."""


MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
MOST_SHOWN = 200  # a spreadsheet with every row wrong must not scroll its first fault out of sight

HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="GONGKAI_HOME", help=words().say("help.option.home"))
]
JsonOption = Annotated[bool, typer.Option("--json", help=words().say("help.option.json"))]


@cache
def said(key: str) -> str:
    """A command's help in the person's language, its example included.

    Found once: every option of every command asks at each call, and the settings cost milliseconds to read.
    """
    return words().say(f"help.{key}")


def tell(key: str, **parts: object) -> None:
    """Say a phrase on standard output."""
    print(words().say(key, **parts))  # noqa: T201 - this is the command line's mouth


def tell_json(data: Any) -> None:
    """Print data for a program."""
    print(json.dumps(data, ensure_ascii=False, indent=1, default=str))  # noqa: T201 - likewise


def tell_findings(findings: Iterable[Finding], *, to_error: bool = False) -> None:
    """One line for each finding, errors first; past the first few hundred only their number."""
    book = words()
    ranked = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    out = sys.stderr if to_error else sys.stdout
    for finding in ranked[:MOST_SHOWN]:
        print(finding_line(finding, book), file=out)
    if len(ranked) > MOST_SHOWN:
        print(book.say("check.more", count=len(ranked) - MOST_SHOWN), file=out)


def findings_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings for a program: each with its sentence in the person's language."""
    return [{**finding.as_dict(), "message": words().finding(finding)} for finding in findings]


def finding_line(finding: Finding, book: Phrasebook) -> str:
    """A finding as one line: mark, sentence, the place's key for who wants it, and the rule's source."""
    basis = book.say("check.basis", basis=finding.basis) if finding.basis else ""
    return f"{MARKS[finding.severity]} {book.finding(finding)}{basis}"


def tell_error(error: Gongkai) -> None:
    """Say a refusal on standard error, with all its findings."""
    print(words().error(error), file=sys.stderr)  # noqa: T201 - likewise
    if isinstance(error, BadInput):
        tell_findings(error.findings, to_error=True)


def write_paper(path: Path, content: bytes) -> None:
    """A file appears whole or not at all. PlaceRefused where the machine does not let it appear."""
    with reaching(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def by_ending(formats: type[Kind], out: Path | None, default: Kind) -> Kind:
    """The format a file's ending names; the default where it has none. UnknownEnding."""
    ending = out.suffix.lstrip(".").lower() if out else ""
    ending = {"txt": "text"}.get(ending, ending)
    if not ending:
        return default
    if ending not in set(formats):
        raise UnknownEnding(file=out, known="、".join(formats))
    return formats(ending)


def day_words(day: date | None, *, provisional: bool = False) -> str:
    """A date with its weekday, and whether it is provisional."""
    return words().day(day, provisional=provisional) if day else words().say("day.none")
