"""Computes the approval state of a text: its stages that are done, and the one it waits for.

The stages are the office's chain for this kind of text (``office.toml``). A writer of any version acts at none of
them, nobody acts at two, and a stage is open only when every earlier one is done. Who is entitled is read from the
office's file as it is now: people who have left no longer count, and no stage waits for them. Nothing is ever signed
by silence. ``signing_rights.py`` says who may act, ``acts.py`` what they may do. [practice: 三审三校]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from config.declarations.duty import Duty
from config.declarations.keys import ANY_HOLDER, ORIGIN_FIELD
from config.office.model import Chain, Office, Person, Stage
from storage.events.approvals import ApprovalHistory, approval_history
from storage.events.case import Case, chain_kind
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


def invalidated_signatures(
    state: ApprovalState, manifest: str = "", decision: str = ""
) -> tuple[Signed, ...]:
    """Return the signatures that submitting this version would void, so that the writer is told before saving."""
    same = bool(manifest) and (state.manifest, state.decision) == (manifest, decision)
    return () if same else state.signed
