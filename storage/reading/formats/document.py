"""A document reduced to what the form needs: paragraphs and grids in the order of the page.

Every kind of file becomes this first, so that one extractor serves them all and a new kind of file is one
new reader.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParagraph:
    """One paragraph's text, trimmed."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTable:
    """A table's cell texts, a merged cell repeated in every place it covers.

    ``regular`` says that a column stands at the same index in every row. Text drawn out of a document has
    lost its merges: then only a row's tail can be trusted.
    """

    rows: tuple[tuple[str, ...], ...]
    regular: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetBreak:
    """A new sheet begins: what follows does not belong to the section above."""


DocumentBlock = DocumentParagraph | DocumentTable | SheetBreak


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's blocks; its name without the folder, which may hold the year; the author it names, if any."""

    name: str
    blocks: tuple[DocumentBlock, ...]
    author: str = ""


def split_paragraphs(text: str) -> list[DocumentBlock]:
    """Text as paragraphs, parted by empty lines; a single line break stays inside its paragraph."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return [DocumentParagraph(text=part.strip()) for part in lines.split("\n\n") if part.strip()]


def rectangular_table(rows: list[list[str]]) -> DocumentTable:
    """A grid whose rows are filled up to one width, without columns that are empty everywhere."""
    width = max((len(row) for row in rows), default=0)
    full = [row + [""] * (width - len(row)) for row in rows]
    kept = [at for at in range(width) if any(row[at].strip() for row in full)]
    return DocumentTable(rows=tuple(tuple(row[at].strip() for at in kept) for row in full))


def expand_spans(rows: list[list[tuple[str, int, int]]]) -> DocumentTable:
    """A grid from rows of (text, columns spanned, rows spanned), as web pages write them."""
    laid: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for text, wide, high in row:
            while (y, x) in laid:
                x += 1
            for down in range(min(high, len(rows) - y)):
                laid.update({(y + down, x + right): text for right in range(wide)})
            x += wide
    width = max((x for _y, x in laid), default=-1) + 1
    return rectangular_table([[laid.get((y, x), "") for x in range(width)] for y in range(len(rows))])
