"""A bare number while a form stands open: what was asked for, or a case? Never taken for either in doubt.

It is an answer where a number was asked for, and the place of a choice on the list that was shown last. Where words
were asked for, or something else was talked of since, both are offered; “填 12” says that the answer is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.case_commands import Intent
from bot.commands.queries import show_case
from bot.dialog.command_parser import Command
from bot.dialog.forms import REASON_FORM, REST, DialogForm, Question, missing_questions
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import NotThere, RequestContext
from config.declarations.duty import FieldType

AMOUNT_KEY_SUFFIX = "_yuan"  # ends the key of every amount


def ambiguous_number_reply(context: RequestContext, form: DialogForm, command: Command) -> Reply | None:
    """What is said to a number that may be either; None where it is plain what is meant."""
    if command.verb or not command.case:
        return None
    question = open_question(context, form)
    if question is None:  # nothing is left to fill in: only a case can be meant
        return show_case(context, Intent(verb="show", case=command.case))
    fills, is_case = _can_answer(question, command.case), _is_case(context, command.case)
    if not is_case and (form.kind != REASON_FORM or not fills):
        return None
    if fills and not form.aside and _expects_number(question):
        return None
    words = {"number": command.case, "label": question.label}
    line = context.say("talk.number.either" if fills else "talk.number.none", **words)
    choices = _answer_choices(context, form, question, command.case) if fills else ()
    shown = (
        context.choice("show", command.case, label=context.say("talk.open", number=command.case)),
    ) * is_case
    return Reply(lines=(line,), choices=(*choices, *shown, context.choice("cancel", 0)))


def as_form_answer(context: RequestContext, form: DialogForm, intent: Intent) -> str:
    """What stands behind “填”; on a list its number, whatever stands there."""
    question = open_question(context, form)
    return str(intent.case) if question and question.choices and intent.case else intent.full_text


def open_question(context: RequestContext, form: DialogForm) -> Question | None:
    """The question that stands open; of a reason, that it is asked for."""
    if form.kind == REASON_FORM:
        return Question(key=REST, label=context.say("page.reason"))
    return next(missing_questions(context, form), None)


def _answer_choices(
    context: RequestContext, form: DialogForm, question: Question, number: int
) -> Iterator[Choice]:
    """“填 12”, with what stands there on a list."""
    value = question.choices[number - 1][0] if question.choices else str(number)
    chosen = f"：{question.choices[number - 1][1]}" if question.choices else ""
    label = f"{context.word('fill')} {number}{chosen}"
    yield context.choice("fill", form.case, form.fingerprint, field=question.key, value=value, label=label)


def _can_answer(question: Question, number: int) -> bool:
    """Whether it can be the answer at all."""
    if question.choices:
        return number <= len(question.choices)
    return question.type is not FieldType.DAY


def _expects_number(question: Question) -> bool:
    """A choice, a count, or an amount: that one is text, for it may have a fraction."""
    return (
        bool(question.choices)
        or question.type is FieldType.NUMBER
        or question.key.endswith(AMOUNT_KEY_SUFFIX)
    )


def _is_case(context: RequestContext, number: int) -> bool:
    try:
        return bool(context.case(number))
    except NotThere:
        return False
