"""Files evidence in a case: the file is stored by its SHA-256, which the declared step records."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from bot.channels.web.request.viewer import Viewer, viewing
from bot.commands.file_upload import evidence_step, store_file
from config.declarations.duty import Duty
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.content_store import ContentStore
from storage.events.case import Case


def may_file_evidence(viewer: Viewer, case: Case, duty: Duty) -> bool:
    """Whether the user may file evidence now: as an assignee of the case, or as a keeper of the registers."""
    if evidence_step(duty) is None or case.opening is None or case.closing:
        return False
    return viewer.page_request.may_record or viewer.is_pending_for_viewer(case, duty)


def file_evidence(page: PageRequest) -> Response:
    """Store the file and record its SHA-256 in one transaction. NotFilled where no file was sent."""
    number = page.path_number("number")
    with viewing(page) as viewer:
        case, duty = viewer.case(number)
        declared = evidence_step(duty)
        if declared is None or not may_file_evidence(viewer, case, duty):
            raise NoSuchPage
    if not page.files:
        raise NotFilled(label=page.say("page.evidence.file"))
    sent = page.files[0]

    def command(uow: UnitOfWork, key: str) -> None:
        store = ContentStore(uow.context.log.connection, uow.context.log.office)
        step, field = declared
        uow.cases.step(
            number, step, uow.context.today, {field: store_file(store, sent.content, sent.name)}, key=key
        )

    position = record_submission(page, command, case=number)
    return page.redirect(f"/cases/{number}?noted={position}")
