"""Reads Word documents: paragraphs and tables in the order of the page, merges expanded.

It walks the XML elements instead of a library's objects: those miss content controls and tracked changes, and look
every merged cell up again for each of its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    CellCounter,
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentPicture,
    DocumentTable,
    rectangular_table,
    split_paragraphs,
)
from storage.reading.formats.errors import read_error
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, author_of, main_part, open_archive, parse_xml

_NAMESPACES = (  # transitional, and strict
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_MARGIN = re.compile(r"word/(?:header|footer|footnotes|endnotes|comments)\d*\.xml")
_MAX_COLUMNS = 63  # columns: Word draws no more


@isolated("name")
def read_docx(content: bytes, name: str) -> Document:
    """Read the document in a Word file. Raises Unreadable where it is damaged."""
    archive = open_archive(content, name)
    try:
        root = parse_xml(archive.read_part(main_part(archive)))
        author = author_of(archive)
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    body = next((element for element in root if _tag(element) == "body"), None)
    if body is None:
        raise read_error(name, "damaged")
    return Document(name=name, blocks=tuple(_blocks(body)), author=author)


@isolated("name")
def read_margins(content: bytes, name: str) -> tuple[str, ...]:
    """Return the paragraphs outside the page's text: headers, footers, notes and comments. Raises Unreadable."""
    archive = open_archive(content, name)
    try:
        roots = [parse_xml(archive.read_part(part)) for part in archive.namelist() if _MARGIN.fullmatch(part)]
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    found = (element for root in roots for element in root.iter() if _tag(element) == "p")
    return tuple(text for element in found if (text := _text(element).strip()))


def _tag(element: Any) -> str:
    """Return the element's name without its namespace; empty for comments and other namespaces."""
    tag = element.tag if isinstance(element.tag, str) else ""
    return next((tag.removeprefix(space) for space in _NAMESPACES if tag.startswith(space)), "")


def _get(element: Any, name: str) -> str | None:
    return next((found for space in _NAMESPACES if (found := element.get(space + name)) is not None), None)


def _child(element: Any, *path: str) -> Any:
    for name in path:
        element = next((child for child in element if _tag(child) == name), None)
        if element is None:
            return None
    return element


def _blocks(parent: Any) -> Iterator[DocumentBlock]:
    for element in parent:
        tag = _tag(element)
        if tag == "p":
            yield from split_paragraphs(_text(element))
            if _holds_picture(element):
                yield DocumentPicture()
        elif tag == "tbl":
            yield from _table(element)
        elif tag in {"sdt", "sdtContent", "customXml", "ins", "smartTag", "txbxContent"}:
            yield from _blocks(element)


def _text(element: Any) -> str:
    """Return the text of a paragraph as it would be printed: without deleted text, with line breaks."""
    tag = _tag(element)
    if tag == "t":
        return element.text or ""
    if tag in {"br", "cr"}:
        return "\n"
    if tag == "tab":
        return " "
    if tag in {"del", "moveFrom", "pPr", "rPr", "instrText"} or (tag == "r" and _is_hidden(element)):
        return ""
    text = "".join(_text(child) for child in element)
    return text + "\n" if tag == "p" else text  # a paragraph of a text box lies inside another's


def _holds_picture(paragraph: Any) -> bool:
    """Whether a paragraph shows a picture: a drawing of today's Word, or one of Word 2003's kind."""
    return any(
        isinstance(part.tag, str) and part.tag.rpartition("}")[2] in {"blip", "imagedata"}
        for part in paragraph.iterdescendants()
    )


def _is_hidden(run: Any) -> bool:
    """Whether a run is formatted as hidden: it is not printed."""
    vanish = _child(run, "rPr", "vanish")
    return vanish is not None and _get(vanish, "val") not in {"0", "false", "off"}


def _table(table: Any) -> Iterator[DocumentBlock]:
    """Yield a table; one that contains other tables only lays out the page, so its cells' blocks are yielded."""
    if any(_tag(inner) == "tbl" for inner in table.iterdescendants()):
        for cell in (element for element in table.iterdescendants() if _tag(element) == "tc"):
            if not any(_tag(above) == "tc" for above in cell.iterancestors()):
                yield from _blocks(cell)
        return
    rows: list[list[str]] = []
    owners: list[list[int]] = []
    count = CellCounter()
    for row in _children(table, "tr"):
        count.add(len(rows[-1]) if rows else 0)
        texts, own = _row(row, rows[-1] if rows else [])
        rows.append(texts)
        owners.append(own)
    if rows:
        yield rectangular_table(rows, owners)


def _children(parent: Any, name: str) -> Iterator[Any]:
    """Yield rows or cells, also those inside content controls."""
    for element in parent:
        if _tag(element) == name:
            yield element
        elif _tag(element) in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _children(element, name)


def _row(row: Any, above: list[str]) -> tuple[list[str], list[int]]:
    """Return a row's texts, and the number of the cell in each place; a cell merged upwards repeats its text."""
    before = _number(_child(row, "trPr", "gridBefore"), at_least=0)
    texts, owners = [""] * before, [-1] * before
    for number, cell in enumerate(_children(row, "tc")):
        merge = _child(cell, "tcPr", "vMerge")
        goes_on = merge is not None and _get(merge, "val") != "restart"
        text = above[len(texts)] if goes_on and len(texts) < len(above) else _cell(cell)
        wide = _number(_child(cell, "tcPr", "gridSpan"), at_least=1)
        texts += [text] * wide
        owners += [number] * wide
    return texts, owners


def _cell(cell: Any) -> str:
    blocks = (block for block in _blocks(cell) if not isinstance(block, DocumentTable))
    return "\n".join(block.text for block in blocks if isinstance(block, DocumentParagraph))


def _number(element: Any, *, at_least: int) -> int:
    value = _get(element, "val") if element is not None else None
    return min(max(int(value), at_least), _MAX_COLUMNS) if value and value.isdecimal() else at_least
