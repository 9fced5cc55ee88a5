"""Files evidence in a case: the file is stored by its SHA-256, which the declared step records."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.downloads import BINARY_MEDIA_TYPE, as_download, as_picture
from bot.channels.web.texts.file_text import ShownFile, show_file, show_file_page
from bot.commands.file_upload import evidence_step, store_file
from bot.dialog.permissions import may_open_files
from config.declarations.duty import Duty, FieldType
from config.errors import Refusal, Unreadable
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.pictures import prepare_picture
from storage.events.case import Case
from storage.reading.formats.format_detection import kind_of

STORED_PREFIX = "sha256:"
PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


def may_file_evidence(viewer: Viewer, case: Case, duty: Duty) -> bool:
    """Whether the user may file evidence now: as an assignee of the case, or as a keeper of the registers."""
    if case.opening is None or case.closing or evidence_step(case, duty) is None:
        return False
    return viewer.page_request.may_record or viewer.is_pending_for_viewer(case, duty)


def filed_evidence(viewer: Viewer, case: Case, duty: Duty) -> tuple[tuple[str, str], ...]:
    """The label and the SHA-256 of each file that steps of the case refer to and that is stored here.

    Nothing for whoever may not open its files.
    """
    if not may_open_files(viewer.context, case, duty):
        return ()
    labels, found = viewer.page_request.labels, {}
    for record in case.steps:
        step = duty.step(record.step)
        for field in step.fields if step else ():
            value = str(record.facts.get(field.key, ""))
            if step and field.type is FieldType.FILE and value.startswith(STORED_PREFIX):
                found[value.removeprefix(STORED_PREFIX)] = labels.label(step)
    store = viewer.page_request.app.contents(viewer.context.connection)
    stored = store.known(found)
    return tuple((label, digest) for digest, label in found.items() if digest in stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile(ShownFile):
    """A file that was filed in a case; its name is the case's number and the beginning of its SHA-256."""

    @property
    def picture(self) -> str:
        """The address of a photograph as the page shows it; empty for any other file."""
        return f"{self.path}/picture" if self.name.endswith(tuple(PICTURES.values())) else ""


def evidence_file(page: PageRequest) -> Response:
    """A file that was filed in the case, as a download. NoSuchPage where it is none of the case's."""
    file = _evidence_file(page)
    return as_download(file.content, file.name, BINARY_MEDIA_TYPE)


def evidence_text(page: PageRequest) -> Response:
    """The file in the page: a photograph, the pages of a .pdf, the words of any other. NoSuchPage as above."""
    return show_file(page, _evidence_file(page))


def evidence_page(page: PageRequest) -> Response:
    """One page of a .pdf that was filed, as a picture. NoSuchPage where there is none such."""
    return show_file_page(page, _evidence_file(page))


def evidence_picture(page: PageRequest) -> Response:
    """A photograph that was filed, drawn anew by this program. NoSuchPage where it is none, or cannot be opened."""
    file = _evidence_file(page)
    if not file.picture:
        raise NoSuchPage
    try:
        return as_picture(prepare_picture(file.name, file.content))
    except Refusal as refused:
        raise NoSuchPage from refused


def _evidence_file(page: PageRequest) -> EvidenceFile:
    digest = str(page.request.path_params["digest"])
    with viewing(page) as viewer:
        case, duty = viewer.case(page.path_number("number"))
        if digest not in {known for _label, known in filed_evidence(viewer, case, duty)}:
            raise NoSuchPage
        content = page.app.contents(viewer.context.connection).read(digest)
    back = f"/cases/{case.number}"
    return EvidenceFile(
        name=f"{case.number}-{digest[:8]}{_suffix(content)}",
        content=content,
        path=f"{back}/evidence/{digest}",
        back=back,
        title=case.opening.reference if case.opening else str(case.number),
    )


def _suffix(content: bytes) -> str:
    """The ending by which the file opens; its name is not kept."""
    picture = next((suffix for head, suffix in PICTURES.items() if content.startswith(head)), "")
    try:
        return picture or f".{kind_of(content, '')}"
    except Unreadable:
        return ""


def filing_fields(viewer: Viewer, case: Case, duty: Duty) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The label of the step that files alone record now, with the keys and labels of its files; None without one."""
    declared = evidence_step(case, duty) if may_file_evidence(viewer, case, duty) else None
    if declared is None:
        return None
    step, labels = declared[0], viewer.page_request.labels
    return labels.label(step), tuple((field.key, labels.label(field)) for field in declared[1])


def file_evidence(page: PageRequest) -> Response:
    """Store the files and record their SHA-256 in one transaction. NotFilled where one was not sent."""
    number = page.path_number("number")
    with viewing(page) as viewer:
        case, duty = viewer.case(number)
        declared = evidence_step(case, duty)
        if declared is None or not may_file_evidence(viewer, case, duty):
            raise NoSuchPage
    step, fields = declared
    if len(page.files) < len(fields):
        raise NotFilled(label=page.labels.label(fields[len(page.files)]))

    def command(uow: UnitOfWork, key: str) -> None:
        store = uow.context.contents
        facts = {
            field.key: store_file(store, sent.content, sent.name)
            for field, sent in zip(fields, page.files, strict=False)
        }
        uow.cases.step(number, step.key, uow.context.today, facts, key=key)

    position = record_submission(page, command, case=number)
    return page.redirect(f"/cases/{number}?noted={position}")
