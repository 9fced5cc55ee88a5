"""What stands inside the files that go out with a text: the gates alone, and which of them nobody could read.

Advice about wording is not given there: a register of three thousand rows is not prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.findings import Finding, Severity
from storage.wording import Passage

MOST = 10  # findings told of one file: whoever has mended so many lays it down again anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file's words, each line with where it stands; None where it could not be read."""

    name: str
    lines: tuple[tuple[str, str], ...] | None
    cells: bool = False
    """Whether it is a workbook, whose places are cells and not paragraphs."""


def passages_in(enclosure: Enclosure, number: int) -> Iterator[Passage]:
    """Its lines as passages, to be looked through like the text's own."""
    part = "cell" if enclosure.cells else "enclosed"
    for where, said in enclosure.lines or ():
        if said.strip():
            words = {"part": part, "paragraph": where, "file": enclosure.name}
            yield Passage(place=f"{part}#{number}/{where}", text=said, words=words)


def unread(enclosures: Sequence[Enclosure]) -> Iterator[Finding]:
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
