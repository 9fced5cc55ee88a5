"""Reads plain text that was extracted from a document or copied from a page.

A line that begins with a tab is a table cell, and an empty line ends a row. A line whose parts are set apart by tabs,
by several spaces, or as a label before its figures is a row. Other lines are paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentTable,
    visible_text,
)
from storage.reading.formats.file_bytes import decode_file

_MAX_CELL_LENGTH = 40  # characters: a sentence with two spaces in it is no row
_APART = re.compile(r"\t{1,9}|[ \u3000]{2,40}")
_FIGURE = re.compile(r"[-+]?[\d,，.．]{1,24}(?:万元|件|个)?|[/—-]{1,4}")
_PUNCTUATION = frozenset("。；！？")
_MIN_HEADINGS = 3  # so many short words without figures are the headings of a table


def read_text(content: bytes, name: str) -> Document:
    """Read the document in a text file. Raises Unreadable."""
    lines = [visible_text(line) for line in decode_file(content, name).splitlines()]
    return Document(name=name, blocks=tuple(_blocks(lines)))


def _blocks(lines: list[str]) -> Iterator[DocumentBlock]:
    cells: list[str] = []
    rows: list[tuple[str, ...]] = []
    for line in lines:
        row = _laid_out_row(line)
        if row is None and (line.startswith("\t") or not line.strip()):
            cells.append(line)
            continue
        yield from _grid(cells)
        cells = []
        if row is not None:
            rows.append(row)
            continue
        yield from _rows(rows)
        rows = []
        yield DocumentParagraph(text=line.strip())
    yield from _grid(cells)
    yield from _rows(rows)


def _laid_out_row(line: str) -> tuple[str, ...] | None:
    """Return the cells of a line that is set as a row; None for any other."""
    if line.startswith("\t") or set(line) & _PUNCTUATION:
        return None
    parts = [part.strip() for part in _APART.split(line.strip())]
    if len(parts) > 1 and all(len(part) <= _MAX_CELL_LENGTH for part in parts):
        return tuple(part for part in parts)
    words = line.split()
    figures = 0
    while figures < len(words) - 1 and _FIGURE.fullmatch(words[-1 - figures]):
        figures += 1
    if figures:
        return (" ".join(words[: len(words) - figures]), *words[len(words) - figures :])
    headings = len(words) >= _MIN_HEADINGS and all(len(word) <= _MAX_CELL_LENGTH // 2 for word in words)
    return tuple(words) if headings and "，" not in line else None


def _rows(rows: list[tuple[str, ...]]) -> Iterator[DocumentBlock]:
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)


def _grid(lines: list[str]) -> Iterator[DocumentBlock]:
    """Yield a table from lines of cells; its merged cells are lost, so it is not regular."""
    rows = [
        tuple(cell.strip() for cell in row)
        for filled, row in groupby(lines, key=lambda line: line.startswith("\t"))
        if filled
    ]
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)
