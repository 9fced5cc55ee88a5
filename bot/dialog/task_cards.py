"""Shows a pending action as its task card, with what its text says and the buttons that act on it.

The card of a text to be signed has its beginning and what the checks found; that of a village's item the text that
its adoption would open.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.dialog.reply import CardKey, Choice, Reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.cards import TaskCard, main_verbs
from bot.language.verbs import Verb, VerbKind
from bot.publishing.item_adoption import proposal_line, proposed_text
from bot.publishing.texts import findings_for_digest, masked_beginning, text_beginning
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.office.roles import REGISTER_KEEPER_ROLES
from scheduler.worklist.pending import STAGE_WAIT_KINDS, WaitKind
from storage.events.approvals import approval_history
from storage.events.manifest import Manifest

PROPOSED = "proposed"
"""In the data of the button, or of the form, that adopts an item: the fingerprint of the text that was shown."""


def card_reply(context: RequestContext, pending: AssignedAction) -> Reply:
    """The task card as a reply with its buttons."""
    card = task_card(context, pending)
    task = CardKey(card.case, pending.wait.what, pending.wait.basis)
    proposed = _proposed_text(context, pending)
    choices = action_buttons(context, pending, proposed.digest if proposed else "")
    return Reply(lines=card.lines, choices=choices, card_key=task)


def task_card(context: RequestContext, pending: AssignedAction) -> TaskCard:
    """The task card of a pending action; a text's card lists what the text checks found."""
    is_stage, proposed = pending.wait.what in STAGE_WAIT_KINDS, _proposed_text(context, pending)
    text = _text_beginning(context, pending) if is_stage else ""
    return context.card_builder.card(
        pending.case,
        pending.wait,
        pending.duty,
        pending.for_person,
        findings=_findings(context, pending) if is_stage else (),
        text=masked_beginning(proposed.text) if proposed else text,
        proposal=proposal(context, pending),
    )


def action_buttons(
    context: RequestContext, pending: AssignedAction, proposed: str = ""
) -> tuple[Choice, ...]:
    """The buttons of a task card: its main verbs, and 更多.

    ``proposed`` is the fingerprint of the text that the card of an item shows: its button then asks nothing more.
    """
    verbs = (*main_verbs(pending.wait, pending.duty), Verb(VerbKind.MORE))
    return tuple(
        context.choice(
            verb.kind,
            pending.case.number,
            pending.wait.basis,
            key=verb.key,
            label=context.word(*verb, duty=pending.duty),
            **({PROPOSED: proposed} if proposed and verb.kind is VerbKind.TAKE_UP else {}),
        )
        for verb in verbs
    )


def proposal(context: RequestContext, pending: AssignedAction) -> str:
    """The line that says which text the adoption of an item opens; empty for anything else."""
    text, me = _proposed_text(context, pending), context.person.id
    return proposal_line(context.app, context.labels, pending.case, text, me) if text else ""


def _proposed_text(context: RequestContext, pending: AssignedAction) -> Manifest | None:
    """The text that a waiting item of a village proposes to whoever may adopt it; None for anything else."""
    is_item = pending.duty.kind == VILLAGE_ITEM_KIND and pending.wait.what is WaitKind.ACT
    if not (is_item and context.private and context.roles & REGISTER_KEEPER_ROLES):
        return None
    case = pending.case
    known = context.proposed_texts.get(case.number)
    if known is None or known[0] is not case:
        text = proposed_text(context.connection, context.app, case)
        known = context.proposed_texts[case.number] = (case, text)
    return known[1]


def _text_beginning(context: RequestContext, pending: AssignedAction) -> str:
    """The first words of a text to be signed, in a private chat."""
    if not context.private:
        return ""
    return text_beginning(context.app.contents(context.connection), pending.case, pending.duty)


def _findings(context: RequestContext, pending: AssignedAction) -> Sequence[str]:
    """What the text checks found in the text that is to be signed."""
    archive = context.app.contents(context.connection)
    digest = approval_history(pending.case.approvals).manifest
    return context.book.finding_lines(findings_for_digest(context.app, archive, digest))
