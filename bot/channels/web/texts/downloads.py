"""What can be taken away of a text: its files, its processing sheet, its proof. Always as files, never shown here."""

from __future__ import annotations

import json
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.texts.text import laid_of
from bot.language.phrasebook import book_of
from bot.publishing.texts import proof_data, sheet_of
from storage.documents.layout.processing_sheet import sheet_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ANY = "application/octet-stream"
PAPERS = "zh"  # papers are the office's, whatever language the person reads


def attached(visit: Visit) -> Response:
    """One of its files, as it was laid down."""
    laid, digest = laid_of(visit, visit.number("number")), visit.request.path_params["digest"]
    one = next((one for one in laid.manifest.attachments if one.sha256 == digest), None)
    if one is None or digest not in laid.files:
        raise NoSuchPage
    return as_file(laid.files[digest], one.name, ANY)


def sheet(visit: Visit) -> Response:
    """The processing sheet."""
    laid = laid_of(visit, visit.number("number"))
    say = book_of(visit.works.office, PAPERS).say
    name = f"{say('sheet.title')}-{laid.case.number}.docx"
    return as_file(sheet_docx(sheet_of(laid, visit.labels), say), name, DOCX)


def proof(visit: Visit) -> Response:
    """The proof, to be checked without us."""
    laid = laid_of(visit, visit.number("number"))
    content = json.dumps(proof_data(visit.works, laid), ensure_ascii=True, indent=1).encode("ascii")
    return as_file(content, f"proof-{laid.case.number}.json", "application/json")


def as_file(content: bytes, name: str, kind: str) -> Response:
    """A file to keep: shown here, it would be a page of somebody else's making."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)
