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


def override(context: RequestContext, intent: Intent) -> Reply:
    """Let the open stage pass, as one of two: never unseen, and never without a reason."""
    case, duty = context.case(intent.case)
    at = _approval_state(context, case, duty)
    if at is None or at.stage is None:
        raise NothingWaits(post=context.person.post, stands=describe_status(context, case, duty))
    asked = pending_override_for_actor(context, case, duty)
    if asked and asked.basis != (intent.basis or context.shown_versions.get(case.number, "")):
        return _card_with_refusal(context, intent, AssignedAction(case=case, duty=duty, wait=asked))
    if asked and not intent.rest:
        return ask_reason(context, intent, context.say("talk.why_pass", stage=at.stage.name))
    with transaction(context) as recorder:  # whoever may not hears from the desk who may
        stage, said_at = at.stage.name, context.sent_at.isoformat()
        recorder.signoff.override(
            case.number, context.person.id, stage, at.manifest, intent.rest, said_at=said_at
        )
    return confirmation_reply(context, recorder, case.number)


def pending_override_for_actor(context: RequestContext, case: Case, duty: Duty) -> PendingAction | None:
    """The stage the speaker may let pass now, whether or not anybody waits for that."""
    at = _approval_state(context, case, duty)
    found = pending_override(case, context.app.office, at) if at else None
    return found if found and context.person.id in found.who else None


def _card_with_refusal(context: RequestContext, intent: Intent, pending: AssignedAction) -> Reply:
    """What is decided on; after a press of an older one, or words about an unseen one, with what became of them."""
    card = context.as_card_reply(pending)
    if not intent.basis and not intent.rest:
        return card
    refused = (SeenOtherwise if intent.basis else NotSeen)(case=intent.case)
    sentence = context.book.error(refused)
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _approval_state(context: RequestContext, case: Case, duty: Duty) -> ApprovalState | None:
    begun = chain_kind(case, duty) and case.approvals
    return approval_state_of_case(context.app.office, case, duty) if begun else None
