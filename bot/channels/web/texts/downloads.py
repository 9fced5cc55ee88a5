"""Serves a text's attachments, sheet and proof as downloads; only prepared photographs are shown inline."""

from __future__ import annotations

import json
from urllib.parse import quote

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.texts.text import readable_submitted_text
from bot.language.phrasebook import office_phrasebook
from bot.publishing.processing_sheet import build_processing_sheet
from bot.publishing.texts import proof_data

DOCX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BINARY_MEDIA_TYPE = "application/octet-stream"
DOCUMENT_LANGUAGE = "zh"  # papers are the office's, whatever language the person reads


def attachment_file(page: PageRequest) -> Response:
    """One of the text's attachments, as it was submitted. NoSuchPage where it is not one."""
    submitted, digest = (
        readable_submitted_text(page, page.path_number("number")),
        page.request.path_params["digest"],
    )
    one = next((one for one in submitted.manifest.attachments if one.sha256 == digest), None)
    if one is None or digest not in submitted.files:
        raise NoSuchPage
    return as_download(submitted.files[digest], one.name, BINARY_MEDIA_TYPE)


def sheet_file(page: PageRequest) -> Response:
    """The processing sheet as a Word file."""
    from storage.documents.layout.processing_sheet_word import sheet_docx  # noqa: PLC0415 - with it comes a library

    submitted = readable_submitted_text(page, page.path_number("number"))
    say = office_phrasebook(page.app.office, DOCUMENT_LANGUAGE).say
    name = f"{say('sheet.title')}-{submitted.case.number}.docx"
    return as_download(sheet_docx(build_processing_sheet(submitted, page.labels), say), name, DOCX_MEDIA_TYPE)


def proof_file(page: PageRequest) -> Response:
    """The proof as JSON, which can be checked without this program."""
    submitted = readable_submitted_text(page, page.path_number("number"))
    content = json.dumps(proof_data(page.app, submitted), ensure_ascii=True, indent=1).encode("ascii")
    return as_download(content, f"proof-{submitted.case.number}.json", "application/json")


def attachment_picture(page: PageRequest) -> Response:
    """A photograph of the text, shown where it is read. NoSuchPage where it is none that was prepared here."""
    submitted = readable_submitted_text(page, page.path_number("number"))
    digest = page.request.path_params["digest"]
    shown = {one.sha256 for one in submitted.manifest.attachments if one.original}
    if digest not in shown or digest not in submitted.files:
        raise NoSuchPage
    return as_picture(submitted.files[digest])


def as_picture(content: bytes) -> Response:
    """A photograph that the browser shows. Only pictures that this program wrote itself are shown so."""
    return Response(content, media_type="image/jpeg")


def as_download(content: bytes, name: str, kind: str) -> Response:
    """A response that the browser saves: shown inline, it would run as a page of this site."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)
