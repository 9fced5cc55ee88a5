"""Shows one case (facts, due date and its reasons, history) and records the forms that may be submitted on it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.case_steps.case_progress import NextActs, next_acts, stage_views
from bot.channels.web.cases.case_forms import (
    applicant_form,
    case_command,
    case_forms,
    read_applicant,
)
from bot.channels.web.cases.evidence import filed_evidence, filing_fields
from bot.channels.web.frame.navigation import place_of_kind
from bot.channels.web.request.forms import WebForm
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import LATE, confirmation_notice, record_submission, refusal_words
from bot.channels.web.request.viewer import Viewer, action_buttons, viewing
from bot.channels.web.texts.file_text import letter_day_warning
from bot.channels.web.texts.text import own_file_lines
from bot.dialog.permissions import may_open_files
from bot.dialog.questions import opening_day_label
from bot.dialog.task_cards import task_card
from bot.dialog.turn import RequestContext
from bot.language.event_history import event_rows
from bot.language.labels import opening_facts, particulars_doubts
from bot.language.verbs import Verb, VerbKind
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.terms.deadlines import chronological
from scheduler.validation.case_history import CaseHistory
from scheduler.validation.date_calculator import reason_sentence
from scheduler.worklist.agenda import AgendaItem, agenda_item
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore
from storage.documents.letters.catalogue import letter_sources
from storage.events.case import Case, chain_kind
from storage.events.events import LogEntry, Opened

APPLICANT_FORM = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case with everything its page shows."""

    case: Case
    opening: Opened
    """The valid opening; where it was struck out, the first one."""
    duty: Duty
    task: AgendaItem | None
    """None where the opening was struck out and the case is void."""
    personal: Applicant | None
    others: tuple[int, ...]
    """Other cases of the same applicant."""


def case_page(page: PageRequest) -> Response:
    """The page of a case."""
    with viewing(page) as viewer:
        return _render_page(viewer, _load_case_page(viewer))


def submit_case_form(page: PageRequest) -> Response:
    """Record one of the case's forms; a refusal shows the page again with everything that was typed."""
    with viewing(page) as viewer:
        case, _, duty = _recorded_case(viewer)
    try:
        position = record_submission(page, case_command(page, case, duty), case=case.number)
    except Refusal as refused:
        return _render_refused(page, refused)
    return page.redirect(f"/cases/{case.number}?noted={position}")


def submit_applicant(page: PageRequest) -> Response:
    """Store the applicant's particulars. Empty fields keep their value; nothing of it goes into the log."""
    with viewing(page) as viewer:
        file = _load_case_page(viewer)
    number = file.case.number
    try:
        given = {key: value for key, value in read_applicant(page).items() if value}
        kept = Applicant(**(dict((file.personal or Applicant()).items()) | given))
        record_submission(page, lambda uow, _key: uow.cases.save_applicant(number, kept), case=number)
    except Refusal as refused:
        return _render_refused(page, refused)
    return page.redirect(f"/cases/{number}?kept=1")


def _recorded_case(viewer: Viewer) -> tuple[Case, Opened, Duty]:
    """The case in the address, its opening (the first one where it was struck out) and its kind. NoSuchPage."""
    page = viewer.page_request
    number = page.path_number("number")
    case = viewer.recorded_case(number)
    opening = case.opening or _first_opening(case.entries)
    duty = page.app.duties.get(opening.kind) if opening else None
    if opening is None or duty is None:
        raise NoSuchPage
    if not viewer.can_view_all:
        viewer.case(number)  # NoSuchPage where they may not see it
    return case, opening, duty


def _load_case_page(viewer: Viewer) -> CasePage:
    page, context, app = viewer.page_request, viewer.context, viewer.page_request.app
    case, opening, duty = _recorded_case(viewer)
    applicants = ApplicantStore(context.connection, app.office.slug)
    return CasePage(
        case=case,
        opening=opening,
        duty=duty,
        task=agenda_item(case, opening, duty, context.calendar, app.today) if case.opening else None,
        personal=applicants.get(case.number) if may_open_files(context, case, duty) else None,
        others=tuple(applicants.same_applicant(case.number)) if page.may_record else (),
    )


def _first_opening(entries: Sequence[LogEntry]) -> Opened | None:
    return next((entry.record for entry in entries if isinstance(entry.record, Opened)), None)


def _render_refused(page: PageRequest, refused: Refusal) -> Response:
    """The page of the case as it is now, with what was typed and the refusal."""
    with viewing(page) as viewer:
        return _render_page(viewer, _load_case_page(viewer), refusal_words(page, refused))


def _render_page(viewer: Viewer, file: CasePage, problem: str = "") -> Response:
    page, history = viewer.page_request, _history(viewer, file)
    forms = _forms(viewer, file, history, problem)
    placed = any(form.problem for form in forms)
    due = file.task.due if file.task else None
    return page.render(
        "case.html",
        422 if problem else 200,
        under=place_of_kind(file.duty),
        file=file,
        opened=opening_day_label(page.labels, file.duty),
        facts=opening_facts(file.duty, file.opening.facts, page.labels),
        rows=list(event_rows(file.case.entries, file.duty, page.labels)),
        dated=_letter_day_warning(viewer, file),
        lines=[(line, reason_sentence(line, page.say)) for line in due.lines] if due else [],
        acts=_acts(viewer, file, history, forms),
        stages=stage_views(page, file.case, file.duty, due) if due else (),
        sends_letters=bool(letter_sources(file.duty))
        and may_open_files(viewer.context, file.case, file.duty),
        personal_form=next((form for form in forms if form.key == APPLICANT_FORM), None),
        personal=file.personal.masked() if file.personal else None,
        doubts=particulars_doubts(file.personal, page.labels.book),
        problem="" if placed else problem,
        noted=confirmation_notice(page, {entry.position for entry in file.case.entries}),
        kept=page.query_value("kept") == "1",
        late=page.query_value(LATE) == "1",
        filing=filing_fields(viewer, file.case, file.duty),
        filed=filed_evidence(viewer, file.case, file.duty),
        next_acts=_next_actions(viewer.context, file) if file.task else ((), ""),
    )


def _letter_day_warning(viewer: Viewer, file: CasePage) -> str:
    """What is to be known of the date of an answer that waits to be sent; empty where there is nothing."""
    page, case, duty = viewer.page_request, file.case, file.duty
    if (
        not chain_kind(case, duty)
        or not letter_sources(duty)
        or not may_open_files(viewer.context, case, duty)
    ):
        return ""
    state = approval_state_of_case(page.app.office, case, duty)
    store = page.app.contents(viewer.context.connection)
    if not state.complete or state.manifest not in store.known([state.manifest]):
        return ""
    lines = own_file_lines(store, store.manifest(state.manifest))
    return letter_day_warning(page, case, lines, signed=True)


def _next_actions(context: RequestContext, file: CasePage) -> tuple[tuple[tuple[str, str], ...], str]:
    """The buttons of the case's card for its assignee, and the version they decide on; else the reminder."""
    case, duty = file.case, file.duty
    mine = context.pending_for_actor(case, duty)
    if mine:
        # The page itself explains the due date.
        verbs = [verb for verb in task_card(context, mine[0]).verbs if verb.kind is not VerbKind.WHY]
        verbs += [Verb(VerbKind.SNOOZE), Verb(VerbKind.HAND_ON)]
    else:
        nudges = any(wait.who for wait in context.pending_actions(case, duty))
        verbs = [Verb(VerbKind.NUDGE)] if nudges else []
    return action_buttons(context, verbs, duty), mine[0].wait.basis if mine else ""


def _forms(viewer: Viewer, file: CasePage, history: CaseHistory, problem: str) -> list[WebForm]:
    """The forms of the case; a refused form is always among them, even where its step is not available now."""
    page = viewer.page_request
    if not page.may_record or file.task is None:
        return []
    late = page.query_value(LATE) == "1"
    forms, sent = _empty_forms(viewer, file, history, late=late), page.form.get("act", "")
    if problem and sent not in {form.key for form in forms}:
        forms = _empty_forms(viewer, file, history, late=True)
    return [form.resubmitted(page.form, problem) if problem and form.key == sent else form for form in forms]


def _acts(viewer: Viewer, file: CasePage, history: CaseHistory, forms: Sequence[WebForm]) -> NextActs:
    """What can be done now, sorted; nothing about a case that is void."""
    if file.task is None:
        return NextActs()
    own = [form for form in forms if form.key != APPLICANT_FORM]
    return next_acts(viewer, file.case, history, file.task.due, own)


def _history(viewer: Viewer, file: CasePage) -> CaseHistory:
    return CaseHistory(
        duty=file.duty,
        timeline=chronological(file.case.records, file.duty),
        calendar=viewer.context.calendar,
        today=viewer.page_request.app.today,
        roles=viewer.page_request.app.office.roles_of,
    )


def _empty_forms(viewer: Viewer, file: CasePage, history: CaseHistory, *, late: bool) -> list[WebForm]:
    page = viewer.page_request
    forms = case_forms(viewer, file.case, history, late=late)
    return [*forms, applicant_form(page, file.case, APPLICANT_FORM)] if file.duty.has_applicant else forms
