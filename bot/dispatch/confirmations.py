"""Shows the words that an act would record back to their sender, and carries it out only once that is confirmed.

The act is carried out first and taken back: whatever it would be refused for is said before anything is asked. This
is the one place for every verb; no command asks for itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.commands.signing import OPINION
from bot.dialog.answers.free_texts import NotShown, Texts
from bot.dialog.command import Intent, case_heading
from bot.dialog.forms import INTENT, DialogForm, discard_form, save_form
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.dispatch.command_table import CaseSource, case_source
from bot.dispatch.doubts import CONFIRMED, verb_label
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import normalize_line

MAX_TEXT_SHOWN = 100  # characters of each text that are shown back
Run = Callable[[RequestContext, Intent], Reply]
Proceed = Callable[[RequestContext, DialogForm], Reply]


def confirmed_reply(context: RequestContext, intent: Intent, run: Run) -> Reply:
    """Carry out an intent; where it would record words that its sender has not seen again, show them and ask."""
    words = " ".join((intent.rest, intent.full_text, *map(str, intent.data.values())))
    if intent.data.get(CONFIRMED) or not words.strip() or not context.private:
        return run(context, intent)
    try:
        with context.app.store.savepoint(context.connection, context.app.office.slug):
            return run(replace(context, unshown=words), intent)
    except NotShown as unshown:
        return _ask(context, _form_of(context, intent), unshown.texts)


def confirmed_form(context: RequestContext, form: DialogForm, proceed: Proceed) -> Reply:
    """Go on with a form; where it would record words that its sender has not seen again, show them and ask."""
    if form.confirmed:
        return proceed(context, form)
    try:
        with context.app.store.savepoint(context.connection, context.app.office.slug):
            return proceed(replace(context, unshown=form.own_words), form)
    except NotShown as unshown:
        return _ask(context, form, unshown.texts)


def awaits_confirmation(form: DialogForm) -> bool:
    """Whether a form holds an intent that was shown, and waits for nothing but its confirmation."""
    return INTENT in form.known


def read_reworded(context: RequestContext, form: DialogForm, answer: Intent) -> DialogForm:
    """The form with other words: whoever writes again instead of confirming means the new ones."""
    del context
    kept, words = json.loads(form.known[INTENT]), normalize_line(answer.full_text)
    if OPINION in kept["data"]:
        kept["data"][OPINION] = words
    else:
        kept |= {"rest": words, "full_text": words}
    return form.with_answer(INTENT, json.dumps(kept, ensure_ascii=False))


def proceed(context: RequestContext, form: DialogForm, run: Run) -> Reply:
    """Carry out a confirmed intent, of the day on which it was said; ask about reworded ones."""
    kept = json.loads(form.known[INTENT])
    said_at = datetime.fromisoformat(kept.pop("said_at"))
    intent = Intent(kind=form.verb.kind, key=form.verb.key, case=form.case, basis=form.basis, **kept)
    discard_form(context)
    if not form.confirmed:
        return run(context, intent)
    return run(replace(context, sent_at=said_at), replace(intent, data={**intent.data, CONFIRMED: 1}))


def _form_of(context: RequestContext, intent: Intent) -> DialogForm:
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
        basis=_basis(context, intent),
        known={INTENT: json.dumps(kept, ensure_ascii=False)},
    )


def _ask(context: RequestContext, form: DialogForm, texts: Texts) -> Reply:
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


def _basis(context: RequestContext, intent: Intent) -> str:
    """The version that the act is about: the one of the button, else the one that was shown last."""
    return intent.basis or context.shown_versions.get(intent.case, "")
