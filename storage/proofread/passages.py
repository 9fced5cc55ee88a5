"""The passages that are checked, of a text and of its attachments, and the making of findings in them.

Of attachments only blocking findings are told, and which files could not be read: wording is not checked there, for a
register of three thousand rows is not prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from config.findings import Finding, Severity

UNREAD_PART = "unread_part"
"""The part of a line that names a file inside the file which is not read: its text is the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One paragraph and its place; ``words`` are the fields that describe the place to a person."""

    place: str
    text: str
    words: Mapping[str, str]


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


def excerpt(text: str, start: int, end: int, around: int = 6) -> str:
    """Return the words around a finding, so that a person finds it at once."""
    shown = text[max(0, start - around) : end + around]
    return ("…" if start > around else "") + shown + ("…" if end + around < len(text) else "")


def text_finding(
    rule: str,
    passage: Passage,
    start: int,
    end: int,
    *,
    severity: Severity = Severity.WARNING,
    found: str = "",
    expected: str = "",
    basis: str = "",
    words: Mapping[str, str] | None = None,
) -> Finding:
    """Make a finding with its excerpt; its field ``at`` is the character in the paragraph, from 1."""
    said = {
        **passage.words,
        "near": excerpt(passage.text, start, end),
        "at": str(start + 1),
        **(words or {}),
    }
    return Finding(
        rule=rule,
        severity=severity,
        place=passage.place,
        found=found or passage.text[start:end],
        expected=expected,
        basis=basis,
        words=said,
    )


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
