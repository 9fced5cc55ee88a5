"""Reads a report from a file of any agency: the kind is told by its name and must agree with its content."""

from __future__ import annotations

from pathlib import Path

from config.reporting.form import Form
from storage.reading.formats.document import Document
from storage.reading.formats.docx import read_docx
from storage.reading.formats.errors import refuse
from storage.reading.formats.html import read_html
from storage.reading.formats.text import read_text
from storage.reading.formats.xlsx import read_xlsx
from storage.reading.formats.zip_archive import kind_of, open_archive
from storage.reading.report.extract import extract
from storage.reading.report.json_report import read_json
from storage.reporting.report import Report

LARGEST = 50 * 1024 * 1024  # bytes
KINDS = {
    ".json": "json",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
}
_READERS = {"docx": read_docx, "xlsx": read_xlsx, "html": read_html, "txt": read_text}
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"


def read_report(path: Path, form: Form) -> Report:
    """The report in a file; refused (exit 2) with the reason and the next step when it cannot be read."""
    kind, content = read_content(path)
    if kind == "json":
        return read_json(content, path.name, form)
    return extract(_READERS[kind](content, path.name), form)


def read_document(kind: str, content: bytes, name: str) -> Document:
    """The document in a file's bytes; refused like a report where its kind holds no text of its own."""
    if kind not in _READERS:
        raise refuse(name, "extension", extension=f".{kind}")
    return _READERS[kind](content, name)


def read_content(path: Path) -> tuple[str, bytes]:
    """A file's kind and its bytes, which agree."""
    extension = path.suffix.lower()
    content = _content(path)
    if extension not in KINDS:
        reason = "old_office" if content.startswith(_OLD_OFFICE) else "extension"
        raise refuse(path.name, reason, extension=path.suffix)
    kind = KINDS[extension]
    _require_kind(content, kind, path)
    return kind, content


def _content(path: Path) -> bytes:
    """The file's bytes. Its size is asked before it is read."""
    try:
        if path.is_dir():
            raise refuse(path.name, "folder")
        if path.stat().st_size > LARGEST:
            raise refuse(path.name, "too_large", limit=LARGEST // 1024 // 1024)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise refuse(path.name, "missing") from error
    except OSError as error:
        raise refuse(path.name, "denied") from error
    if not content.strip():
        raise refuse(path.name, "empty")
    return content


def _require_kind(content: bytes, kind: str, path: Path) -> None:
    """The content must be what the name says: a renamed file would be read as nonsense."""
    if content.startswith(_OLD_OFFICE):
        raise refuse(path.name, "old_office", extension=path.suffix)
    found = _kind_by_content(content, path.name)
    if kind in {"docx", "xlsx"}:
        if found is None:
            raise refuse(path.name, "damaged")
        if found != kind:
            raise refuse(path.name, "other_kind", extension=path.suffix, kind=found)
    elif found is not None:
        raise refuse(path.name, "other_kind", extension=path.suffix, kind=found)


def _kind_by_content(content: bytes, name: str) -> str | None:
    """The kind of what is packed or has a mark of its own; text has none."""
    if content.startswith(_PDF):
        return "pdf"
    return kind_of(open_archive(content, name)) if content.startswith(_ZIP) else None
