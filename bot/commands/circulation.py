"""Shows a text to somebody beside its stages (传阅), and takes what they say of it (已阅): no stage waits for it.

Whoever it was shown to comments on the version they were shown; where it has changed since, they read it first.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.signing import is_marked_read
from bot.dialog.command import (
    Intent,
    NothingWaits,
    ask_reason,
    confirmation_reply,
    describe_status,
    transaction,
)
from bot.dialog.form_questions import ask_question, next_question, with_recipient, with_unknown_recipient
from bot.dialog.forms import REST, TO, DialogForm, discard_form
from bot.dialog.recipients import parse_recipient
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import VerbKind
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.circulation import OpenCirculation, circulations_for, open_circulations
from scheduler.signoff.refusals import NothingLaid
from storage.events.case import Case, chain_kind

ASKS_OPINION = "opinion"
"""In the data of a button: the words of an opinion are asked for."""


def circulate(context: RequestContext, intent: Intent) -> Reply:
    """传阅: show the text to the person named behind the word, with a question or without.

    Raises NothingLaid, and what the rules of showing a text refuse.
    """
    form = DialogForm(verb=intent.verb, case=intent.case, basis=intent.basis)
    person, note = parse_recipient(context, intent.rest)
    if person:
        return continue_circulation(context, with_recipient(form, person.id, {REST: note}))
    return with_unknown_recipient(context, continue_circulation(context, form), intent.rest)


def continue_circulation(context: RequestContext, form: DialogForm) -> Reply:
    """Ask who is to read it, then record."""
    case, duty = context.case(form.case)
    manifest = _manifest(context, case, duty)
    if question := next_question(context, form):
        return ask_question(context, form, question)
    discard_form(context)
    to, note = form.known[TO], form.known.get(REST, "")
    with transaction(context) as uow:
        uow.signoff.circulate(form.case, context.person.id, to, manifest, note)
    reply = confirmation_reply(context, uow, form.case, outdates_cards=False)
    told = context.say("talk.circulated", who=context.labels.post(to))
    return replace(reply, lines=(reply.lines[0], told, *reply.lines[1:]))


def comment(context: RequestContext, intent: Intent) -> Reply:
    """已阅: say that one has read a text that was shown, with the words behind the verb as the opinion.

    Raises NothingWaits where nothing was shown to the sender.
    """
    case, duty = context.case(intent.case)
    mine = _shown_to_actor(context, case)
    if not mine:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    manifest = _manifest(context, case, duty)
    if mine[-1].record.manifest != manifest and not is_marked_read(context, manifest):
        changed = context.say("talk.comment_changed", case=case.number, word=context.word(VerbKind.TEXT))
        return Reply(lines=(changed,), choices=(context.choice(VerbKind.TEXT, case.number),))
    if intent.data.get(ASKS_OPINION):
        return ask_reason(context, intent)
    with transaction(context) as uow:
        uow.signoff.comment(case.number, context.person.id, manifest, intent.rest)
    return confirmation_reply(context, uow, case.number, outdates_cards=False)


def comment_choices(context: RequestContext, case: Case) -> list[Choice]:
    """The buttons of whoever a text was shown to: read, and read with an opinion; none for anybody else."""
    if not _shown_to_actor(context, case):
        return []
    opinion = context.say("talk.opinion")
    asked = context.choice(VerbKind.COMMENT, case.number, label=opinion, opinion=1)
    words = f"{context.word(VerbKind.COMMENT)} {case.number} {opinion}"
    return [context.choice(VerbKind.COMMENT, case.number), asked._replace(typed_equivalent=words)]


def _shown_to_actor(context: RequestContext, case: Case) -> list[OpenCirculation]:
    """What was shown of the case to the sender, or to somebody away, and waits for them."""
    shown = open_circulations(case)
    return circulations_for(shown, context.absences, context.person.id, context.today)


def _manifest(context: RequestContext, case: Case, duty: Duty) -> str:
    """The fingerprint of the text that is being signed. Raises NothingLaid where none is."""
    state = approval_state_of_case(context.app.office, case, duty) if chain_kind(case, duty) else None
    if state is None or not state.manifest:
        raise NothingLaid(case=case.number)
    return state.manifest
