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


def matching_actions(turn: RequestContext, wish: Intent) -> list[AssignedAction]:
    """What is on the speaker's list that can be meant, each case once. NothingFits, CaseMissing."""
    found = {one.case.number: one for one in reversed(turn.pending()) if _is_applicable(turn, wish, one)}
    if not found and wish.verb not in WORKLIST_VERBS and not wish.verb.startswith(f"{STEP}:"):
        raise CaseMissing(verb=turn.word(wish.verb))
    if not found:
        raise NothingFits(post=turn.person.post, verb=turn.word(wish.verb))
    return list(reversed(found.values()))


def ask_which(turn: RequestContext, wish: Intent, found: list[AssignedAction]) -> Reply:
    """Which is meant, with buttons: the only one's own card, or a list."""
    if len(found) == 1:
        card = turn.as_card_reply(found[0])
        sure = turn.say("talk.sure", verb=turn.word(wish.verb), case=found[0].case.number)
        button = _intent_choice(turn, wish, found[0])
        return replace(card, lines=(*card.lines, sure), choices=(button, *card.choices[-1:]))
    lines = [turn.say("talk.which", verb=turn.word(wish.verb))]
    for one in found[:MAX_LISTED]:
        asked = turn.card_builder.request_line(one.case, one.wait, one.duty)
        lines.append(turn.say("talk.one_of", asked=asked, case=one.case.number))
    if len(found) > MAX_LISTED:
        lines.append(turn.say("talk.todo.more", count=len(found) - MAX_LISTED))
    return Reply(
        lines=tuple(lines), choices=tuple(_open_choice(turn, wish, one) for one in found[:MAX_LISTED])
    )


def _open_choice(turn: RequestContext, wish: Intent, one: AssignedAction) -> Choice:
    """What is signed is looked at first; anything else is done at once with what was said behind the word."""
    number = one.case.number
    if wish.verb in WAIT_KIND_BY_CARD_VERB or wish.verb == DRAFT:  # nor can a button hold a text
        return turn.choice("show", number, label=turn.say("talk.open", number=number))
    return _intent_choice(turn, wish, one, label=f"{turn.word(wish.verb, one.duty)} {number}")


def _intent_choice(turn: RequestContext, wish: Intent, one: AssignedAction, **data: str) -> Choice:
    data |= {"rest": wish.rest} if wish.rest else {}
    choice = turn.choice(wish.verb, one.case.number, one.wait.basis, **data)
    again = (
        wish.rest if len(wish.rest) <= MAX_REPEATED_LENGTH else ""
    )  # longer than anybody types a second time
    return choice._replace(typed_equivalent=f"{choice.typed_equivalent} {again}".strip())


def _is_applicable(turn: RequestContext, wish: Intent, pending: AssignedAction) -> bool:
    """Whether a verb can be meant for something that waits."""
    if wish.verb in WAIT_KIND_BY_CARD_VERB:
        return pending.wait.what is WAIT_KIND_BY_CARD_VERB[wish.verb]
    if wish.verb == HAND_ON:
        return can_be_reassigned(turn, pending.case, pending.duty)
    if wish.verb == DRAFT:
        return pending.wait.what is WaitKind.REWRITE or needs_draft(pending.case, pending.duty)
    if wish.verb == CLOSE:
        return bool(pending.duty.outcomes) and pending.wait.what in {WaitKind.ACT, WaitKind.OUTSIDE}
    kind, _, key = wish.verb.partition(":")
    return kind != STEP or pending.duty.step(key) is not None
