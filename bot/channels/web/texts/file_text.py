"""Reads an attachment as lines that a page shows, so that nobody needs a program to look into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby, islice

from config.errors import GongkaiError
from storage.proofread.attachment_text import AttachmentLine

CELL_SEPARATOR = " │ "
MAX_SHOWN_LINES = 2000  # of one file on a page; the file itself is beside it
SHOWN_PARTS = frozenset({"enclosed", "row", "line", "cell", "footnotes", "endnotes"})
"""The parts of a file that whoever opens it reads; the checks read the others too (headers, what is hidden)."""


def file_lines(name: str, content: bytes) -> Sequence[str]:
    """The lines of a file in their order; none where its kind cannot be read as text."""
    # The readers cost a third of a second, which only whoever looks into a file pays.
    from storage.reading.texts.attachments import AttachmentFile, read_attachment  # noqa: PLC0415

    found = read_attachment(AttachmentFile(name=name, sha256=sha256(content).hexdigest(), content=content))
    if found.lines is None:
        return list(islice(_document_lines(name, content), MAX_SHOWN_LINES))
    return list(islice(_shown(found.lines), MAX_SHOWN_LINES))


def _shown(lines: Sequence[AttachmentLine]) -> Iterator[str]:
    """The lines that a reader of the file sees; the cells of one row of a table stand in one line."""
    seen = (line for line in lines if line.part in SHOWN_PARTS and line.text.strip())
    for place, alike in groupby(seen, key=_place):
        if place is None:
            yield from (line.text for line in alike)
        else:
            yield CELL_SEPARATOR.join(line.text for line in alike)


def _place(line: AttachmentLine) -> tuple[str, ...] | None:
    """The table and row of a cell; None for a line of its own."""
    return tuple(line.where.values()) if line.part == "row" else None


def _document_lines(name: str, content: bytes) -> Iterator[str]:
    """The lines of a kind that only the readers of reports know, such as PDF and older office files."""
    from storage.reading.formats.document import DocumentParagraph, DocumentTable  # noqa: PLC0415
    from storage.reading.formats.format_detection import kind_of  # noqa: PLC0415
    from storage.reading.report.reader import read_document  # noqa: PLC0415

    try:
        blocks = read_document(kind_of(content, name), content, name).blocks
    except GongkaiError:
        return  # a picture, an archive, a damaged file: the page says that it cannot be shown
    for block in blocks:
        if isinstance(block, DocumentParagraph):
            yield block.text
        elif isinstance(block, DocumentTable):
            yield from (" ".join(filter(None, row)) for row in block.cells)
