"""Computes the approval state of a text: the stage it waits for, and who may act there, also as a deputy.

The stages are the office's chain for this kind of text (``office.toml``). A writer of any version acts at none of
them, nobody acts at two, and a stage is open only when every earlier one is done. Who is entitled is read from the
office's file as it is now: people who have left no longer count, and no stage waits for them. ``rules`` says which
acts are allowed. Nothing is ever signed by silence. [practice: 三审三校]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duty
from config.declarations.keys import ANY_HOLDER, ORIGIN_FIELD
from config.office.loader import Chain, Office, Person, Stage
from storage.events.approvals import ApprovalHistory, approval_history
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences
from storage.events.events import Approval, Facts, Overridden, Signed
from storage.events.manifest import DESCRIPTION_KEYS, description_from

WRITER = ""  # the value of ``to`` that returns a text to its writer


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalState:
    """How far a text has come: its current version, and the stage it waits for."""

    text: ApprovalHistory
    stage: Stage | None = None
    """The stage it waits for; None when nothing is drafted, it is with its writer or ended, or all have signed."""
    complete: bool = False
    chain_changed: bool = False
    """The office's chain has changed since the version was submitted: it must be submitted again."""

    description_changed: bool = False
    """Its case was corrected and describes it otherwise, such as another village: it must be submitted again."""

    @property
    def has_text(self) -> bool:
        """Whether there is a text at all."""
        return bool(self.text.version)

    @property
    def manifest(self) -> str:
        """The digest of the manifest to sign; empty while the text is with its writer."""
        return self.text.manifest

    @property
    def title(self) -> str:
        """The title of the text."""
        return self.text.title

    @property
    def decision(self) -> str:
        """The outcome or step that the text announces or asks for."""
        return self.text.decision

    @property
    def writers(self) -> frozenset[str]:
        """The ids of the people who wrote any version."""
        return self.text.writers

    @property
    def signed(self) -> tuple[Signed, ...]:
        """The signatures in force."""
        return self.text.signed

    @property
    def excluded(self) -> frozenset[str]:
        """The ids of the people who may act at no stage: writers and those who have signed or overridden."""
        return self.writers | signer_ids(self.text.signed, self.text.valid_overrides)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRight:
    """The right by which a person acts at a stage: their own, or that of an absent person whose deputy they are."""

    person: Person
    deputy_for: Person | None = None

    @property
    def absent_id(self) -> str:
        """The id of the absent person acted for; empty where a person acts in their own right."""
        return self.deputy_for.id if self.deputy_for else ""


def approval_state(chain: Chain, office: Office, approvals: Iterable[Approval]) -> ApprovalState:
    """Return the approval state of a text after these records, given in the order of the log."""
    return approval_state_from_text(chain, office, approval_history(approvals))


def approval_state_of_case(office: Office, case: Case, duty: Duty) -> ApprovalState:
    """Return the approval state of a case's text in the chain of its kind."""
    state = approval_state(office.chain(chain_kind(case, duty)), office, case.approvals)
    if state.stage and is_described_otherwise(case, duty, state.text):
        # Its reviewers follow from the description: the ones of the wrong village must not sign it.
        return ApprovalState(text=state.text, description_changed=True)
    return state


def is_described_otherwise(case: Case, duty: Duty, text: ApprovalHistory) -> bool:
    """Whether a correction of the case has changed what its text says of itself: origin, class, subject, day."""
    facts = description_from(case.facts)
    return any(
        str(text.facts.get(key, "")) != facts.get(key, "")
        for key in DESCRIPTION_KEYS
        if duty.field(key) is not None
    )


def approval_state_from_text(chain: Chain, office: Office, text: ApprovalHistory) -> ApprovalState:
    """Return the approval state of a text whose records are already folded."""
    rerouted = bool(text.manifest) and text.route != route_of(chain)
    if not text.manifest or text.rejected or rerouted:
        return ApprovalState(text=text, chain_changed=rerouted)
    open_stage = next((stage for stage in chain.stages if not is_stage_done(stage, office, text)), None)
    return ApprovalState(text=text, stage=open_stage, complete=open_stage is None)


def route_of(chain: Chain) -> tuple[str, ...]:
    """Return the names of a chain's stages, as a draft records them."""
    return tuple(stage.name for stage in chain.stages)


def is_stage_done(stage: Stage, office: Office, text: ApprovalHistory) -> bool:
    """Whether a stage is done: by one signature, or by everyone's where its rule is 'all'; never without any.

    Under 'all', people who have left or may not sign are not waited for; once a later stage has acted, neither are
    people who joined since.
    """
    if stage.name in text.overridden_stages:
        return True
    signed_here = signer_ids([one for one in text.signed if one.stage == stage.name])
    if not signed_here or stage.rule == ANY_HOLDER or _has_later_stage_acted(stage, text):
        return bool(signed_here)
    signed_elsewhere = signer_ids(
        [one for one in text.signed if one.stage != stage.name], text.valid_overrides
    )
    required = (
        {person.id for person in stage_holders(stage, office, text.facts)} - text.writers - signed_elsewhere
    )
    return required <= signed_here


def _has_later_stage_acted(stage: Stage, text: ApprovalHistory) -> bool:
    later = text.route[text.route.index(stage.name) + 1 :] if stage.name in text.route else ()
    return any(one.stage in later for one in text.approvals_in_force)


def signer_ids(signed: Sequence[Signed], overriding: Sequence[Overridden] = ()) -> frozenset[str]:
    """Return the ids of those who signed or overrode, and of those a deputy signed for."""
    people = {one.by for one in signed} | {one.by for one in overriding}
    return frozenset(people | {one.deputy_for for one in signed if one.deputy_for})


def stage_holders(stage: Stage, office: Office, facts: Facts) -> tuple[Person, ...]:
    """Return the people who hold a stage, for a text from the department or village that ``facts`` name."""
    origin = str(facts.get(ORIGIN_FIELD, ""))
    department = origin if origin in {row.id for row in office.departments} else ""
    village = origin if origin in {row.id for row in office.villages} else ""
    return office.eligible(stage, department=department, village=village)


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
    if person.id in signers_by_id:
        return SigningRight(person=person)
    if person.id in state.excluded:
        return None
    absent = (signers_by_id.get(one.person) for one in absences.acting_for(person.id, day))
    return next((SigningRight(person=person, deputy_for=each) for each in absent if each), None)


def override_candidates(state: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Return who may override the open stage together with one other person: nobody who wrote, signed or voted."""
    if state.stage is None:
        return ()
    named = (office.eligible(Stage(name="", by=by)) for by in office.override)
    people = {person.id: person for some in named for person in some}
    voted = {one.by for one in state.text.override_votes(state.stage.name)}
    return tuple(person for person in people.values() if person.id not in state.excluded | voted)


def invalidated_signatures(
    state: ApprovalState, manifest: str = "", decision: str = ""
) -> tuple[Signed, ...]:
    """Return the signatures that submitting this version would void, so that the writer is told before saving."""
    same = bool(manifest) and (state.manifest, state.decision) == (manifest, decision)
    return () if same else state.signed


def blocked_stages(state: ApprovalState, chain: Chain, office: Office) -> tuple[Stage, ...]:
    """Return the stages still to come at which nobody of the office may act: only an override leads past them."""
    blocked = (
        stage
        for stage in chain.stages
        if not is_stage_done(stage, office, state.text)
        and not {person.id for person in stage_holders(stage, office, state.text.facts)} - state.excluded
    )
    return tuple(blocked) if state.stage else ()
