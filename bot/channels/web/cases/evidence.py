"""Evidence of what was held: a file is kept by its fingerprint, and the step that asks for it names that."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from bot.channels.web.request.viewer import viewing
from bot.commands.file_upload import evidence_step, store_file
from config.declarations.duty import Duty
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.content_store import ContentStore
from storage.events.case import Case


def may_file_evidence(visit: PageRequest, case: Case, duty: Duty) -> bool:
    """Whether whoever looks may file something here now: its holder, or whoever keeps the registers."""
    if evidence_step(duty) is None or case.opening is None or case.closing:
        return False
    with viewing(visit) as sight:
        return visit.may_record or sight.is_pending_for_viewer(case, duty)


def file_evidence(visit: PageRequest) -> Response:
    """Keep the file, and record its fingerprint: both, or nothing."""
    number = visit.path_number("number")
    with viewing(visit) as sight:
        case, duty = sight.case(number)
    names = evidence_step(duty)
    if names is None or not may_file_evidence(visit, case, duty):
        raise NoSuchPage
    if not visit.files:
        raise NotFilled(label=visit.say("page.evidence.file"))
    sent = visit.files[0]

    def say(uow: UnitOfWork, key: str) -> None:
        archive = ContentStore(uow.log.connection, uow.log.office)
        uow.step(
            number, names[0], uow.today, {names[1]: store_file(archive, sent.content, sent.name)}, key=key
        )

    position = record_submission(visit, say, case=number)
    return visit.redirect(f"/cases/{number}?noted={position}")
