"""Who may sign next, and on which text. A signature binds the bytes it was given to, and no others.

The stages are the office's chain for this kind of text (``office.toml``). Whoever wrote any version of the
text signs none of them, nobody signs twice, and a stage signs only when every earlier one has. A new text or
a return voids what was signed. Nothing is ever signed by silence. [practice: 三审三校]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config.errors import Refusal
from config.office import Chain, Office, Person, Stage
from storage.events import Drafted, Returned, Signed

Approval = Drafted | Signed | Returned
WRITER = ""  # where a text goes that is returned to whoever wrote it


class NothingToSign(Refusal):
    """No text lies before {stage} now. It waits for: {waits}."""


class OtherText(Refusal):
    """The text has changed since you saw it; what you saw was not signed. Read the new one, then sign it."""


class NotYours(Refusal):
    """{post} may not sign {stage}: that is for {who}. To remind them: 催办."""


class WroteIt(Refusal):
    """{post} wrote this text and signs none of it; {stage} is for {who}."""


class SignedAlready(Refusal):
    """{post} has signed this text at {stage} already; the next stage is for somebody else."""


class NoSuchStage(Refusal):
    """There is no earlier stage {to} to return to. Return to: {known}."""


class OtherDecision(Refusal):
    """The text that was signed announces “{signed}”, not “{found}”. Draft the other answer and have it signed."""


class SameText(Refusal):
    """This very text lies before “{stage}” already; nothing was changed, and no signature was lost."""


class NotSignedYet(Refusal):
    """The text is not released: {stage} has not signed it. It waits for {who}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a text has come: the version that counts, who signed it, and the stage it waits for."""

    manifest: str = ""
    title: str = ""
    decision: str = ""
    writers: frozenset[str] = frozenset()
    signed: tuple[Signed, ...] = ()
    stage: Stage | None = None
    """The stage it waits for; None when nothing is drafted, it is with its writer, or all have signed."""
    complete: bool = False

    @property
    def begun(self) -> bool:
        """Whether there is a text at all."""
        return bool(self.writers)


def standing(chain: Chain, office: Office, approvals: Sequence[Approval]) -> Standing:
    """The replay of texts, signatures and returns, in the order in which they were recorded."""
    stages = [stage.name for stage in chain.stages]
    manifest = title = decision = ""
    writers: set[str] = set()
    signed: list[Signed] = []
    for fact in approvals:
        match fact:
            case Drafted():
                manifest, title, decision, signed = fact.manifest, fact.title, fact.decision, []
                writers.add(fact.by)
            case Signed():
                signed.append(fact)
            case Returned(to=to):
                earlier = stages[: stages.index(to)] if to in stages else []
                signed = [signature for signature in signed if signature.stage in earlier]
                manifest = manifest if to in stages else ""
    open_stages = (stage for stage in chain.stages if not _is_done(stage, office, signed, frozenset(writers)))
    waits = next(open_stages, None) if manifest else None
    return Standing(
        manifest=manifest,
        title=title,
        decision=decision,
        writers=frozenset(writers),
        signed=tuple(signed),
        stage=waits,
        complete=bool(manifest) and waits is None,
    )


def _is_done(stage: Stage, office: Office, signed: Sequence[Signed], writers: frozenset[str]) -> bool:
    """One signature does, or everyone's where the office wants all; nobody's never does."""
    by = {signature.by for signature in signed if signature.stage == stage.name}
    if stage.rule == "any":
        return bool(by)
    wanted = {person.id for person in office.eligible(stage)} - writers
    return bool(by) and wanted <= by


def signers(at: Standing, office: Office, *, department: str = "") -> tuple[Person, ...]:
    """Who may sign now: the stage's people, without its writers and those who signed before."""
    if at.stage is None:
        return ()
    barred = at.writers | {signature.by for signature in at.signed}
    eligible = office.eligible(at.stage, department=department)
    return tuple(person for person in eligible if person.id not in barred)


def require_signer(at: Standing, office: Office, person: Person, manifest: str, stage: str) -> Stage:
    """The stage this person signs now, or the Refusal that says why not and who may."""
    if at.stage is None or at.stage.name != stage:
        waits = at.stage.name if at.stage else "—"
        raise NothingToSign(stage=stage, waits=waits)
    if manifest != at.manifest:
        raise OtherText
    may = signers(at, office)
    who = "、".join(each.post for each in may) or "—"
    words = {"post": person.post, "stage": at.stage.name, "who": who}
    if person.id in at.writers:
        raise WroteIt(**words)
    if person.id in {signature.by for signature in at.signed}:
        raise SignedAlready(**words)
    if person not in may:
        raise NotYours(**words)
    return at.stage


def require_return(at: Standing, to: str) -> None:
    """Only a stage that has signed, or the writer, can be returned to."""
    known = [signature.stage for signature in at.signed]
    if to not in {WRITER, *known}:
        raise NoSuchStage(to=to, known="、".join(known) or "—")


def require_new(at: Standing, manifest: str, decision: str) -> None:
    """The same bytes for the same decision are no new text: laying them down again would void what was signed."""
    if at.manifest == manifest and at.decision == decision:
        raise SameText(stage=at.stage.name if at.stage else "✓")


def require_release(at: Standing, office: Office, outcome: str) -> None:
    """Once there is a text, it goes out only when every stage has signed it, and for what it announces."""
    if at.begun and not at.complete:
        who = "、".join(person.post for person in signers(at, office)) or "—"
        raise NotSignedYet(stage=at.stage.name if at.stage else "—", who=who)
    if at.complete and at.decision not in {"", outcome}:
        raise OtherDecision(signed=at.decision, found=outcome)
