"""Answers what was not understood, and courtesy, with the few acts that wait for this person now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.queries.cases import open_choice
from bot.commands.villages.item_report import may_report
from bot.commands.villages.month_questions import current_months, none_open
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.cards import main_verbs
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from scheduler.worklist.pending import STAGE_WAIT_KINDS

MAX_ACTS = 3


def unclear_reply(context: RequestContext, line: str) -> Reply:
    """The answer to what was not understood."""
    lines = [context.say("talk.unclear.none", said=abbreviate(line))]
    if may_report(context) and not current_months(context, context.reader.villages):
        lines.append(none_open(context))  # they may have meant an item
    return with_next_acts(context, *lines)


def courtesy_reply(context: RequestContext, *, greeting: bool) -> Reply:
    """The answer to courtesy, or to the greeting that begins a talk, without an open question."""
    pending = context.pending()
    if pending:
        waits = "talk.unclear.greeting_waits" if greeting else "talk.unclear.courtesy_waits"
        return _next_acts(context, pending, context.say(waits))
    return Reply(lines=(context.say("talk.unclear.greeting" if greeting else "talk.unclear.courtesy"),))


def with_next_acts(context: RequestContext, *lines: str) -> Reply:
    """Some lines, and below them the acts that wait for the sender, with their buttons."""
    pending = context.pending()
    if not pending:
        none = context.say("talk.unclear.nothing", help=context.word(VerbKind.HELP))
        return Reply(lines=(*lines, none), choices=(context.choice(VerbKind.HELP, 0),))
    return _next_acts(context, pending, *lines, context.say("talk.unclear.waits"))


def _next_acts(context: RequestContext, pending: Sequence[AssignedAction], *lines: str) -> Reply:
    """Some lines, and below them the first of these acts with their buttons."""
    shown = pending[:MAX_ACTS]
    waits = [context.card_builder.request_line(one.case, one.wait, one.duty) for one in shown]
    choices = [choice for one in shown for choice in act_choices(context, one, alone=len(shown) == 1)]
    if len(pending) > len(shown):
        choices.append(context.choice(VerbKind.TODO, 0))
    return Reply(lines=(*lines, *waits), choices=tuple(choices))


def act_choices(context: RequestContext, action: AssignedAction, *, alone: bool) -> list[Choice]:
    """The buttons of one pending action: its main verbs where it is the only one, else the one that opens it."""
    number = action.case.number
    if not alone or action.wait.what in STAGE_WAIT_KINDS:  # a text is read before it is decided on
        return [open_choice(context, number)]
    basis = action.wait.basis
    return [
        context.choice(verb.kind, number, basis, key=verb.key, label=context.word(*verb, duty=action.duty))
        for verb in main_verbs(action.wait, action.duty)
    ]
