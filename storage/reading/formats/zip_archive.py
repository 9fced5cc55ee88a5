"""Opens the zip archives that docx and xlsx are, without trusting them."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

from lxml import etree

from storage.reading.formats.errors import read_error

MAX_UNPACKED_BYTES = 200 * 1024 * 1024  # bytes; the largest real report seen with its pictures is under 20 MB
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


def open_archive(content: bytes, name: str) -> zipfile.ZipFile:
    """The archive; refused when damaged, or when it would unpack to more than memory should hold."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except ARCHIVE_ERRORS as error:
        raise read_error(name, "damaged") from error
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
        raise read_error(name, "bomb", limit=MAX_UNPACKED_BYTES // 1024 // 1024)
    return archive


def archive_kind(archive: zipfile.ZipFile) -> str:
    """Which kind of document an archive holds, by the folder of its main part."""
    names = archive.namelist()
    folders = {"docx": "word/", "xlsx": "xl/"}
    return next((kind for kind, folder in folders.items() if any(n.startswith(folder) for n in names)), "zip")


def parse_xml(content: bytes) -> Any:
    """A part's tree, with no entity expanded and nothing fetched."""
    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, safe)


def main_part(archive: zipfile.ZipFile) -> str:
    """The main part's name, which some programs choose themselves."""
    for relation in parse_xml(archive.read("_rels/.rels")).iter(_RELATIONS):
        if relation.get("Type", "").endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    raise KeyError("officeDocument")


def author_of(archive: zipfile.ZipFile) -> str:
    """The author the file names, or nothing."""
    if "docProps/core.xml" not in archive.namelist():
        return ""
    found = parse_xml(archive.read("docProps/core.xml")).find(f".//{_CREATOR}")
    return (found.text or "").strip() if found is not None else ""
