"""Commands that give work to somebody else: a stage or a case (转交), all tasks (移交), or a leave's work (请假).

The recipient is written behind the word, by post; otherwise those who may take the work are offered as buttons.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commands.case_commands import take_step
from bot.dialog.command import (
    Intent,
    WordsMissing,
    confirmation_reply,
    posts_of,
    require_seen_version,
    transaction,
)
from bot.dialog.form_questions import ask_question, next_question, with_recipient, with_unknown_recipient
from bot.dialog.forms import TO, DialogForm, discard_form, save_form
from bot.dialog.recipients import RECIPIENT_DELIMITERS, parse_recipient
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.date_parser import SpanDoubt, read_span
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind
from config.clock import office_day
from config.declarations.duty import Duty
from config.declarations.terms import Reassign
from config.errors import Refusal
from config.office.model import Person
from config.office.roles import VILLAGE_ROLES, are_village_roles
from scheduler.reminders.recipients import proposed_deputy
from scheduler.reminders.snoozing import require_handover_target
from scheduler.validation.date_calculator import read_day
from scheduler.worklist.pending import WaitKind
from storage.events.case import Case
from storage.events.delegations import Delegation

REASON, FIRST, LAST = "reason", "first", "last"
LEAVE_DELIMITERS = " ，,。:：;；"
LEAVE_NOISE = re.compile(r"^\s{0,4}(?:我|要|请假|出差|休假|请个假|病假|事假|开会|不在|[，,\s])*")
"""Words before or behind the days that only say that somebody is away."""
MAX_NAME_LENGTH = 3
DEPUTY_LEADS = ("让", "由", "请", "委托", "代办人", "deputy", "by ")
"""Words before the deputy's post."""
DEPUTY_TAIL = re.compile(r"^(?:来)?(?:代办|代理|代我|代签|代班|替我|代|替)?[。.!！]*$")


class NoDays(WordsMissing):
    """From when to when? Such as: {word} 2026-12-01 至 2026-12-05."""


class DeputyDoesNotFit(Refusal):
    """{deputy} cannot stand in for {post}: the office's work stays with the office, a village's with its own."""


class NotAway(Refusal):
    """{post}, nobody stands in for you now. To say when you are away: {word}, and from which day to which."""


class BackToday(Refusal):
    """“{word}” ends your leave today and is written alone. To be back on another day, give the leave anew: {away}."""


class NothingToConsent(Refusal):
    """No leave waits for your consent. For a colleague who cannot be reached: {word}, their post, and why."""


class NobodyTakesIt(Refusal):
    """Nobody else may sign “{stage}”: it is not handed on. Somebody away has a deputy act: {word}."""


class NeverHandedOn(Refusal):
    """Case {case} is a {kind} and stays with {who}. Somebody away has a deputy act, or hands all over: {words}."""


def reassign(context: RequestContext, intent: Intent) -> Reply:
    """转交: give a stage to another person who may sign it, or a case to a colleague."""
    case, duty = context.case(intent.case)
    stages = [one.wait for one in context.pending_for_actor(case, duty) if one.wait.what is WaitKind.SIGN]
    if stages:
        require_seen_version(context, intent, stages[0])
        form = DialogForm(verb=intent.verb, case=intent.case, basis=intent.basis)
        return _start_reassignment(context, form, intent.rest)
    step = next((step.key for step in duty.steps if isinstance(step.effect, Reassign)), None)
    if step is None:
        raise _never_handed_on(context, case, duty)
    person, reason = parse_recipient(context, intent.rest)
    data = {TO: person.id, REASON: reason} if person else {}
    reply = take_step(context, replace(intent, kind=VerbKind.STEP, key=step, rest="", data=data))
    return reply if person else with_unknown_recipient(context, reply, intent.rest)


def _never_handed_on(context: RequestContext, case: Case, duty: Duty) -> NeverHandedOn:
    holders = {person for wait in context.pending_actions(case, duty) for person in wait.who}
    words = "、".join(map(context.word, (VerbKind.AWAY, VerbKind.HAND_OVER)))
    who, kind = posts_of(context, sorted(holders)), context.labels.duty(duty)
    return NeverHandedOn(case=case.number, kind=kind, who=who, words=words)


def hand_over_all(context: RequestContext, intent: Intent) -> Reply:
    """移交: give everything that waits for the sender to one person, after a confirmation."""
    return _start_reassignment(context, DialogForm(verb=intent.verb, case=0), intent.rest)


def begin_leave(context: RequestContext, intent: Intent) -> Reply:
    """请假: have a deputy act from one day to another, the one of the office's file or whoever is named.

    Days that leave a choice are shown and confirmed first; past and reversed ones are asked for again.
    """
    span = read_span(intent.full_text, office_day(context.sent_at), context.calendar.is_workday)
    word = context.word(VerbKind.AWAY)
    if span is None:
        raise NoDays(word=word)
    if span.doubt in {SpanDoubt.PAST, SpanDoubt.REVERSED}:
        days = {"first": context.labels.day(span.first), "last": context.labels.day(span.last)}
        asked = context.say(f"talk.leave.{span.doubt}", word=word, **days)
        return Reply(lines=(asked,), choices=(context.choice(VerbKind.TODO, 0),))
    known = {FIRST: span.first.isoformat(), LAST: span.last.isoformat()}
    person, rest = _deputy_in(context, LEAVE_NOISE.sub("", span.rest).strip(LEAVE_DELIMITERS))
    if person is None and (usual := proposed_deputy(context.person, context.absences, span.first)):
        known[TO] = usual
    form = DialogForm(verb=Verb(VerbKind.AWAY), case=0, known=known)
    if person:
        _require_fitting_deputy(context, person)
        form = with_recipient(form, person.id, {REASON: rest})
    elif rest and (TO not in form.known or len(rest) <= MAX_NAME_LENGTH):  # as short as somebody's name
        form = replace(form, known={key: value for key, value in form.known.items() if key != TO})
        return with_unknown_recipient(context, continue_reassignment(context, form), rest)
    doubtful = span.doubt is not None or "guessed" in intent.data or (rest and not person)
    if doubtful and TO in form.known:
        return _ask_leave(context, form, rest if not person else "")
    return continue_reassignment(context, replace(form, confirmed=True))


def _deputy_in(context: RequestContext, words: str) -> tuple[Person | None, str]:
    """The person whom the words behind the days name, and what is left of the words."""
    for lead in ("", *DEPUTY_LEADS):
        at = words.find(lead) if lead else 0
        if at < 0:
            continue
        person, rest = parse_recipient(context, words[at + len(lead) :].strip(RECIPIENT_DELIMITERS))
        if person:
            return person, DEPUTY_TAIL.sub("", rest)
    return None, words


def _require_fitting_deputy(context: RequestContext, deputy: Person) -> None:
    """Refuse somebody of a village for the work of the office, and of another village for a village's."""
    office, own = context.app.office, context.app.office.roles_of(context.person.id)
    places = {village.id for village in office.villages if deputy.id in {village.reporter, village.leader}}
    mine = {
        village.id for village in office.villages if context.person.id in {village.reporter, village.leader}
    }
    only_village = bool(places) and office.roles_of(deputy.id) <= VILLAGE_ROLES
    if only_village and (not are_village_roles(own) or not places & mine):
        raise DeputyDoesNotFit(deputy=deputy.post, post=context.person.post)


def _ask_leave(context: RequestContext, form: DialogForm, rest: str) -> Reply:
    """Show the days and the deputy, and ask whether that is right."""
    save_form(context, form)
    days = {key: context.labels.day(read_day(form.known[key])) for key in (FIRST, LAST)}
    key = "talk.leave.sure_rest" if rest else "talk.leave.sure"
    question = context.say(key, deputy=context.labels.post(form.known[TO]), rest=abbreviate(rest), **days)
    confirm = context.choice(VerbKind.CONFIRM, 0, form.fingerprint)
    return Reply(lines=(question,), choices=(confirm, context.choice(VerbKind.CANCEL, 0)))


def end_leave(context: RequestContext, intent: Intent) -> Reply:
    """销假: end the running leave today, or else cancel the next one. Raises BackToday or NotAway."""
    away = context.word(VerbKind.AWAY)
    if intent.case or intent.full_text:  # “back on the 5th” is not about today
        raise BackToday(word=context.word(VerbKind.BACK), away=away)
    leaves = leaves_of_actor(context)
    if not leaves:
        raise NotAway(post=context.person.post, word=away)
    ended = [leave for leave in leaves if leave.first <= context.said_on] or leaves[:1]
    with transaction(context) as uow:
        for leave in ended:
            uow.office.recall(leave.position)
    back = context.say("talk.back", deputy=context.labels.post(ended[0].deputy))
    reply = confirmation_reply(context, uow, 0)
    return replace(reply, lines=(*reply.lines, back))


def leaves_of_actor(context: RequestContext) -> list[Delegation]:
    """The sender's running and future leaves, the earliest first."""
    own = (leave for leave in context.absences.delegations if leave.person == context.person.id)
    return sorted((leave for leave in own if leave.last >= context.today), key=lambda leave: leave.first)


def consent_to_leave(context: RequestContext, intent: Intent) -> Reply:
    """同意代办: consent to one's own leave, or as a second keeper to a named colleague's, with the reason."""
    found, reason = _asked_for(context, intent)
    with transaction(context) as uow:
        uow.office.consent(found.position, reason)
    line = context.say(
        "talk.consented", post=context.labels.post(found.person), deputy=context.labels.post(found.deputy)
    )
    reply = confirmation_reply(context, uow, 0)
    return Reply(lines=(*reply.lines, line), callback_answer=reply.callback_answer)


def decline_leave(context: RequestContext, intent: Intent) -> Reply:
    """不同意代办: decline a leave that somebody else recorded."""
    found, reason = _asked_for(context, intent)
    with transaction(context) as uow:
        uow.office.recall(found.position, reason)
    line = context.say("talk.declined", deputy=context.labels.post(found.deputy))
    reply = confirmation_reply(context, uow, 0)
    return Reply(lines=(*reply.lines, line), callback_answer=reply.callback_answer)


def consent_choices(context: RequestContext, found: Delegation) -> tuple[Choice, ...]:
    """The two buttons of whoever is asked."""
    kinds = (VerbKind.CONSENT, VerbKind.DECLINE)
    return tuple(context.choice(kind, 0, str(found.position)) for kind in kinds)


def own_awaiting(context: RequestContext) -> tuple[Delegation, ...]:
    """The leaves that wait for the sender's own consent."""
    awaiting = context.absences.awaiting_on(context.today)
    return tuple(one for one in awaiting if one.person == context.person.id)


def _asked_for(context: RequestContext, intent: Intent) -> tuple[Delegation, str]:
    """The delegation that a button or the words mean, and the reason behind. Raises NothingToConsent."""
    awaiting = context.absences.awaiting_on(context.today)
    words = intent.rest or intent.full_text
    person, reason = parse_recipient(context, words)
    whose = person.id if person else context.person.id
    by_button = [one for one in awaiting if str(one.position) == intent.basis]
    found = by_button or [one for one in awaiting if one.person == whose]
    if not found:
        raise NothingToConsent(word=context.word(VerbKind.CONSENT))
    return found[0], reason if person else words


def continue_reassignment(context: RequestContext, form: DialogForm) -> Reply:
    """Ask for the recipient, then record; handing over everything is confirmed first. Raises NobodyTakesIt."""
    question = next_question(context, form)
    if question and not question.choices:
        stage = context.pending_actions(*context.case(form.case))[0].stage
        raise NobodyTakesIt(stage=stage, word=context.word(VerbKind.AWAY))
    if question:
        return ask_question(context, form, question)
    return REASSIGNMENT_HANDLERS[form.kind](context, form)


def _start_reassignment(context: RequestContext, form: DialogForm, words: str) -> Reply:
    person, reason = parse_recipient(context, words)
    if person or TO in form.known:
        return continue_reassignment(
            context, with_recipient(form, person.id, {REASON: reason}) if person else form
        )
    return with_unknown_recipient(context, continue_reassignment(context, form), words)


def _reassign_stage(context: RequestContext, form: DialogForm) -> Reply:
    reason = form.known.get(REASON, "")
    discard_form(context)
    with transaction(context) as uow:  # the recorder judges who may give it, and to whom
        manifest = uow.signoff.approval_state(form.case).manifest
        uow.signoff.reassign_stage(form.case, context.person.id, form.known[TO], manifest, reason)
    return confirmation_reply(context, uow, form.case)


def _hand_over_all(context: RequestContext, form: DialogForm) -> Reply:
    to = form.known[TO]
    require_handover_target(context.app.office, context.person.id, to, context.person.id)
    if not form.confirmed:
        save_form(context, form)
        reason = form.known.get(REASON, "")
        key = "talk.hand_over_because" if reason else "talk.hand_over"
        question = context.say(key, post=context.labels.post(to), reason=reason)
        confirm = context.choice(VerbKind.CONFIRM, 0, form.fingerprint)
        return Reply(lines=(question,), choices=(confirm, context.choice(VerbKind.CANCEL, 0)))
    discard_form(context)
    with transaction(context) as uow:
        uow.office.hand_over(context.person.id, to, form.known.get(REASON, ""))
    return confirmation_reply(context, uow, 0)


def _record_leave(context: RequestContext, form: DialogForm) -> Reply:
    _require_fitting_deputy(context, context.app.office.person(form.known[TO]))
    first, last, to = form.known[FIRST], form.known[LAST], form.known[TO]
    discard_form(context)
    with transaction(context) as uow:
        uow.office.delegate(context.person.id, to, read_day(first), read_day(last))
    words = {"deputy": context.labels.post(to), "first": first, "last": last}
    away = context.say("talk.away", **words, word=context.word(VerbKind.BACK))
    reply = confirmation_reply(context, uow, 0)
    return replace(reply, lines=(*reply.lines, away))


REASSIGNMENT_HANDLERS: Mapping[VerbKind, Callable[[RequestContext, DialogForm], Reply]] = {
    VerbKind.HAND_ON: _reassign_stage,
    VerbKind.HAND_OVER: _hand_over_all,
    VerbKind.AWAY: _record_leave,
}
