"""A verb without a case: the one thing that fits is confirmed, several are chosen from; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.commands.case_commands import Intent
from bot.commands.queries import MAX_LISTED
from bot.dialog.forms import CLOSE, DRAFT, HAND_ON, STEP
from bot.dialog.permissions import needs_draft
from bot.dialog.recipients import can_be_reassigned
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import AssignedAction, RequestContext
from config.errors import Refusal
from scheduler.worklist.pending import WaitKind

MAX_REPEATED_LENGTH = 40
WAIT_KIND_BY_CARD_VERB: Mapping[str, WaitKind] = {
    "approve": WaitKind.SIGN,
    "return": WaitKind.SIGN,
    "reject": WaitKind.SIGN,
    "override": WaitKind.OVERRIDE,
}
"""What is decided on a card that was shown, and what its case must wait for."""


WORKLIST_VERBS = WAIT_KIND_BY_CARD_VERB.keys() | {"acknowledge", "snooze", HAND_ON, CLOSE}
"""What is done with what waits for oneself, as every step is; anything else can be meant for any case."""


class CaseMissing(Refusal):
    """Which one? Write its number after it, such as: {verb} 12."""


class NothingFits(Refusal):
    """{post}, nothing on your list can be meant by “{verb}”. Another case: write its number after the word."""


def matching_actions(context: RequestContext, intent: Intent) -> list[AssignedAction]:
    """What is on the speaker's list that can be meant, each case once. NothingFits, CaseMissing."""
    found = {
        one.case.number: one for one in reversed(context.pending()) if _is_applicable(context, intent, one)
    }
    if not found and intent.verb not in WORKLIST_VERBS and not intent.verb.startswith(f"{STEP}:"):
        raise CaseMissing(verb=context.word(intent.verb))
    if not found:
        raise NothingFits(post=context.person.post, verb=context.word(intent.verb))
    return list(reversed(found.values()))


def ask_which(context: RequestContext, intent: Intent, found: list[AssignedAction]) -> Reply:
    """Which is meant, with buttons: the only one's own card, or a list."""
    if len(found) == 1:
        card = context.as_card_reply(found[0])
        sure = context.say("talk.sure", verb=context.word(intent.verb), case=found[0].case.number)
        button = _intent_choice(context, intent, found[0])
        return replace(card, lines=(*card.lines, sure), choices=(button, *card.choices[-1:]))
    lines = [context.say("talk.which", verb=context.word(intent.verb))]
    for one in found[:MAX_LISTED]:
        asked = context.card_builder.request_line(one.case, one.wait, one.duty)
        lines.append(context.say("talk.one_of", asked=asked, case=one.case.number))
    if len(found) > MAX_LISTED:
        lines.append(context.say("talk.todo.more", count=len(found) - MAX_LISTED))
    return Reply(
        lines=tuple(lines), choices=tuple(_open_choice(context, intent, one) for one in found[:MAX_LISTED])
    )


def _open_choice(context: RequestContext, intent: Intent, one: AssignedAction) -> Choice:
    """What is signed is looked at first; anything else is done at once with what was said behind the word."""
    number = one.case.number
    if intent.verb in WAIT_KIND_BY_CARD_VERB or intent.verb == DRAFT:  # nor can a button hold a text
        return context.choice("show", number, label=context.say("talk.open", number=number))
    return _intent_choice(context, intent, one, label=f"{context.word(intent.verb, one.duty)} {number}")


def _intent_choice(context: RequestContext, intent: Intent, one: AssignedAction, **data: str) -> Choice:
    data |= {"rest": intent.rest} if intent.rest else {}
    choice = context.choice(intent.verb, one.case.number, one.wait.basis, **data)
    again = (
        intent.rest if len(intent.rest) <= MAX_REPEATED_LENGTH else ""
    )  # longer than anybody types a second time
    return choice._replace(typed_equivalent=f"{choice.typed_equivalent} {again}".strip())


def _is_applicable(context: RequestContext, intent: Intent, pending: AssignedAction) -> bool:
    """Whether a verb can be meant for something that waits."""
    if intent.verb in WAIT_KIND_BY_CARD_VERB:
        return pending.wait.what is WAIT_KIND_BY_CARD_VERB[intent.verb]
    if intent.verb == HAND_ON:
        return can_be_reassigned(context, pending.case, pending.duty)
    if intent.verb == DRAFT:
        return pending.wait.what is WaitKind.REWRITE or needs_draft(pending.case, pending.duty)
    if intent.verb == CLOSE:
        return bool(pending.duty.outcomes) and pending.wait.what in {WaitKind.ACT, WaitKind.OUTSIDE}
    kind, _, key = intent.verb.partition(":")
    return kind != STEP or pending.duty.step(key) is not None
