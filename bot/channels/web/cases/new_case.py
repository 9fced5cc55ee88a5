"""Registering a new case of any declared kind, with particulars where there is an applicant."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.cases.case_forms import opening_day_label, opening_form, read_applicant
from bot.channels.web.request.forms import read_facts, read_legal_day, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.applicant import Applicant
from storage.eventlog.projections import CaseProjections


def kinds_page(visit: PageRequest) -> Response:
    """Which kind of case it is; a round is opened by the sweep, and never by hand."""
    declared = [duty for duty in visit.app.duties.values() if duty.village_round is None]
    by_hand = sorted(declared, key=lambda duty: (duty.recurrence is not None, duty.receipt is None))
    return visit.render("kinds.html", duties=by_hand)


def new_case_page(visit: PageRequest) -> Response:
    """The form of a kind."""
    return visit.render("new.html", form=opening_form(visit, _duty(visit)))


def create_case(visit: PageRequest) -> Response:
    """Register it; what is refused comes back with what was typed."""
    duty = _duty(visit)
    try:
        number, position = _open_case(visit, duty)
    except Refusal as refused:
        form = opening_form(visit, duty).resubmitted(visit.form, visit.labels.book.error(refused))
        return visit.render("new.html", 422, form=form)
    return visit.redirect(f"/cases/{number}?noted={position}")


def _open_case(visit: PageRequest, duty: Duty) -> tuple[int, int]:
    """The case's number and its entry's position."""
    reference = read_text("reference", visit.say("page.reference"), visit.form, required=True)
    day = read_legal_day(visit.form, opening_day_label(visit, duty))
    facts = read_facts(duty.fields, visit.form, visit.labels)
    personal = read_applicant(visit) if duty.receipt else Applicant()

    def say(uow: UnitOfWork, key: str) -> None:
        number = uow.open(duty.kind, reference, day, facts, key=key)
        if personal:
            uow.save_applicant(number, personal)

    position = record_submission(visit, say)
    with visit.app.log() as log:
        found = CaseProjections(log.connection, log.office, visit.app.duties).find(duty.kind, [reference])
    return found[reference], position


def _duty(visit: PageRequest) -> Duty:
    duty = visit.app.duties.get(visit.request.path_params["kind"])
    if duty is None or duty.village_round is not None:
        raise NoSuchPage
    return duty
