"""A verb without a case: the one thing that fits is confirmed, several are chosen from; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.commands.case_commands import Wish
from bot.commands.queries import MOST_LISTED
from bot.dialog.forms import CLOSE, DRAFT, HAND_ON, STEP
from bot.dialog.permissions import unwritten
from bot.dialog.recipients import can_be_handed_on
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import Pending, Turn
from config.errors import Refusal
from scheduler.worklist.pending import What

LONGEST_AGAIN = 40
ON_A_CARD: Mapping[str, What] = {
    "approve": What.SIGN,
    "return": What.SIGN,
    "reject": What.SIGN,
    "override": What.OVERRIDE,
}
"""What is decided on a card that was shown, and what its case must wait for."""


ON_THE_LIST = ON_A_CARD.keys() | {"acknowledge", "snooze", HAND_ON, CLOSE}
"""What is done with what waits for oneself, as every step is; anything else can be meant for any case."""


class CaseMissing(Refusal):
    """Which one? Write its number after it, such as: {verb} 12."""


class NothingFits(Refusal):
    """{post}, nothing on your list can be meant by “{verb}”. Another case: write its number after the word."""


def fitting(turn: Turn, wish: Wish) -> list[Pending]:
    """What is on the speaker's list that can be meant, each case once. NothingFits, CaseMissing."""
    found = {one.case.number: one for one in reversed(turn.pending()) if _fits(turn, wish, one)}
    if not found and wish.verb not in ON_THE_LIST and not wish.verb.startswith(f"{STEP}:"):
        raise CaseMissing(verb=turn.word(wish.verb))
    if not found:
        raise NothingFits(post=turn.person.post, verb=turn.word(wish.verb))
    return list(reversed(found.values()))


def chosen_from(turn: Turn, wish: Wish, found: list[Pending]) -> Reply:
    """Which is meant, with buttons: the only one's own card, or a list."""
    if len(found) == 1:
        card = turn.dealt(found[0])
        sure = turn.say("talk.sure", verb=turn.word(wish.verb), case=found[0].case.number)
        button = _choice(turn, wish, found[0])
        return replace(card, lines=(*card.lines, sure), choices=(button, *card.choices[-1:]))
    lines = [turn.say("talk.which", verb=turn.word(wish.verb))]
    for one in found[:MOST_LISTED]:
        asked = turn.dealer.asked(one.case, one.wait, one.duty)
        lines.append(turn.say("talk.one_of", asked=asked, case=one.case.number))
    if len(found) > MOST_LISTED:
        lines.append(turn.say("talk.todo.more", count=len(found) - MOST_LISTED))
    return Reply(lines=tuple(lines), choices=tuple(_opened(turn, wish, one) for one in found[:MOST_LISTED]))


def _opened(turn: Turn, wish: Wish, one: Pending) -> Choice:
    """What is signed is looked at first; anything else is done at once with what was said behind the word."""
    number = one.case.number
    if wish.verb in ON_A_CARD or wish.verb == DRAFT:  # nor can a button hold a text
        return turn.choice("show", number, label=turn.say("talk.open", number=number))
    return _choice(turn, wish, one, label=f"{turn.word(wish.verb, one.duty)} {number}")


def _choice(turn: Turn, wish: Wish, one: Pending, **data: str) -> Choice:
    data |= {"rest": wish.rest} if wish.rest else {}
    choice = turn.choice(wish.verb, one.case.number, one.wait.basis, **data)
    again = wish.rest if len(wish.rest) <= LONGEST_AGAIN else ""  # longer than anybody types a second time
    return choice._replace(twin=f"{choice.twin} {again}".strip())


def _fits(turn: Turn, wish: Wish, pending: Pending) -> bool:
    """Whether a verb can be meant for something that waits."""
    if wish.verb in ON_A_CARD:
        return pending.wait.what is ON_A_CARD[wish.verb]
    if wish.verb == HAND_ON:
        return can_be_handed_on(turn, pending.case, pending.duty)
    if wish.verb == DRAFT:
        return pending.wait.what is What.REWRITE or unwritten(pending.case, pending.duty)
    if wish.verb == CLOSE:
        return bool(pending.duty.outcomes) and pending.wait.what in {What.ACT, What.OUTSIDE}
    kind, _, key = wish.verb.partition(":")
    return kind != STEP or pending.duty.step(key) is not None
