"""What goes to somebody else: a stage or a case (转交), all that is somebody's (移交), the work of a leave (请假).

Whom it goes to is written behind the word, by post; where it is not, those who may take it are offered as buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commands.case_commands import Intent, WordsMissing, confirmation_reply, take_step, transaction
from bot.dialog.forms import (
    AWAY,
    HAND_ON,
    HAND_OVER,
    STEP,
    TO,
    DialogForm,
    ask_question,
    discard_form,
    missing_questions,
    read_answer,
    save_form,
)
from bot.dialog.recipients import RECIPIENT_DELIMITERS, parse_recipient
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import parse_date_range
from bot.language.text_pages import abbreviate
from config.declarations.duty import Reassign
from config.errors import Refusal
from scheduler.reminders.snoozing import require_handover_target
from scheduler.validation.date_calculator import read_day
from scheduler.worklist.pending import WaitKind
from storage.events.delegations import Delegation

REASON, FIRST, LAST = "reason", "first", "last"


class NoDays(WordsMissing):
    """From when to when? Such as: {word} 2026-12-01 至 2026-12-05."""


class NotAway(Refusal):
    """{post}, nobody stands in for you now. To say when you are away: {word}, and from which day to which."""


class BackToday(Refusal):
    """“{word}” ends your leave today and is written alone. To be back on another day, give the leave anew: {away}."""


class NobodyTakesIt(Refusal):
    """Nobody else may sign “{stage}”: it is not handed on. Somebody away has a deputy act: {word}."""


class NeverHandedOn(Refusal):
    """Case {case} is a {kind} and stays with {who}. Somebody away has a deputy act, or hands all over: {words}."""


def reassign(context: RequestContext, intent: Intent) -> Reply:
    """转交: a stage to another who may sign it, or a case to a colleague."""
    case, duty = context.case(intent.case)
    if any(one.wait.what is WaitKind.SIGN for one in context.pending_for_actor(case, duty)):
        return _start_reassignment(
            context, DialogForm(act=HAND_ON, case=intent.case, basis=intent.basis, known={}), intent.rest
        )
    step = next((step.key for step in duty.steps if isinstance(step.effect, Reassign)), "")
    if not step:
        who = {person for wait in context.pending_actions(case, duty) for person in wait.who}
        posts = "、".join(map(context.labels.post, sorted(who))) or "—"
        words = "、".join(map(context.word, (AWAY, HAND_OVER)))
        raise NeverHandedOn(case=intent.case, kind=context.labels.duty(duty), who=posts, words=words)
    person, reason = parse_recipient(context, intent.rest)
    data = {TO: person.id, REASON: reason} if person else {}
    reply = take_step(context, replace(intent, verb=f"{STEP}:{step}", rest="", data=data))
    return reply if person else _with_unknown_recipient(context, reply, intent.rest)


def hand_over_all(context: RequestContext, intent: Intent) -> Reply:
    """移交: everything that waits for the speaker goes to another; confirmed first."""
    return _start_reassignment(context, DialogForm(act=HAND_OVER, case=0, known={}), intent.rest)


def begin_leave(context: RequestContext, intent: Intent) -> Reply:
    """请假: from one day to another; the deputy of the office's file acts, or whoever is named."""
    found = parse_date_range(intent.full_text, context.today)
    if found is None:
        raise NoDays(word=context.word(AWAY))
    first, last, rest = found
    known = {FIRST: first.isoformat(), LAST: last.isoformat()}
    rest = rest.strip(RECIPIENT_DELIMITERS)
    if not rest and context.person.deputy:
        known[TO] = context.person.deputy
    return _start_reassignment(context, DialogForm(act=AWAY, case=0, known=known), rest)


def end_leave(context: RequestContext, intent: Intent) -> Reply:
    """销假: back before the leave was over, or not going at all; from today on nobody stands in."""
    if intent.case or intent.full_text:  # “back on the 5th” is no wish to be back today
        raise BackToday(word=context.word("back"), away=context.word(AWAY))
    mine = leaves_of_actor(context)
    if not mine:
        raise NotAway(post=context.person.post, word=context.word(AWAY))
    running = [one for one in mine if one.first <= context.today] or mine[:1]
    with transaction(context) as recorder:
        for one in running:
            recorder.office.recall(one.position)
    reply = confirmation_reply(context, recorder, 0)
    return replace(
        reply, lines=(*reply.lines, context.say("talk.back", deputy=context.labels.post(running[0].deputy)))
    )


def leaves_of_actor(context: RequestContext) -> list[Delegation]:
    """The speaker's leave that runs, and those to come."""
    mine = (one for one in context.absences.delegations if one.person == context.person.id)
    return sorted((one for one in mine if one.last >= context.today), key=lambda one: one.first)


def fill_recipient(context: RequestContext, form: DialogForm, text: str) -> Reply:
    """The answer to “to whom?”: a post, with a reason behind it where there is one, or its number on the list."""
    person, reason = parse_recipient(context, text)
    question = next(missing_questions(context, form), None)
    if question is None or person is None or person.id not in dict(question.choices):
        return continue_reassignment(
            context, form.with_answer(TO, read_answer(context, question, text)) if question else form
        )
    return continue_reassignment(context, _with_recipient(form, person.id, reason))


def continue_reassignment(context: RequestContext, form: DialogForm) -> Reply:
    """Ask who takes it, have confirmed what is all of somebody's, and record the rest."""
    question = next(missing_questions(context, form), None)
    if question and not question.choices:
        _, stage = context.case(form.case), context.pending_actions(*context.case(form.case))[0].stage
        raise NobodyTakesIt(stage=stage, word=context.word(AWAY))
    if question:
        return ask_question(context, form, question)
    return REASSIGNMENT_HANDLERS[form.kind](context, form)


def _start_reassignment(context: RequestContext, form: DialogForm, words: str) -> Reply:
    person, reason = parse_recipient(context, words)
    if person or TO in form.known:
        return continue_reassignment(context, _with_recipient(form, person.id, reason) if person else form)
    return _with_unknown_recipient(context, continue_reassignment(context, form), words)


def _with_unknown_recipient(context: RequestContext, reply: Reply, words: str) -> Reply:
    """The question, and before it that what was written named nobody."""
    if not words:
        return reply
    unknown = context.say("talk.to.unknown", found=abbreviate(words))
    return replace(reply, lines=(unknown, *reply.lines))


def _with_recipient(form: DialogForm, person: str, reason: str) -> DialogForm:
    return replace(form, known={**dict(form.known), TO: person, REASON: reason})


def _reassign_stage(context: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    discard_form(context)
    with transaction(
        context
    ) as recorder:  # whoever may not, or to whom it may not go, hears from the desk who may
        manifest = recorder.signoff.approval_state(form.case).manifest
        recorder.signoff.reassign_stage(
            form.case, context.person.id, known[TO], manifest, known.get(REASON, "")
        )
    return confirmation_reply(context, recorder, form.case)


def _hand_over_all(context: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    require_handover_target(context.app.office, context.person.id, known[TO], context.person.id)
    if not form.confirmed:
        save_form(context, form)
        choices = (context.choice("confirm", 0, form.fingerprint), context.choice("cancel", 0))
        return Reply(
            lines=(context.say("talk.hand_over", post=context.labels.post(known[TO])),), choices=choices
        )
    discard_form(context)
    with transaction(context) as recorder:
        recorder.office.hand_over(context.person.id, known[TO], known.get(REASON, ""))
    return confirmation_reply(context, recorder, 0)


def _record_leave(context: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    discard_form(context)
    with transaction(context) as recorder:
        recorder.office.delegate(context.person.id, known[TO], read_day(known[FIRST]), read_day(known[LAST]))
    words = {"deputy": context.labels.post(known[TO]), "first": known[FIRST], "last": known[LAST]}
    reply = confirmation_reply(context, recorder, 0)
    return replace(reply, lines=(*reply.lines, context.say("talk.away", **words, word=context.word("back"))))


REASSIGNMENT_HANDLERS: Mapping[str, Callable[[RequestContext, DialogForm], Reply]] = {
    HAND_ON: _reassign_stage,
    HAND_OVER: _hand_over_all,
    AWAY: _record_leave,
}
