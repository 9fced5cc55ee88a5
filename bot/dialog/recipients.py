"""Who can take something over, and whom somebody's words name: the choices of every “to whom?”."""

from __future__ import annotations

import re

from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty, Reassign
from config.office.loader import Person
from scheduler.signoff.approval_state import approval_state_of_case, handover_candidates
from scheduler.signoff.refusals import AllMustSign
from scheduler.worklist.pending import WaitKind, assignees
from storage.events.case import Case

RECIPIENT_DELIMITERS = " ，,:："


def parse_recipient(context: RequestContext, words: str) -> tuple[Person | None, str]:
    """Whom the words begin with, by post or id, and what follows; nobody where they name nobody."""
    people = sorted(context.app.office.people, key=lambda one: len(one.post), reverse=True)
    for person in people:
        if words.startswith(person.post):  # a reason may follow at once: “党政办主任出差”
            alone = sum(one.post == person.post for one in people) == 1  # else nobody is guessed
            return (
                (person, words.removeprefix(person.post).strip(RECIPIENT_DELIMITERS))
                if alone
                else (None, words)
            )
    head = next(iter(re.split(f"[{RECIPIENT_DELIMITERS}]", words, maxsplit=1)))
    found = next((person for person in people if person.id == head), None)
    return found, words.removeprefix(head).strip(RECIPIENT_DELIMITERS) if found else words


def colleagues(context: RequestContext) -> tuple[Person, ...]:
    """Everybody else, the speaker's deputy first, then those of their own department."""
    me = context.person
    others = [one for one in context.app.office.people if one.id != me.id]
    return tuple(sorted(others, key=lambda one: (one.id != me.deputy, one.department != me.department)))


def stage_handover_candidates(context: RequestContext, case: Case, duty: Duty) -> tuple[Person, ...]:
    """To whom the speaker can hand the stage that waits for them. AllMustSign where nobody signs for another."""
    office = context.app.office
    at = approval_state_of_case(office, case, duty)
    if at.stage and at.stage.rule == "all":
        raise AllMustSign(stage=at.stage.name)
    return tuple(one for one in handover_candidates(at, office) if one.id not in context.acting)


def case_handover_candidates(context: RequestContext, case: Case, duty: Duty) -> tuple[Person, ...]:
    """To whom a case can be handed: anybody who does not have it."""
    office = context.app.office
    have = assignees(case, case.opening, duty, office, context.absences) if case.opening else ()
    return tuple(one for one in office.people if one.id not in have)


def can_be_reassigned(context: RequestContext, case: Case, duty: Duty) -> bool:
    """Whether the speaker's stage, or else the case, can go to anybody."""
    waited = {one.wait.what for one in context.pending_for_actor(case, duty)}
    if WaitKind.SIGN in waited:
        try:
            return bool(stage_handover_candidates(context, case, duty))
        except AllMustSign:
            return False
    return waited != {WaitKind.OVERRIDE} and any(isinstance(step.effect, Reassign) for step in duty.steps)
