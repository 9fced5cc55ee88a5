"""Reads an attachment as lines that a page shows, so that nobody needs a program to look into it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import islice

MAX_SHOWN_LINES = 2000  # of one file on a page; the file itself is beside it
SHOWN_PARTS = frozenset({"enclosed", "row", "line", "cell", "footnotes", "endnotes"})
"""The parts of a file that whoever opens it reads; the checks read the others too (headers, notes, what is hidden)."""


def file_lines(name: str, content: bytes) -> Sequence[str]:
    """The lines of a file in their order; none where its kind cannot be read as text."""
    # The readers cost a third of a second, which only whoever looks into a file pays.
    from storage.reading.texts.attachments import AttachmentFile, read_attachment  # noqa: PLC0415

    found = read_attachment(AttachmentFile(name=name, sha256=sha256(content).hexdigest(), content=content))
    shown = (line.text for line in found.lines or () if line.part in SHOWN_PARTS and line.text.strip())
    return list(islice(shown, MAX_SHOWN_LINES))
