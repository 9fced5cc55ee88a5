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


def attachment_passages(attachment: AttachmentText, number: int) -> Iterator[Passage]:
    """Yield the lines of an attachment as passages, to be checked like the text's own."""
    for text, part, where in attachment.lines or ():
        if text.strip():
            words = {**where, "part": part, "file": attachment.name}
            yield Passage(place=f"{part}#{number}/{'!'.join(where.values())}", text=text, words=words)


def unread_findings(attachments: Sequence[AttachmentText]) -> Iterator[Finding]:
    """Yield one finding that names every file that only a person can read."""
    names = [one.name for one in attachments if one.lines is None]
    if names:
        yield Finding(
            rule="proofread.unread",
            severity=Severity.WARNING,
            place="unread",
            found="、".join(names),
            words={"part": "unread", "at": "1"},
        )
