"""Carries out an intent: runs its command, or applies it as an answer to the open form.

An open form is answered in one way, whether the answer was typed, pressed or a confirmation: each arrives here as an
intent of the kind ``fill``, ``confirm`` or ``page``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from bot.commands import case_commands, draft_text, handover
from bot.commands.texts import circulation
from bot.commands.villages import item_decisions, item_report
from bot.dialog.answers.recipient_answers import read_recipient
from bot.dialog.command import Intent, WordsMissing, reason_form, require_access
from bot.dialog.forms import (
    REASSIGN_KINDS,
    REST,
    DialogForm,
    FormGone,
    ask_question,
    discard_form,
    load_form,
    next_question,
    save_form,
)
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.dispatch import confirmations
from bot.dispatch.bare_numbers import as_form_answer
from bot.dispatch.command_table import COMMANDS, FORM_KINDS, GROUP_KINDS, CaseSource
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import normalize_line
from config.errors import Refusal


class PrivateChatOnly(Refusal):
    """This is for our private chat: write to me there."""


class FormHandler(NamedTuple):
    """How a kind of form takes an answer in words, and how it goes on with one more answer or a confirmation."""

    read_words: Callable[[RequestContext, DialogForm, Intent], DialogForm]
    proceed: Callable[[RequestContext, DialogForm], Reply]


_CASE_FORM = FormHandler(case_commands.read_form_words, case_commands.continue_form)
_FORM_HANDLERS: Mapping[VerbKind, FormHandler] = {
    VerbKind.DRAFT: FormHandler(draft_text.read_draft_words, draft_text.proceed_with_draft),
    VerbKind.ITEM: FormHandler(item_report.read_item_words, item_report.hand_in),
    VerbKind.TAKE_UP: FormHandler(case_commands.read_form_words, item_decisions.proceed_with_adoption),
    VerbKind.CIRCULATE: FormHandler(partial(read_recipient, said=REST), circulation.continue_circulation),
    **dict.fromkeys(
        REASSIGN_KINDS,
        FormHandler(partial(read_recipient, said=handover.REASON), handover.continue_reassignment),
    ),
}
_CONFIRMATION = FormHandler(
    confirmations.read_reworded, lambda context, form: confirmations.proceed(context, form, _run_command)
)


def execute(context: RequestContext, intent: Intent) -> Reply:
    """Carry out an intent. Raises PrivateChatOnly in a group, or whatever its command refuses."""
    if not context.private and intent.kind not in GROUP_KINDS:
        raise PrivateChatOnly
    if intent.kind is VerbKind.CANCEL:
        discarded = discard_form(context)
        return Reply(lines=(context.say("talk.cancelled" if discarded else "talk.nothing_to_cancel"),))
    if intent.kind in FORM_KINDS:
        return _answer_form(context, intent)
    return _run_command(context, intent)


def execute_or_ask(context: RequestContext, intent: Intent) -> Reply:
    """Carry out an intent; where words are missing, the next message in the private chat is taken for them."""
    try:
        return execute(context, intent)
    except WordsMissing as refused:
        if not context.private:
            raise
        save_form(context, reason_form(intent))
        sentence = context.book.error(refused)
        choices = (context.choice(VerbKind.CANCEL, 0),)
        return Reply(lines=(sentence,), choices=choices, callback_answer=sentence)


def _run_command(context: RequestContext, intent: Intent) -> Reply:
    """Run the command of a verb; a form that stays open beside it is set aside. Raises NotForYou or NotThere."""
    rule = COMMANDS[intent.kind]
    require_access(context, rule.access)
    if intent.case and rule.case is not CaseSource.NONE:
        context.case(intent.case)  # before anything of it is used: whoever may not read it learns nothing
    open_form = load_form(context) if context.private else None
    if rule.read_only:
        reply = rule.handler(context, intent)
    else:
        reply = confirmations.confirmed_reply(context, intent, rule.handler)
    if open_form and load_form(context) == open_form:
        save_form(context, replace(open_form, aside=True))
    return reply


def _answer_form(context: RequestContext, intent: Intent) -> Reply:
    """Apply an answer, a confirmation or a turned page to the open form. Raises FormGone for another form's."""
    form = load_form(context)
    if form is None or not _is_about(intent, form):
        raise FormGone
    if form.case:
        context.case(form.case)
    if intent.kind is VerbKind.PAGE:
        return _show_next_page(context, form)
    if form.awaits_reason:
        return _run_with_reason(context, form, intent)
    handler = _handler_of(form)
    if intent.kind is VerbKind.CONFIRM:
        return handler.proceed(context, replace(form, confirmed=True))
    if "field" in intent.data:
        answered = form.with_answer(str(intent.data["field"]), str(intent.data["value"]))
    else:
        words = as_form_answer(context, form, intent)
        answered = handler.read_words(context, form, words)
    return confirmations.confirmed_form(context, answered, handler.proceed)


def _handler_of(form: DialogForm) -> FormHandler:
    if confirmations.awaits_confirmation(form):
        return _CONFIRMATION
    return _FORM_HANDLERS.get(form.kind, _CASE_FORM)


def _is_about(intent: Intent, form: DialogForm) -> bool:
    """Whether an answer is meant for this form: a button by its fingerprint, a word by its case if it names one.

    In “填 12” the number is the answer and names no case.
    """
    if intent.basis:
        return intent.basis == form.fingerprint
    return intent.kind is VerbKind.FILL or intent.case in {0, form.case}


def _show_next_page(context: RequestContext, form: DialogForm) -> Reply:
    question = next_question(context, form)
    if question is None:
        raise FormGone
    return ask_question(context, replace(form, page=form.page + 1), question)


def _run_with_reason(context: RequestContext, form: DialogForm, intent: Intent) -> Reply:
    """Run the verb that the form keeps, with the answer as its words; a bare confirmation asks for them again."""
    words = ""
    if intent.kind is VerbKind.FILL:
        words = normalize_line(str(intent.data.get("value", "")) or intent.full_text)
        discard_form(context)
    kind, key = form.verb
    return execute(
        context, Intent(kind=kind, key=key, case=form.case, rest=words, basis=form.basis, full_text=words)
    )
