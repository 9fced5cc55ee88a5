"""Reads text drawn out of a document.

Each table cell is a line that begins with a tab, an empty line ends a row; other lines are paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from storage.reading.formats.document import Document, DocumentBlock, DocumentParagraph, DocumentTable
from storage.reading.formats.encoding import decode_file


def read_text(content: bytes, name: str) -> Document:
    """The document in a text file."""
    lines = decode_file(content, name).splitlines()
    return Document(name=name, blocks=tuple(_blocks(lines)))


def _blocks(lines: list[str]) -> Iterator[DocumentBlock]:
    cells: list[str] = []
    for line in lines:
        if line.startswith("\t") or not line.strip():
            cells.append(line)
            continue
        yield from _grid(cells)
        cells = []
        yield DocumentParagraph(text=line.strip())
    yield from _grid(cells)


def _grid(lines: list[str]) -> Iterator[DocumentBlock]:
    """Rows from lines of cells. The merges are lost with the document, so the grid is not regular."""
    rows = [
        tuple(cell.strip() for cell in row)
        for filled, row in groupby(lines, key=lambda line: line.startswith("\t"))
        if filled
    ]
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)
