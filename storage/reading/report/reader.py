"""Reads a report from a file of any agency; the kind by its name must agree with its content."""

from __future__ import annotations

from pathlib import Path

from config.reporting.form import ReportForm
from config.shipped_data import EDITIONS, load_form
from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import Document
from storage.reading.formats.docx import read_docx
from storage.reading.formats.errors import read_error
from storage.reading.formats.html import read_html
from storage.reading.formats.text import read_text
from storage.reading.formats.xlsx import read_xlsx
from storage.reading.formats.zip_archive import archive_kind, open_archive
from storage.reading.report.extract import extract_any_edition
from storage.reading.report.json_report import read_json
from storage.reading.report.several_reports import one_report
from storage.reporting.report import Report

MAX_REPORT_BYTES = 50 * 1024 * 1024  # bytes
KIND_BY_SUFFIX = {
    ".json": "json",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
}
_READERS = {"docx": read_docx, "xlsx": read_xlsx, "html": read_html, "txt": read_text}
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"


@isolated("path")
def read_report(path: Path, form: ReportForm, part: int = 0) -> Report:
    """Read the report in a file by its edition of the form; ``form`` is the one in force.

    Raises Unreadable (exit code 2) with the reason and the next step, also where the file holds several reports and
    ``part`` names none of them.
    """
    kind, content = read_content(path)
    if kind == "json":
        return read_json(content, path.name, form)
    document = one_report(_READERS[kind](content, path.name), form, part)
    older = [load_form(edition) for edition in EDITIONS if edition != form.edition]
    return extract_any_edition(document, [form, *older])


@isolated("name")
def read_document(kind: str, content: bytes, name: str) -> Document:
    """Read the document in a file's bytes. Raises Unreadable for a kind that has no text of its own."""
    if kind not in _READERS:
        raise read_error(name, "extension", extension=f".{kind}")
    return _READERS[kind](content, name)


def read_content(path: Path) -> tuple[str, bytes]:
    """Return a file's kind and its bytes. Raises Unreadable where they do not agree."""
    extension = path.suffix.lower()
    content = _content(path)
    if extension not in KIND_BY_SUFFIX:
        reason = "old_office" if content.startswith(_OLD_OFFICE) else "extension"
        raise read_error(path.name, reason, extension=path.suffix)
    kind = KIND_BY_SUFFIX[extension]
    _require_kind(content, kind, path)
    return kind, content


def _content(path: Path) -> bytes:
    """Return the file's bytes; its size is checked before it is read."""
    try:
        if path.is_dir():
            raise read_error(path.name, "folder")
        if path.stat().st_size > MAX_REPORT_BYTES:
            raise read_error(path.name, "too_large", limit=MAX_REPORT_BYTES // 1024 // 1024)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise read_error(path.name, "missing") from error
    except OSError as error:
        raise read_error(path.name, "denied") from error
    if not content.strip():
        raise read_error(path.name, "empty")
    return content


def _require_kind(content: bytes, kind: str, path: Path) -> None:
    """Check that the content is of the kind in the name: a renamed file would be read as nonsense."""
    if content.startswith(_OLD_OFFICE):
        raise read_error(path.name, "old_office", extension=path.suffix)
    found = _kind_by_content(content, path.name)
    if kind in {"docx", "xlsx"}:
        if found is None:
            raise read_error(path.name, "damaged")
        if found != kind:
            raise read_error(path.name, "other_kind", extension=path.suffix, kind=found)
    elif found is not None:
        raise read_error(path.name, "other_kind", extension=path.suffix, kind=found)


def _kind_by_content(content: bytes, name: str) -> str | None:
    """Return the kind of an archive or PDF; None for text, which has no signature."""
    if content.startswith(_PDF):
        return "pdf"
    return archive_kind(open_archive(content, name)) if content.startswith(_ZIP) else None
