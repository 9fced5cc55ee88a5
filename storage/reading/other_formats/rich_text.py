"""Reads .rtf files: paragraphs, and tables as rows of cells whose merges are lost."""

from __future__ import annotations

import re
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
_PICTURE = "\ue038"  # put before each picture, whose place the library does not tell
_PICTURE_GROUP = re.compile(rb"\{\\\*\\shppict\b|\{\\nonshppict\b|\{\\pict\b")
_MARK = rb"{\uc1\u57400 ?}"


@isolated("name")
def read_rich_text(content: bytes, name: str) -> Document:
    """Read the document in an .rtf file. Raises Unreadable where it is damaged."""
    try:
        text: str = rtf_to_text(_marked(content).decode("latin-1"), encoding="gb18030", errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, LookupError) as error:
        raise read_error(name, "damaged") from error
    if not text.strip():
        raise read_error(name, "damaged")
    return Document(name=name, blocks=tuple(_blocks(text.splitlines())))


def _marked(content: bytes) -> bytes:
    """Return the file with a sign before each picture."""
    return _PICTURE_GROUP.sub(lambda found: _MARK + found[0], content)


def _blocks(lines: list[str]) -> Iterator[DocumentBlock]:
    rows: list[tuple[str, ...]] = []
    begun, pictured = "", False
    for line in lines:
        pictured |= _PICTURE in line
        said = line.replace(_PICTURE, "")
        whole = f"{begun}\n{said}" if begun else said
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
        elif whole.strip() or pictured:
            yield from _table(rows)
            rows = []
            yield from split_paragraphs(whole)
            yield from (DocumentPicture(),) if pictured else ()
            pictured = False
    yield from _table(rows)
    yield from (DocumentPicture(),) if pictured else ()


def _table(rows: list[tuple[str, ...]]) -> Iterator[DocumentBlock]:
    if rows:
        yield DocumentTable(rows=tuple(rows), regular=False)
