"""One case: what it is, by when and why, what was recorded, and the forms for what may be said now."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.cases.case_forms import case_forms, opened_words, personal_form, read_personal, said_in
from bot.channels.web.cases.evidence import may_file
from bot.channels.web.request.forms import Form
from bot.channels.web.request.request import NoSuchPage, Rights, Visit
from bot.channels.web.request.submission import noted, record
from bot.channels.web.request.viewer import looking, turn_of
from bot.language.event_history import rows
from bot.language.labels import opening_facts
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.terms.deadlines import in_order
from scheduler.validation.case_history import Bench
from scheduler.validation.date_calculator import why
from scheduler.worklist.agenda import Task, task_of
from storage.content.applicant import Particulars
from storage.content.applicant_store import Private
from storage.eventlog.known_calendar import calendar_with
from storage.events.case import Case, chain_kind, fold
from storage.events.events import Entry, Opened

PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A case as its page shows it."""

    case: Case
    opening: Opened
    """The one that holds; where it was struck out, the one that did."""
    duty: Duty
    calendar: Calendar
    task: Task | None
    """None where the opening was struck out: the case is void."""
    personal: Particulars | None
    others: tuple[int, ...]
    """Other cases of the same applicant."""


def one_case(visit: Visit) -> Response:
    """A case."""
    return _shown(visit, _file(visit))


def act(visit: Visit) -> Response:
    """Record what one of its forms says."""
    file = _file(visit)
    number = file.case.number
    try:
        position = record(visit, said_in(visit, number, file.duty), case=number)
    except Refusal as refused:
        return _shown(visit, file, visit.labels.book.error(refused))
    return visit.go(f"/cases/{number}?noted={position}")


def keep_personal(visit: Visit) -> Response:
    """Keep who applies. What is left empty stays as it was; nothing of it goes into the log."""
    file = _file(visit)
    number = file.case.number
    try:
        given = {key: value for key, value in read_personal(visit).items() if value}
        kept = Particulars(**(dict((file.personal or Particulars()).items()) | given))
        record(visit, lambda desk, _key: desk.keep_particulars(number, kept), case=number)
    except Refusal as refused:
        return _shown(visit, file, visit.labels.book.error(refused))
    return visit.go(f"/cases/{number}?kept=1")


def _file(visit: Visit) -> File:
    works, number = visit.works, visit.number("number")
    if visit.rights < Rights.READ:
        with looking(visit) as sight:
            sight.case(number)  # what is not theirs is not there
    with works.log() as log:
        calendar = calendar_with(works.calendar, log)
        entries = list(log.read(cases=[number])) if number else []
        private = Private(log.connection, log.office)
        personal, others = private.of(number), private.same_applicant(number)
    case = fold(number, entries)
    opening = case.opening or _first_opening(entries)
    duty = works.duties.get(opening.kind) if opening else None
    if opening is None or duty is None:
        raise NoSuchPage
    return File(
        case=case,
        opening=opening,
        duty=duty,
        calendar=calendar,
        task=task_of(case, opening, duty, calendar, works.today) if case.opening else None,
        personal=personal if visit.rights >= Rights.READ else None,
        others=tuple(others) if visit.rights >= Rights.READ else (),
    )


def _first_opening(entries: list[Entry]) -> Opened | None:
    return next((entry.record for entry in entries if isinstance(entry.record, Opened)), None)


def _shown(visit: Visit, file: File, problem: str = "") -> Response:
    forms = _forms(visit, file, problem)
    placed = any(form.problem for form in forms)
    due = file.task.due if file.task else None
    return visit.show(
        "case.html",
        422 if problem else 200,
        file=file,
        opened=opened_words(visit, file.duty),
        facts=opening_facts(file.duty, file.opening.facts, visit.labels),
        rows=list(rows(file.case.entries, file.duty, visit.labels)),
        lines=[(line, why(line, visit.say)) for line in due.lines] if due else [],
        forms=[form for form in forms if form.key != PERSONAL],
        personal_form=next((form for form in forms if form.key == PERSONAL), None),
        personal=file.personal.masked() if file.personal else None,
        problem="" if placed else problem,
        noted=noted(visit, {entry.position for entry in file.case.entries}),
        kept=visit.asked("kept") == "1",
        signed=bool(chain_kind(file.case, file.duty)),
        filing=may_file(visit, file.case, file.duty),
        next_acts=_next_acts(visit, file.case.number) if file.task else ((), ""),
    )


def _next_acts(visit: Visit, number: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """What whoever looks may press here, as on the case's card, and on what they decide; else to remind."""
    with looking(visit) as sight:
        turn = turn_of(visit, sight.turn.connection)
        case, duty = turn.case(number)
        mine = turn.mine(case, duty)
        if mine:
            verbs = [verb for verb in turn.card(mine[0]).verbs if verb != "why"]  # which stands below
            verbs += ["snooze", "hand_on"]
        else:
            verbs = ["nudge"] if any(wait.who for wait in turn.waits(case, duty)) else []
        return tuple((verb, turn.word(verb, duty)) for verb in verbs), mine[0].wait.basis if mine else ""


def _forms(visit: Visit, file: File, problem: str) -> list[Form]:
    """What may be said now; a refused form is among them with its refusal, even if it may not be said now."""
    if not visit.may_record or file.task is None:
        return []
    late = visit.asked("late") == "1"
    made, sent = _blank_forms(visit, file, late=late), visit.form.get("act", "")
    if problem and sent not in {form.key for form in made}:
        made = _blank_forms(visit, file, late=True)
    return [form.again(visit.form, problem) if problem and form.key == sent else form for form in made]


def _blank_forms(visit: Visit, file: File, *, late: bool) -> list[Form]:
    bench = Bench(
        duty=file.duty,
        story=in_order([record for _, record in file.case.story], file.duty),
        calendar=file.calendar,
        today=visit.works.today,
        roles=visit.works.office.roles_of,
    )
    forms = case_forms(visit, file.case, bench, late=late)
    return [*forms, personal_form(visit, file.case, PERSONAL)] if file.duty.receipt else forms
