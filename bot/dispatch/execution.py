"""Carries out an intent: runs its command, or applies it as an answer to the open form.

An open form is answered in one way, whether the answer was typed, pressed or a confirmation: each arrives here as an
intent of the kind ``fill``, ``confirm`` or ``page``.

Words that an act would record are shown back to their sender, and count once that is confirmed. The act is carried
out first and taken back: whatever it would be refused for is said before anything is asked. This is the one place
for every verb; no command asks for itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from bot.commands import case_commands, circulation, draft_text, handover
from bot.commands.signing import OPINION
from bot.commands.villages import item_decisions, item_report
from bot.dialog.command import Intent, WordsMissing, case_heading, reason_form, require_access
from bot.dialog.form_questions import ask_question, next_question, read_recipient
from bot.dialog.forms import (
    INTENT,
    REASSIGN_KINDS,
    REST,
    DialogForm,
    FormGone,
    discard_form,
    load_form,
    save_form,
)
from bot.dialog.recorded_words import NotShown, Texts
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.bare_numbers import as_form_answer
from bot.dispatch.command_table import COMMANDS, FORM_KINDS, GROUP_KINDS, CaseSource, case_source
from bot.dispatch.doubts import CONFIRMED, verb_label
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import normalize_line
from config.errors import Refusal


class PrivateChatOnly(Refusal):
    """This is for our private chat: write to me there."""


class FormHandler(NamedTuple):
    """How a kind of form takes an answer in words, and how it goes on with one more answer or a confirmation."""

    read_words: Callable[[RequestContext, DialogForm, Intent], DialogForm]
    proceed: Callable[[RequestContext, DialogForm], Reply]


MAX_TEXT_SHOWN = 100  # characters of each text that are shown back
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
    reply = rule.handler(context, intent) if rule.read_only else _record_or_ask(context, intent)
    if open_form and load_form(context) == open_form:
        save_form(context, replace(open_form, aside=True))
    return reply


def _record_or_ask(context: RequestContext, intent: Intent) -> Reply:
    """Run a command that records; words that its sender has not seen again are shown, and asked about, first."""
    run = COMMANDS[intent.kind].handler
    words = " ".join((intent.rest, intent.full_text, *map(str, intent.data.values())))
    if intent.data.get(CONFIRMED) or not words.strip() or not context.private:
        return run(context, intent)
    try:
        with context.app.store.savepoint(context.connection, context.app.office.slug):
            return run(replace(context, unshown=words), intent)
    except NotShown as unshown:
        return _ask_to_confirm(context, _confirmation_form(context, intent), unshown.texts)


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
    if intent.kind is VerbKind.CONFIRM:
        return _proceed_or_ask(context, replace(form, confirmed=True))
    if "field" in intent.data:
        answered = form.with_answer(str(intent.data["field"]), str(intent.data["value"]))
    else:
        answered = _handler_of(form).read_words(context, form, as_form_answer(context, form, intent))
    return _proceed_or_ask(context, answered)


def _proceed_or_ask(context: RequestContext, form: DialogForm) -> Reply:
    """Go on with a form; words that its sender has not seen again are shown, and asked about, first."""
    proceed = _handler_of(form).proceed
    if form.confirmed:
        return proceed(context, form)
    try:
        with context.app.store.savepoint(context.connection, context.app.office.slug):
            return proceed(replace(context, unshown=form.own_words), form)
    except NotShown as unshown:
        return _ask_to_confirm(context, form, unshown.texts)


def _handler_of(form: DialogForm) -> FormHandler:
    if INTENT in form.known:  # an intent that was shown waits for nothing but its confirmation
        return FormHandler(_read_reworded, _proceed_with_confirmed)
    return _FORM_HANDLERS.get(form.kind, _CASE_FORM)


def _read_reworded(context: RequestContext, form: DialogForm, answer: Intent) -> DialogForm:
    """The form with other words: whoever writes again instead of confirming means the new ones."""
    del context
    kept, words = json.loads(form.known[INTENT]), normalize_line(answer.full_text)
    if OPINION in kept["data"]:
        kept["data"][OPINION] = words
    else:
        kept |= {"rest": words, "full_text": words}
    return form.with_answer(INTENT, json.dumps(kept, ensure_ascii=False))


def _proceed_with_confirmed(context: RequestContext, form: DialogForm) -> Reply:
    """Carry out a confirmed intent, of the day on which it was said; ask about reworded ones."""
    kept = json.loads(form.known[INTENT])
    said_at = datetime.fromisoformat(kept.pop("said_at"))
    intent = Intent(kind=form.verb.kind, key=form.verb.key, case=form.case, basis=form.basis, **kept)
    discard_form(context)
    if not form.confirmed:
        return _run_command(context, intent)
    return _run_command(
        replace(context, sent_at=said_at), replace(intent, data={**intent.data, CONFIRMED: 1})
    )


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


def _confirmation_form(context: RequestContext, intent: Intent) -> DialogForm:
    kept = {
        "rest": intent.rest,
        "full_text": intent.full_text,
        "body": intent.body,
        "data": dict(intent.data),
        "said_at": context.sent_at.isoformat(),
    }
    return DialogForm(
        verb=intent.verb,
        case=0 if case_source(intent.kind) is CaseSource.NONE else intent.case,
        basis=intent.basis or context.shown_versions.get(intent.case, ""),
        known={INTENT: json.dumps(kept, ensure_ascii=False)},
    )


def _ask_to_confirm(context: RequestContext, form: DialogForm, texts: Texts) -> Reply:
    save_form(context, form)
    duty = context.case(form.case)[1] if form.case else None
    word = (
        context.word(*form.verb, duty=duty)
        if duty
        else verb_label(context, Intent(kind=form.kind, key=form.verb.key))
    )
    shown = [
        context.say("card.fact", label=label, value=abbreviate(text, MAX_TEXT_SHOWN)) for label, text in texts
    ]
    question = context.say("talk.doubt.confirm", what=word, texts="；".join(shown))
    heading = [case_heading(context, *context.case(form.case))] if form.case else []
    confirm = context.choice(VerbKind.CONFIRM, form.case, form.fingerprint)
    return Reply(lines=(*heading, question), choices=(confirm, context.choice(VerbKind.CANCEL, 0)))
