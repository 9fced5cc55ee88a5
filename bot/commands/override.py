"""Records the override of a stage (放行): two people let it pass unsigned, each with a reason and on their own card.

The office's file names who may; they have neither written nor signed the text, which the recorder checks. After the
first vote, the second person is asked as for any other pending action.
"""

from __future__ import annotations

from dataclasses import replace

from bot.commands.signing import NotSeen, SeenOtherwise
from bot.dialog.command import (
    Intent,
    NothingWaits,
    ask_reason,
    confirmation_reply,
    describe_status,
    require_seen_version,
    transaction,
)
from bot.dialog.reply import Reply
from bot.dialog.turn import AssignedAction, RequestContext
from config.declarations.duty import Duty
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.pending import PendingAction, pending_override
from storage.events.case import Case, chain_kind


def override(context: RequestContext, intent: Intent) -> Reply:
    """放行: vote to let the open stage pass, on the card that was shown, and with a reason."""
    case, duty = context.case(intent.case)
    state = _approval_state(context, case, duty)
    if state is None or state.stage is None:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    pending = pending_override_for_actor(context, case, duty)
    if pending:
        require_seen_version(context, intent, pending)
    if pending and pending.basis != (intent.basis or context.shown_versions.get(case.number, "")):
        return _card_with_refusal(context, intent, AssignedAction(case=case, duty=duty, wait=pending))
    if pending and not intent.rest:
        asked = replace(intent, basis=pending.basis)
        return ask_reason(context, asked, context.say("talk.why_pass", stage=state.stage.name))
    with transaction(context) as uow:  # without a pending override the recorder refuses, and names who may
        stage, said_at = state.stage.name, context.sent_at.isoformat()
        uow.signoff.override(
            case.number, context.person.id, stage, state.manifest, intent.rest, said_at=said_at
        )
    return confirmation_reply(context, uow, case.number)


def pending_override_for_actor(context: RequestContext, case: Case, duty: Duty) -> PendingAction | None:
    """The stage that the sender may let pass now, even if nobody asked for it; None where there is none."""
    state = _approval_state(context, case, duty)
    pending = pending_override(case, context.app.office, state) if state else None
    return pending if pending and context.person.id in pending.who else None


def _card_with_refusal(context: RequestContext, intent: Intent, pending: AssignedAction) -> Reply:
    """The current card; before it the refusal, if a button of an older card or words were given."""
    card = context.as_card_reply(pending)
    if not intent.basis and not intent.rest:
        return card
    refusal = (SeenOtherwise if intent.basis else NotSeen)(case=intent.case)
    sentence = context.book.error(refusal)
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _approval_state(context: RequestContext, case: Case, duty: Duty) -> ApprovalState | None:
    begun = chain_kind(case, duty) and case.approvals
    return approval_state_of_case(context.app.office, case, duty) if begun else None
