"""A document as paragraphs and tables in the order of the page.

Every kind of file is read into it, so that one extractor serves them all and a new kind of file needs only a new
reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.reading.formats.errors import read_error

MAX_CELLS = 600_000  # cells in one file: a sheet of three thousand rows and a hundred columns, twice
_NO_WIDTH = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentParagraph:
    """One paragraph's text, trimmed."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTable:
    """The texts of a table's cells; a merged cell is repeated in every place it covers.

    ``regular`` says that a column has the same index in every row. Text extracted from a document has lost its merged
    cells: there only the last cells of a row can be trusted.
    """

    rows: tuple[tuple[str, ...], ...]
    regular: bool = True
    drawn: tuple[tuple[str, ...], ...] = ()
    """The cells of each row as they are drawn, a cell over several columns once. Whoever drags a border in one row
    gives its cells other columns than those of the row above; their order stays."""

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """The cells of each row in their order; where the drawn ones are not known, those of the grid."""
        return self.drawn or self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetBreak:
    """The begin of a new sheet: what follows does not belong to the section above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPicture:
    """A picture large enough to hold a table; nothing in it is read."""


DocumentBlock = DocumentParagraph | DocumentTable | SheetBreak | DocumentPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file's blocks, its name without the folder (it may contain the year), and its author, if it names one."""

    name: str
    blocks: tuple[DocumentBlock, ...]
    author: str = ""
    title: str = ""
    """The title by which the file describes itself, where its pages need not print it."""


class CellCounter:
    """Counts the cells of a table or a file while they come, with those that merged cells cover."""

    def __init__(self, name: str = "") -> None:
        self._name, self._count = name, 0

    def add(self, cells: int) -> None:
        """Count some more. Raises Unreadable where there are too many in all."""
        self._count += cells
        if self._count > MAX_CELLS:
            raise read_error(self._name, "too_many_cells", limit=MAX_CELLS)


def visible_text(text: str) -> str:
    """Return text without signs of no width, which programs leave in cells and between words."""
    return text.translate(_NO_WIDTH)


def split_paragraphs(text: str) -> list[DocumentBlock]:
    """Split text into paragraphs at empty lines; a single line break stays inside its paragraph."""
    lines = "\n".join(line.strip() for line in visible_text(text).splitlines())
    return [DocumentParagraph(text=part.strip()) for part in lines.split("\n\n") if part.strip()]


def rectangular_table(rows: list[list[str]], owners: list[list[int]] | None = None) -> DocumentTable:
    """Make a table with rows of one width, without columns that are empty everywhere.

    ``owners`` numbers the drawn cell that each place of ``rows`` belongs to.
    """
    width = max((len(row) for row in rows), default=0)
    full = [[visible_text(text).strip() for text in row] + [""] * (width - len(row)) for row in rows]
    filled = [at for at in range(width) if any(row[at] for row in full)]
    return DocumentTable(
        rows=tuple(tuple(row[at] for at in filled) for row in full),
        drawn=tuple(_drawn(row, own, filled) for row, own in zip(full, owners, strict=True))
        if owners
        else (),
    )


def _drawn(row: list[str], owners: list[int], filled: list[int]) -> tuple[str, ...]:
    """Return each drawn cell of a row once."""
    places = [at for at in filled if at < len(owners)]
    return tuple(
        row[at]
        for before, at in zip([None, *places], places, strict=False)
        if before is None or owners[before] != owners[at]
    )


def expand_spans(rows: list[list[tuple[str, int, int]]]) -> DocumentTable:
    """Make a table from rows of (text, columns spanned, rows spanned), as web pages have them."""
    cells: dict[tuple[int, int], tuple[str, int]] = {}
    number, covered = 0, CellCounter()
    for y, row in enumerate(rows):
        x = 0
        for text, wide, high in row:
            while (y, x) in cells:
                x += 1
            number += 1
            covered.add(wide * min(high, len(rows) - y))
            for down in range(min(high, len(rows) - y)):
                cells.update({(y + down, x + right): (text, number) for right in range(wide)})
            x += wide
    width = max((x for _y, x in cells), default=-1) + 1
    grid = [[cells.get((y, x), ("", -x)) for x in range(width)] for y in range(len(rows))]
    return rectangular_table(
        [[text for text, _owner in row] for row in grid], [[owner for _text, owner in row] for row in grid]
    )
