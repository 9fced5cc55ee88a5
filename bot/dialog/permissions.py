"""Decides which cases, texts and files a person may read and write, on the web pages and in a chat alike.

The office's staff read every case; people of the villages read their own and those that wait for them. A deputy sees
what the absent person sees, for the time of the delegation. The files of a request's answer name the applicant, so
only its writers, its signers and the register keepers may open them.
"""

from __future__ import annotations

from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty
from config.declarations.keys import ORIGIN_FIELD, VILLAGE_FIELD
from config.office.loader import Village
from config.office.roles import REGISTER_KEEPER_ROLES, is_office_staff
from scheduler.signoff.approval_state import stage_holders
from scheduler.worklist.pending import STAGE_WAIT_KINDS
from storage.events.case import Case, chain_kind
from storage.events.events import Drafted


def effective_roles(context: RequestContext) -> frozenset[str]:
    """The roles of the sender and of those they are the deputy of today."""
    return frozenset[str]().union(*(context.app.office.roles_of(one) for one in context.acting))


def villages_of(context: RequestContext) -> tuple[Village, ...]:
    """The villages whose reporter or leader the sender is, or acts for."""
    successor = context.absences.successor
    return tuple(
        village
        for village in context.app.office.villages
        if {successor(village.reporter), successor(village.leader)} & context.acting
    )


def can_view(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the sender may read a case."""
    staff = is_office_staff(context.app.office.roles_of(context.person.id))
    if staff or context.acting & _writers(case):
        return True
    if any(context.acting & set(wait.who) for wait in context.pending_actions(case, duty)):
        return True
    return bool(_origins(case) & {village.id for village in villages_of(context)})


def may_write(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the sender may submit a text of this case for signing."""
    if effective_roles(context) & REGISTER_KEEPER_ROLES or context.acting & _writers(case):
        return True
    departments = {context.app.office.person(one).department for one in context.acting} - {""}
    if _origins(case) & (departments | {village.id for village in villages_of(context)}):
        return True
    waits = context.pending_actions(case, duty)
    return any(context.acting & set(wait.who) for wait in waits if wait.what not in STAGE_WAIT_KINDS)


def may_open_files(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the sender may open the files of a case's text."""
    office = context.app.office
    if duty.receipt is None or office.roles_of(context.person.id) & REGISTER_KEEPER_ROLES:
        return True
    stages = office.chain(chain_kind(case, duty)).stages
    signers = {one.id for stage in stages for one in stage_holders(stage, office, case.facts)}
    return bool(context.acting & (signers | _writers(case)))


def may_be_shown_in_chat(case: Case, duty: Duty) -> bool:
    """Whether the case's text may be shown in a chat: it names no applicant, and its class allows publication."""
    released = {step.key for step in duty.steps if step.requires_approval}
    withheld = (
        str(case.facts.get(one.field, "")) in one.values and released & set(one.forbidden)
        for one in duty.conditions
        if one.field
    )
    return duty.receipt is None and not any(withheld)


def needs_draft(case: Case, duty: Duty) -> bool:
    """Whether the case's text is not written yet and may be written in a chat."""
    return bool(chain_kind(case, duty)) and not case.approvals and may_be_shown_in_chat(case, duty)


def _writers(case: Case) -> frozenset[str]:
    return frozenset(fact.by for fact in case.approvals if isinstance(fact, Drafted))


def _origins(case: Case) -> frozenset[str]:
    """The ids of the village and the department that the case comes from."""
    return frozenset(str(case.facts.get(key, "")) for key in (VILLAGE_FIELD, ORIGIN_FIELD)) - {""}
