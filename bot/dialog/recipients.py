"""Who can take something over, and whom somebody's words name: the choices of every “to whom?”."""

from __future__ import annotations

import re

from bot.dialog.turn import Turn
from config.declarations.duty import Duty, HandOn
from config.office.loader import Person
from scheduler.signoff.approval_state import standing_in, takers
from scheduler.signoff.refusals import AllMustSign
from scheduler.worklist.pending import What, holders_of
from storage.events.case import Case

TRIM = " ，,:："


def named(turn: Turn, words: str) -> tuple[Person | None, str]:
    """Whom the words begin with, by post or id, and what follows; nobody where they name nobody."""
    people = sorted(turn.works.office.people, key=lambda one: len(one.post), reverse=True)
    for person in people:
        if words.startswith(person.post):  # a reason may follow at once: “党政办主任出差”
            alone = sum(one.post == person.post for one in people) == 1  # else nobody is guessed
            return (person, words.removeprefix(person.post).strip(TRIM)) if alone else (None, words)
    head = next(iter(re.split(f"[{TRIM}]", words, maxsplit=1)))
    found = next((person for person in people if person.id == head), None)
    return found, words.removeprefix(head).strip(TRIM) if found else words


def colleagues(turn: Turn) -> tuple[Person, ...]:
    """Everybody else, the speaker's deputy first, then those of their own department."""
    me = turn.person
    others = [one for one in turn.works.office.people if one.id != me.id]
    return tuple(sorted(others, key=lambda one: (one.id != me.deputy, one.department != me.department)))


def takers_of_stage(turn: Turn, case: Case, duty: Duty) -> tuple[Person, ...]:
    """To whom the speaker can hand the stage that waits for them. AllMustSign where nobody signs for another."""
    office = turn.works.office
    at = standing_in(office, case, duty)
    if at.stage and at.stage.rule == "all":
        raise AllMustSign(stage=at.stage.name)
    return tuple(one for one in takers(at, office) if one.id not in turn.acting)


def takers_of_case(turn: Turn, case: Case, duty: Duty) -> tuple[Person, ...]:
    """To whom a case can be handed: anybody who does not have it."""
    office = turn.works.office
    have = holders_of(case, case.opening, duty, office, turn.absences) if case.opening else ()
    return tuple(one for one in office.people if one.id not in have)


def can_be_handed_on(turn: Turn, case: Case, duty: Duty) -> bool:
    """Whether the speaker's stage, or else the case, can go to anybody."""
    waited = {one.wait.what for one in turn.mine(case, duty)}
    if What.SIGN in waited:
        try:
            return bool(takers_of_stage(turn, case, duty))
        except AllMustSign:
            return False
    return waited != {What.OVERRIDE} and any(isinstance(step.effect, HandOn) for step in duty.steps)
