"""Decides what a bare number means while a form is open: an answer to its question, or the number of a case.

It is an answer where a number was asked for, and a line's place on the list shown last. Where words were asked for,
or the user changed topic since, both readings are offered as buttons; “填 12” always means the answer.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.queries.cases import open_choice, show_case
from bot.dialog.command import Intent
from bot.dialog.form_questions import fill_choice, next_question
from bot.dialog.forms import REST, DialogForm
from bot.dialog.questions import Question
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import VerbKind
from bot.utterances.command_parser import Command
from config.declarations.duty import FieldType

AMOUNT_KEY_SUFFIX = "_yuan"  # ends the key of every field that asks for an amount


def ambiguous_number_reply(context: RequestContext, form: DialogForm, command: Command) -> Reply | None:
    """The reply to a number that may be an answer or a case; None where the meaning is plain."""
    number = command.case
    if command.verb or not number:
        return None
    question = open_question(context, form)
    if question is None:  # the form has no open question: only a case can be meant
        return show_case(context, Intent(kind=VerbKind.SHOW, case=number))
    can_answer, is_case = _can_answer(question, number), context.can_read_case(number)
    if not is_case and (not form.awaits_reason or not can_answer):
        return None
    if can_answer and not form.aside and _expects_number(question):
        return None
    key = "talk.number.either" if can_answer else "talk.number.none"
    answers = [_answer_choice(context, form, question, number)] if can_answer else []
    cases = [open_choice(context, number)] if is_case else []
    line = context.say(key, number=number, label=question.label)
    return Reply(lines=(line,), choices=(*answers, *cases, context.choice(VerbKind.CANCEL, 0)))


def as_form_answer(context: RequestContext, form: DialogForm, intent: Intent) -> Intent:
    """The intent of “填 …” with its words in full; on a list, the number behind the verb is the answer."""
    question = open_question(context, form)
    is_place = question and question.choices and intent.case
    return replace(intent, full_text=str(intent.case)) if is_place else intent


def open_question(context: RequestContext, form: DialogForm) -> Question | None:
    """The open question of a form; of one that awaits a reason, the question for it."""
    if form.awaits_reason and form.kind is VerbKind.LET_IN:
        return Question(key=REST, label=context.say("page.people.join_code"), type=FieldType.NUMBER)
    if form.awaits_reason and form.kind is VerbKind.SEARCH:
        return Question(key=REST, label=context.say("talk.number.searched"))
    if form.awaits_reason:
        return Question(key=REST, label=context.say("page.reason"))
    return next_question(context, form)


def _answer_choice(context: RequestContext, form: DialogForm, question: Question, number: int) -> Choice:
    """The button “填 12”, with the line that has this number on a list."""
    value, suffix = str(number), ""
    if question.choices:
        value, label = question.choices[number - 1]
        suffix = f"：{label}"
    return fill_choice(context, form, question, value, f"{context.word(VerbKind.FILL)} {number}{suffix}")


def _can_answer(question: Question, number: int) -> bool:
    """Whether a number can be an answer to the question at all."""
    if question.choices:
        return number <= len(question.choices)
    return question.type is not FieldType.DAY


def _expects_number(question: Question) -> bool:
    """Whether the question asks for a choice, a count or an amount (which is text, as it may have a fraction)."""
    return (
        bool(question.choices)
        or question.type is FieldType.NUMBER
        or question.key.endswith(AMOUNT_KEY_SUFFIX)
    )
