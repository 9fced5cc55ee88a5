"""Reads a text that is to be published from a file: its first paragraph is the title, all others the body.

The cells of a table are paragraphs too: names and numbers are in tables more often than anywhere else. So are a Word
file's headers, footers, notes and comments, which are published with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePath

from storage.isolation.isolated_reading import isolated
from storage.proofread.passages import UNREAD_PART, AttachmentText
from storage.proofread.review import Manuscript
from storage.reading.formats.document import Document, DocumentParagraph, DocumentTable
from storage.reading.formats.docx import read_margins
from storage.reading.report.reader import read_content, read_document
from storage.reading.texts.attachments import AttachmentFile, read_attachment

UNSEEN_PARTS = frozenset(
    {"tracked", "tracked_row", "properties", "chart", "embedded", "lost_digits_unseen", UNREAD_PART}
)


@isolated("path")
def read_manuscript(path: Path) -> Manuscript:
    """Read the text in a file. Raises Unreadable (exit code 2) with the reason and the next step."""
    kind, content = read_content(path)
    return _manuscript(kind, content, path.name)


@isolated("path")
def read_manuscript_with_traces(path: Path) -> Manuscript:
    """Read the text in a file with what a Word file carries unseen: tracked deletions and properties. Unreadable."""
    manuscript = read_manuscript(path)
    if path.suffix.lower() != ".docx":
        return manuscript
    lines = read_attachment(AttachmentFile(name=path.name, sha256="", content=path.read_bytes())).lines
    traces = tuple(line for line in lines or () if line.part in UNSEEN_PARTS)
    return replace(manuscript, attachment_texts=(AttachmentText(name=path.name, lines=traces),))


@isolated("name")
def manuscript_in(name: str, content: bytes) -> Manuscript:
    """Read the text in a file's bytes; its kind is the one in its name. Raises Unreadable."""
    return _manuscript(PurePath(name.lower()).suffix.removeprefix("."), content, name)


def _manuscript(kind: str, content: bytes, name: str) -> Manuscript:
    margins = read_margins(content, name) if kind == "docx" else ()
    lines = [*_lines(read_document(kind, content, name)), *margins]
    return Manuscript(title=lines[0] if lines else "", body="\n".join(lines[1:]))


def _lines(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, DocumentParagraph):
            yield from block.text.splitlines()
        elif isinstance(block, DocumentTable):
            yield from _cells(block)


def _cells(grid: DocumentTable) -> Iterator[str]:
    """Yield the lines of each cell, of a merged one once: it is repeated in every place it covers."""
    above: tuple[str, ...] = ()
    for row in grid.rows:
        for at, cell in enumerate(row):
            beside = (*row[max(0, at - 1) : at], *above[at : at + 1])
            if cell.strip() and cell not in beside:
                yield from cell.splitlines()
        above = row
