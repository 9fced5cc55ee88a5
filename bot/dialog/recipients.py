"""Lists who can take over a stage or a case, and reads the name of a recipient out of a text."""

from __future__ import annotations

import re

from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty, Step
from config.declarations.keys import ALL_HOLDERS
from config.declarations.terms import Reassign
from config.office.model import Person
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.circulation import may_be_shown_texts
from scheduler.signoff.refusals import AllMustSign
from scheduler.signoff.signing_rights import handover_candidates
from scheduler.worklist.pending import WaitKind, assignees
from storage.events.case import Case

RECIPIENT_DELIMITERS = " ，,:："


def parse_recipient(context: RequestContext, words: str) -> tuple[Person | None, str]:
    """The person whose post or id the words begin with, and what follows; None and all the words for nobody."""
    people = sorted(context.app.office.people, key=lambda one: len(one.post), reverse=True)
    for person in people:
        if words.startswith(person.post):  # a reason may follow at once: “党政办主任出差”
            if sum(one.post == person.post for one in people) > 1:
                return None, words  # two people hold this post: nobody is guessed
            return person, words.removeprefix(person.post).strip(RECIPIENT_DELIMITERS)
    head = next(iter(re.split(f"[{RECIPIENT_DELIMITERS}]", words, maxsplit=1)))
    named = next((person for person in people if person.id == head), None)
    return named, words.removeprefix(head).strip(RECIPIENT_DELIMITERS) if named else words


def colleagues(context: RequestContext) -> tuple[Person, ...]:
    """Everybody but the sender: first the sender's deputies in their order, then the sender's department."""
    me = context.person
    order = {deputy: place for place, deputy in enumerate(me.deputies)}
    others = [one for one in context.app.office.people if one.id != me.id]
    return tuple(
        sorted(others, key=lambda one: (order.get(one.id, len(order)), one.department != me.department))
    )


def circulation_candidates(context: RequestContext) -> tuple[Person, ...]:
    """To whom the sender can show a text: the others of the office, their own department first."""
    return tuple(one for one in colleagues(context) if may_be_shown_texts(context.app.office, one.id))


def stage_handover_candidates(context: RequestContext, case: Case, duty: Duty) -> tuple[Person, ...]:
    """Who can take over the stage that waits for the sender. Raises AllMustSign where every holder signs."""
    office = context.app.office
    state = approval_state_of_case(office, case, duty)
    if state.stage and state.stage.rule == ALL_HOLDERS:
        raise AllMustSign(stage=state.stage.name)
    return tuple(one for one in handover_candidates(state, office) if one.id not in context.acting)


def case_handover_candidates(context: RequestContext, case: Case, duty: Duty) -> tuple[Person, ...]:
    """Who can take over a case: everybody who is not its assignee."""
    office = context.app.office
    current = assignees(case, case.opening, duty, office, context.absences) if case.opening else ()
    return tuple(one for one in office.people if one.id not in current)


def step_candidates(context: RequestContext, step: Step, case: Case, duty: Duty) -> tuple[Person, ...]:
    """To whom a step can hand its case; nobody where the step reassigns nothing."""
    return case_handover_candidates(context, case, duty) if isinstance(step.effect, Reassign) else ()


def can_be_reassigned(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether anybody can take over the sender's stage, or else the case."""
    kinds = {one.wait.what for one in context.pending_for_actor(case, duty)}
    if WaitKind.SIGN in kinds:
        try:
            return bool(stage_handover_candidates(context, case, duty))
        except AllMustSign:
            return False
    return kinds != {WaitKind.OVERRIDE} and any(isinstance(step.effect, Reassign) for step in duty.steps)
