"""Records the decisions on a text that waits for signatures: sign, send back, reject, withdraw, override.

A decision is about the text the person was shown: where they were shown another version, the current one is shown
first; where they have not read a long text to its end, they are asked once. The recorder judges whether they may.

An override (放行) lets a stage pass unsigned: two people vote for it, each with a reason and on their own card. The
office's file names who may; they have neither written nor signed the text. After the first vote, the second person
is asked as for any other pending action.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.case_commands import take_step
from bot.dialog.command import (
    Intent,
    NothingWaits,
    ask_reason,
    confirmation_reply,
    describe_status,
    require_pending_signature,
    require_seen_version,
    transaction,
)
from bot.dialog.incoming_files import may_send_files
from bot.dialog.reply import Reply
from bot.dialog.task_cards import card_reply
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.verbs import VerbKind
from bot.publishing.texts import may_be_shown_in_chat
from config.declarations.duty import Duty
from config.declarations.villages.item_fields import RETURNED
from config.errors import Refusal
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.worklist.pending import PendingAction, pending_override
from storage.events.approvals import approval_history
from storage.events.case import Case, chain_kind
from storage.events.manifest import pictures_of
from storage.messaging.dialog_state import DialogState, DialogStates

OPINION = "opinion"
"""In the data of an approval: the words that are kept with the signature (签批意见)."""
STAGE_DELIMITERS = " ，,:：。；;"
_LONG_TEXT = 400  # characters: more than a card and a glance
_MARK_LIFETIME = timedelta(days=30)
_MAX_MARKS = 50  # the newest are kept
_READ_SLOT = "read"


class NotSeen(Refusal):
    """You were not shown case {case} yet. Here it is; decide on what you see."""


class SeenOtherwise(Refusal):
    """Case {case} has changed since you saw it. Here is how it stands; decide on this one."""


def approve(context: RequestContext, intent: Intent) -> Reply:
    """同意: sign the stage that waits for the sender. Raises NothingWaits, NotSeen or SeenOtherwise."""
    pending = _seen_signature(context, intent)
    if unread := _unread_line(context, intent.case):
        return _ask_unread(context, intent, pending, unread)
    with transaction(context) as uow:
        manifest = uow.signoff.approval_state(intent.case).manifest
        said_at = context.sent_at.isoformat()
        opinion = str(intent.data.get(OPINION, ""))
        uow.signoff.sign(
            intent.case, context.person.id, pending.wait.stage, manifest, said_at=said_at, opinion=opinion
        )
    return confirmation_reply(context, uow, intent.case, undo=True)


def _unread_line(context: RequestContext, number: int) -> str:
    """What the sender has not seen here of the text: its end, or its photographs; empty where nothing is asked."""
    case, duty = context.case(number)
    digest = approval_history(case.approvals).manifest
    if not may_be_shown_in_chat(case, duty) or is_marked_read(context, digest):
        return ""
    manifest, verb = (
        context.app.contents(context.connection).manifest(digest),
        VerbKind.APPROVE,
    )
    if len(manifest.text) > _LONG_TEXT:
        return context.say("talk.unread", count=len(manifest.text), verb=context.word(verb))
    pictures = len(pictures_of(manifest)) if may_send_files(context, case) else 0
    return context.say("talk.unseen", count=pictures, verb=context.word(verb)) if pictures else ""


def _ask_unread(context: RequestContext, intent: Intent, pending: AssignedAction, line: str) -> Reply:
    """Ask once if a text is to be signed without its end, or its photographs, having been seen."""
    mark_read(context, approval_history(context.case(intent.case)[0].approvals).manifest)
    basis = pending.wait.basis
    choices = (
        context.choice(VerbKind.TEXT, intent.case),
        context.choice(VerbKind.APPROVE, intent.case, basis),
    )
    return Reply(lines=(line,), choices=choices)


def is_marked_read(context: RequestContext, digest: str) -> bool:
    """Whether this version was read to its end here, or asked about before."""
    return digest in _marked_digests(context)


def mark_read(context: RequestContext, digest: str) -> None:
    """Remember that this version was read to its end, or asked about."""
    marks = [one for one in _marked_digests(context) if one != digest]
    data = {"digests": [*marks, digest][-_MAX_MARKS:]}
    state = DialogState(form=_READ_SLOT, data=data, expires_at=context.app.clock.now() + _MARK_LIFETIME)
    _mark_store(context).save(context.person.id, context.channel, state)


def _marked_digests(context: RequestContext) -> list[str]:
    state = _mark_store(context).get(context.person.id, context.channel, at=context.app.clock.now())
    return [str(digest) for digest in state.data["digests"]] if state else []


def _mark_store(context: RequestContext) -> DialogStates:
    return DialogStates(context.connection, context.app.office.slug, slot=_READ_SLOT)


def send_back(context: RequestContext, intent: Intent) -> Reply:
    """退回修改: return a text to its writer, or to the earlier stage that the reason begins with.

    A village's items, which have no stages, are returned to the village by the step declared for it.
    """
    case, duty = context.case(intent.case)
    if not chain_kind(case, duty) and duty.step(RETURNED):
        return take_step(context, replace(intent, kind=VerbKind.STEP, key=RETURNED))
    pending = _seen_signature(context, intent)
    names = [stage.name for stage in context.app.office.chain(chain_kind(case, duty)).stages]
    to, reason = _split_stage_and_reason(names, intent.rest)
    if not reason:
        asked = replace(intent, basis=pending.wait.basis)
        return ask_reason(context, asked, _earlier_stages_hint(context, names, pending))
    with transaction(context) as uow:
        manifest = uow.signoff.approval_state(intent.case).manifest
        uow.signoff.send_back(intent.case, context.person.id, manifest, reason, to)
    return confirmation_reply(context, uow, intent.case)


def _earlier_stages_hint(context: RequestContext, names: list[str], pending: AssignedAction) -> str:
    earlier = names[: names.index(pending.wait.stage)] if pending.wait.stage in names else []
    return context.say("talk.why_stage", stages="、".join(earlier)) if earlier else ""


def reject(context: RequestContext, intent: Intent) -> Reply:
    """不予通过: end a text's way to publication, with a reason."""
    pending = _seen_signature(context, intent)
    if not intent.rest:
        return ask_reason(context, replace(intent, basis=pending.wait.basis))
    with transaction(context) as uow:
        manifest = uow.signoff.approval_state(intent.case).manifest
        uow.signoff.reject(intent.case, context.person.id, manifest, intent.rest)
    return confirmation_reply(context, uow, intent.case)


def withdraw(context: RequestContext, intent: Intent) -> Reply:
    """撤回: take one's own signature back, with a reason, as long as the next stage has not acted."""
    context.case(intent.case)
    if not intent.rest:
        with transaction(context) as uow:  # what it would be refused for is said before a reason is asked for
            uow.signoff.withdraw(intent.case, context.person.id, context.word(VerbKind.WITHDRAW))
            uow.discard()
        return ask_reason(context, intent)
    with transaction(context) as uow:
        uow.signoff.withdraw(intent.case, context.person.id, intent.rest)
    return confirmation_reply(context, uow, intent.case)


def _seen_signature(context: RequestContext, intent: Intent) -> AssignedAction:
    """The stage that waits for the sender, who saw its text first. Raises NotSeen, SeenOtherwise or SaidBefore."""
    pending = require_pending_signature(context, intent)
    require_seen_version(context, intent, pending.wait)
    seen = intent.basis or context.shown_versions.get(intent.case, "")
    if not seen:
        raise NotSeen(case=intent.case)
    if seen != pending.wait.basis:
        raise SeenOtherwise(case=intent.case)
    return pending


def _split_stage_and_reason(names: list[str], rest: str) -> tuple[str, str]:
    """The stage that a reason begins with, by its name or the part before the dot (“初审”), and what follows it."""
    for name in names:
        for word in (name, name.partition("·")[0]):
            after = rest.removeprefix(word)
            if rest.startswith(word) and (not after or after[0] in STAGE_DELIMITERS):
                return name, after.strip(STAGE_DELIMITERS)
    return "", rest


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
    card = card_reply(context, pending)
    if not intent.basis and not intent.rest:
        return card
    refusal = (SeenOtherwise if intent.basis else NotSeen)(case=intent.case)
    sentence = context.book.error(refusal)
    return replace(card, lines=(sentence, *card.lines), callback_answer=sentence)


def _approval_state(context: RequestContext, case: Case, duty: Duty) -> ApprovalState | None:
    begun = chain_kind(case, duty) and case.approvals
    return approval_state_of_case(context.app.office, case, duty) if begun else None
