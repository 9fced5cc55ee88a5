"""Decides who may act at the open stage of a text: its holders, whom it was handed to, deputies of the absent.

Whoever wrote the text, or signed or overrode a stage of it, acts at no other (``ApprovalState.excluded``), for
themselves or for anybody who is away. What is offered to people asks the same function as what they record.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date

from config.errors import Refusal
from config.office.model import REQUIRED_OVERRIDERS, Chain, Office, Person, Stage
from scheduler.signoff.approval_state import ApprovalState, is_stage_done, stage_holders
from scheduler.signoff.refusals import (
    NobodyLeft,
    NotYours,
    SignedAlready,
    SignedItAlone,
    StageVacant,
    WroteIt,
    WroteItAlone,
    posts_in_words,
)
from storage.events.approvals import ApprovalHistory
from storage.events.delegations import Absences
from storage.events.events import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRight:
    """The right by which a person acts at a stage: their own, or that of an absent person whose deputy they are."""

    person: Person
    deputy_for: Person | None = None

    @property
    def absent_id(self) -> str:
        """The id of the absent person acted for; empty where a person acts in their own right."""
        return self.deputy_for.id if self.deputy_for else ""


def signers(state: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Return who may act now in their own right: the holders or whom it was handed to, without the excluded."""
    if state.stage is None:
        return ()
    candidates = handover_candidates(state, office)
    reassigned = state.text.reassigned
    if reassigned is None or reassigned.stage != state.stage.name:
        return candidates
    # Whom it was handed to may have left since: then all holders may act again, or it would wait for ever.
    return tuple(person for person in candidates if person.id == reassigned.to) or candidates


def handover_candidates(state: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Return to whom the stage can be handed: its holders without the excluded, whomever it was handed to before."""
    people = stage_holders(state.stage, office, state.text.facts) if state.stage else ()
    return tuple(person for person in people if person.id not in state.excluded)


def signing_right(
    state: ApprovalState, office: Office, absences: Absences, person: Person, day: date
) -> SigningRight | None:
    """Return the right by which a person may act now, or None; nobody may act as deputy for someone who may not."""
    signers_by_id = {each.id: each for each in signers(state, office)}
    absent = [one.person for one in absences.acting_for(person.id, day)]
    acts_as = whose_right(person.id, absent, signers_by_id, state.excluded)
    if acts_as is None:
        return None
    return SigningRight(person=person, deputy_for=None if acts_as == person.id else signers_by_id[acts_as])


def whose_right(
    person: str, absent: Iterable[str], entitled: Container[str], excluded: Container[str]
) -> str | None:
    """Return by whose right a person acts: their own id, or that of an ``absent`` person whose deputy they are.

    None where by nobody's: whoever is ``excluded`` stands in for nobody.
    """
    if person in entitled:
        return person
    return None if person in excluded else next((one for one in absent if one in entitled), None)


def why_no_turn(
    state: ApprovalState, office: Office, absences: Absences, person: Person, day: date
) -> Refusal | None:
    """Return why it is not the turn of somebody whose turn it else would be: they wrote the text, or signed it.

    None where they may act, and for whoever neither holds the open stage nor stands in for one of its signers.
    """
    if state.stage is None or person.id not in state.excluded:
        return None
    absent = [one.person for one in absences.acting_for(person.id, day)]
    holders = {
        each.id for each in (*stage_holders(state.stage, office, state.text.facts), *signers(state, office))
    }
    expects = whose_right(person.id, absent, holders, ()) is not None
    return signing_refusal(state, office, person) if expects else None


def signing_refusal(state: ApprovalState, office: Office, person: Person) -> Refusal:
    """Return the refusal of a person who may not act at the open stage: why, and who may."""
    left = signers(state, office)
    deciding = left or override_candidates(state, office)
    stage = state.stage.name if state.stage else "—"
    words = {"post": person.post, "stage": stage, "who": posts_in_words(deciding)}
    if not deciding:
        return StageVacant(**words)
    if person.id in state.writers:
        return WroteIt(**words) if left else WroteItAlone(**words)
    if person.id in state.excluded:
        return SignedAlready(**words) if left else SignedItAlone(**words)
    return NotYours(**words) if left else NobodyLeft(**words)


def withdrawable_signature(text: ApprovalHistory, person: str, *, is_released: bool) -> Signed | None:
    """Return the signature that a person may withdraw: their own, until the text is out or a later stage acted."""
    own = next((one for one in text.signed if one.by == person), None)
    if own is None or is_released or text.rejected or later_stage_acted(text, own.stage):
        return None
    return own


def later_stage_acted(text: ApprovalHistory, stage: str) -> str:
    """Return the name of a later stage that has acted; empty where none has."""
    later = text.route[text.route.index(stage) + 1 :]
    given = {one.stage for one in text.approvals_in_force}
    return next((name for name in later if name in given), "")


def override_candidates(state: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Return who may override the open stage together with one other person: nobody who wrote, signed or voted.

    Nobody where too few are left to make up two: a single vote would leave the text waiting for ever.
    """
    if state.stage is None:
        return ()
    named = (office.eligible(Stage(name="", by=by)) for by in office.override)
    people = {person.id: person for some in named for person in some}
    voted = {one.by for one in state.text.override_votes(state.stage.name)}
    left = tuple(person for person in people.values() if person.id not in state.excluded | voted)
    return left if len(left) + len(voted) >= REQUIRED_OVERRIDERS else ()


def blocked_stages(state: ApprovalState, chain: Chain, office: Office) -> tuple[Stage, ...]:
    """Return the stages still to come at which nobody of the office may act: only an override leads past them."""
    blocked = (
        stage
        for stage in chain.stages
        if not is_stage_done(stage, office, state.text)
        and not {person.id for person in stage_holders(stage, office, state.text.facts)} - state.excluded
    )
    return tuple(blocked) if state.stage else ()
