"""Shows one case (facts, due date and its reasons, history) and records the forms that may be submitted on it now."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.cases.case_forms import (
    applicant_form,
    case_command,
    case_forms,
    opening_day_label,
    read_applicant,
)
from bot.channels.web.cases.evidence import may_file_evidence
from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import AccessLevel, NoSuchPage, PageRequest
from bot.channels.web.request.submission import confirmation_notice, record_submission
from bot.channels.web.request.viewer import request_context_of, viewing
from bot.language.event_history import event_rows
from bot.language.labels import opening_facts
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.terms.deadlines import chronological
from scheduler.validation.case_history import CaseHistory
from scheduler.validation.date_calculator import reason_sentence
from scheduler.worklist.agenda import AgendaItem, agenda_item
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore
from storage.eventlog.known_calendar import known_calendar
from storage.events.case import Case, chain_kind, fold_case
from storage.events.events import LogEntry, Opened

APPLICANT_FORM = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case with everything its page shows."""

    case: Case
    opening: Opened
    """The valid opening; where it was struck out, the first one."""
    duty: Duty
    calendar: Calendar
    task: AgendaItem | None
    """None where the opening was struck out and the case is void."""
    personal: Applicant | None
    others: tuple[int, ...]
    """Other cases of the same applicant."""


def case_page(page: PageRequest) -> Response:
    """The page of a case."""
    return _render_page(page, _load_case_page(page))


def submit_case_form(page: PageRequest) -> Response:
    """Record one of the case's forms; a refusal shows the page again with everything that was typed."""
    file = _load_case_page(page)
    number = file.case.number
    try:
        position = record_submission(page, case_command(page, number, file.duty), case=number)
    except Refusal as refused:
        return _render_page(page, file, page.labels.book.error(refused))
    return page.redirect(f"/cases/{number}?noted={position}")


def submit_applicant(page: PageRequest) -> Response:
    """Store the applicant's particulars. Empty fields keep their value; nothing of it goes into the log."""
    file = _load_case_page(page)
    number = file.case.number
    try:
        given = {key: value for key, value in read_applicant(page).items() if value}
        kept = Applicant(**(dict((file.personal or Applicant()).items()) | given))
        record_submission(page, lambda uow, _key: uow.cases.save_applicant(number, kept), case=number)
    except Refusal as refused:
        return _render_page(page, file, page.labels.book.error(refused))
    return page.redirect(f"/cases/{number}?kept=1")


def _load_case_page(page: PageRequest) -> CasePage:
    app, number = page.app, page.path_number("number")
    if page.rights < AccessLevel.READ:
        with viewing(page) as viewer:
            viewer.case(number)  # NoSuchPage where they may not see it
    with app.log() as log:
        calendar = known_calendar(app.calendar, log)
        entries = list(log.read(cases=[number])) if number else []
        private = ApplicantStore(log.connection, log.office)
        personal, others = private.get(number), private.same_applicant(number)
    case = fold_case(number, entries)
    opening = case.opening or _first_opening(entries)
    duty = app.duties.get(opening.kind) if opening else None
    if opening is None or duty is None:
        raise NoSuchPage
    return CasePage(
        case=case,
        opening=opening,
        duty=duty,
        calendar=calendar,
        task=agenda_item(case, opening, duty, calendar, app.today) if case.opening else None,
        personal=personal if page.rights >= AccessLevel.READ else None,
        others=tuple(others) if page.rights >= AccessLevel.READ else (),
    )


def _first_opening(entries: list[LogEntry]) -> Opened | None:
    return next((entry.record for entry in entries if isinstance(entry.record, Opened)), None)


def _render_page(page: PageRequest, file: CasePage, problem: str = "") -> Response:
    forms = _forms(page, file, problem)
    placed = any(form.problem for form in forms)
    due = file.task.due if file.task else None
    return page.render(
        "case.html",
        422 if problem else 200,
        file=file,
        opened=opening_day_label(page, file.duty),
        facts=opening_facts(file.duty, file.opening.facts, page.labels),
        rows=list(event_rows(file.case.entries, file.duty, page.labels)),
        lines=[(line, reason_sentence(line, page.say)) for line in due.lines] if due else [],
        forms=[form for form in forms if form.key != APPLICANT_FORM],
        personal_form=next((form for form in forms if form.key == APPLICANT_FORM), None),
        personal=file.personal.masked() if file.personal else None,
        problem="" if placed else problem,
        noted=confirmation_notice(page, {entry.position for entry in file.case.entries}),
        kept=page.query_value("kept") == "1",
        signed=bool(chain_kind(file.case, file.duty)),
        filing=may_file_evidence(page, file.case, file.duty),
        next_acts=_next_actions(page, file.case.number) if file.task else ((), ""),
    )


def _next_actions(page: PageRequest, number: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """The buttons of the case's card for its assignee, and the version they decide on; else the reminder."""
    with viewing(page) as viewer:
        context = request_context_of(page, viewer.context.connection)
        case, duty = context.case(number)
        mine = context.pending_for_actor(case, duty)
        if mine:
            verbs = [
                verb for verb in context.card(mine[0]).verbs if verb != "why"
            ]  # the page explains it below
            verbs += ["snooze", "hand_on"]
        else:
            verbs = ["nudge"] if any(wait.who for wait in context.pending_actions(case, duty)) else []
        return tuple((verb, context.word(verb, duty)) for verb in verbs), mine[0].wait.basis if mine else ""


def _forms(page: PageRequest, file: CasePage, problem: str) -> list[WebForm]:
    """The forms of the case; a refused form is always among them, even where its step is not available now."""
    if not page.may_record or file.task is None:
        return []
    late = page.query_value("late") == "1"
    made, sent = _empty_forms(page, file, late=late), page.form.get("act", "")
    if problem and sent not in {form.key for form in made}:
        made = _empty_forms(page, file, late=True)
    return [form.resubmitted(page.form, problem) if problem and form.key == sent else form for form in made]


def _empty_forms(page: PageRequest, file: CasePage, *, late: bool) -> list[WebForm]:
    history = CaseHistory(
        duty=file.duty,
        timeline=chronological([record for _, record in file.case.timeline], file.duty),
        calendar=file.calendar,
        today=page.app.today,
        roles=page.app.office.roles_of,
    )
    forms = case_forms(page, file.case, history, late=late)
    return [*forms, applicant_form(page, file.case, APPLICANT_FORM)] if file.duty.receipt else forms
