"""Words the stages of a case for its page, and sorts its forms into the few acts that make sense now and the rest.

A stage says when it was done, or what it waits for; beside the acts stands the way to the case's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.channels.web.case_steps.act_preview import CLOSE, STEP_PREFIX, case_preview, with_preview
from bot.channels.web.request.forms import WebField, WebForm
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.viewer import Viewer
from bot.dialog.permissions import may_write
from bot.dialog.questions import outcome_question
from config.declarations.duty import CaseOutcome, Duty
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.terms.deadlines import CLOSED, DueDate
from scheduler.validation.case_history import CaseHistory
from scheduler.worklist.case_stages import CaseStage, StageKind, case_stages
from scheduler.worklist.next_steps import MAX_NEXT_STEPS, steps_now
from storage.documents.letters.catalogue import letter_sources
from storage.events.approvals import is_published
from storage.events.case import Case, chain_kind

ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLink:
    """A link that leads to the case's text: its key among the phrases, and its address."""

    key: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActs:
    """What can be done on a case, as its page offers it."""

    first: tuple[WebForm, ...] = ()
    """The forms of the acts that make sense now, the likeliest first."""
    more: tuple[WebForm, ...] = ()
    links: tuple[TextLink, ...] = ()
    answer: WebForm | None = None
    """The choice of the outcome that is to be answered, where the answer is still to be written."""


def next_acts(
    viewer: Viewer, case: Case, history: CaseHistory, dated: DueDate, forms: Sequence[WebForm]
) -> NextActs:
    """Sort the ``forms`` of a case; a refused form and everything likely come first."""
    duty, office = history.duty, viewer.page_request.app.office
    state = approval_state_of_case(office, case, duty) if chain_kind(case, duty) else None
    wanted = [STEP_PREFIX + key for key in steps_now(history, case, dated, office)]
    if _close_is_next(duty, dated, state, wanted):
        wanted.insert(0, CLOSE)
    answer = _answer_form(viewer, case, duty, dated, state)
    room = MAX_NEXT_STEPS - bool(answer)
    preview = case_preview(viewer.page_request, case, duty, viewer.context.calendar)
    path = f"/cases/{case.number}/moves"
    shown = [with_preview(_with_decision(form, state), preview, path) for form in forms]
    first = sorted(
        (form for form in shown if form.key in wanted[:room]), key=lambda form: wanted.index(form.key)
    )
    refused = [form for form in shown if form.problem and form not in first]
    return NextActs(
        first=(*refused, *first),
        more=tuple(form for form in shown if form not in first and form not in refused),
        links=tuple(_text_links(viewer, case, duty, dated, state)),
        answer=answer,
    )


def _close_is_next(duty: Duty, dated: DueDate, state: ApprovalState | None, wanted: Sequence[str]) -> bool:
    """Whether the case is to be closed: its text is signed, its term fulfilled, or nothing else is left to do."""
    if dated.state == CLOSED or not duty.outcomes:
        return False
    if state:
        return state.complete and not any(step.requires_approval for step in duty.steps)
    return not wanted or any(not waiting.until for waiting in dated.external_waits)


def _with_decision(form: WebForm, state: ApprovalState | None) -> WebForm:
    """The close with the outcome that was signed."""
    if form.key != CLOSE or form.problem or not (state and state.complete and state.decision):
        return form
    fields = (
        replace(field, value=state.decision) if field.name == "outcome" else field
        for field in form.web_fields
    )
    return replace(form, web_fields=tuple(fields))


def _answer_form(
    viewer: Viewer, case: Case, duty: Duty, dated: DueDate, state: ApprovalState | None
) -> WebForm | None:
    """The choice of an outcome that is answered by letter, for whoever may write it, while no text is on its way."""
    page = viewer.page_request
    outcomes = _answered_outcomes(duty)
    written = state is None or bool(state.manifest) or is_published(case, duty)
    if not outcomes or written or dated.state == CLOSED or dated.external_waits:
        return None
    if not may_write(viewer.context, case, duty):
        return None
    question = outcome_question(page.labels, outcomes, articles=True)
    field = WebField(
        name=question.key, label=question.label, kind="choice", choices=question.choices, required=True
    )
    return WebForm(
        key=ANSWER,
        title=page.say("write_answer.title"),
        button=page.say("write_answer.write"),
        web_fields=(field,),
        action=f"/cases/{case.number}/answer",
    )


def _answered_outcomes(duty: Duty) -> list[CaseOutcome]:
    known = letter_sources(duty)
    return [outcome for outcome in duty.outcomes if f"{ANSWER}.{outcome.key}" in known]


def _text_links(
    viewer: Viewer, case: Case, duty: Duty, dated: DueDate, state: ApprovalState | None
) -> Iterator[TextLink]:
    """The ways to the case's text: to write it, to write it anew after a return, or to see how far it has come."""
    number = case.number
    if state is None:
        return
    open_ = dated.state != CLOSED
    writes = open_ and not is_published(case, duty) and may_write(viewer.context, case, duty)
    if case.approvals:
        yield TextLink(key="signing" if state.stage else "text", path=f"/texts/{number}")
    if writes and not state.stage and not state.complete:
        key = "rewrite" if state.has_text else "own_words" if letter_sources(duty) else "write"
        yield TextLink(key=key, path=f"/texts/{number}/draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage as the line shows it: done, now or ahead, with its name and a note below it."""

    state: str
    name: str
    note: str


def stage_views(page: PageRequest, case: Case, duty: Duty, dated: DueDate) -> tuple[StageView, ...]:
    """The stages of a case, with today's place."""
    return tuple(
        StageView(state=_state(one), name=_name(page, duty, one), note=_note(page, dated, one))
        for one in case_stages(case, duty, dated, page.app.office)
    )


def _state(one: CaseStage) -> str:
    return "now" if one.is_current else "done" if one.done_on else "ahead"


def _name(page: PageRequest, duty: Duty, one: CaseStage) -> str:
    step = duty.step(one.step) if one.kind is StageKind.STEP else None
    if step:
        return page.labels.label(step)
    received = one.kind is StageKind.OPENED and duty.receipt
    return page.say("stage.received" if received else f"stage.{one.kind}")


def _note(page: PageRequest, dated: DueDate, one: CaseStage) -> str:
    """The day it was done; of the current one how far the signing is, or what the case waits for."""
    if one.done_on and not one.is_current:
        return page.labels.day(one.done_on)
    if one.kind is StageKind.SIGNED and one.is_current:
        return page.say("stage.signatures", count=len(one.signed), of=one.stages)
    if one.is_current and dated.external_waits:
        return page.say(f"clock.state.{dated.state}")
    return ""
