"""Tells the kind of a file by its content; its name is only asked where the content is plain text."""

from __future__ import annotations

import re
from pathlib import PurePath

from storage.reading.formats.errors import read_error
from storage.reading.formats.zip_archive import open_archive

_ZIP, _OLD_OFFICE, _PDF, _RICH_TEXT = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"{\\rtf"
_HEAD = 4096  # bytes in which a file shows its kind
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|table|div|p|meta)\b", re.IGNORECASE)
_MESSAGE = re.compile(rb"^(?:mime-version|from|content-type|subject|date):", re.IGNORECASE | re.MULTILINE)
_PARTS = {"docx": "word/", "xlsx": "xl/", "ofd": "OFD.xml"}
_STREAMS = (("EncryptedPackage", ""), ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
_OPEN_DOCUMENT = {b"opendocument.text": "odt", b"opendocument.spreadsheet": "ods"}
_BINARY_ENDINGS = frozenset(
    {".docx", ".xlsx", ".doc", ".wps", ".xls", ".et", ".odt", ".ods", ".pdf", ".ofd", ".rtf"}
)
_PAGE_ENDINGS = (".html", ".htm", ".shtml", ".aspx")
_TEXT_KINDS = {".csv": "csv", ".json": "json", ".txt": "txt", "": "txt"} | dict.fromkeys(
    _PAGE_ENDINGS, "html"
)


def kind_of(content: bytes, name: str) -> str:
    """Return the kind of a file (docx, doc, pdf …). Raises Unreadable where it is locked or of no known kind."""
    head = content[:_HEAD]
    if content.startswith(_ZIP):
        return _kind_of_archive(content, name)
    if content.startswith(_OLD_OFFICE):
        return _kind_of_container(content, name)
    if head.lstrip().startswith(_PDF):
        return "pdf"
    if head.lstrip().startswith(_RICH_TEXT):
        return "rtf"
    return _kind_of_text(head, name)


def _kind_of_archive(content: bytes, name: str) -> str:
    archive = open_archive(content, name)
    names = archive.namelist()
    for kind, part in _PARTS.items():
        if any(each.startswith(part) for each in names):
            return kind
    if "mimetype" in names:
        declared = archive.read_part("mimetype")[:100]
        found = next((kind for words, kind in _OPEN_DOCUMENT.items() if words in declared), None)
        if found:
            return found
    raise read_error(name, "other_kind", extension=PurePath(name).suffix, kind="zip")


def _kind_of_container(content: bytes, name: str) -> str:
    """Return the kind by the name of the stream that holds the text, as the container's directory writes it."""
    kind = next((kind for stream, kind in _STREAMS if stream.encode("utf-16-le") in content), None)
    if not kind:
        raise read_error(name, "old_office" if kind == "" else "damaged", extension=PurePath(name).suffix)
    return kind


def _kind_of_text(head: bytes, name: str) -> str:
    """Return the kind of a text by how it begins, then by its name."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _MESSAGE.match(start) and b"text/html" in head.lower() + start.lower():
        return "mhtml"
    if start[:1] in {b"{", b"["}:
        return "json"
    if _PAGE.search(head.replace(b"\x00", b"")):
        return "html"
    ending = PurePath(name).suffix.lower()
    if ending in _BINARY_ENDINGS:  # what should be an archive, a container or pages is none any more
        raise read_error(name, "damaged")
    return _TEXT_KINDS.get(ending, "txt")
