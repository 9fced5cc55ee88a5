"""Records what a case's declaration allows: open a case, take a step, close it, with the questions each asks.

What leaves the office is confirmed first; everything else can be undone for a minute.
"""

from __future__ import annotations

from dataclasses import replace

from bot.dialog.command import (
    Intent,
    NotUnderstood,
    confirmation_reply,
    require_permission,
    require_seen_version,
    transaction,
)
from bot.dialog.command_parser import normalize_line
from bot.dialog.forms import (
    DialogForm,
    ask_question,
    discard_form,
    next_question,
    read_answer,
    save_form,
    start_form,
)
from bot.dialog.permissions import needs_draft
from bot.dialog.questions import OUTCOME, REFERENCE
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.pending import WaitKind


class NotOfThisKind(Refusal):
    """Case {case} is a {kind}: there is no “{step}” in it. What can be recorded of it: {word} {case}."""


def register_case(context: RequestContext, intent: Intent) -> Reply:
    """登记: open a case of a duty that people open. Its applicant is entered on the web page, never in a chat."""
    return continue_form(context, start_form(context, intent.verb, 0, intent.full_text))


def take_step(context: RequestContext, intent: Intent) -> Reply:
    """Take a declared step of a case, and ask for the fields it requires."""
    form = start_form(context, intent.verb, intent.case, intent.rest, basis=intent.basis)
    given = {key: str(value) for key, value in intent.data.items() if value}
    _require_seen_release(context, intent)
    return continue_form(context, replace(form, known={**form.known, **given}))


def _require_seen_release(context: RequestContext, intent: Intent) -> None:
    """Raises SaidBefore where the step lets out a text whose version was first shown after the words were said."""
    case, duty = context.case(intent.case)
    step = duty.step(intent.key)
    if step and step.requires_approval:
        for action in context.pending_for_actor(case, duty):
            if action.wait.what is WaitKind.RELEASE:
                require_seen_version(context, intent, action.wait)


def close_case(context: RequestContext, intent: Intent) -> Reply:
    """办结: close a case with one of its declared outcomes."""
    return continue_form(
        context, start_form(context, intent.verb, intent.case, intent.rest, basis=intent.basis)
    )


def read_form_words(context: RequestContext, form: DialogForm, intent: Intent) -> DialogForm:
    """The form with the words as the answer to its open question. Raises NotUnderstood where none is open."""
    words = normalize_line(intent.full_text)
    question = next_question(context, form)
    if question is None:
        raise NotUnderstood(said=abbreviate(words))
    return form.with_answer(question.key, read_answer(question, words))


def continue_form(context: RequestContext, form: DialogForm) -> Reply:
    """Ask the next question, then for a confirmation where something leaves the office, then record."""
    if form.kind is not VerbKind.OPEN:
        require_permission(context, form.case)
    _require_declared_step(context, form)
    question = next_question(context, form)
    if question:
        return ask_question(context, form, question)
    if _needs_confirmation(context, form) and not form.confirmed:
        return _ask_confirmation(context, form)
    discard_form(context)
    return _record_form(context, form)


def _require_declared_step(context: RequestContext, form: DialogForm) -> None:
    """Raises NotOfThisKind where the case's duty declares no such step."""
    if form.kind is not VerbKind.STEP:
        return
    duty = context.case(form.case)[1]
    if duty.step(form.verb.key) is None:
        kind, step = context.labels.duty(duty), context.word(*form.verb)
        raise NotOfThisKind(case=form.case, kind=kind, step=step, word=context.word(VerbKind.STEPS))


def _ask_confirmation(context: RequestContext, form: DialogForm) -> Reply:
    save_form(context, form)
    question = context.say("talk.confirm", what=_confirmation_subject(context, form), case=form.case)
    choices = (
        context.choice(VerbKind.CONFIRM, form.case, form.fingerprint),
        context.choice(VerbKind.CANCEL, 0),
    )
    return Reply(lines=(question,), choices=choices)


def _record_form(context: RequestContext, form: DialogForm) -> Reply:
    with transaction(context) as uow:
        number = _record(context, uow, form)
    reply = confirmation_reply(context, uow, number, undo=not form.confirmed)
    if form.kind is VerbKind.OPEN and needs_draft(*context.case(number)):
        return replace(reply, choices=(context.choice(VerbKind.DRAFT, number), *reply.choices))
    return reply


def _record(context: RequestContext, uow: UnitOfWork, form: DialogForm) -> int:
    """Record a complete form. Returns the number of its case."""
    if form.kind is VerbKind.OPEN:
        facts = form.facts(context.app.duties[form.verb.key].fields)
        return uow.cases.open(form.verb.key, form.known[REFERENCE], form.day, facts)
    if form.kind is VerbKind.CLOSE:
        uow.cases.close(form.case, form.known[OUTCOME], form.day)
    else:
        step = context.case(form.case)[1].step(form.verb.key)
        uow.cases.step(form.case, form.verb.key, form.day, form.facts(step.fields if step else ()))
    return form.case


def _needs_confirmation(context: RequestContext, form: DialogForm) -> bool:
    """Whether the form closes a case or lets a text out: neither can be undone."""
    if form.kind is VerbKind.STEP:
        step = context.case(form.case)[1].step(form.verb.key)
        return bool(step and step.requires_approval)
    return form.kind is VerbKind.CLOSE


def _confirmation_subject(context: RequestContext, form: DialogForm) -> str:
    duty = context.case(form.case)[1]
    if form.kind is VerbKind.CLOSE:
        outcome = duty.outcome(form.known[OUTCOME])
        return context.say("page.told.closed", outcome=context.labels.label(outcome) if outcome else "")
    return context.word(*form.verb, duty=duty)
