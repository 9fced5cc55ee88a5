"""Shows a text's attachments as text, and its versions side by side after a return, to whoever may open its files."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.channels.web.texts.file_text import ShownFile, file_lines, show_file, show_file_page
from bot.channels.web.texts.text import readable_submitted_text
from bot.dialog.permissions import may_open_files
from bot.publishing.version_comparison import compare_lines, version_steps
from storage.content.content_store import ContentStore
from storage.events.case import chain_kind


def attachment_text_page(page: PageRequest) -> Response:
    """One attachment, as it looks and read as text. NoSuchPage where it is none of the text's."""
    return show_file(page, _attachment(page))


def attachment_page_picture(page: PageRequest) -> Response:
    """One page of an attachment that is a .pdf, as a picture. NoSuchPage where there is none such."""
    return show_file_page(page, _attachment(page))


def _attachment(page: PageRequest) -> ShownFile:
    number, digest = page.path_number("number"), page.request.path_params["digest"]
    submitted = readable_submitted_text(page, number)
    one = next((one for one in submitted.manifest.attachments if one.sha256 == digest), None)
    if one is None or digest not in submitted.files:
        raise NoSuchPage
    opening = submitted.case.opening
    return ShownFile(
        name=one.name,
        content=submitted.files[digest],
        path=f"/texts/{number}/files/{digest}",
        back=f"/texts/{number}",
        title=page.labels.case_title(opening, number) if opening else "",
    )


def versions_page(page: PageRequest) -> Response:
    """Each version beside the one before it, the newest change first. NoSuchPage where there is but one."""
    with viewing(page) as viewer:
        case, duty = viewer.case(page.path_number("number"))
        steps = version_steps(case.approvals) if chain_kind(case, duty) else ()
        if not steps or not may_open_files(viewer.context, case, duty):
            raise NoSuchPage
        store = page.app.contents(viewer.context.connection)
        read = {digest: _lines(store, digest) for step in steps for digest in (step.before, step.after)}
    compared = [(step, list(compare_lines(read[step.before], read[step.after]))) for step in reversed(steps)]
    return page.render("versions.html", case=case, compared=compared)


def _lines(store: ContentStore, digest: str) -> Sequence[str]:
    """A version's title, words and files as lines; nothing where it was erased with its applicant."""
    if digest not in store.known([digest]):
        return ()
    manifest = store.manifest(digest)
    files = store.files(manifest)
    lines = [manifest.title, *(line for line in manifest.text.split("\n") if line.strip())]
    for one in manifest.attachments:
        lines.append(f"{one.name} {one.sha256[:12]}")
        lines += file_lines(one.name, files[one.sha256]) if one.sha256 in files and not one.original else ()
    return lines
