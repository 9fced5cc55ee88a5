"""Reads a report from a file of any agency; what kind of file it is is looked at, not believed.

An archive of reports is unpacked in a child process too: what it holds was packed by somebody else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import cast

from config.errors import Unreadable
from config.reporting.form import ReportForm
from config.shipped_data import EDITIONS, load_form
from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import Document
from storage.reading.formats.errors import read_error
from storage.reading.formats.file_bytes import read_file
from storage.reading.formats.format_detection import kind_of
from storage.reading.formats.zip_archive import archive_kind, open_archive
from storage.reading.other_formats.office_program import CONVERTED, SECONDS, convert_document
from storage.reading.report.extract import extract_any_edition, one_report
from storage.reading.report.json_csv import read_csv, read_json
from storage.reporting.report import Report

MAX_REPORT_BYTES = 50 * 1024 * 1024  # bytes
KIND_BY_SUFFIX = {
    ".json": "json",
    ".csv": "csv",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".html": "html",
    ".htm": "html",
    ".shtml": "html",
    ".aspx": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".txt": "txt",
    ".doc": "doc",
    ".wps": "doc",
    ".xls": "xls",
    ".et": "xls",
    ".rtf": "rtf",
    ".odt": "odt",
    ".ods": "ods",
    ".pdf": "pdf",
    ".ofd": "ofd",
}
"""The kind that an ending promises: what a folder is searched for."""
_READERS: Mapping[str, str] = {
    "docx": "storage.reading.formats.docx:read_docx",
    "xlsx": "storage.reading.formats.xlsx:read_xlsx",
    "html": "storage.reading.formats.html:read_html",
    "txt": "storage.reading.formats.text:read_text",
    "doc": "storage.reading.other_formats.old_word:read_old_word",
    "xls": "storage.reading.other_formats.old_excel:read_old_excel",
    "rtf": "storage.reading.other_formats.rich_text:read_rich_text",
    "odt": "storage.reading.other_formats.open_document:read_open_document",
    "ods": "storage.reading.other_formats.open_document:read_open_document",
    "pdf": "storage.reading.other_formats.pdf:read_pdf",
    "mhtml": "storage.reading.other_formats.saved_page:read_saved_page",
    "ofd": "storage.reading.other_formats.ofd:read_ofd",
}
"""The reader of each kind by module and name: only the one that is needed is loaded, and its library with it."""
_UTF8_FLAG = 0x800
_MAX_NAME = 120  # characters: what a file system takes, with its folder
_EXTRA = "readers"
_WORTH_CONVERTING = frozenset({"old_version", "reader_missing", "no_tables", "no_form"})
"""Refusals of files that are whole; one that is damaged or locked is refused at once."""
_OWN_PACKAGES = frozenset({"storage", "config"})


@isolated("path")
def read_report(path: Path, form: ReportForm, part: int = 0) -> Report:
    """Read the report in a file by its edition of the form; ``form`` is the one in force.

    Raises Unreadable (exit code 2) with the reason and the next step, also where the file holds several reports and
    ``part`` names none of them.
    """
    content = _content(path)
    kind = kind_of(content, path.name)
    if kind == "json":
        return read_json(content, path.name, form)
    if kind == "csv":
        return read_csv(content, path.name, form)
    began = time.monotonic()
    report, refusal = _try_reading(kind, content, path.name, form, part)
    if _is_doubtful(kind, report, refusal):
        converted = convert_document(content, kind, SECONDS - (time.monotonic() - began))
        better, _ = _try_reading(*converted, path.name, form, part) if converted else (None, None)
        if better and len(better.figures) > (len(report.figures) if report else 0):
            return better
    if refusal:
        raise refusal
    return cast("Report", report)


def _try_reading(
    kind: str, content: bytes, name: str, form: ReportForm, part: int
) -> tuple[Report | None, Unreadable | None]:
    """Return the report in a document, or why it could not be read."""
    older = [load_form(edition) for edition in EDITIONS if edition != form.edition]
    try:
        document = one_report(read_document(kind, content, name), form, part)
        return extract_any_edition(document, [form, *older]), None
    except Unreadable as refusal:
        return None, refusal


def _is_doubtful(kind: str, report: Report | None, refusal: Unreadable | None) -> bool:
    """Whether an office program may read more: it knows versions and layouts that our readers do not."""
    if kind not in CONVERTED:
        return False
    if refusal:
        return refusal.words["reason"] in _WORTH_CONVERTING
    return report is not None and len(report.figures) < len(load_form(report.edition).cells)


@isolated("name")
def read_document(kind: str, content: bytes, name: str) -> Document:
    """Read the document in a file's bytes. Raises Unreadable for a kind that has no text of its own."""
    if kind not in _READERS:
        raise read_error(name, "extension", extension=f".{kind}")
    module, _, function = _READERS[kind].partition(":")
    try:
        reader = getattr(import_module(module), function)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in _OWN_PACKAGES:
            raise
        raise read_error(name, "reader_missing", kind=kind, extra=_EXTRA) from error
    return cast("Callable[[bytes, str], Document]", reader)(content, name)


def read_content(path: Path) -> tuple[str, bytes]:
    """Return a file's kind and its bytes. Raises Unreadable where its ending promises none that is read."""
    content = _content(path)
    if path.suffix.lower() not in KIND_BY_SUFFIX:
        raise read_error(path.name, "extension", extension=path.suffix)
    return kind_of(content, path.name), content


def _content(path: Path) -> bytes:
    """Return the file's bytes; its size is checked before it is read."""
    content = read_file(path, MAX_REPORT_BYTES)
    if not content.strip():
        raise read_error(path.name, "empty")
    return content


def is_report_name(name: str) -> bool:
    """Whether a file in a folder is taken for a report: by its ending, and not a program's own lock file."""
    return PurePosixPath(name).suffix.lower() in KIND_BY_SUFFIX and not name.startswith(("~$", "."))


def unpack_reports(path: Path, folder: Path) -> list[Path]:
    """Unpack the reports of an archive into a folder, each under its own name. Returns their paths.

    A document that is itself an archive is returned as it is. Raises Unreadable for a bomb or a damaged one.
    """
    return [Path(each) for each in _unpack(path, folder)]


@isolated("path")
def _unpack(path: Path, folder: Path) -> list[str]:
    archive = open_archive(path.read_bytes(), path.name)
    if archive_kind(archive) != "zip":
        return [str(path)]
    found = []
    for number, entry in enumerate(archive.infolist()):
        name = PurePosixPath(_entry_name(entry.filename, entry.flag_bits)).name
        if entry.is_dir() or not is_report_name(name):
            continue
        target = folder / str(number) / re.sub(r'[\\/:*?"<>|\0]', "_", name)[-_MAX_NAME:]
        target.parent.mkdir(parents=True)
        target.write_bytes(archive.read_part(entry.filename))
        found.append(str(target))
    return found


def _entry_name(name: str, flags: int) -> str:
    """The name of an entry: programs of older Windows write it in GB18030 and do not say so."""
    if flags & _UTF8_FLAG:
        return name
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name
