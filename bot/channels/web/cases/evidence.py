"""Evidence of what was held: a file is kept by its fingerprint, and the step that asks for it names that."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import record
from bot.channels.web.request.viewer import looking
from bot.commands.file_upload import filing_step, kept_as
from config.declarations.duty import Duty
from scheduler.recording.unit_of_work import Sitting
from storage.content.content_store import Archive
from storage.events.case import Case


def may_file(visit: Visit, case: Case, duty: Duty) -> bool:
    """Whether whoever looks may file something here now: its holder, or whoever keeps the registers."""
    if filing_step(duty) is None or case.opening is None or case.closing:
        return False
    with looking(visit) as sight:
        return visit.may_record or sight.waits_for_them(case, duty)


def file_evidence(visit: Visit) -> Response:
    """Keep the file, and record its fingerprint: both, or nothing."""
    number = visit.number("number")
    with looking(visit) as sight:
        case, duty = sight.case(number)
    names = filing_step(duty)
    if names is None or not may_file(visit, case, duty):
        raise NoSuchPage
    if not visit.files:
        raise NotFilled(label=visit.say("page.evidence.file"))
    sent = visit.files[0]

    def say(desk: Sitting, key: str) -> None:
        archive = Archive(desk.log.connection, desk.log.office)
        desk.step(
            number, names[0], desk.today, {names[1]: kept_as(archive, sent.content, sent.name)}, key=key
        )

    position = record(visit, say, case=number)
    return visit.go(f"/cases/{number}?noted={position}")
