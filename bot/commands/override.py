"""放行: two people let a stage pass unsigned, each for themselves, with a reason and on a card of their own.

Whoever may is named in the office's file, and has neither written nor signed the text; the desk judges that. What
the first has said waits for the second, who is asked as for anything else that waits for them.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.case_commands import (
    Intent,
    NothingWaits,
    NotSeen,
    SeenOtherwise,
    ask_reason,
    confirmation_reply,
    describe_status,
    transaction,
)
from bot.dialog.reply import Reply
from bot.dialog.turn import AssignedAction, RequestContext
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.pending import PendingAction, pending_override
from storage.events.case import Case, chain_kind


def override(turn: RequestContext, wish: Intent) -> Reply:
    """Let the open stage pass, as one of two: never unseen, and never without a reason."""
    case, duty = turn.case(wish.case)
    at = _approval_state(turn, case, duty)
    if at is None or at.stage is None:
        raise NothingWaits(post=turn.person.post, stands=describe_status(turn, case, duty))
    asked = pending_override_for_actor(turn, case, duty)
    if asked and asked.basis != (wish.basis or turn.shown_versions.get(case.number, "")):
        return _card_with_refusal(turn, wish, AssignedAction(case=case, duty=duty, wait=asked))
    if asked and not wish.rest:
        return ask_reason(turn, wish, turn.say("talk.why_pass", stage=at.stage.name))
    with transaction(turn) as desk:  # whoever may not hears from the desk who may
        stage, said_at = at.stage.name, turn.sent_at.isoformat()
        desk.override(case.number, turn.person.id, stage, at.manifest, wish.rest, said_at=said_at)
    return confirmation_reply(turn, desk, case.number)


def pending_override_for_actor(turn: RequestContext, case: Case, duty: Duty) -> PendingAction | None:
    """The stage the speaker may let pass now, whether or not anybody waits for that."""
    at = _approval_state(turn, case, duty)
    found = pending_override(case, turn.works.office, at) if at else None
    return found if found and turn.person.id in found.who else None


def _card_with_refusal(turn: RequestContext, wish: Intent, pending: AssignedAction) -> Reply:
    """What is decided on; after a press of an older one, or words about an unseen one, with what became of them."""
    card = turn.as_card_reply(pending)
    if not wish.basis and not wish.rest:
        return card
    refused = (SeenOtherwise if wish.basis else NotSeen)(case=wish.case)
    sentence = turn.book.error(refused)
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _approval_state(turn: RequestContext, case: Case, duty: Duty) -> ApprovalState | None:
    begun = chain_kind(case, duty) and case.approvals
    return approval_state_of_case(turn.works.office, case, duty) if begun else None
