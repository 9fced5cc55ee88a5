"""Opens docx and xlsx files, which are zip archives, without trusting their content."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from storage.reading.formats.errors import read_error

MAX_UNPACKED_BYTES = 200 * 1024 * 1024  # bytes; the largest real report seen with its pictures is under 20 MB
MAX_PARTS = 5_000  # a report with a picture on each page has some hundreds
_PIECE_BYTES = 1024 * 1024
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
    etree.LxmlError,
)
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


class DocumentArchive(zipfile.ZipFile):
    """An archive whose bytes are counted while its parts are unpacked, whatever sizes it declares."""

    def __init__(self, content: bytes, name: str) -> None:
        self.unpacked, self._name = 0, name
        super().__init__(BytesIO(content))

    def read_part(self, part: str) -> bytes:
        """Return the bytes of one part. Raises Unreadable where all that was unpacked is too much."""
        pieces = []
        with self.open(part) as stream:
            while piece := stream.read(_PIECE_BYTES):
                self.unpacked += len(piece)
                if self.unpacked > MAX_UNPACKED_BYTES:
                    raise read_error(self._name, "bomb", limit=MAX_UNPACKED_BYTES // 1024 // 1024)
                pieces.append(piece)
        return b"".join(pieces)


def open_archive(content: bytes, name: str) -> DocumentArchive:
    """Open an archive. Raises Unreadable where it is damaged, has too many parts, or would unpack to too much."""
    try:
        archive = DocumentArchive(content, name)
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    if len(archive.infolist()) > MAX_PARTS:
        raise read_error(name, "too_many_parts", limit=MAX_PARTS)
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise read_error(name, "bomb", limit=MAX_UNPACKED_BYTES // 1024 // 1024)
    return archive


def archive_kind(archive: zipfile.ZipFile) -> str:
    """Return the kind of document in an archive by the folder of its main part; zip for any other."""
    names = archive.namelist()
    folders = {"docx": "word/", "xlsx": "xl/"}
    return next((kind for kind, folder in folders.items() if any(n.startswith(folder) for n in names)), "zip")


def parse_xml(content: bytes) -> Any:
    """Parse a part; no entity is expanded and nothing is fetched."""
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, safe)


def main_part(archive: DocumentArchive) -> str:
    """Return the name of the main part, which some programs choose themselves. Raises KeyError without one."""
    for relation in parse_xml(archive.read_part("_rels/.rels")).iter(_RELATIONS):
        if relation.get("Type", "").endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    raise KeyError("officeDocument")


def author_of(archive: DocumentArchive) -> str:
    """Return the author that the file names; empty where it names none."""
    if "docProps/core.xml" not in archive.namelist():
        return ""
    found = parse_xml(archive.read_part("docProps/core.xml")).find(f".//{_CREATOR}")
    return (found.text or "").strip() if found is not None else ""
