"""What goes to somebody else: a stage or a case (转交), all that is somebody's (移交), the work of a leave (请假).

Whom it goes to is written behind the word, by post; where it is not, those who may take it are offered as buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commands.case_commands import Wish, WordsMissing, recorded, sitting, step_taken
from bot.dialog.forms import (
    AWAY,
    HAND_ON,
    HAND_OVER,
    STEP,
    TO,
    Form,
    asked,
    keep,
    leave,
    missing,
    read_answer,
)
from bot.dialog.recipients import TRIM, named
from bot.dialog.reply import Reply
from bot.dialog.turn import Turn
from bot.language.date_parser import days_in
from bot.language.text_pages import brief
from config.declarations.duty import HandOn
from config.errors import Refusal
from scheduler.reminders.snoozing import require_taker
from scheduler.validation.date_calculator import read_day
from scheduler.worklist.pending import What
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


def hand_on(turn: Turn, wish: Wish) -> Reply:
    """转交: a stage to another who may sign it, or a case to a colleague."""
    case, duty = turn.case(wish.case)
    if any(one.wait.what is What.SIGN for one in turn.mine(case, duty)):
        return _begun(turn, Form(act=HAND_ON, case=wish.case, basis=wish.basis, known={}), wish.rest)
    step = next((step.key for step in duty.steps if isinstance(step.effect, HandOn)), "")
    if not step:
        who = {person for wait in turn.waits(case, duty) for person in wait.who}
        posts = "、".join(map(turn.labels.post, sorted(who))) or "—"
        words = "、".join(map(turn.word, (AWAY, HAND_OVER)))
        raise NeverHandedOn(case=wish.case, kind=turn.labels.duty(duty), who=posts, words=words)
    person, reason = named(turn, wish.rest)
    data = {TO: person.id, REASON: reason} if person else {}
    reply = step_taken(turn, replace(wish, verb=f"{STEP}:{step}", rest="", data=data))
    return reply if person else _about(turn, reply, wish.rest)


def hand_over(turn: Turn, wish: Wish) -> Reply:
    """移交: everything that waits for the speaker goes to another; confirmed first."""
    return _begun(turn, Form(act=HAND_OVER, case=0, known={}), wish.rest)


def away(turn: Turn, wish: Wish) -> Reply:
    """请假: from one day to another; the deputy of the office's file acts, or whoever is named."""
    found = days_in(wish.said, turn.today)
    if found is None:
        raise NoDays(word=turn.word(AWAY))
    first, last, rest = found
    known = {FIRST: first.isoformat(), LAST: last.isoformat()}
    rest = rest.strip(TRIM)
    if not rest and turn.person.deputy:
        known[TO] = turn.person.deputy
    return _begun(turn, Form(act=AWAY, case=0, known=known), rest)


def back(turn: Turn, wish: Wish) -> Reply:
    """销假: back before the leave was over, or not going at all; from today on nobody stands in."""
    if wish.case or wish.said:  # “back on the 5th” is no wish to be back today
        raise BackToday(word=turn.word("back"), away=turn.word(AWAY))
    mine = leaves_of(turn)
    if not mine:
        raise NotAway(post=turn.person.post, word=turn.word(AWAY))
    running = [one for one in mine if one.first <= turn.today] or mine[:1]
    with sitting(turn) as desk:
        for one in running:
            desk.recall(one.position)
    reply = recorded(turn, desk, 0)
    return replace(
        reply, lines=(*reply.lines, turn.say("talk.back", deputy=turn.labels.post(running[0].deputy)))
    )


def leaves_of(turn: Turn) -> list[Delegation]:
    """The speaker's leave that runs, and those to come."""
    mine = (one for one in turn.absences.delegations if one.person == turn.person.id)
    return sorted((one for one in mine if one.last >= turn.today), key=lambda one: one.first)


def filled(turn: Turn, form: Form, text: str) -> Reply:
    """The answer to “to whom?”: a post, with a reason behind it where there is one, or its number on the list."""
    person, reason = named(turn, text)
    question = next(missing(turn, form), None)
    if question is None or person is None or person.id not in dict(question.choices):
        return forward(turn, form.with_(TO, read_answer(turn, question, text)) if question else form)
    return forward(turn, _to(form, person.id, reason))


def forward(turn: Turn, form: Form) -> Reply:
    """Ask who takes it, have confirmed what is all of somebody's, and record the rest."""
    question = next(missing(turn, form), None)
    if question and not question.choices:
        _, stage = turn.case(form.case), turn.waits(*turn.case(form.case))[0].stage
        raise NobodyTakesIt(stage=stage, word=turn.word(AWAY))
    if question:
        return asked(turn, form, question)
    return ACTS[form.kind](turn, form)


def _begun(turn: Turn, form: Form, words: str) -> Reply:
    person, reason = named(turn, words)
    if person or TO in form.known:
        return forward(turn, _to(form, person.id, reason) if person else form)
    return _about(turn, forward(turn, form), words)


def _about(turn: Turn, reply: Reply, words: str) -> Reply:
    """The question, and before it that what was written named nobody."""
    if not words:
        return reply
    unknown = turn.say("talk.to.unknown", found=brief(words))
    return replace(reply, lines=(unknown, *reply.lines))


def _to(form: Form, person: str, reason: str) -> Form:
    return replace(form, known={**dict(form.known), TO: person, REASON: reason})


def _handed_on(turn: Turn, form: Form) -> Reply:
    known = dict(form.known)
    leave(turn)
    with sitting(turn) as desk:  # whoever may not, or to whom it may not go, hears from the desk who may
        manifest = desk.standing(form.case).manifest
        desk.pass_on(form.case, turn.person.id, known[TO], manifest, known.get(REASON, ""))
    return recorded(turn, desk, form.case)


def _handed_over(turn: Turn, form: Form) -> Reply:
    known = dict(form.known)
    require_taker(turn.works.office, turn.person.id, known[TO], turn.person.id)
    if not form.confirmed:
        keep(turn, form)
        choices = (turn.choice("confirm", 0, form.print), turn.choice("cancel", 0))
        return Reply(lines=(turn.say("talk.hand_over", post=turn.labels.post(known[TO])),), choices=choices)
    leave(turn)
    with sitting(turn) as desk:
        desk.hand_over(turn.person.id, known[TO], known.get(REASON, ""))
    return recorded(turn, desk, 0)


def _away(turn: Turn, form: Form) -> Reply:
    known = dict(form.known)
    leave(turn)
    with sitting(turn) as desk:
        desk.delegate(turn.person.id, known[TO], read_day(known[FIRST]), read_day(known[LAST]))
    words = {"deputy": turn.labels.post(known[TO]), "first": known[FIRST], "last": known[LAST]}
    reply = recorded(turn, desk, 0)
    return replace(reply, lines=(*reply.lines, turn.say("talk.away", **words, word=turn.word("back"))))


ACTS: Mapping[str, Callable[[Turn, Form], Reply]] = {
    HAND_ON: _handed_on,
    HAND_OVER: _handed_over,
    AWAY: _away,
}
