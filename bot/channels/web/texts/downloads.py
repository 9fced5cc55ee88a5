"""What can be taken away of a text: its files, its processing sheet, its proof. Always as files, never shown here."""

from __future__ import annotations

import json
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.texts.text import readable_submitted_text
from bot.language.phrasebook import office_phrasebook
from bot.publishing.texts import build_processing_sheet, proof_data
from storage.documents.layout.processing_sheet import sheet_docx

DOCX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BINARY_MEDIA_TYPE = "application/octet-stream"
DOCUMENT_LANGUAGE = "zh"  # papers are the office's, whatever language the person reads


def attachment_file(visit: PageRequest) -> Response:
    """One of its files, as it was laid down."""
    laid, digest = (
        readable_submitted_text(visit, visit.path_number("number")),
        visit.request.path_params["digest"],
    )
    one = next((one for one in laid.manifest.attachments if one.sha256 == digest), None)
    if one is None or digest not in laid.files:
        raise NoSuchPage
    return as_download(laid.files[digest], one.name, BINARY_MEDIA_TYPE)


def sheet_file(visit: PageRequest) -> Response:
    """The processing sheet."""
    laid = readable_submitted_text(visit, visit.path_number("number"))
    say = office_phrasebook(visit.app.office, DOCUMENT_LANGUAGE).say
    name = f"{say('sheet.title')}-{laid.case.number}.docx"
    return as_download(sheet_docx(build_processing_sheet(laid, visit.labels), say), name, DOCX_MEDIA_TYPE)


def proof_file(visit: PageRequest) -> Response:
    """The proof, to be checked without us."""
    laid = readable_submitted_text(visit, visit.path_number("number"))
    content = json.dumps(proof_data(visit.app, laid), ensure_ascii=True, indent=1).encode("ascii")
    return as_download(content, f"proof-{laid.case.number}.json", "application/json")


def as_download(content: bytes, name: str, kind: str) -> Response:
    """A file to keep: shown here, it would be a page of somebody else's making."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)
