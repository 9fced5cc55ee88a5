"""Finds the case that a verb without a number is about: the only one that fits is confirmed, several are offered.

Nothing is guessed. Only what is on the sender's own list can be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.commands.queries.cases import MAX_LISTED, open_choice
from bot.commands.villages.month_questions import current_months
from bot.dialog.command import Intent
from bot.dialog.forms import save_shown_list
from bot.dialog.permissions import needs_draft
from bot.dialog.recipients import can_be_reassigned
from bot.dialog.reply import Choice, Reply
from bot.dialog.task_cards import card_reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.verbs import VerbKind
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.errors import Refusal
from scheduler.recording.entry_guard import ForTheOffice
from scheduler.worklist.pending import WaitKind

MAX_REPEATED_LENGTH = 40  # characters of a reason that somebody would type a second time
WAIT_KIND_BY_DECISION: Mapping[VerbKind, WaitKind] = {
    VerbKind.APPROVE: WaitKind.SIGN,
    VerbKind.RETURN: WaitKind.SIGN,
    VerbKind.REJECT: WaitKind.SIGN,
    VerbKind.OVERRIDE: WaitKind.OVERRIDE,
    VerbKind.COMMENT: WaitKind.READ,
}
"""Verbs that decide on a card that was shown, and what their case waits for."""
ITEM_KINDS = frozenset({VerbKind.RECEIVE, VerbKind.TAKE_UP})
"""Verbs that decide about an item of a village."""
CLOSABLE_WAIT_KINDS = frozenset({WaitKind.ACT, WaitKind.OUTSIDE, WaitKind.CLOSE})
WORKLIST_KINDS = WAIT_KIND_BY_DECISION.keys() | {
    VerbKind.ACKNOWLEDGE,
    VerbKind.SNOOZE,
    VerbKind.HAND_ON,
    VerbKind.CLOSE,
    VerbKind.STEP,
    VerbKind.RECEIVE,
}
"""Verbs about what waits for the sender; any other verb can be meant for any case."""


class CaseMissing(Refusal):
    """Which one? Write its number after it, such as: {verb} 12."""


class NothingFits(Refusal):
    """{post}, nothing on your list can be meant by “{verb}”. Another case: write its number after the word."""


class ItemsReported(NothingFits):
    """{village} has {items} items in for {month}, so there is no nothing to declare."""


def matching_actions(context: RequestContext, intent: Intent) -> list[AssignedAction]:
    """The sender's pending actions that a verb can be about, one a case.

    Raises NothingFits (ItemsReported of 零报送 after an item), CaseMissing, or ForTheOffice where a village would
    decide about items.
    """
    if intent.kind in ITEM_KINDS and context.speaks_for_village:
        raise ForTheOffice(step=context.word(*intent.verb), post=context.person.post)
    actions = {
        action.case.number: action
        for action in reversed(context.pending())
        if _is_applicable(context, intent, action)
    }
    if not actions and intent.kind not in WORKLIST_KINDS:
        raise CaseMissing(verb=context.word(*intent.verb))
    if not actions:
        _require_no_items(context, intent)
        raise NothingFits(post=context.person.post, verb=context.word(*intent.verb))
    return list(reversed(actions.values()))


def _require_no_items(context: RequestContext, intent: Intent) -> None:
    """Raise ItemsReported where 零报送 would say of the sender's month that nothing came, and items did."""
    for one in current_months(context, context.reader.villages):
        if intent.kind is VerbKind.STEP and intent.key == one.round.nothing and one.month.items:
            month = f"{context.today.month}"
            raise ItemsReported(village=one.village.name, month=month, items=one.month.items)


def ask_which(context: RequestContext, intent: Intent, actions: list[AssignedAction]) -> Reply:
    """Ask which case is meant: a single one by its own card, several by a list of buttons."""
    if len(actions) == 1:
        return _ask_if_sure(context, intent, actions[0])
    save_shown_list(context, [action.case.number for action in actions[:MAX_LISTED]])
    lines = [context.say("talk.which", verb=context.word(*intent.verb))]
    for action in actions[:MAX_LISTED]:
        asked = context.card_builder.request_line(action.case, action.wait, action.duty)
        lines.append(context.say("talk.one_of", asked=asked, case=action.case.number))
    if len(actions) > MAX_LISTED:
        lines.append(context.say("talk.todo.more", count=len(actions) - MAX_LISTED))
    choices = tuple(_listed_choice(context, intent, action) for action in actions[:MAX_LISTED])
    return Reply(lines=tuple(lines), choices=choices)


def _ask_if_sure(context: RequestContext, intent: Intent, action: AssignedAction) -> Reply:
    card = card_reply(context, action)
    sure = context.say("talk.sure", verb=context.word(*intent.verb), case=action.case.number)
    button = _intent_choice(context, intent, action)
    return replace(card, lines=(*card.lines, sure), choices=(button, *card.choices[-1:]))


def _listed_choice(context: RequestContext, intent: Intent, action: AssignedAction) -> Choice:
    """A button that opens the case of a text to decide on or write; that of any other verb carries it out."""
    if intent.kind in WAIT_KIND_BY_DECISION or intent.kind is VerbKind.DRAFT:  # a button cannot hold a text
        return open_choice(context, action.case.number)
    label = f"{context.word(*intent.verb, duty=action.duty)} {action.case.number}"
    return _intent_choice(context, intent, action, label=label)


def _intent_choice(
    context: RequestContext, intent: Intent, action: AssignedAction, label: str = ""
) -> Choice:
    """The button that carries out the intent on a case, with the words that were written."""
    data = {"rest": intent.rest} if intent.rest else {}
    choice = context.choice(
        intent.kind, action.case.number, action.wait.basis, key=intent.key, label=label, **data
    )
    repeated = intent.rest if len(intent.rest) <= MAX_REPEATED_LENGTH else ""
    return choice._replace(typed_equivalent=f"{choice.typed_equivalent} {repeated}".strip())


def _is_applicable(context: RequestContext, intent: Intent, action: AssignedAction) -> bool:
    """Whether a verb can be about a pending action."""
    wait, duty = action.wait.what, action.duty
    if intent.kind in WAIT_KIND_BY_DECISION:
        return wait is WAIT_KIND_BY_DECISION[intent.kind]
    if intent.kind in ITEM_KINDS:
        return duty.kind == VILLAGE_ITEM_KIND and wait is WaitKind.ACT
    applies: Mapping[VerbKind, Callable[[], bool]] = {
        VerbKind.HAND_ON: lambda: can_be_reassigned(context, action.case, duty),
        VerbKind.DRAFT: lambda: wait is WaitKind.REWRITE or needs_draft(action.case, duty),
        VerbKind.CLOSE: lambda: bool(duty.outcomes) and wait in CLOSABLE_WAIT_KINDS,
        VerbKind.CIRCULATE: lambda: wait in {WaitKind.SIGN, WaitKind.RELEASE},
        VerbKind.STEP: lambda: duty.step(intent.key) is not None,
    }
    return applies[intent.kind]() if intent.kind in applies else True
