"""Reads what a document carries beside its pages: caches, links, properties, names, and numbers split over cells.

A pivot table keeps a copy of its source, a link to another workbook that workbook's values, a list in a cell its
choices; none of them is seen on the page, and all of them leave the office with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

from lxml import etree

from storage.proofread.passages import AttachmentLine
from storage.proofread.personal_data.id_numbers import NEW_LENGTH, is_identity
from storage.proofread.personal_data.lost_digits import lost_digits
from storage.reading.formats.zip_archive import DocumentArchive

_PARTS: Mapping[str, re.Pattern[str]] = {
    "pivot": re.compile(r"xl/pivot(?:Cache|Tables)/[^/]{1,80}\.xml"),
    "external_link": re.compile(r"xl/externalLinks/[^/]{1,80}\.xml"),
    "chart": re.compile(r"(?:xl|word)/charts/[^/]{1,80}\.xml"),
    "sheet_names": re.compile(r"xl/workbook\.xml"),
    "properties": re.compile(r"docProps/[^/]{1,80}\.xml|customXml/item[^/]{1,80}\.xml"),
}
_EMBEDDED = re.compile(r"(?:xl|word)/embeddings/[^/]{1,120}")
_SHEET = re.compile(r"xl/worksheets/[^/]{1,80}\.xml")
_SPOKEN_ATTRIBUTES = ("v", "name", "caption", "prompt", "error", "promptTitle", "errorTitle", "formula")
_SETTINGS = ("{*}headerFooter", "{*}dataValidation")
_DIGITS = re.compile(r"\d{1,17}[Xx]?")


def unseen_lines(archive: DocumentArchive) -> Iterator[AttachmentLine]:
    """Yield the texts of a document that no page of it shows, each with the kind of its place."""
    for name in archive.namelist():
        part = next((part for part, pattern in _PARTS.items() if pattern.fullmatch(name)), "")
        if part:
            root = etree.fromstring(archive.read_part(name), _safe_parser())
            yield from (_line(text, part) for text in _texts(root))
        elif _SHEET.fullmatch(name):
            yield from _sheet_settings(archive.read_part(name))


def embedded_files(archive: DocumentArchive) -> Iterator[tuple[str, bytes]]:
    """Yield the names and bytes of the files inside a document: the workbook behind a chart, a pasted table."""
    for name in archive.namelist():
        if _EMBEDDED.fullmatch(name):
            yield name.rpartition("/")[2], archive.read_part(name)


def _line(text: str, part: str) -> AttachmentLine:
    """Make a line of what no page shows; a number as a person reads it: a cache may hold 13900000000.0 or 1.39E10."""
    try:
        number = float(text)
    except ValueError:
        return AttachmentLine(text, part, {})
    if lost := _shortened(text, number):
        return AttachmentLine(lost, "lost_digits_unseen", {})
    whole = number.is_integer() and abs(number) < 10**NEW_LENGTH
    return AttachmentLine(str(int(number)) if whole else text, part, {})


def _shortened(text: str, number: float) -> str:
    """Return a long number of a cache in digits where it has lost some: it ends in zeros, or has an exponent."""
    digits = lost_digits(number)
    return digits if "e" in text.lower() or digits.endswith("0") else ""


def _safe_parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _sheet_settings(content: bytes) -> Iterator[AttachmentLine]:
    """Yield a sheet's headers, footers and lists of choices; its cells are dropped while they pass."""
    passing = etree.iterparse(BytesIO(content), resolve_entities=False, no_network=True, load_dtd=False)
    for _, element in passing:
        if any(element.tag.endswith(each.removeprefix("{*}")) for each in _SETTINGS):
            yield from (_line(text, "sheet_settings") for text in _texts(element))
        if element.tag.endswith("}row"):
            element.clear()


def _texts(root: Any) -> Iterator[str]:
    for element in root.iter():
        if isinstance(element.tag, str):
            for text in (element.text, *(element.get(name) for name in _SPOKEN_ATTRIBUTES)):
                if text and text.strip():
                    yield text.strip()


def split_numbers(sheet: str, cells: list[tuple[str, str]]) -> Iterator[AttachmentLine]:
    """Yield the identity numbers that stand in neighbouring cells of one row; ``cells`` are places and texts."""
    run: list[tuple[str, str]] = []
    for place, text in [*cells, ("", "")]:
        if _DIGITS.fullmatch(text):
            run.append((place, text))
        else:
            yield from _identity_in(sheet, run)
            run = []


def _identity_in(sheet: str, run: list[tuple[str, str]]) -> Iterator[AttachmentLine]:
    for first in range(len(run)):
        joined = ""
        for place, text in run[first:]:
            joined += text.upper()
            if len(joined) >= NEW_LENGTH:
                if place != run[first][0] and is_identity(joined):
                    yield AttachmentLine(
                        joined, "split_cells", {"sheet": sheet, "cell": f"{run[first][0]}:{place}"}
                    )
                break
