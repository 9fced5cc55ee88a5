"""Reads the text of attachments line by line, for the checks before they are published.

Everything in the file is read, printed or not: hidden sheets, deleted text that is still tracked, headers, footers,
notes, comments, caches and properties are published with it. What cannot be read (a scan, a picture, an archive) is
reported as unread, so that a person opens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from itertools import count
from pathlib import PurePath
from typing import Any

from lxml.etree import QName

from config.errors import Unreadable
from storage.isolation.isolated_reading import isolated
from storage.proofread.passages import UNREAD_PART, AttachmentLine, AttachmentText
from storage.proofread.personal_data.lost_digits import LOST_DIGITS_PARTS, lost_digits
from storage.reading.formats.document import CellCounter
from storage.reading.formats.errors import read_error
from storage.reading.formats.file_bytes import decode_file
from storage.reading.formats.xlsx import WORKBOOK_ERRORS
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS, DocumentArchive, open_archive, parse_xml
from storage.reading.texts.unseen_parts import embedded_files, split_numbers, unseen_lines

TEXT_SUFFIXES = frozenset({".txt", ".csv", ".md", ".json", ".htm", ".html"})
WORD_SUFFIX, WORKBOOK_SUFFIX = ".docx", ".xlsx"
_WORD_PARTS = re.compile(r"word/(document|header|footer|footnotes|endnotes|comments)\d*\.xml")
_BOOK_NOTES = re.compile(r"xl/(comments|threadedComments|drawings)/?[^/]*\.xml")
MAX_CHARACTERS = 2_000_000  # of one file: a shared text is used by many cells, and each is looked through
MAX_DEPTH = 2  # files inside files inside a file; deeper ones are named as unread
_CACHED_FILES = 8  # files: a card is built several times a day, and a file may have 20 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentFile:
    """An attachment with its bytes; two are the same by name and fingerprint."""

    name: str
    sha256: str
    content: bytes = field(compare=False, repr=False)
    depth: int = 0
    """How many files it lies in."""


@lru_cache(maxsize=_CACHED_FILES)
def read_attachment(file: AttachmentFile) -> AttachmentText:
    """Read the text of an attachment; ``lines`` is None where it cannot be read, or not within the limits."""
    try:
        return AttachmentText(name=file.name, lines=_read_lines(file.name, file))
    except Unreadable:
        return AttachmentText(name=file.name, lines=None)


@isolated("name")
def _read_lines(name: str, file: AttachmentFile) -> tuple[AttachmentLine, ...]:
    """Return the lines of a file. Raises Unreadable."""
    try:
        return tuple(_counted(name, _lines(PurePath(name.lower()).suffix, file)))
    except (*ARCHIVE_ERRORS, *WORKBOOK_ERRORS) as error:
        raise read_error(name, "damaged") from error


def _counted(name: str, lines: Iterator[AttachmentLine]) -> Iterator[AttachmentLine]:
    """Yield the lines while all of them are what a person could ever look through. Raises Unreadable."""
    characters = 0
    for line in lines:
        characters += len(line.text)
        if characters > MAX_CHARACTERS:
            raise read_error(name, "too_much_text", limit=MAX_CHARACTERS)
        yield line


def _lines(suffix: str, file: AttachmentFile) -> Iterator[AttachmentLine]:
    if suffix == WORD_SUFFIX:
        yield from _word_lines(file)
    elif suffix == WORKBOOK_SUFFIX:
        yield from _workbook_lines(file)
    elif suffix in TEXT_SUFFIXES:
        for number, text in enumerate(decode_file(file.content, file.name).splitlines(), start=1):
            yield AttachmentLine(text, "line", {"line": str(number)})
    else:
        raise read_error(file.name, "extension", extension=suffix)


def _word_lines(file: AttachmentFile) -> Iterator[AttachmentLine]:
    """Yield every paragraph of every part once, including deleted text, and what is embedded."""
    archive = open_archive(file.content, file.name)
    for name in archive.namelist():
        if found := _WORD_PARTS.fullmatch(name):
            yield from _word_part(parse_xml(archive.read_part(name)), found[1])
    yield from unseen_lines(archive)
    yield from _embedded_lines(archive, file)


def _word_part(root: Any, part: str) -> Iterator[AttachmentLine]:
    """Yield the paragraphs of a part, numbered as a person counts them: without empty ones, tables apart."""
    rows, paragraphs = _rows_in(root), count(1)
    for paragraph, words in _paragraphs(root).items():
        said = "".join(word.text or "" for word in words)
        row = next((rows[up] for up in paragraph.iterancestors("{*}tr") if up in rows), None)
        tracked = any(QName(word).localname == "delText" for word in words)
        if part != "document":
            yield AttachmentLine(said, part, {})
        elif row:
            yield AttachmentLine(
                said, "tracked_row" if tracked else "row", {"table": str(row[0]), "row": str(row[1])}
            )
        elif said.strip():
            yield AttachmentLine(
                said, "tracked" if tracked else "enclosed", {"paragraph": str(next(paragraphs))}
            )


def _paragraphs(root: Any) -> dict[Any, list[Any]]:
    """Return the paragraphs in order, each with its text elements."""
    found: dict[Any, list[Any]] = {}
    for word in root.iter("{*}t", "{*}delText"):
        found.setdefault(next(word.iterancestors("{*}p"), word), []).append(word)
    return found


def _rows_in(root: Any) -> dict[Any, tuple[int, int]]:
    """Return the rows of all tables with the numbers of table and row, from 1."""
    tables = enumerate(root.iter("{*}tbl"), start=1)
    return {
        row: (place, at) for place, table in tables for at, row in enumerate(table.iterchildren("{*}tr"), 1)
    }


def _workbook_lines(file: AttachmentFile) -> Iterator[AttachmentLine]:
    """Yield every cell of every sheet, then the notes."""
    from openpyxl import load_workbook  # noqa: PLC0415 - 12 MB, which only the process that reads needs

    archive, count = open_archive(file.content, file.name), CellCounter(file.name)
    book = load_workbook(BytesIO(file.content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may state a smaller size than it has
        part = "cell" if sheet.sheet_state == "visible" else "hidden_cell"
        for row in sheet.iter_rows():
            filled = [(cell.coordinate, cell.value) for cell in row if cell.value is not None]
            count.add(len(filled))
            texts = [(place, _cell_text(value)) for place, value in filled]
            for (place, text), (_, value) in zip(texts, filled, strict=True):
                kept = "lost_digits" if _has_lost_digits(value) else part
                yield AttachmentLine(text, kept, {"sheet": sheet.title, "cell": place})
            yield from split_numbers(sheet.title, texts)
    for name in archive.namelist():
        if found := _BOOK_NOTES.fullmatch(name):
            words = (
                element.text or "" for element in parse_xml(archive.read_part(name)).iter("{*}t", "{*}text")
            )
            yield AttachmentLine("".join(words), "drawing" if found[1] == "drawings" else "comments", {})
    yield from unseen_lines(archive)
    yield from _embedded_lines(archive, file)


def _embedded_lines(archive: DocumentArchive, file: AttachmentFile) -> Iterator[AttachmentLine]:
    """Yield the lines of the files that a document carries inside it; one that is not read is named."""
    for name, content in embedded_files(archive):
        inner = AttachmentFile(name=name, sha256="", content=content, depth=file.depth + 1)
        lines = _lines_inside(inner)
        if lines is None:
            yield AttachmentLine(name, UNREAD_PART, {})
        for text, part, _ in lines or ():
            unseen = "lost_digits_unseen" if part in LOST_DIGITS_PARTS else "embedded"
            yield AttachmentLine(text, part if part == UNREAD_PART else unseen, {"inner": name})


def _lines_inside(file: AttachmentFile) -> list[AttachmentLine] | None:
    """Return the lines of a file inside another; None where it cannot be read, or lies too deep."""
    if file.depth > MAX_DEPTH:
        return None
    try:
        return list(_lines(PurePath(file.name.lower()).suffix, file))
    except (Unreadable, *ARCHIVE_ERRORS, *WORKBOOK_ERRORS):
        return None


def _has_lost_digits(value: object) -> bool:
    return isinstance(value, int | float) and bool(lost_digits(value))


def _cell_text(value: object) -> str:
    """Return a value as a person reads it: a telephone number may be stored as 13900000000.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
