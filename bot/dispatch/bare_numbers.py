"""A bare number while a form stands open: what was asked for, or a case? Never taken for either in doubt.

It is an answer where a number was asked for, and the place of a choice on the list that was shown last. Where words
were asked for, or something else was talked of since, both are offered; “填 12” says that the answer is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.commands.case_commands import Wish
from bot.commands.queries import show
from bot.dialog.command_parser import Command
from bot.dialog.forms import REST, WHY, Form, Question, missing
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import NotThere, Turn
from config.declarations.duty import FieldType

AMOUNT = "_yuan"  # ends the key of every amount


def in_doubt(turn: Turn, form: Form, command: Command) -> Reply | None:
    """What is said to a number that may be either; None where it is plain what is meant."""
    if command.verb or not command.case:
        return None
    question = asked_now(turn, form)
    if question is None:  # nothing is left to fill in: only a case can be meant
        return show(turn, Wish(verb="show", case=command.case))
    fills, is_case = _fills(question, command.case), _is_case(turn, command.case)
    if not is_case and (form.kind != WHY or not fills):
        return None
    if fills and not form.aside and _wants_numbers(question):
        return None
    words = {"number": command.case, "label": question.label}
    line = turn.say("talk.number.either" if fills else "talk.number.none", **words)
    choices = _choices(turn, form, question, command.case) if fills else ()
    shown = (turn.choice("show", command.case, label=turn.say("talk.open", number=command.case)),) * is_case
    return Reply(lines=(line,), choices=(*choices, *shown, turn.choice("cancel", 0)))


def meant_to_fill(turn: Turn, form: Form, wish: Wish) -> str:
    """What stands behind “填”; on a list its number, whatever stands there."""
    question = asked_now(turn, form)
    return str(wish.case) if question and question.choices and wish.case else wish.said


def asked_now(turn: Turn, form: Form) -> Question | None:
    """The question that stands open; of a reason, that it is asked for."""
    if form.kind == WHY:
        return Question(key=REST, label=turn.say("page.reason"))
    return next(missing(turn, form), None)


def _choices(turn: Turn, form: Form, question: Question, number: int) -> Iterator[Choice]:
    """“填 12”, with what stands there on a list."""
    value = question.choices[number - 1][0] if question.choices else str(number)
    chosen = f"：{question.choices[number - 1][1]}" if question.choices else ""
    label = f"{turn.word('fill')} {number}{chosen}"
    yield turn.choice("fill", form.case, form.print, field=question.key, value=value, label=label)


def _fills(question: Question, number: int) -> bool:
    """Whether it can be the answer at all."""
    if question.choices:
        return number <= len(question.choices)
    return question.type is not FieldType.DAY


def _wants_numbers(question: Question) -> bool:
    """A choice, a count, or an amount: that one is text, for it may have a fraction."""
    return bool(question.choices) or question.type is FieldType.NUMBER or question.key.endswith(AMOUNT)


def _is_case(turn: Turn, number: int) -> bool:
    try:
        return bool(turn.case(number))
    except NotThere:
        return False
