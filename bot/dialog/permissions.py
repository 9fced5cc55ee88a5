"""Decides what a person may do with a case's text and files, on the web pages and in a chat alike.

Which cases they may read is decided by ``scheduler/worklist/readers.py``; ``RequestContext.case`` asks it for every
case that is named. The files of a request's answer name the applicant, so only its writers, its signers and the
register keepers may open them.
"""

from __future__ import annotations

from bot.dialog.turn import RequestContext
from bot.publishing.texts import may_be_shown_in_chat
from config.declarations.duty import Duty
from config.errors import Refusal
from config.office.roles import REGISTER_KEEPER_ROLES
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.signing_rights import signing_refusal, why_no_turn
from scheduler.worklist.pending import STAGE_WAIT_KINDS, WaitKind
from scheduler.worklist.readers import case_origins, case_signers, case_writers
from storage.events.case import Case, chain_kind


def may_write(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the sender may submit a text of this case for signing."""
    if context.roles & REGISTER_KEEPER_ROLES or context.acting & case_writers(case):
        return True
    departments = {context.app.office.person(one).department for one in context.acting} - {""}
    if case_origins(case) & (departments | {village.id for village in context.reader.villages}):
        return True
    waits = context.pending_actions(case, duty)
    return any(context.acting & set(wait.who) for wait in waits if wait.what not in STAGE_WAIT_KINDS)


def may_open_files(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the sender may open the files of a case's text, and read who applied."""
    if not duty.has_applicant or context.roles & REGISTER_KEEPER_ROLES:
        return True
    signers = {one.id for one in case_signers(case, duty, context.app.office)}
    return bool(context.acting & (signers | case_writers(case)))


def needs_draft(case: Case, duty: Duty) -> bool:
    """Whether the case's text is not written yet and may be written in a chat."""
    return bool(chain_kind(case, duty)) and not case.approvals and may_be_shown_in_chat(case, duty)


def why_not_signing(context: RequestContext, case: Case, duty: Duty) -> Refusal | None:
    """Why a text waits for somebody else though the sender holds its stage, or stands in for a signer of it.

    They wrote it, or signed it already, or whoever has the case is to find somebody for a vacant stage. None where
    they may sign, and for everybody else.
    """
    if not chain_kind(case, duty) or not case.approvals:
        return None
    state = approval_state_of_case(context.app.office, case, duty)
    if any(one.wait.what is WaitKind.VACANT for one in context.pending_for_actor(case, duty)):
        return signing_refusal(state, context.app.office, context.person)
    return why_no_turn(state, context.app.office, context.absences, context.person, context.today)
