"""放行: two people let a stage pass unsigned, each for themselves, with a reason and on a card of their own.

Whoever may is named in the office's file, and has neither written nor signed the text; the desk judges that. What
the first has said waits for the second, who is asked as for anything else that waits for them.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.case_commands import (
    NothingWaits,
    NotSeen,
    SeenOtherwise,
    Wish,
    ask_why,
    how_it_stands,
    recorded,
    sitting,
)
from bot.dialog.reply import Reply
from bot.dialog.turn import Pending, Turn
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import Standing, standing_in
from scheduler.worklist.pending import Wait, letting_pass
from storage.events.case import Case, chain_kind


def override(turn: Turn, wish: Wish) -> Reply:
    """Let the open stage pass, as one of two: never unseen, and never without a reason."""
    case, duty = turn.case(wish.case)
    at = _standing(turn, case, duty)
    if at is None or at.stage is None:
        raise NothingWaits(post=turn.person.post, stands=how_it_stands(turn, case, duty))
    asked = passing(turn, case, duty)
    if asked and asked.basis != (wish.basis or turn.seen.get(case.number, "")):
        return _shown(turn, wish, Pending(case=case, duty=duty, wait=asked))
    if asked and not wish.rest:
        return ask_why(turn, wish, turn.say("talk.why_pass", stage=at.stage.name))
    with sitting(turn) as desk:  # whoever may not hears from the desk who may
        stage, said_at = at.stage.name, turn.at.isoformat()
        desk.override(case.number, turn.person.id, stage, at.manifest, wish.rest, said_at=said_at)
    return recorded(turn, desk, case.number)


def passing(turn: Turn, case: Case, duty: Duty) -> Wait | None:
    """The stage the speaker may let pass now, whether or not anybody waits for that."""
    at = _standing(turn, case, duty)
    found = letting_pass(case, turn.works.office, at) if at else None
    return found if found and turn.person.id in found.who else None


def _shown(turn: Turn, wish: Wish, pending: Pending) -> Reply:
    """What is decided on; after a press of an older one, or words about an unseen one, with what became of them."""
    card = turn.dealt(pending)
    if not wish.basis and not wish.rest:
        return card
    refused = (SeenOtherwise if wish.basis else NotSeen)(case=wish.case)
    sentence = turn.book.error(refused)
    return replace(card, lines=(sentence, *card.lines), notice=sentence)


def _standing(turn: Turn, case: Case, duty: Duty) -> Standing | None:
    begun = chain_kind(case, duty) and case.approvals
    return standing_in(turn.works.office, case, duty) if begun else None
