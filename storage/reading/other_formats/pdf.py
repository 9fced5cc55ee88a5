"""Reads .pdf files with text: tables by their ruling lines, and the lines between them joined to paragraphs.

It also draws a page as a picture, for whoever reads a file without opening it; a scan has no text, but is seen so.
What the pages' drawing instructions unpack to is bounded, because the library works through them one by one; only
the pages' own streams and the forms that they use are counted, for pictures and fonts are not read.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pdfplumber
from pdfminer.pdftypes import PDFStream, dict_value, resolve1

from config.errors import Unreadable
from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import (
    CellCounter,
    Document,
    DocumentBlock,
    DocumentPicture,
    DocumentTable,
    split_paragraphs,
    visible_text,
)
from storage.reading.formats.errors import read_error

_WIDTH_OF_TABLE = 0.4  # of the page
MAX_DRAWING_BYTES = 6 * 1024 * 1024  # a report of fifteen pages has less than one
MAX_FORM_DEPTH = 4  # forms inside forms
FLATE = "FlateDecode"
MAX_PAGES = 60  # a report has five to fifteen
PICTURE_EDGE = 1400  # pixels of a drawn page's longer edge: A4 is read without enlarging it
JPEG_QUALITY = 80
_PAGE_NUMBER = re.compile(r"[-—–\s]{0,4}\d{1,3}[-—–\s]{0,4}|第\s?\d{1,3}\s?页.{0,12}")


@isolated("name")
def read_pdf(content: bytes, name: str) -> Document:
    """Read the document in a .pdf file. Raises Unreadable where it is damaged, locked or a scan."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        with pdfplumber.open(BytesIO(content)) as book:
            pages = book.pages[:MAX_PAGES]
            left = MAX_DRAWING_BYTES
            for page in pages:
                left = _require_bounded_drawing(page.page_obj, left, name)
            has_text = any(page.chars for page in pages)
            blocks = [block for page in pages for block in _page_blocks(page, CellCounter(name))]
            author = str((book.metadata or {}).get("Author") or "").strip()
    except Unreadable:
        raise
    except Exception as error:  # the library lets through whatever a damaged file raises in it
        raise _unreadable(name, error) from error
    if not has_text:
        raise read_error(name, "scan")
    return Document(name=name, blocks=tuple(_joined(blocks)), author=author)


@isolated("name")
def count_pages(content: bytes, name: str) -> int:
    """Return how many pages of a .pdf are drawn, MAX_PAGES at most. Raises Unreadable where none can be."""
    try:
        with pdfplumber.open(BytesIO(content)) as book:
            return min(len(book.pages), MAX_PAGES)
    except Exception as error:  # as above
        raise _unreadable(name, error) from error


@isolated("name")
def draw_page(content: bytes, name: str, number: int) -> bytes:
    """Return a page of a .pdf, from 1, as a JPEG of bounded size. Raises Unreadable where it cannot be drawn."""
    try:
        with pdfplumber.open(BytesIO(content)) as book:
            page = book.pages[number - 1]
            _require_bounded_drawing(page.page_obj, MAX_DRAWING_BYTES, name)
            scale = PICTURE_EDGE / max(page.width, page.height, 1)
            drawn = page.to_image(resolution=72 * scale, antialias=True).original.convert("RGB")
    except Unreadable:
        raise
    except Exception as error:  # as above
        raise _unreadable(name, error) from error
    picture = BytesIO()
    drawn.save(picture, "JPEG", quality=JPEG_QUALITY)
    return picture.getvalue()


def _unreadable(name: str, error: Exception) -> Unreadable:
    locked = "assword" in repr(error) or "ncrypt" in repr(error)
    return read_error(name, "old_office" if locked else "damaged")


def _page_blocks(page: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    """Yield a page's paragraphs and tables from top to bottom."""
    pictures = [(image["top"], DocumentPicture()) for image in page.images if _may_hold_table(image, page)]
    if not page.chars:
        yield from (block for _top, block in pictures)
        return
    tables = page.find_tables()
    outside = page.filter(lambda item: not any(_lies_in(item, table.bbox) for table in tables))
    parts: list[tuple[float, DocumentBlock]] = [*pictures]
    for table in tables:
        rows = tuple(
            tuple(_cell_text(cell) for cell in row if cell is not None) for row in table.extract() or ()
        )
        count.add(sum(map(len, rows)))
        parts.append(
            (table.bbox[1], DocumentTable(rows=tuple(row for row in rows if any(row)), regular=False))
        )
    drawn = [*page.chars, *page.rects, *page.lines]
    edges = min(item["x0"] for item in drawn), max(item["x1"] for item in drawn)
    parts += _paragraphs(outside, edges)
    for _top, block in sorted(parts, key=lambda part: part[0]):
        if not isinstance(block, DocumentTable) or block.rows:
            yield block


def _may_hold_table(image: Any, page: Any) -> bool:
    """Whether a picture is as wide as a table is; a seal or a sign is narrower."""
    return bool(image["x1"] - image["x0"] >= page.width * _WIDTH_OF_TABLE)


def _lies_in(item: Any, box: tuple[float, float, float, float]) -> bool:
    middle = (item["top"] + item["bottom"]) / 2, (item["x0"] + item["x1"]) / 2
    return bool(box[1] <= middle[0] <= box[3] and box[0] <= middle[1] <= box[2])


def _cell_text(text: str) -> str:
    return visible_text("".join(text.split("\n"))).strip()


def _paragraphs(page: Any, edges: tuple[float, float]) -> list[tuple[float, DocumentBlock]]:
    """Return the lines outside tables, joined: a line that is set in begins a paragraph, a short one ends it."""
    lines = [
        line
        for line in page.extract_text_lines(return_chars=True)
        if not _PAGE_NUMBER.fullmatch(line["text"].strip())
    ]
    if not lines:
        return []
    left, right = edges
    found: list[tuple[float, str]] = []
    ended = True
    for line in lines:
        size = max((char["size"] for char in line["chars"]), default=12.0)
        if ended or line["x0"] - left > size:
            found.append((line["top"], line["text"]))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line["text"])
        ended = right - line["x1"] > 2 * size
    return [(top, block) for top, text in found for block in split_paragraphs(text)]


def _joined(blocks: list[DocumentBlock]) -> Iterator[DocumentBlock]:
    """Yield the blocks; tables that follow each other are one that a page's end has cut."""
    rows: tuple[tuple[str, ...], ...] = ()
    for block in blocks:
        if isinstance(block, DocumentTable):
            rows += block.rows
            continue
        if rows:
            yield DocumentTable(rows=rows, regular=False)
            rows = ()
        yield block
    if rows:
        yield DocumentTable(rows=rows, regular=False)


def _require_bounded_drawing(page: Any, left: int, name: str) -> int:
    """How many bytes may still be drawn after this page. Raises Unreadable where it draws more than ``left``."""
    for stream in (*page.contents, *_forms(page.resources, MAX_FORM_DEPTH)):
        left -= _unpacked_bytes(resolve1(stream), left + 1)
        if left < 0:
            raise read_error(name, "bomb", limit=MAX_DRAWING_BYTES // 1024 // 1024)
    return left


def _unpacked_bytes(stream: Any, most: int) -> int:
    """How many bytes a stream unpacks to, counted no further than ``most``."""
    if not isinstance(stream, PDFStream) or not stream.rawdata:
        return 0
    filters = [filter_.name for filter_, _ in stream.get_filters()]
    if filters != [FLATE]:
        return len(stream.rawdata)
    try:
        return len(zlib.decompressobj().decompress(stream.rawdata, most))
    except zlib.error:  # the library reads what it can of it
        return len(stream.rawdata)


def _forms(resources: Any, depth: int) -> Iterator[PDFStream]:
    """Yield the forms that resources name, and those inside them."""
    for found in map(resolve1, dict_value(dict_value(resources).get("XObject", {})).values()):
        if isinstance(found, PDFStream) and getattr(found.get("Subtype"), "name", "") == "Form":
            yield found
            if depth and found.get("Resources"):
                yield from _forms(found["Resources"], depth - 1)
