"""Whom a text waits for: the stage it stands at, and who may act there, in their own right or for somebody away.

The stages are the office's chain for this kind of text (``office.toml``). Whoever wrote any version of the text
acts at none of them, nobody at two, and a stage is open only when every earlier one is done. Who is entitled is
asked of the office's file as it is now: whoever has left counts no more, and no quorum waits for them. What may
be said, and why not, stands in ``signing_rules``. Nothing is ever signed by silence. [practice: 三审三校]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duty
from config.office.loader import Chain, Office, Person, Stage
from storage.events.approvals import ApprovalHistory, approval_history
from storage.events.case import Case, chain_kind
from storage.events.delegations import Absences
from storage.events.events import Approval, Facts, Overridden, Signed

WRITER = ""  # where a text goes that is returned to whoever wrote it


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalState:
    """How far a text has come: the version that counts, and the stage it waits for."""

    text: ApprovalHistory
    stage: Stage | None = None
    """The stage it waits for; None when nothing is drafted, it is with its writer or ended, or all have signed."""
    complete: bool = False
    chain_changed: bool = False
    """The office's chain is another one than that it was laid down for: it must be laid down again."""

    @property
    def has_text(self) -> bool:
        """Whether there is a text at all."""
        return bool(self.text.version)

    @property
    def manifest(self) -> str:
        """What is to be signed; empty while it is with its writer."""
        return self.text.manifest

    @property
    def title(self) -> str:
        """How the text is called."""
        return self.text.title

    @property
    def decision(self) -> str:
        """What it announces or asks for."""
        return self.text.decision

    @property
    def writers(self) -> frozenset[str]:
        """Whoever wrote any version."""
        return self.text.writers

    @property
    def signed(self) -> tuple[Signed, ...]:
        """The signatures that hold."""
        return self.text.signed

    @property
    def excluded(self) -> frozenset[str]:
        """Who acts at no stage any more."""
        return self.writers | signer_ids(self.text.signed, self.text.valid_overrides)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRight:
    """By what right a person acts at a stage: their own, or that of somebody away whose delegation runs."""

    person: Person
    deputy_for: Person | None = None


def approval_state(chain: Chain, office: Office, approvals: Iterable[Approval]) -> ApprovalState:
    """Where a text stands after what was recorded, in the order in which it was."""
    return approval_state_from_text(chain, office, approval_history(approvals))


def approval_state_of_case(office: Office, case: Case, duty: Duty) -> ApprovalState:
    """How far a case's text has come through the chain its kind goes by."""
    return approval_state(office.chain(chain_kind(case, duty)), office, case.approvals)


def approval_state_from_text(chain: Chain, office: Office, text: ApprovalHistory) -> ApprovalState:
    """Where a text stands."""
    rerouted = bool(text.manifest) and text.route != route_of(chain)
    if not text.manifest or text.rejected or rerouted:
        return ApprovalState(text=text, chain_changed=rerouted)
    waits = next((stage for stage in chain.stages if not is_stage_done(stage, office, text)), None)
    return ApprovalState(text=text, stage=waits, complete=waits is None)


def route_of(chain: Chain) -> tuple[str, ...]:
    """The stages of a chain by name, as a draft records them."""
    return tuple(stage.name for stage in chain.stages)


def is_stage_done(stage: Stage, office: Office, text: ApprovalHistory) -> bool:
    """One signature does, or everyone's where the office wants all; nobody's never does.

    Of all, whoever has left, or may not sign, is not waited for; and once the next stage has acted, whoever joins
    later is not either.
    """
    if stage.name in text.overridden_stages:
        return True
    here = signer_ids([one for one in text.signed if one.stage == stage.name])
    if not here or stage.rule == "any" or _has_later_stage_acted(stage, text):
        return bool(here)
    elsewhere = signer_ids([one for one in text.signed if one.stage != stage.name], text.valid_overrides)
    wanted = {person.id for person in stage_holders(stage, office, text.facts)} - text.writers - elsewhere
    return wanted <= here


def _has_later_stage_acted(stage: Stage, text: ApprovalHistory) -> bool:
    later = text.route[text.route.index(stage.name) + 1 :] if stage.name in text.route else ()
    return any(one.stage in later for one in text.approvals_in_force)


def signer_ids(signed: Sequence[Signed], overriding: Sequence[Overridden] = ()) -> frozenset[str]:
    """Whose word was given: the people themselves, and those they stood in for."""
    people = {one.by for one in signed} | {one.by for one in overriding}
    return frozenset(people | {one.deputy_for for one in signed if one.deputy_for})


def stage_holders(stage: Stage, office: Office, facts: Facts) -> tuple[Person, ...]:
    """Whose stage it is by the office's file, for a text that comes from this department or village."""
    origin = str(facts.get("origin", ""))
    department = origin if origin in {row.id for row in office.departments} else ""
    village = origin if origin in {row.id for row in office.villages} else ""
    return office.eligible(stage, department=department, village=village)


def signers(at: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Who may act now in their own right: the stage's people, or the one it was handed to, without the barred."""
    if at.stage is None:
        return ()
    free = handover_candidates(at, office)
    passed = at.text.reassigned
    if passed is None or passed.stage != at.stage.name:
        return free
    # Whoever it was handed to may have left since: then it is everybody's again, or it would wait for ever.
    return tuple(person for person in free if person.id == passed.to) or free


def handover_candidates(at: ApprovalState, office: Office) -> tuple[Person, ...]:
    """To whom the stage can be handed: its people without the barred, whoever it was handed to before."""
    people = stage_holders(at.stage, office, at.text.facts) if at.stage else ()
    return tuple(person for person in people if person.id not in at.excluded)


def signing_right(
    at: ApprovalState, office: Office, absences: Absences, person: Person, day: date
) -> SigningRight | None:
    """By what right a person acts now, or None. What somebody may not do, no deputy does for them either."""
    may = {each.id: each for each in signers(at, office)}
    if person.id in may:
        return SigningRight(person=person)
    if person.id in at.excluded:
        return None
    away = (may.get(one.person) for one in absences.acting_for(person.id, day))
    return next((SigningRight(person=person, deputy_for=each) for each in away if each), None)


def override_candidates(at: ApprovalState, office: Office) -> tuple[Person, ...]:
    """Who may let the stage pass unsigned, together with one other: neither writers nor signers."""
    if at.stage is None:
        return ()
    named = (office.eligible(Stage(name="", by=by)) for by in office.override)
    people = {person.id: person for some in named for person in some}
    said = {one.by for one in at.text.override_votes(at.stage.name)}
    return tuple(person for person in people.values() if person.id not in at.excluded | said)


def invalidated_signatures(at: ApprovalState, manifest: str = "", decision: str = "") -> tuple[Signed, ...]:
    """Whose signatures would fall if this were laid down now: to be told before it is saved."""
    same = bool(manifest) and (at.manifest, at.decision) == (manifest, decision)
    return () if same else at.signed


def blocked_stages(at: ApprovalState, chain: Chain, office: Office) -> tuple[Stage, ...]:
    """The stages still to come at which nobody of the office may act: only an override leads past them."""
    free = (
        stage
        for stage in chain.stages
        if not is_stage_done(stage, office, at.text)
        and not {person.id for person in stage_holders(stage, office, at.text.facts)} - at.excluded
    )
    return tuple(free) if at.stage else ()
