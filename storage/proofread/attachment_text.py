"""What stands inside the files that go out with a text: the gates alone, and which of them nobody could read.

Advice about wording is not given there: a register of three thousand rows is not prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from config.findings import Finding, Severity
from storage.proofread.wordlist import Passage

MAX_FINDINGS_PER_FILE = 10  # findings told of one file: whoever has mended so many lays it down again anyway


class AttachmentLine(NamedTuple):
    """One line of a file, with where a person finds it: the key under ``proofread.place``, and what that names."""

    said: str
    part: str
    where: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentText:
    """A file's words, line by line; None where it could not be read."""

    name: str
    lines: tuple[AttachmentLine, ...] | None


def attachment_passages(enclosure: AttachmentText, number: int) -> Iterator[Passage]:
    """Its lines as passages, to be looked through like the text's own."""
    for said, part, where in enclosure.lines or ():
        if said.strip():
            words = {**where, "part": part, "file": enclosure.name}
            yield Passage(place=f"{part}#{number}/{'!'.join(where.values())}", text=said, words=words)


def unread_findings(enclosures: Sequence[AttachmentText]) -> Iterator[Finding]:
    """One finding that names every file nobody but a person can look into."""
    names = [one.name for one in enclosures if one.lines is None]
    if names:
        yield Finding(
            rule="proofread.unread",
            severity=Severity.WARNING,
            place="unread",
            found="、".join(names),
            words={"part": "unread", "at": "1"},
        )
