"""Reads .odt and .ods files: OpenDocument texts and workbooks (ISO/IEC 26300)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    CellCounter,
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentPicture,
    SheetBreak,
    expand_spans,
    split_paragraphs,
)
from storage.reading.formats.errors import read_error
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, open_archive, parse_xml

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SKIPPED = {f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note", f"{_TEXT}sequence-decls"}
_MAX_REPEATED, _MAX_ROWS = 100, 3000
_Cell = tuple[str, int, int]


@isolated("name")
def read_open_document(content: bytes, name: str) -> Document:
    """Read the document in an .odt or .ods file. Raises Unreadable where it is damaged or locked."""
    archive = open_archive(content, name)
    try:
        if b"encryption-data" in archive.read_part("META-INF/manifest.xml"):
            raise read_error(name, "old_office")
        root = parse_xml(archive.read_part("content.xml"))
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    body = root.find(f"{_OFFICE}body")
    if body is None or not len(body):
        raise read_error(name, "damaged")
    return Document(name=name, blocks=tuple(_blocks(body[0], CellCounter(name))))


def _blocks(parent: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    for element in parent:
        if element.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            yield from split_paragraphs(_text(element))
            if element.find(f".//{_DRAW}image") is not None:
                yield DocumentPicture()
        elif element.tag == f"{_TABLE}table":
            if parent.tag == f"{_OFFICE}spreadsheet":
                yield SheetBreak()
            yield from _table(element, count)
        elif isinstance(element.tag, str) and element.tag not in _SKIPPED:
            yield from _blocks(element, count)


def _text(element: Any) -> str:
    """Return the text of a paragraph, with its spaces and line breaks."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            parts.append(" " * min(_number(child, f"{_TEXT}c"), _MAX_REPEATED))
        elif child.tag == f"{_TEXT}tab":
            parts.append(" ")
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag not in _SKIPPED:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _number(element: Any, name: str) -> int:
    value = element.get(name, "1")
    return max(int(value), 1) if value.isdecimal() and len(value) < len("1000000") else 1


def _table(table: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    """Yield a table without the empty rows and cells that a workbook repeats to its edge."""
    rows: list[list[_Cell]] = []
    for row in table.iter(f"{_TABLE}table-row"):
        cells = _row(row)
        count.add(len(cells))
        if any(text for text, _wide, _high in cells):
            rows += [cells] * min(_number(row, f"{_TABLE}number-rows-repeated"), _MAX_REPEATED)
        if len(rows) > _MAX_ROWS:
            break
    if rows:
        yield expand_spans(rows)


def _row(row: Any) -> list[_Cell]:
    cells: list[_Cell] = []
    for cell in row:
        if cell.tag != f"{_TABLE}table-cell":  # a covered cell belongs to the one that spans it
            continue
        blocks = _blocks(cell, CellCounter())
        text = "\n".join(block.text for block in blocks if isinstance(block, DocumentParagraph))
        wide = _number(cell, f"{_TABLE}number-columns-spanned")
        high = _number(cell, f"{_TABLE}number-rows-spanned")
        repeated = min(_number(cell, f"{_TABLE}number-columns-repeated"), _MAX_REPEATED)
        cells += [(text, min(wide, _MAX_REPEATED), min(high, _MAX_REPEATED))] * repeated
    while cells and not cells[-1][0] and cells[-1][1] == 1:
        cells.pop()
    return cells
