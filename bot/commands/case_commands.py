"""Records what a case's declaration allows: open a case, take a step, close it, with the questions each asks.

What leaves the office is confirmed first; everything else can be undone for a minute.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.dialog.command import (
    Intent,
    NotUnderstood,
    confirmation_reply,
    require_permission,
    require_seen_version,
    transaction,
)
from bot.dialog.form_questions import answered_texts, ask_question, next_question, read_answer, start_form
from bot.dialog.forms import GIVEN, DialogForm, discard_form, save_form
from bot.dialog.permissions import needs_draft
from bot.dialog.questions import DAY, OUTCOME, REFERENCE, Question, opening_day_label
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import DAY_EXPRESSION, read_single_day
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import normalize_line
from config.clock import office_day
from config.declarations.duty import FieldType
from config.errors import Refusal
from scheduler.recording.entry_guard import DerivedStep, ForTheOffice
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.case_stages import asked_consent
from scheduler.worklist.pending import WaitKind

_RECEIVED_LEAD = r"(?:收到日期|收到时间|收到于|收到|received(?: on)?)[:：\s]{0,4}"
_RECEIVED_ON = re.compile(
    rf"{_RECEIVED_LEAD}({DAY_EXPRESSION})$|({DAY_EXPRESSION})\s{{0,4}}收到$", re.IGNORECASE
)


class NotOfThisKind(Refusal):
    """Case {case} is a {kind}: there is no “{step}” in it. What can be recorded of it: {word} {case}."""


def register_case(context: RequestContext, intent: Intent) -> Reply:
    """登记: open a case of a duty that people open. Its applicant is entered on the web page, never in a chat."""
    reference, day = _reference_and_day(context, intent.full_text)
    form = start_form(context, intent.verb, 0, reference)
    if day is None:
        return continue_form(context, form)
    reply = continue_form(context, form.with_answer(DAY, day.isoformat()))
    label = opening_day_label(context.labels, context.app.duties[intent.key])
    said = context.say("card.fact", label=label, value=context.labels.day(day))
    return replace(reply, lines=(said, *reply.lines))


def _reference_and_day(context: RequestContext, words: str) -> tuple[str, date | None]:
    """The reference in the words behind 登记, and the day that they name as that of the receipt. Raises NotADay."""
    found = _RECEIVED_ON.search(words)
    if found is None:
        return words, None
    day = read_single_day(found[1] or found[2], office_day(context.sent_at))
    return f"{words[: found.start()]} {words[found.end() :]}".strip(" ，,。"), day


def take_step(context: RequestContext, intent: Intent) -> Reply:
    """Take a declared step of a case, and ask for the fields it requires. Raises NotOfThisKind or ForTheOffice."""
    _require_declared_step(context, DialogForm(verb=intent.verb, case=intent.case))
    form = start_form(context, intent.verb, intent.case, intent.rest, basis=intent.basis)
    given = {key: str(value) for key, value in intent.data.items() if value}
    _require_seen_release(context, intent)
    asked = _asked_values(context, intent.case, intent.key)
    known = {**form.known, **({GIVEN: " ".join(asked)} if asked else {}), **asked, **given}
    return continue_form(context, replace(form, known=known))


def _asked_values(context: RequestContext, number: int, key: str) -> dict[str, str]:
    """What whoever grants a consent need not be asked: what was asked for, and who grants it.

    A day that was planned and is over by now is asked for again.
    """
    case, duty = context.case(number)
    asked, step = asked_consent(case, duty), duty.step(key)
    asking = duty.step(asked.step) if asked else None
    if asked is None or asking is None or step is None or step.key not in asking.consent_steps:
        return {}
    deciding = sorted(context.acting, key=lambda person: person != context.person.id)
    own = {
        each.key: person
        for each in step.fields
        if each.consent
        for person in deciding[::-1]
        if each.role in context.app.office.roles_of(person)
    }
    grants = step.key == asking.consent_steps[0]
    wanted = [each for each in step.fields if grants and each.key in asked.facts]
    said = {each.key: str(asked.facts[each.key]) for each in wanted}
    today = context.said_on.isoformat()
    over = {each.key for each in wanted if each.type is FieldType.DAY and said[each.key] < today}
    return {**{name: value for name, value in said.items() if name not in over}, **own}


def _require_seen_release(context: RequestContext, intent: Intent) -> None:
    """Raises SaidBefore where the step lets out a text whose version was first shown after the words were said."""
    case, duty = context.case(intent.case)
    step = duty.step(intent.key)
    if step and step.requires_approval:
        for action in context.pending_for_actor(case, duty):
            if action.wait.what is WaitKind.RELEASE:
                require_seen_version(context, intent, action.wait)


def close_case(context: RequestContext, intent: Intent) -> Reply:
    """办结: close a case with one of its declared outcomes. Raises ForTheOffice."""
    outcomes = context.case(intent.case)[1].outcomes
    if context.speaks_for_village and not any(outcome.open_to_villages for outcome in outcomes):
        raise ForTheOffice(step=context.word(VerbKind.CLOSE), post=context.person.post)
    return continue_form(
        context, start_form(context, intent.verb, intent.case, intent.rest, basis=intent.basis)
    )


def read_form_words(context: RequestContext, form: DialogForm, intent: Intent) -> DialogForm:
    """The form with the words as the answer to its open question. Raises NotUnderstood where none is open."""
    words = normalize_line(intent.full_text)
    question = next_question(context, form) or _only_text(context, form)
    if question is None:
        raise NotUnderstood(said=abbreviate(words))
    return form.with_answer(question.key, read_answer(question, words, context.said_on))


def _only_text(context: RequestContext, form: DialogForm) -> Question | None:
    """The question of a complete form that other words answer anew: the only one that was answered in words."""
    texts = answered_texts(context, form)
    return texts[0][0] if len(texts) == 1 else None


def continue_form(context: RequestContext, form: DialogForm) -> Reply:
    """Ask the next question, then for a confirmation where something leaves the office, then record."""
    if form.kind is not VerbKind.OPEN:
        require_permission(context, form.case)
    _require_declared_step(context, form)
    if GIVEN in form.known:  # what was asked for may have been corrected while the form was open
        form = replace(form, known={**form.known, **_asked_values(context, form.case, form.verb.key)})
    question = next_question(context, form)
    if question:
        return ask_question(context, form, question)
    if _needs_confirmation(context, form) and not form.confirmed:
        return _ask_confirmation(context, form)
    discard_form(context)
    return _record_form(context, form)


def _require_declared_step(context: RequestContext, form: DialogForm) -> None:
    """Raises NotOfThisKind where the case's duty declares no such step, and ForTheOffice where a village may not."""
    if form.kind is not VerbKind.STEP:
        return
    duty = context.case(form.case)[1]
    step = duty.step(form.verb.key)
    if step and context.speaks_for_village and _is_for_the_office(context, step.key):
        raise ForTheOffice(step=context.labels.label(step), post=context.person.post)
    if step and duty.village_round and not step.standalone:
        raise DerivedStep(step=context.labels.label(step))
    if step is None:
        kind, said = context.labels.duty(duty), context.word(*form.verb)
        raise NotOfThisKind(case=form.case, kind=kind, step=said, word=context.word(VerbKind.STEPS))


def _is_for_the_office(context: RequestContext, key: str) -> bool:
    """Whether the office alone takes a step of this key, on an item or on the month that repeats it."""
    steps = [step for duty in context.app.duties.values() for step in duty.steps if step.key == key]
    return any(step.office_only for step in steps)


def _ask_confirmation(context: RequestContext, form: DialogForm) -> Reply:
    save_form(context, form)
    texts = [
        context.say("card.fact", label=question.label, value=words)
        for question, words in answered_texts(context, form)
    ]
    question = context.say("talk.confirm", what=_confirmation_subject(context, form), case=form.case)
    choices = (
        context.choice(VerbKind.CONFIRM, form.case, form.fingerprint),
        context.choice(VerbKind.CANCEL, 0),
    )
    return Reply(lines=(*texts, question), choices=choices)


def _record_form(context: RequestContext, form: DialogForm) -> Reply:
    with transaction(context) as uow:
        number = _record(context, uow, form)
    reply = confirmation_reply(context, uow, number, undo=not _needs_confirmation(context, form))
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
    """Whether the form closes a case or lets a text out, which nobody can take back."""
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
