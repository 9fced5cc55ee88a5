"""Imports a register from a file that is dropped onto the page: first only tried, with every finding by its line.

What was tried is held in memory for half an hour, so that exactly that file is imported by the next press.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest, UploadedFile
from bot.channels.web.request.submission import LATE, late_reason_fields, read_late_reason
from bot.services.records.register_files import ImportKind, import_file
from config.errors import BadInput, GongkaiError, Refusal
from config.findings import Finding
from scheduler.recording.case_import import ImportResult
from storage.register_import.columns import LAYOUTS

IMPORT = "import"
MAX_FINDINGS_SHOWN = 200


class ImportRanOut(NoSuchPage):
    """A tried file is kept for half an hour, where it was sent. Drop it again."""


class NotARegister(Refusal):
    """Choose which register the file is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedImport:
    """A file as it was tried: what the import would do, or why it cannot."""

    kind: ImportKind
    name: str
    content: bytes
    late: str
    result: ImportResult | None
    findings: tuple[Finding, ...]


def import_page(page: PageRequest) -> Response:
    """The form onto which a register is dropped."""
    return _render(page)


def try_import(page: PageRequest) -> Response:
    """Read the file and say what its import would do; nothing is recorded."""
    if page.session is None:
        raise NoSuchPage
    try:
        kind = _kind(page)
        if not page.files:
            raise NotFilled(label=page.say("import_page.file"))
        tried = _tried(page, kind, page.files[0], read_late_reason(page))
    except GongkaiError as refused:
        return _render(page, problem=page.labels.book.error(refused))
    token = page.web_app.held_results.hold(page.session.id, tried, len(tried.content))
    return page.redirect(f"/import/{token}")


def tried_page(page: PageRequest) -> Response:
    """What the import of the tried file would do. ImportRanOut."""
    return _render(page, _held(page))


def submit_import(page: PageRequest) -> Response:
    """Import the file that was tried: all rows or none. ImportRanOut."""
    tried = _held(page)
    sent = UploadedFile(name=tried.name, content=tried.content)
    done = _tried(page, tried.kind, sent, tried.late, dry_run=False)
    return _render(page, done, imported=done.result is not None)


def _tried(
    page: PageRequest, kind: ImportKind, sent: UploadedFile, late: str, *, dry_run: bool = True
) -> TriedImport:
    """The file with what its import does. Unreadable where it is no table at all."""
    with tempfile.TemporaryDirectory(prefix="gongkai-import-") as folder:
        path = Path(folder) / (PurePath(sent.name).name or "register")
        path.write_bytes(sent.content)
        result: ImportResult | None
        findings: Sequence[Finding]
        try:
            result, findings = import_file(page.app, kind, path, dry_run=dry_run, late=late, by=page.me.id)
        except BadInput as refused:
            result, findings = None, refused.findings
    return TriedImport(
        kind=kind, name=sent.name, content=sent.content, late=late, result=result, findings=tuple(findings)
    )


def _kind(page: PageRequest) -> ImportKind:
    kind = page.form.get("kind", "")
    if kind not in {one.value for one in ImportKind}:
        raise NotARegister
    return ImportKind(kind)


def _held(page: PageRequest) -> TriedImport:
    token = str(page.request.path_params["token"])
    found = page.web_app.held_results.find(page.session.id, token) if page.session else None
    if not isinstance(found, TriedImport):
        raise ImportRanOut
    return found


def _render(
    page: PageRequest, tried: TriedImport | None = None, problem: str = "", *, imported: bool = False
) -> Response:
    findings = tried.findings if tried else ()
    return page.render(
        "import.html",
        422 if problem else 200,
        kinds=list(ImportKind),
        columns={kind: LAYOUTS[kind.value] for kind in ImportKind},
        late=late_reason_fields(page),
        late_name=LATE,
        tried=tried,
        lines=[page.labels.book.finding(one) for one in findings[:MAX_FINDINGS_SHOWN]],
        hidden=max(0, len(findings) - MAX_FINDINGS_SHOWN),
        imported=imported,
        problem=problem,
    )
