"""Reads .ofd files (GB/T 33190): texts by their place on the page, tables by their ruling lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from posixpath import dirname, join, normpath
from typing import Any, NamedTuple

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
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, open_archive, parse_xml

MAX_PAGES = 60
_SEGMENT = re.compile(r"M ([\d.-]{1,12}) ([\d.-]{1,12}) L ([\d.-]{1,12}) ([\d.-]{1,12})")
_SAME = 0.8  # millimetres within which two lines are one
_HEADING = re.compile(r"[一二三四五六七八九]、")
_SHORT_BY = 10.0  # millimetres: a line that ends so early is the last of its paragraph
_NARROWEST_TABLE = 80.0  # millimetres: a seal has 45
_LINE = 2.5  # millimetres within which two texts stand on one line


class _Word(NamedTuple):
    """A text, the middle of its left edge and where it ends, in millimetres from the page's top left."""

    top: float
    left: float
    text: str
    right: float


class _Rule(NamedTuple):
    """A ruling line from its top left to its bottom right end."""

    left: float
    top: float
    right: float
    bottom: float


@isolated("name")
def read_ofd(content: bytes, name: str) -> Document:
    """Read the document in an .ofd file. Raises Unreadable where it is damaged or a scan."""
    archive = open_archive(content, name)
    try:
        pages = [parse_xml(archive.read_part(part)) for part in _page_parts(archive)][:MAX_PAGES]
        blocks = tuple(block for page in pages for block in _blocks(page, CellCounter(name)))
    except (*ARCHIVE_ERRORS, StopIteration, IndexError) as error:
        raise read_error(name, "damaged") from error
    if all(isinstance(block, DocumentPicture) for block in blocks):
        raise read_error(name, "scan")
    return Document(name=name, blocks=blocks)


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(root: Any, name: str) -> Iterator[Any]:
    return (element for element in root.iter() if _tag(element) == name)


def _page_parts(archive: Any) -> Iterator[str]:
    """Yield the part of each page, by way of the document that the archive names."""
    root = normpath(
        str(next(_all(parse_xml(archive.read_part("OFD.xml")), "DocRoot")).text).strip().lstrip("/")
    )
    for page in _all(parse_xml(archive.read_part(root)), "Page"):
        place = str(page.get("BaseLoc", ""))
        yield normpath(place.lstrip("/") if place.startswith("/") else join(dirname(root), place))


def _box(element: Any) -> tuple[float, float, float, float]:
    left, top, wide, high = (float(part) for part in str(element.get("Boundary", "0 0 0 0")).split())
    return left, top, wide, high


def _blocks(page: Any, count: CellCounter) -> Iterator[DocumentBlock]:
    words, rules = list(_words(page)), list(_rules(page))
    across = _merged(
        sorted(rule.top for rule in rules if rule.bottom - rule.top < _SAME < rule.right - rule.left)
    )
    uprights = [rule for rule in rules if rule.right - rule.left < _SAME < rule.bottom - rule.top]
    rows: list[tuple[str, ...]] = []
    rest: list[_Word] = list(words)
    parts: list[tuple[float, DocumentBlock]] = []
    for top, bottom in pairwise(across):
        edges = _merged(
            sorted(
                rule.left for rule in uprights if rule.top - _SAME <= top and rule.bottom + _SAME >= bottom
            )
        )
        inside = [word for word in rest if top <= word.top <= bottom]
        if len(edges) < 2:  # noqa: PLR2004 - no cell without two edges
            _close(rows, top, parts)
            continue
        rest = [word for word in rest if not top <= word.top <= bottom]
        count.add(len(edges))
        rows.append(tuple(_cell(inside, left, right) for left, right in pairwise(edges)))
    _close(rows, across[-1] if across else 0.0, parts)
    parts += _paragraphs(rest)
    parts += _pictures(page)
    for _top, block in sorted(parts, key=lambda part: part[0]):
        yield block


def _close(rows: list[tuple[str, ...]], bottom: float, parts: list[tuple[float, DocumentBlock]]) -> None:
    """End a table: its rows become a block at its bottom."""
    filled = tuple(row for row in rows if any(row))
    if filled:
        parts.append((bottom, DocumentTable(rows=filled, regular=False)))
    rows.clear()


def _pictures(page: Any) -> Iterator[tuple[float, DocumentBlock]]:
    for element in _all(page, "ImageObject"):
        _left, top, wide, _high = _box(element)
        if wide >= _NARROWEST_TABLE:
            yield top, DocumentPicture()


def _words(page: Any) -> Iterator[_Word]:
    for element in _all(page, "TextObject"):
        left, top, wide, high = _box(element)
        for code in _all(element, "TextCode"):
            text = visible_text(code.text or "").strip()
            if text:
                yield _Word(top + high / 2, left + float(code.get("X", "0")), text, left + wide)


def _rules(page: Any) -> Iterator[_Rule]:
    for element in _all(page, "PathObject"):
        left, top, _wide, _high = _box(element)
        for data in _all(element, "AbbreviatedData"):
            for match in _SEGMENT.finditer(data.text or ""):
                x1, y1, x2, y2 = map(float, match.groups())
                yield _Rule(left + min(x1, x2), top + min(y1, y2), left + max(x1, x2), top + max(y1, y2))


def _merged(places: Sequence[float]) -> list[float]:
    """Return places in order, those within a line's width once."""
    found: list[float] = []
    for place in places:
        if not found or place - found[-1] > _SAME:
            found.append(place)
    return found


def _cell(words: Sequence[_Word], left: float, right: float) -> str:
    return "".join(word.text for word in sorted(words) if left - _SAME <= word.left < right - _SAME)


def _paragraphs(words: Sequence[_Word]) -> list[tuple[float, DocumentBlock]]:
    """Return the lines outside tables: one that is set in begins a paragraph, a short one ends it."""
    lines: list[list[_Word]] = []
    for word in sorted(words):
        if lines and word.top - lines[-1][0].top < _LINE:
            lines[-1].append(word)
        else:
            lines.append([word])
    edge = min((word.left for word in words), default=0.0)
    end = max((word.right for word in words), default=0.0)
    found: list[tuple[float, str]] = []
    ended = True
    for line in lines:
        text = "".join(word.text for word in sorted(line, key=lambda word: word.left))
        if ended or min(word.left for word in line) - edge > _LINE or _HEADING.match(text):
            found.append((line[0].top, text))
        else:
            found[-1] = (found[-1][0], found[-1][1] + text)
        ended = end - max(word.right for word in line) > _SHORT_BY
    return [(top, block) for top, text in found for block in split_paragraphs(text)]
