"""Reads what stands inside the files that go out with a text, for whoever looks for what must not go out.

Everything that is in the file counts, printed or not: hidden sheets, deleted words that are still tracked, heads,
feet, notes and comments go to the website with it. What cannot be read (a scan, a picture, a packed folder) is said
to be unread, so that a person opens it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import PurePath
from typing import Any

from openpyxl import load_workbook

from config.errors import Unreadable
from storage.proofread.enclosures import Enclosure
from storage.reading.encoding import decoded
from storage.reading.from_xlsx import FAILURES
from storage.reading.packing import DAMAGES, open_archive, parse
from storage.reading.refuse import refuse

TEXTS = frozenset({".txt", ".csv", ".md", ".json", ".htm", ".html"})
WORD, BOOK = ".docx", ".xlsx"
_WORD_PARTS = re.compile(r"word/(?:document|header|footer|footnotes|endnotes|comments)\d*\.xml")
_BOOK_NOTES = re.compile(r"xl/(?:comments|threadedComments|drawings)/?[^/]*\.xml")
_KEPT = 8  # files at a time: a card is dealt several times a day, and a file may have 20 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment with its bytes; two are the same by name and fingerprint."""

    name: str
    sha256: str
    content: bytes = field(compare=False, repr=False)


@lru_cache(maxsize=_KEPT)
def enclosed(file: File) -> Enclosure:
    """What can be read in it, or that nothing can."""
    suffix = PurePath(file.name.lower()).suffix
    try:
        return Enclosure(name=file.name, lines=tuple(_lines(suffix, file)), cells=suffix == BOOK)
    except (Unreadable, *DAMAGES, *FAILURES):
        return Enclosure(name=file.name, lines=None)


def _lines(suffix: str, file: File) -> Iterator[tuple[str, str]]:
    """Each line with where it stands."""
    if suffix == WORD:
        found: Iterator[str] = _word(file)
    elif suffix == BOOK:
        yield from _book(file)
        return
    elif suffix in TEXTS:
        found = iter(decoded(file.content, file.name).splitlines())
    else:
        raise refuse(file.name, "extension", extension=suffix)
    yield from ((str(number), line) for number, line in enumerate(found, start=1))


def _word(file: File) -> Iterator[str]:
    """Every paragraph of every part, deleted words included, each once."""
    archive = open_archive(file.content, file.name)
    for part in filter(_WORD_PARTS.fullmatch, archive.namelist()):
        said: dict[Any, list[str]] = {}
        for element in parse(archive.read(part)).iter("{*}t", "{*}delText"):
            paragraph = next(element.iterancestors("{*}p"), element)
            said.setdefault(paragraph, []).append(element.text or "")
        yield from ("".join(words) for words in said.values())


def _book(file: File) -> Iterator[tuple[str, str]]:
    """Every cell of every sheet, then the notes."""
    archive = open_archive(file.content, file.name)
    book = load_workbook(BytesIO(file.content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may say that it is smaller than it is
        for row in sheet.iter_rows():
            filled = (cell for cell in row if cell.value is not None)
            yield from ((f"{sheet.title}!{cell.coordinate}", _shown(cell.value)) for cell in filled)
    for part in filter(_BOOK_NOTES.fullmatch, archive.namelist()):
        words = (element.text or "" for element in parse(archive.read(part)).iter("{*}t", "{*}text"))
        yield PurePath(part).stem, "".join(words)


def _shown(value: object) -> str:
    """A number as a person reads it: a telephone number kept as 13900000000.0 is one all the same."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
