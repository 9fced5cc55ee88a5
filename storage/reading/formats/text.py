"""Reads plain text that was extracted from a document.

A line that begins with a tab is a table cell, an empty line ends a row; other lines are paragraphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from storage.reading.formats.document import Document, DocumentBlock, DocumentParagraph, DocumentTable
from storage.reading.formats.encoding import decode_file


def read_text(content: bytes, name: str) -> Document:
    """Read the document in a text file. Raises Unreadable."""
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
    """Yield a table from lines of cells; its merged cells are lost, so it is not regular."""
    rows = [
        tuple(cell.strip() for cell in row)
        for filled, row in groupby(lines, key=lambda line: line.startswith("\t"))
        if filled
    ]
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)
