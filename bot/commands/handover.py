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


def reassign(turn: RequestContext, wish: Intent) -> Reply:
    """转交: a stage to another who may sign it, or a case to a colleague."""
    case, duty = turn.case(wish.case)
    if any(one.wait.what is WaitKind.SIGN for one in turn.pending_for_actor(case, duty)):
        return _start_reassignment(
            turn, DialogForm(act=HAND_ON, case=wish.case, basis=wish.basis, known={}), wish.rest
        )
    step = next((step.key for step in duty.steps if isinstance(step.effect, Reassign)), "")
    if not step:
        who = {person for wait in turn.pending_actions(case, duty) for person in wait.who}
        posts = "、".join(map(turn.labels.post, sorted(who))) or "—"
        words = "、".join(map(turn.word, (AWAY, HAND_OVER)))
        raise NeverHandedOn(case=wish.case, kind=turn.labels.duty(duty), who=posts, words=words)
    person, reason = parse_recipient(turn, wish.rest)
    data = {TO: person.id, REASON: reason} if person else {}
    reply = take_step(turn, replace(wish, verb=f"{STEP}:{step}", rest="", data=data))
    return reply if person else _with_unknown_recipient(turn, reply, wish.rest)


def hand_over_all(turn: RequestContext, wish: Intent) -> Reply:
    """移交: everything that waits for the speaker goes to another; confirmed first."""
    return _start_reassignment(turn, DialogForm(act=HAND_OVER, case=0, known={}), wish.rest)


def begin_leave(turn: RequestContext, wish: Intent) -> Reply:
    """请假: from one day to another; the deputy of the office's file acts, or whoever is named."""
    found = parse_date_range(wish.full_text, turn.today)
    if found is None:
        raise NoDays(word=turn.word(AWAY))
    first, last, rest = found
    known = {FIRST: first.isoformat(), LAST: last.isoformat()}
    rest = rest.strip(RECIPIENT_DELIMITERS)
    if not rest and turn.person.deputy:
        known[TO] = turn.person.deputy
    return _start_reassignment(turn, DialogForm(act=AWAY, case=0, known=known), rest)


def end_leave(turn: RequestContext, wish: Intent) -> Reply:
    """销假: back before the leave was over, or not going at all; from today on nobody stands in."""
    if wish.case or wish.full_text:  # “back on the 5th” is no wish to be back today
        raise BackToday(word=turn.word("back"), away=turn.word(AWAY))
    mine = leaves_of_actor(turn)
    if not mine:
        raise NotAway(post=turn.person.post, word=turn.word(AWAY))
    running = [one for one in mine if one.first <= turn.today] or mine[:1]
    with transaction(turn) as desk:
        for one in running:
            desk.recall(one.position)
    reply = confirmation_reply(turn, desk, 0)
    return replace(
        reply, lines=(*reply.lines, turn.say("talk.back", deputy=turn.labels.post(running[0].deputy)))
    )


def leaves_of_actor(turn: RequestContext) -> list[Delegation]:
    """The speaker's leave that runs, and those to come."""
    mine = (one for one in turn.absences.delegations if one.person == turn.person.id)
    return sorted((one for one in mine if one.last >= turn.today), key=lambda one: one.first)


def fill_recipient(turn: RequestContext, form: DialogForm, text: str) -> Reply:
    """The answer to “to whom?”: a post, with a reason behind it where there is one, or its number on the list."""
    person, reason = parse_recipient(turn, text)
    question = next(missing_questions(turn, form), None)
    if question is None or person is None or person.id not in dict(question.choices):
        return continue_reassignment(
            turn, form.with_answer(TO, read_answer(turn, question, text)) if question else form
        )
    return continue_reassignment(turn, _with_recipient(form, person.id, reason))


def continue_reassignment(turn: RequestContext, form: DialogForm) -> Reply:
    """Ask who takes it, have confirmed what is all of somebody's, and record the rest."""
    question = next(missing_questions(turn, form), None)
    if question and not question.choices:
        _, stage = turn.case(form.case), turn.pending_actions(*turn.case(form.case))[0].stage
        raise NobodyTakesIt(stage=stage, word=turn.word(AWAY))
    if question:
        return ask_question(turn, form, question)
    return REASSIGNMENT_HANDLERS[form.kind](turn, form)


def _start_reassignment(turn: RequestContext, form: DialogForm, words: str) -> Reply:
    person, reason = parse_recipient(turn, words)
    if person or TO in form.known:
        return continue_reassignment(turn, _with_recipient(form, person.id, reason) if person else form)
    return _with_unknown_recipient(turn, continue_reassignment(turn, form), words)


def _with_unknown_recipient(turn: RequestContext, reply: Reply, words: str) -> Reply:
    """The question, and before it that what was written named nobody."""
    if not words:
        return reply
    unknown = turn.say("talk.to.unknown", found=abbreviate(words))
    return replace(reply, lines=(unknown, *reply.lines))


def _with_recipient(form: DialogForm, person: str, reason: str) -> DialogForm:
    return replace(form, known={**dict(form.known), TO: person, REASON: reason})


def _reassign_stage(turn: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    discard_form(turn)
    with transaction(turn) as desk:  # whoever may not, or to whom it may not go, hears from the desk who may
        manifest = desk.approval_state(form.case).manifest
        desk.reassign_stage(form.case, turn.person.id, known[TO], manifest, known.get(REASON, ""))
    return confirmation_reply(turn, desk, form.case)


def _hand_over_all(turn: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    require_handover_target(turn.works.office, turn.person.id, known[TO], turn.person.id)
    if not form.confirmed:
        save_form(turn, form)
        choices = (turn.choice("confirm", 0, form.fingerprint), turn.choice("cancel", 0))
        return Reply(lines=(turn.say("talk.hand_over", post=turn.labels.post(known[TO])),), choices=choices)
    discard_form(turn)
    with transaction(turn) as desk:
        desk.hand_over(turn.person.id, known[TO], known.get(REASON, ""))
    return confirmation_reply(turn, desk, 0)


def _record_leave(turn: RequestContext, form: DialogForm) -> Reply:
    known = dict(form.known)
    discard_form(turn)
    with transaction(turn) as desk:
        desk.delegate(turn.person.id, known[TO], read_day(known[FIRST]), read_day(known[LAST]))
    words = {"deputy": turn.labels.post(known[TO]), "first": known[FIRST], "last": known[LAST]}
    reply = confirmation_reply(turn, desk, 0)
    return replace(reply, lines=(*reply.lines, turn.say("talk.away", **words, word=turn.word("back"))))


REASSIGNMENT_HANDLERS: Mapping[str, Callable[[RequestContext, DialogForm], Reply]] = {
    HAND_ON: _reassign_stage,
    HAND_OVER: _hand_over_all,
    AWAY: _record_leave,
}
