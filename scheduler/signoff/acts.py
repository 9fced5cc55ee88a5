"""Decides which acts on a text are allowed: each function returns the record to append, or raises a refusal.

The functions are pure; the unit of work calls them under its lock and appends the record. Every act at a stage passes
``_require_signing_right``: it is for the open stage, for exactly these bytes, and by a person whose turn it is. Each
refusal names who may act instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from config.declarations.keys import ALL_HOLDERS
from config.office.model import Chain, Office, Person
from scheduler.signoff.approval_state import WRITER, ApprovalState, route_of, signer_ids
from scheduler.signoff.refusals import (
    AllMustSign,
    BackWithWriter,
    CaseOver,
    EndedText,
    LeftOffice,
    MayNotOverride,
    MustAnswer,
    NobodyElse,
    NobodyOverrides,
    NoSuchStage,
    NoText,
    NothingLaid,
    NothingToSign,
    NothingToWithdraw,
    NotRejected,
    NotSignedYet,
    NotTheirs,
    OtherChain,
    OtherDecision,
    OtherText,
    Redescribed,
    SaidToPass,
    SameText,
    WentOn,
    WentOut,
    posts_in_words,
)
from scheduler.signoff.signing_rights import (
    SigningRight,
    handover_candidates,
    later_stage_acted,
    override_candidates,
    signers,
    signing_refusal,
    signing_right,
)
from storage.events.delegations import Absences
from storage.events.events import Drafted, Overridden, Rejected, Returned, Signed, StageReassigned, Withdrawn
from storage.events.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class SignoffContext:
    """Everything that an act on a case's text is checked against."""

    case: int
    chain: Chain
    office: Office
    absences: Absences
    today: date
    """The day on which somebody acts: rights and deputies are judged by it."""
    said_on: date
    """The day on which they said it: the legal day of the act."""
    state: ApprovalState
    rejected: str = ""
    """The outcome that closes the case of a rejected text; empty for a kind whose texts cannot be rejected."""
    is_released: bool = False
    """Whether this version has been released."""
    closed: bool = False

    def person(self, who: str) -> Person:
        """Return the person with this id. Raises LeftOffice where the office's file no longer names them."""
        found = self.office.find_person(who)
        if found is None:
            raise LeftOffice(person=who, who=self.waiting_posts)
        return found

    @property
    def waiting_posts(self) -> str:
        """The posts of the people it waits for, for a message."""
        return posts_in_words(signers(self.state, self.office))

    @property
    def stage(self) -> str:
        """The name of the stage it waits for; — where there is none."""
        return self.state.stage.name if self.state.stage else "—"


class _Decision(TypedDict):
    """The fields that every decision of a person with a reason has."""

    case: int
    happened_on: date
    by: str
    post: str
    stage: str
    manifest: str
    reason: str


def draft(context: SignoffContext, by: str, manifest: Manifest, *, authors: Sequence[str] = ()) -> Drafted:
    """Return the record of a new version. The same bytes are refused: they would void every signature for nothing.

    ``authors`` are the people whose words it takes over; they sign it no more than ``by``.
    """
    context.person(by)
    require_not_ended(context)
    same = (context.state.manifest, context.state.decision) == (manifest.digest, manifest.decision)
    if same and not context.state.chain_changed:
        raise SameText(stage=context.state.stage.name if context.state.stage else "✓")
    return Drafted(
        case=context.case,
        happened_on=context.said_on,
        by=by,
        manifest=manifest.digest,
        route=route_of(context.chain),
        title=manifest.title,
        decision=manifest.decision,
        facts=manifest.description,
        authors=tuple(one for one in authors if one != by),
    )


def sign(
    context: SignoffContext, by: str, stage: str, manifest: str, *, said_at: str = "", opinion: str = ""
) -> Signed:
    """Return the record by which a person signs exactly this manifest at this stage, with or without an opinion."""
    right = _require_signing_right(context, by, stage, manifest)
    away = right.deputy_for
    return Signed(
        case=context.case,
        happened_on=context.said_on,
        by=by,
        post=right.person.post,
        stage=stage,
        manifest=manifest,
        meaning=context.state.stage.meaning if context.state.stage else "",
        deputy_for=right.absent_id,
        deputy_for_post=away.post if away else "",
        said_at=said_at,
        opinion=opinion.strip(),
    )


def send_back(context: SignoffContext, by: str, manifest: str, reason: str, to: str = WRITER) -> Returned:
    """Return the record by which a person whose turn it is returns the text to an earlier stage or its writer."""
    right = _require_signing_right(context, by, context.stage, manifest)
    given = {one.stage for one in context.state.signed} | context.state.text.overridden_stages
    known = [name for name in context.state.text.route if name in given]
    if to not in {WRITER, *known}:
        raise NoSuchStage(to=to, known="、".join(known) or "—")
    decision = _decision(context, right.person, context.stage, manifest, reason)
    return Returned(**decision, to=to, deputy_for=right.absent_id)


def reject(context: SignoffContext, by: str, manifest: str, reason: str) -> Rejected:
    """Return the record by which a person whose turn it is rejects the text.

    Raises MustAnswer where its kind forbids it.
    """
    right = _require_signing_right(context, by, context.stage, manifest)
    if not context.rejected:
        raise MustAnswer
    decision = _decision(context, right.person, context.stage, manifest, reason)
    return Rejected(**decision, deputy_for=right.absent_id)


def reassign_stage(
    context: SignoffContext, by: str, manifest: str, to: str, reason: str = ""
) -> StageReassigned:
    """Return the record by which a person whose turn it is hands the stage to another of its holders."""
    right = _require_signing_right(context, by, context.stage, manifest)
    if context.state.stage and context.state.stage.rule == ALL_HOLDERS:
        raise AllMustSign(stage=context.stage)
    acting = {by, right.absent_id}
    others = tuple(
        person for person in handover_candidates(context.state, context.office) if person.id not in acting
    )
    if not others:
        raise NobodyElse(stage=context.stage)
    if to not in {person.id for person in others}:
        raise NotTheirs(stage=context.stage, to=context.office.post_of(to), who=posts_in_words(others))
    decision = _decision(context, right.person, context.stage, manifest, reason)
    return StageReassigned(**decision, to=to, deputy_for=right.absent_id)


def withdraw(context: SignoffContext, by: str, manifest: str, reason: str) -> Withdrawn:
    """Return the record by which a person withdraws their signature, before a later stage has acted."""
    person, text = context.person(by), context.state.text
    require_not_ended(context)
    require_same_version(context, manifest)
    own = next((one for one in text.signed if one.by == by), None)
    if own is None:
        raise NothingToWithdraw(post=person.post, stage=context.stage)
    if context.is_released:
        raise WentOut
    later = later_stage_acted(context.state.text, own.stage)
    if later:
        raise WentOn(post=person.post, stage=own.stage, next=later)
    return Withdrawn(**_decision(context, person, own.stage, manifest, reason))


def override(
    context: SignoffContext, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
) -> Overridden:
    """Return the record by which one of two people, named in the office's file, lets this stage pass unsigned."""
    person = context.person(by)
    require_open(context, stage, manifest)
    may = override_candidates(context.state, context.office)
    if by in {one.by for one in context.state.text.override_votes(stage)}:
        raise SaidToPass(post=person.post, stage=stage, who=posts_in_words(may))
    if not may:
        raise NobodyOverrides(stage=stage)
    if person not in may:
        raise MayNotOverride(post=person.post, stage=stage, who=posts_in_words(may))
    return Overridden(**_decision(context, person, stage, manifest, reason), said_at=said_at)


def _decision(context: SignoffContext, person: Person, stage: str, manifest: str, reason: str) -> _Decision:
    return _Decision(
        case=context.case,
        happened_on=context.said_on,
        by=person.id,
        post=person.post,
        stage=stage,
        manifest=manifest,
        reason=reason,
    )


def require_release(
    context: SignoffContext, key: str, *, must: bool, call: Callable[[str], str] = str
) -> None:
    """Check that a text may be released: all stages have signed it, and it announces the outcome or step ``key``.

    ``must`` says whether there has to be a text at all (a letter may be written outside the program); ``call``
    returns the label of a step or outcome for the message.
    """
    state = context.state
    if not state.has_text:
        if must:
            raise NoText(found=call(key))
        return
    if state.chain_changed:
        raise OtherChain(now=" → ".join(route_of(context.chain)))
    if state.text.returned:
        raise BackWithWriter(reason=state.text.returned)
    if not state.complete or not has_required_signers(context):
        raise NotSignedYet(stage=context.stage, who=context.waiting_posts)
    if state.decision not in {"", key}:
        raise OtherDecision(signed=call(state.decision), found=call(key))


def require_matching_outcome(
    context: SignoffContext, outcome: str, rejected: str, *, call: Callable[[str], str] = str
) -> None:
    """Check that the case of a rejected text is closed with the outcome ``rejected``, and no other case is."""
    ended = context.state.text.rejected
    if ended and outcome != rejected:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=call(rejected))
    if not ended and outcome == rejected:
        raise NotRejected(found=call(outcome))


def has_required_signers(context: SignoffContext) -> bool:
    """Whether as many different people as there are stages approved the text, and none of its writers did."""
    text = context.state.text
    people = signer_ids(text.signed, text.valid_overrides)
    given = {one.by for one in text.approvals_in_force}
    return len(given) >= len(context.chain.stages) and not people & text.writers


def require_not_ended(context: SignoffContext) -> None:
    """Check that the text was not rejected and its case is open. Raises CaseOver or EndedText."""
    if context.closed:
        raise CaseOver(case=context.case)
    ended = context.state.text.rejected
    if ended:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=context.rejected)


def require_open(context: SignoffContext, stage: str, manifest: str) -> None:
    """Check that an act is for the open stage and for exactly the bytes that wait there."""
    require_not_ended(context)
    if context.state.chain_changed:
        raise OtherChain(now=" → ".join(route_of(context.chain)))
    if context.state.description_changed:
        raise Redescribed(case=context.case)
    require_stage(context, stage)
    require_same_version(context, manifest)


def require_stage(context: SignoffContext, stage: str) -> None:
    """Check that this stage is the one the text waits for. Raises BackWithWriter, NothingLaid or NothingToSign."""
    if context.state.text.returned:
        raise BackWithWriter(reason=context.state.text.returned)
    if context.state.stage is None:
        raise NothingLaid(case=context.case)
    if context.state.stage.name != stage:
        raise NothingToSign(stage=stage, waits=context.stage)


def require_same_version(context: SignoffContext, manifest: str) -> None:
    """Check that the manifest the person saw is the current one. Raises OtherText."""
    if manifest != context.state.manifest:
        raise OtherText


def _require_signing_right(context: SignoffContext, by: str, stage: str, manifest: str) -> SigningRight:
    person = context.person(by)
    require_open(context, stage, manifest)
    right = signing_right(context.state, context.office, context.absences, person, context.today)
    if right is None:
        raise signing_refusal(context.state, context.office, person)
    return right
