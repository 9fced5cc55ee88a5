"""Registers a new case of any declared kind, with the applicant's particulars where the kind has an applicant."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from bot.channels.web.case_steps.act_preview import ActPreview, opening_preview, with_preview
from bot.channels.web.cases.case_forms import opening_form, read_applicant
from bot.channels.web.request.forms import WebField, WebForm, read_facts, read_legal_day, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from bot.dialog.questions import REFERENCE, opening_day_label, proposed_reference
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from storage.content.applicant import Applicant
from storage.eventlog.projections import CaseProjections

PROPOSED = "proposed"
"""The number that was proposed: where it is left as it is and was taken meanwhile, the next one is given."""


def kinds_page(page: PageRequest) -> Response:
    """The page to choose the kind; village rounds are opened by the sweep and never by hand."""
    declared = [duty for duty in page.app.duties.values() if duty.village_round is None]
    by_hand = sorted(declared, key=lambda duty: (duty.recurrence is not None, duty.receipt is None))
    return page.render("kinds.html", duties=by_hand)


def new_case_page(page: PageRequest) -> Response:
    """The form of a new case of a kind."""
    return page.render("new.html", form=_numbered_form(page, _duty(page)))


def opening_moves(page: PageRequest) -> Response:
    """By when the case would be due with what is typed so far, as a part of the page."""
    return opening_preview(page, _duty(page))


def create_case(page: PageRequest) -> Response:
    """Register the case; a refusal shows the form again with everything that was typed."""
    duty = _duty(page)
    try:
        number, position = _open_case(page, duty)
    except Refusal as refused:
        form = _numbered_form(page, duty).resubmitted(page.form, page.labels.book.error(refused))
        return page.render("new.html", 422, form=form)
    return page.redirect(f"/cases/{number}?noted={position}")


def _open_case(page: PageRequest, duty: Duty) -> tuple[int, int]:
    """Open the case. Returns its number and its entry's position; the position is 0 where the form was sent twice."""
    reference = read_text(REFERENCE, page.say("page.reference"), page.form, required=True)
    day = read_legal_day(page.form, opening_day_label(page.labels, duty), page.app.today)
    facts = read_facts(duty.fields, page.form, page.labels, page.app.today)
    personal = read_applicant(page) if duty.has_applicant else Applicant()

    proposed = page.form.get(PROPOSED, "")

    def command(uow: UnitOfWork, key: str) -> None:
        nonlocal reference
        if reference == proposed and uow.context.index.find(duty.kind, [reference]):
            reference = _proposed(
                page, uow.context.index, duty
            )  # somebody took the proposed number meanwhile
        number = uow.cases.open(duty.kind, reference, day, facts, key=key)
        if personal:
            uow.cases.save_applicant(number, personal)

    position = record_submission(page, command)
    with page.app.log() as log:
        found = CaseProjections(log.connection, log.office, page.app.duties).find(duty.kind, [reference])
    return found[reference], position


def _numbered_form(page: PageRequest, duty: Duty) -> WebForm:
    """The form of a new case with the next number of its kind's register, and by when it would be due."""
    with page.app.log() as log:
        number = _proposed(page, CaseProjections(log.connection, log.office, page.app.duties), duty)
    form = opening_form(page, duty)
    fields = [replace(one, value=number) if one.name == REFERENCE else one for one in form.web_fields]
    if number:
        fields.append(WebField(name=PROPOSED, label="", kind="hidden", value=number))
    preview = ActPreview(page=page, duty=duty, calendar=page.app.known_calendar())
    return with_preview(replace(form, web_fields=tuple(fields)), preview, f"/new/{duty.kind}/moves")


def _proposed(page: PageRequest, index: CaseProjections, duty: Duty) -> str:
    """The next number of the kind's register; empty where its cases are not numbered."""
    return proposed_reference(index, duty, page.app.today, page.app.office)


def _duty(page: PageRequest) -> Duty:
    duty = page.app.duties.get(page.request.path_params["kind"])
    if duty is None or duty.village_round is not None:
        raise NoSuchPage
    return duty
