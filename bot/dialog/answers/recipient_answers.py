"""Answers the question to whom: the words name a person, with or without something said to them, or a list number."""

from __future__ import annotations

from dataclasses import replace

from bot.dialog.command import Intent
from bot.dialog.forms import TO, DialogForm, next_question, read_answer
from bot.dialog.recipients import parse_recipient
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from bot.utterances.command_parser import normalize_line


def read_recipient(context: RequestContext, form: DialogForm, intent: Intent, *, said: str) -> DialogForm:
    """The form with the recipient that the words name; what follows the name is kept under ``said``."""
    line = normalize_line(intent.full_text)
    person, words = parse_recipient(context, line)
    question = next_question(context, form)
    if question is None:
        return form
    if person is None or person.id not in dict(question.choices):
        return form.with_answer(TO, read_answer(question, line, context.said_on))
    return with_recipient(form, person.id, {said: words})


def with_recipient(form: DialogForm, person: str, said: dict[str, str]) -> DialogForm:
    """The form with a recipient and what is said to them."""
    return replace(form, known={**form.known, TO: person, **said})


def with_unknown_recipient(context: RequestContext, reply: Reply, words: str) -> Reply:
    """The question, after a line that says which words named nobody."""
    if not words:
        return reply
    unknown = context.say("talk.to.unknown", found=abbreviate(words))
    return replace(reply, lines=(unknown, *reply.lines))
