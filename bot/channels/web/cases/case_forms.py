"""Makes a case's forms from its kind's declaration (one for each available step, one to close it) and reads them.

The close asks at once for what follows it, such as sending the answer. That stays optional: an answer that is sent on
another day is recorded by its own step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from bot.channels.web.case_steps.act_preview import CLOSE, STEP_PREFIX
from bot.channels.web.request.forms import (
    FACT_PREFIX,
    WebField,
    WebForm,
    new_idempotency_key,
    question_fields,
    read_facts,
    read_legal_day,
    read_text,
    with_article,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import RecordCommand, late_reason_fields
from bot.channels.web.request.viewer import Viewer
from bot.commands.file_upload import store_file
from bot.dialog.questions import DAY, OUTCOME, closing_questions, opening_questions, step_questions
from bot.dialog.recipients import step_candidates
from config.declarations.duty import Duty, FieldType, Step
from config.declarations.terms import ReceiptRule
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.validation.case_history import CaseHistory
from scheduler.worklist.case_stages import steps_after_close
from scheduler.worklist.next_steps import AvailableStep, available_steps, is_closed, proposed_day
from storage.content.applicant import Applicant, IdentityKind
from storage.content.applicant_store import APPLICANT_FIELDS
from storage.events.case import Case

APPLICANT_PREFIX, FOLLOW_UP_PREFIX = "private.", "then."


class NotOurKind(Refusal):
    """“{found}” is none of the kinds of identity paper. Choose one from the list."""


def case_forms(viewer: Viewer, case: Case, history: CaseHistory, *, late: bool) -> list[WebForm]:
    """The forms of the steps that are available now; with ``late`` of every step its kind declares."""
    page, duty = viewer.page_request, history.duty
    action = f"/cases/{case.number}" + ("?late=1" if late else "")
    due = history.due_day(history.timeline)
    forms = [
        _step_form(viewer, case, history, one, action=action, due=due)
        for one in available_steps(history, late=late)
    ]
    if duty.outcomes and (late or not is_closed(history)):
        forms.append(_close_form(page, case, duty, action))
    seen, more = case.entries[-1].position, late_reason_fields(page)
    return [
        replace(
            form,
            web_fields=(*form.web_fields, *more),
            seen_position=seen,
            idempotency_key=new_idempotency_key(),
        )
        for form in forms
    ]


def _step_form(
    viewer: Viewer,
    case: Case,
    history: CaseHistory,
    available: AvailableStep,
    *,
    action: str,
    due: date | None,
) -> WebForm:
    page, step, duty, today = viewer.page_request, available.step, history.duty, history.today
    proposed = {one.key: proposed_day(one, today, due, history.calendar) for one in step.fields}
    questions = step_questions(
        page.labels,
        step,
        candidates=step_candidates(viewer.context, step, case, duty),
        parties={available.pair: available.parties} if available.pair else {},
        days={key: day for key, day in proposed.items() if day},
        actor=page.me.id,
    )
    return WebForm(
        key=STEP_PREFIX + step.key,
        title=page.labels.label(step),
        note=step.article,
        button=page.say("page.record"),
        web_fields=with_article(
            _with_papers(step, _with_proposals(page, step, question_fields(questions, today))), step.article
        ),
        action=f"{action}/papers" if any(one.type is FieldType.FILE for one in step.fields) else action,
        topics=(duty.kind,),
    )


def _with_papers(step: Step, fields: Iterable[WebField]) -> Iterator[WebField]:
    """The fields, each that names a file with a place to send it; one may write where it lies instead."""
    papers = {FACT_PREFIX + one.key for one in step.fields if one.type is FieldType.FILE}
    for field in fields:
        yield replace(field, kind="paper", required=False) if field.name in papers else field


def _with_proposals(page: PageRequest, step: Step, fields: tuple[WebField, ...]) -> Iterator[WebField]:
    """The fields with a word beside each day that was proposed: nobody takes it for what the law says."""
    rules = {FACT_PREFIX + one.key: one.proposed for one in step.fields}
    for field in fields:
        rule = rules.get(field.name)
        if rule and field.value and (rule.due or rule.working_days):
            key = "due" if rule.due else "days"
            yield replace(field, hint=page.say(f"page.proposed.{key}", days=rule.working_days))
        else:
            yield field


def _close_form(page: PageRequest, case: Case, duty: Duty, action: str) -> WebForm:
    questions = closing_questions(page.labels, duty.outcomes, articles=True)
    return WebForm(
        key=CLOSE,
        title=page.say("page.close"),
        button=page.say("page.close_button"),
        web_fields=(*question_fields(questions, page.app.today), *_follow_up_fields(page, duty, case)),
        action=action,
        topics=(duty.kind,),
    )


def _follow_up_fields(page: PageRequest, duty: Duty, case: Case) -> Iterator[WebField]:
    """The fields of the steps that may follow the close on the same day; a step without fields is a tick."""
    group = page.say("conclude.group")
    for step in _untaken(duty, case):
        asked = [one for one in step_questions(page.labels, step) if one.field]
        prefix = f"{FOLLOW_UP_PREFIX}{step.key}."
        if not asked:
            label = page.say("conclude.also", step=page.labels.label(step))
            yield WebField(name=prefix, label=label, kind="check", group=group)
        for field in question_fields(asked, page.app.today):
            name = prefix + field.name.removeprefix(FACT_PREFIX)
            label = page.say("conclude.field", step=page.labels.label(step), field=field.label)
            yield replace(
                field, name=name, label=label, required=False, value="", group=group, article=step.article
            )


def _untaken(duty: Duty, case: Case) -> list[Step]:
    taken = {step.step for step in case.steps}
    return [step for step in steps_after_close(duty) if step.key not in taken]


def case_command(page: PageRequest, case: Case, duty: Duty) -> RecordCommand:
    """The command that a case's form stands for. NoSuchPage where its step is not declared."""
    sent = page.form
    if sent.get("act") == CLOSE:
        day = read_legal_day(sent, page.say("page.closed_on"), page.app.today)
        outcome = read_text(OUTCOME, page.say("page.outcome"), sent, required=True)
        return _close_command(page, duty, case, outcome, day)
    step = _step_named(duty, sent.get("act", ""))
    day = read_legal_day(sent, page.say("page.happened_on"), page.app.today)
    facts = read_facts(step.fields, sent, page.labels, page.app.today)
    papers = [field for field in step.fields if field.type is FieldType.FILE]

    def command(uow: UnitOfWork, key: str) -> None:
        store = uow.context.contents
        stored = {
            field.key: store_file(store, one.content, one.name)
            for field, one in zip(papers, page.files, strict=False)
        }
        uow.cases.step(case.number, step.key, day, facts | stored, key=key)

    return command


def _step_named(duty: Duty, act: str) -> Step:
    step = duty.step(act.removeprefix(STEP_PREFIX)) if act.startswith(STEP_PREFIX) else None
    if step is None:
        raise NoSuchPage
    return step


def _close_command(page: PageRequest, duty: Duty, case: Case, outcome: str, day: date) -> RecordCommand:
    """The command that closes the case and records the steps that the form also names, in one transaction."""
    steps = [
        (step, facts) for step in _untaken(duty, case) if (facts := _follow_up_facts(page, step)) is not None
    ]

    def command(uow: UnitOfWork, key: str) -> None:
        uow.cases.close(case.number, outcome, day, key=key)
        for step, facts in steps:
            uow.cases.step(case.number, step.key, day, facts)

    return command


def _follow_up_facts(page: PageRequest, step: Step) -> dict[str, str | int] | None:
    """What the form says of a step; None where it says nothing of it."""
    prefix = f"{FOLLOW_UP_PREFIX}{step.key}."
    if not step.fields:
        return {} if page.form.get(prefix) else None
    sent = {
        FACT_PREFIX + name.removeprefix(prefix): value
        for name, value in page.form.items()
        if name.startswith(prefix)
    }
    return read_facts(step.fields, sent, page.labels, page.app.today) or None


def opening_form(page: PageRequest, duty: Duty) -> WebForm:
    """The form of a new case: reference, day, declared fields, and the applicant where the kind has one."""
    questions = opening_questions(page.labels, duty, actor=page.me.id)
    return WebForm(
        key="open",
        title=page.labels.duty(duty),
        note=duty.article,
        button=page.say("page.register"),
        web_fields=(
            *_with_day_hint(page, duty, question_fields(questions, page.app.today)),
            *late_reason_fields(page),
            *(applicant_fields(page) if duty.has_applicant else ()),
        ),
        action=f"/new/{duty.kind}",
        topics=(duty.kind,),
        idempotency_key=new_idempotency_key(),
    )


def _with_day_hint(page: PageRequest, duty: Duty, fields: tuple[WebField, ...]) -> Iterator[WebField]:
    for field in fields:
        hint = _receipt_hint(page, duty, duty.receipt) if duty.receipt and field.name == DAY else ""
        yield replace(field, hint=hint or field.hint)


def _receipt_hint(page: PageRequest, duty: Duty, receipt: ReceiptRule) -> str:
    """The hint that says which day opens the case, by the way the request came in."""
    way = duty.field(receipt.by)
    ways: dict[str, list[str]] = {}
    for choice, day in receipt.days.items():
        ways.setdefault(day, []).append(page.labels.choice(way, choice) if way else choice)
    comma, stop = page.say("page.comma"), page.say("page.semicolon")
    spoken = [page.say(f"page.receipt.{day}", ways=comma.join(found)) for day, found in ways.items()]
    return page.say("page.receipt.hint", ways=stop.join(spoken), article=receipt.article)


def applicant_fields(page: PageRequest) -> Iterator[WebField]:
    """The applicant's fields; they are stored in the erasable table, never in the log."""
    group = page.say("page.personal.group")
    for key in APPLICANT_FIELDS:
        label = page.say(f"private.label.{key}")
        if key == "identity_kind":
            kinds = tuple((kind.value, page.say(f"private.kind.{kind}")) for kind in IdentityKind)
            yield WebField(
                name=APPLICANT_PREFIX + key, label=label, kind="choice", choices=kinds, group=group
            )
        else:
            yield WebField(name=APPLICANT_PREFIX + key, label=label, kind="private", group=group)


def applicant_form(page: PageRequest, case: Case, key: str) -> WebForm:
    """The form that enters or corrects the applicant later. Stored values are shown masked, never sent out."""
    return WebForm(
        key=key,
        title=page.say("page.personal.mend"),
        note=page.say("page.personal.note"),
        button=page.say("page.personal.keep"),
        web_fields=tuple(applicant_fields(page)),
        action=f"/cases/{case.number}/personal",
        seen_position=case.entries[-1].position,
    )


def read_applicant(page: PageRequest) -> Applicant:
    """Read the applicant's particulars. TooLong, NotOurKind."""
    found = {
        key: read_text(APPLICANT_PREFIX + key, page.say(f"private.label.{key}"), page.form)
        for key in APPLICANT_FIELDS
    }
    if found["identity_kind"] not in {"", *IdentityKind}:
        raise NotOurKind(found=found["identity_kind"])
    return Applicant(**found)
