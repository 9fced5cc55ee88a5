"""Reads .rtf files: paragraphs, and tables as rows of cells whose merges are lost."""

from __future__ import annotations

from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentPicture,
    DocumentTable,
    split_paragraphs,
    visible_text,
)
from storage.reading.formats.errors import read_error

_CELL_END = "|"  # what the library writes for the end of a cell


@isolated("name")
def read_rich_text(content: bytes, name: str) -> Document:
    """Read the document in an .rtf file. Raises Unreadable where it is damaged."""
    try:
        text: str = rtf_to_text(content.decode("latin-1"), encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, LookupError) as error:
        raise read_error(name, "damaged") from error
    if not text.strip():
        raise read_error(name, "damaged")
    pictures = (
        (DocumentPicture(),) if b"\\pict" in content else ()
    )  # the library does not say where they stand
    return Document(name=name, blocks=(*_blocks(text.splitlines()), *pictures))


def _blocks(lines: list[str]) -> Iterator[DocumentBlock]:
    rows: list[tuple[str, ...]] = []
    begun = ""
    for line in lines:
        whole = f"{begun}\n{line}" if begun else line
        if _CELL_END in whole and not whole.rstrip().endswith(_CELL_END):
            begun = whole  # a cell of several paragraphs: the row goes on
            continue
        begun = ""
        if _CELL_END in whole:
            rows.append(
                tuple(
                    visible_text(cell).strip()
                    for cell in whole.rstrip().removesuffix(_CELL_END).split(_CELL_END)
                )
            )
        elif whole.strip():
            yield from _table(rows)
            rows = []
            yield from split_paragraphs(whole)
    yield from _table(rows)


def _table(rows: list[tuple[str, ...]]) -> Iterator[DocumentBlock]:
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)
