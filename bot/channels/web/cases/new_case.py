"""Registering a new case of any declared kind, with particulars where there is an applicant."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.cases.case_forms import opened_words, opening_form, read_personal
from bot.channels.web.request.forms import read_facts, read_happened, read_text
from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.submission import record
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import Sitting
from storage.content.applicant import Particulars
from storage.eventlog.projections import Index


def kinds(visit: Visit) -> Response:
    """Which kind of case it is; a round is opened by the sweep, and never by hand."""
    declared = [duty for duty in visit.works.duties.values() if duty.round is None]
    by_hand = sorted(declared, key=lambda duty: (duty.recurs is not None, duty.receipt is None))
    return visit.show("kinds.html", duties=by_hand)


def blank(visit: Visit) -> Response:
    """The form of a kind."""
    return visit.show("new.html", form=opening_form(visit, _duty(visit)))


def enter(visit: Visit) -> Response:
    """Register it; what is refused comes back with what was typed."""
    duty = _duty(visit)
    try:
        number, position = _open(visit, duty)
    except Refusal as refused:
        form = opening_form(visit, duty).again(visit.form, visit.labels.book.error(refused))
        return visit.show("new.html", 422, form=form)
    return visit.go(f"/cases/{number}?noted={position}")


def _open(visit: Visit, duty: Duty) -> tuple[int, int]:
    """The case's number and its entry's position."""
    reference = read_text("reference", visit.say("page.reference"), visit.form, required=True)
    day = read_happened(visit.form, opened_words(visit, duty))
    facts = read_facts(duty.fields, visit.form, visit.labels)
    personal = read_personal(visit) if duty.receipt else Particulars()

    def say(sitting: Sitting, key: str) -> None:
        number = sitting.open(duty.kind, reference, day, facts, key=key)
        if personal:
            sitting.keep_particulars(number, personal)

    position = record(visit, say)
    with visit.works.log() as log:
        found = Index(log.connection, log.office, visit.works.duties).find(duty.kind, [reference])
    return found[reference], position


def _duty(visit: Visit) -> Duty:
    duty = visit.works.duties.get(visit.request.path_params["kind"])
    if duty is None or duty.round is not None:
        raise NoSuchPage
    return duty
