"""Checks the text of attachments: blocking findings only, and which files could not be read.

Wording is not checked there: a register of three thousand rows is not prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from config.findings import Finding, Severity
from storage.proofread.wordlist import Passage

MAX_FINDINGS_PER_FILE = (
    10  # findings reported per file; after so many corrections the file is submitted again anyway
)


class AttachmentLine(NamedTuple):
    """One line of a file and its place: ``part`` is a key under ``proofread.place``, ``where`` its fields."""

    text: str
    part: str
    where: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentText:
    """The text of an attachment line by line; ``lines`` is None where it could not be read."""

    name: str
    lines: tuple[AttachmentLine, ...] | None


UNREAD_PART = "unread_part"
"""The part of a line that names a file inside the file which is not read: its text is the name."""


def attachment_passages(attachment: AttachmentText, number: int) -> Iterator[Passage]:
    """Yield the lines of an attachment as passages, to be checked like the text's own."""
    for text, part, where in attachment.lines or ():
        if text.strip() and part != UNREAD_PART:
            words = {**where, "part": part, "file": attachment.name}
            yield Passage(place=f"{part}#{number}/{'!'.join(where.values())}", text=text, words=words)


def unread_findings(attachments: Sequence[AttachmentText]) -> Iterator[Finding]:
    """Yield one finding that names every file, and every file inside one, that only a person can read."""
    names = [name for one in attachments for name in _unread_names(one)]
    if names:
        yield Finding(
            rule="proofread.unread",
            severity=Severity.WARNING,
            place="unread",
            found="、".join(names),
            words={"part": "unread", "at": "1"},
        )


def _unread_names(attachment: AttachmentText) -> Iterator[str]:
    """Yield the file's name where it was not read, else those of the files inside it that were not."""
    if attachment.lines is None:
        yield attachment.name
    for line in attachment.lines or ():
        if line.part == UNREAD_PART:
            yield f"{attachment.name} / {line.text}"
