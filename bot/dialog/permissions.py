"""Who may read, write and take away what: the same on the page and in a chat.

Whoever may read all reads everything; people of the villages what is theirs, or waits for them. A deputy sees what
the one sees whom they stand in for, for as long as they do. An answer's files name its applicant: they are for
those through whose hands the answer goes.
"""

from __future__ import annotations

from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty
from config.office.loader import Office, Village
from scheduler.signoff.approval_state import stage_holders
from scheduler.worklist.pending import STAGE_WAIT_KINDS
from storage.events.case import Case, chain_kind
from storage.events.events import Drafted

REGISTER_KEEPER_ROLES = frozenset({"clerk", "office_head", "disclosure_head"})
"""Who keeps the registers."""
VILLAGE_ROLES = frozenset({"village_reporter", "village_leader"})


def is_office_staff(office: Office, person: str) -> bool:
    """Whether they have to do with more than the villages they report or answer for."""
    roles = office.roles_of(person)
    return not roles or not roles <= VILLAGE_ROLES


def effective_roles(context: RequestContext) -> frozenset[str]:
    """What the speaker holds, and whoever they stand in for today."""
    return frozenset[str]().union(*(context.app.office.roles_of(one) for one in context.acting))


def villages_of(context: RequestContext) -> tuple[Village, ...]:
    """The villages they report or answer for."""
    successor = context.absences.successor
    return tuple(
        village
        for village in context.app.office.villages
        if {successor(village.reporter), successor(village.leader)} & context.acting
    )


def can_view(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether a case is for their eyes."""
    if is_office_staff(context.app.office, context.person.id) or context.acting & _writers(case):
        return True
    if any(context.acting & set(wait.who) for wait in context.pending_actions(case, duty)):
        return True
    return bool(_origins(case) & {village.id for village in villages_of(context)})


def may_write(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether they may lay a text of this case before the stages."""
    if effective_roles(context) & REGISTER_KEEPER_ROLES or context.acting & _writers(case):
        return True
    departments = {context.app.office.person(one).department for one in context.acting} - {""}
    own = departments | {village.id for village in villages_of(context)}
    holds = (
        context.acting & set(wait.who)
        for wait in context.pending_actions(case, duty)
        if wait.what not in STAGE_WAIT_KINDS
    )
    return bool(_origins(case) & own) or any(holds)


def may_open_files(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether they may take a text's files away."""
    office = context.app.office
    if duty.receipt is None or office.roles_of(context.person.id) & REGISTER_KEEPER_ROLES:
        return True
    stages = office.chain(chain_kind(case, duty)).stages
    signers = {one.id for stage in stages for one in stage_holders(stage, office, case.facts)}
    return bool(context.acting & (signers | _writers(case)))


def may_be_shown_in_chat(case: Case, duty: Duty) -> bool:
    """Whether its text may be read in a chat: it names no applicant, and its class lets it go out."""
    released = {step.key for step in duty.steps if step.requires_approval}
    kept_back = (
        str(case.facts.get(one.field, "")) in one.values and released & set(one.forbidden)
        for one in duty.conditions
        if one.field
    )
    return duty.receipt is None and not any(kept_back)


def needs_draft(case: Case, duty: Duty) -> bool:
    """Whether its text is still to be written, and can be in a chat."""
    return bool(chain_kind(case, duty)) and not case.approvals and may_be_shown_in_chat(case, duty)


def _writers(case: Case) -> frozenset[str]:
    return frozenset(fact.by for fact in case.approvals if isinstance(fact, Drafted))


def _origins(case: Case) -> frozenset[str]:
    """The village or department it comes from."""
    return frozenset(str(case.facts.get(key, "")) for key in ("village", "origin")) - {""}
