"""Reads .doc and .wps files: the text of Word 97 to 2003 with its tables ([MS-DOC]).

The text is stored in pieces; a cell ends with U+0007, and a row with a paragraph marked as the end of a row. Those
marks stand in the paragraphs' properties, pages of 512 bytes that are found by the text's place in the file.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

import olefile

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

_TABLE_STREAM_FLAG, _ENCRYPTED_FLAG = 0x0200, 0x0100
_CLX, _PARAGRAPHS = (
    0x01A2,
    0x0102,
)  # where the header holds the place of the pieces and of the paragraphs' pages
_WORD_97 = 0x00C1  # the version that a document's header names
_PAGE = 512
_IN_TABLE, _END_OF_ROW = 0x2416, 0x2417
_OPERAND_SIZES = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_LONG_TABLE_SPRM = 0xD608
_ELSEWHERE = frozenset({0x6645, 0x6646})  # many cells make long properties: they lie in a stream of their own
_DROPPED = dict.fromkeys([0x01, 0x02, 0x03, 0x04, 0x05, 0x08, 0x1F], "") | {
    0x0B: "\n",
    0x0C: "\n",
    0x1E: "-",
    0xA0: " ",
}
_PICTURES = "\x01\x08"  # one in its line, one beside the text
_MAX_CHARACTERS = 4_000_000


class _ParagraphMark(NamedTuple):
    """Whether a paragraph lies in a table, and whether it ends a row."""

    in_table: bool
    ends_row: bool


@isolated("name")
def read_old_word(content: bytes, name: str) -> Document:
    """Read the document in a .doc or .wps file. Raises Unreadable where it is damaged or locked."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            text = container.openstream("WordDocument").read()
            if struct.unpack_from("<H", text, 2)[0] < _WORD_97:
                raise read_error(name, "old_version")
            flags = struct.unpack_from("<H", text, 0x0A)[0]
            if flags & _ENCRYPTED_FLAG:
                raise read_error(name, "old_office")
            table = container.openstream("1Table" if flags & _TABLE_STREAM_FLAG else "0Table").read()
            more = container.openstream("Data").read() if container.exists("Data") else b""
            author = container.get_metadata().author or b""
        blocks = tuple(_blocks(_pieces(text, table), _marks(text, table, more), CellCounter(name)))
    except (OSError, struct.error, ValueError, IndexError, AttributeError) as error:
        raise read_error(name, "damaged") from error
    if not blocks:
        raise read_error(name, "damaged")
    return Document(name=name, blocks=blocks, author=_decoded(author))


def _decoded(author: bytes | str) -> str:
    return author if isinstance(author, str) else author.decode("gb18030", "replace").strip()


def _pieces(text: bytes, table: bytes) -> Iterator[tuple[str, int]]:
    """Yield each character of the main text with its place in the file."""
    left = min(struct.unpack_from("<i", text, 0x4C)[0], _MAX_CHARACTERS)
    start, size = struct.unpack_from("<II", text, _CLX)
    for first, last, place in _piece_table(table[start : start + size]):
        count = min(last - first, left)
        left -= count
        if place & 0x40000000:
            at = (place & 0x3FFFFFFF) // 2
            characters, width = text[at : at + count].decode("cp1252", "replace"), 1
        else:
            at = place & 0x3FFFFFFF
            characters, width = text[at : at + 2 * count].decode("utf-16-le", "replace"), 2
        for number, character in enumerate(characters):
            yield character, at + number * width


def _piece_table(clx: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the first and last character of each piece and its place."""
    at = 0
    while clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    count = (struct.unpack_from("<I", clx, at + 1)[0] - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}I", clx, at + 5)
    for number in range(count):
        place = struct.unpack_from("<I", clx, at + 5 + 4 * (count + 1) + 8 * number + 2)[0]
        yield bounds[number], bounds[number + 1], place


def _marks(text: bytes, table: bytes, more: bytes) -> tuple[list[int], list[_ParagraphMark]]:
    """Return where paragraphs begin in the file, and the marks of each."""
    start, size = struct.unpack_from("<II", text, _PARAGRAPHS)
    count = (size - 4) // 8
    pages = struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1))
    found: dict[int, _ParagraphMark] = {}
    for page in pages:
        found.update(_page_marks(text[(page & 0x3FFFFF) * _PAGE :][:_PAGE], more))
    places = sorted(found)
    return places, [found[place] for place in places]


def _page_marks(page: bytes, more: bytes) -> Iterator[tuple[int, _ParagraphMark]]:
    count = page[-1]
    begins = struct.unpack_from(f"<{count + 1}I", page, 0)
    for number in range(count):
        at = 2 * page[4 * (count + 1) + 13 * number]
        properties = b""
        if at:
            size = 2 * page[at] - 1 if page[at] else 2 * page[at + 1]
            begin = at + 1 if page[at] else at + 2
            properties = page[begin + 2 : begin + size]
        values = dict(_properties(properties, more))
        yield begins[number], _ParagraphMark(bool(values.get(_IN_TABLE)), bool(values.get(_END_OF_ROW)))


def _properties(data: bytes, more: bytes = b"") -> Iterator[tuple[int, int]]:
    """Yield each property's code and the first byte of its value."""
    at = 0
    while at + 2 < len(data):
        code = struct.unpack_from("<H", data, at)[0]
        yield code, data[at + 2]
        if code in _ELSEWHERE:
            place = struct.unpack_from("<I", data, at + 2)[0]
            size = struct.unpack_from("<H", more, place)[0]
            yield from _properties(more[place + 2 : place + 2 + size])
        kind = code >> 13
        if kind == 6:  # noqa: PLR2004 - its length stands before it
            long = code == _LONG_TABLE_SPRM
            at += 2 + (struct.unpack_from("<H", data, at + 2)[0] + 1 if long else data[at + 2] + 1)
        else:
            at += 2 + _OPERAND_SIZES[kind]


def _blocks(
    characters: Iterator[tuple[str, int]], marks: tuple[list[int], list[_ParagraphMark]], count: CellCounter
) -> Iterator[DocumentBlock]:
    """Yield paragraphs and tables; a field's instruction is left out, its result is kept."""
    places, properties = marks
    rows: list[tuple[str, ...]] = []
    cells: list[str] = []
    line: list[str] = []
    hidden = 0
    pictured = False
    for character, place in characters:
        pictured |= character in _PICTURES
        if character in "\x13\x14\x15":
            hidden = {"\x13": hidden + 1, "\x14": max(hidden - 1, 0), "\x15": hidden}[character]
        elif character not in "\r\x07":
            line.append("" if hidden else character.translate(_DROPPED))
        else:
            mark = properties[max(bisect_right(places, place) - 1, 0)]
            said = visible_text("".join(line)).strip()
            line = []
            if mark.ends_row:
                count.add(len(cells))
                rows.append(tuple(cells))
                cells = []
            elif character == "\x07":
                cells.append(said)
            elif mark.in_table:
                line = [said, "\n"]
            else:
                yield from _table(rows)
                rows = []
                yield from split_paragraphs(said)
                yield from (DocumentPicture(),) if pictured else ()
                pictured = False
    yield from _table(rows)
    yield from split_paragraphs("".join(line))


def _table(rows: list[tuple[str, ...]]) -> Iterator[DocumentBlock]:
    filled = tuple(row for row in rows if any(row))
    if filled:
        yield DocumentTable(rows=filled, regular=False)
