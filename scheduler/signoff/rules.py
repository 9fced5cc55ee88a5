"""What may be said about a text, as facts or refusals. Pure: the desk asks here under its lock, and records.

Every act at a stage passes the same gate (``_require_signing_right``): it is for this stage, for these very bytes, and by
somebody whose turn it is. Each refusal says who may instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from config.errors import Refusal
from config.office.loader import Chain, Office, Person
from scheduler.signoff.approval_state import (
    WRITER,
    ApprovalState,
    SigningRight,
    handover_candidates,
    override_candidates,
    route_of,
    signer_ids,
    signers,
    signing_right,
)
from scheduler.signoff.refusals import (
    AllMustSign,
    CaseOver,
    EndedText,
    LeftOffice,
    MayNotOverride,
    MustAnswer,
    NobodyElse,
    NobodyLeft,
    NobodyOverrides,
    NoSuchStage,
    NoText,
    NothingLaid,
    NothingToSign,
    NothingToWithdraw,
    NotRejected,
    NotSignedYet,
    NotTheirs,
    NotYours,
    OtherChain,
    OtherDecision,
    OtherText,
    SaidToPass,
    SameText,
    SignedAlready,
    SignedItAlone,
    WentOn,
    WentOut,
    WroteIt,
    WroteItAlone,
)
from storage.events.delegations import Absences
from storage.events.events import Drafted, Overridden, Rejected, Returned, Signed, StageReassigned, Withdrawn
from storage.events.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class SignoffContext:
    """What an act about a case's text stands on."""

    case: int
    chain: Chain
    office: Office
    absences: Absences
    today: date
    state: ApprovalState
    rejected: str = ""
    """The outcome by which a rejected text's case ends; empty where none of its texts may be rejected."""
    is_released: bool = False
    """Whether this version has gone out."""
    closed: bool = False

    def person(self, who: str) -> Person:
        """A person of the office. LeftOffice for one who is so no more."""
        found = next((person for person in self.office.people if person.id == who), None)
        if found is None:
            raise LeftOffice(person=who, who=self.waiting_posts)
        return found

    @property
    def waiting_posts(self) -> str:
        """Whom it waits for, by post."""
        return _posts(signers(self.state, self.office))

    @property
    def stage(self) -> str:
        """The stage it waits for."""
        return self.state.stage.name if self.state.stage else "—"


def draft(ground: SignoffContext, by: str, manifest: Manifest) -> Drafted:
    """A new version. The same bytes would be none: laying them down again would void what was signed."""
    ground.person(by)
    require_not_ended(ground)
    same = (ground.state.manifest, ground.state.decision) == (manifest.digest, manifest.decision)
    if same and not ground.state.chain_changed:
        raise SameText(stage=ground.state.stage.name if ground.state.stage else "✓")
    return Drafted(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        manifest=manifest.digest,
        route=route_of(ground.chain),
        title=manifest.title,
        decision=manifest.decision,
        facts=manifest.description,
    )


def sign(ground: SignoffContext, by: str, stage: str, manifest: str, *, said_at: str = "") -> Signed:
    """A person approves exactly this text at this stage."""
    right = _require_signing_right(ground, by, stage, manifest)
    away = right.deputy_for
    return Signed(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=right.person.post,
        stage=stage,
        manifest=manifest,
        meaning=ground.state.stage.meaning if ground.state.stage else "",
        deputy_for=away.id if away else "",
        deputy_for_post=away.post if away else "",
        said_at=said_at,
    )


def send_back(ground: SignoffContext, by: str, manifest: str, reason: str, to: str = WRITER) -> Returned:
    """A person whose turn it is returns the text to a stage that has acted, or to its writer."""
    right = _require_signing_right(ground, by, ground.stage, manifest)
    given = {one.stage for one in ground.state.signed} | ground.state.text.overridden_stages
    known = [name for name in ground.state.text.route if name in given]
    if to not in {WRITER, *known}:
        raise NoSuchStage(to=to, known="、".join(known) or "—")
    return Returned(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=right.person.post,
        stage=ground.stage,
        to=to,
        manifest=manifest,
        reason=reason,
        deputy_for=right.deputy_for.id if right.deputy_for else "",
    )


def reject(ground: SignoffContext, by: str, manifest: str, reason: str) -> Rejected:
    """A person whose turn it is ends the text's way, where its kind knows such an end."""
    right = _require_signing_right(ground, by, ground.stage, manifest)
    if not ground.rejected:
        raise MustAnswer
    return Rejected(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=right.person.post,
        stage=ground.stage,
        manifest=manifest,
        reason=reason,
        deputy_for=right.deputy_for.id if right.deputy_for else "",
    )


def reassign_stage(
    ground: SignoffContext, by: str, manifest: str, to: str, reason: str = ""
) -> StageReassigned:
    """A person whose turn it is hands the stage to somebody else whose stage it is too."""
    right = _require_signing_right(ground, by, ground.stage, manifest)
    if ground.state.stage and ground.state.stage.rule == "all":
        raise AllMustSign(stage=ground.stage)
    own = right.deputy_for.id if right.deputy_for else by
    others = tuple(
        person for person in handover_candidates(ground.state, ground.office) if person.id not in {by, own}
    )
    if not others:
        raise NobodyElse(stage=ground.stage)
    if to not in {person.id for person in others}:
        raise NotTheirs(stage=ground.stage, to=_post(ground.office, to), who=_posts(others))
    return StageReassigned(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=right.person.post,
        stage=ground.stage,
        to=to,
        manifest=manifest,
        reason=reason,
        deputy_for=right.deputy_for.id if right.deputy_for else "",
    )


def withdraw(ground: SignoffContext, by: str, manifest: str, reason: str) -> Withdrawn:
    """A person takes their own signature back, while no later stage has acted and the text has not gone out."""
    person, text = ground.person(by), ground.state.text
    require_not_ended(ground)
    require_same_version(ground, manifest)
    own = next((one for one in text.signed if one.by == by), None)
    if own is None:
        raise NothingToWithdraw(post=person.post, stage=ground.stage)
    if ground.is_released:
        raise WentOut
    later = later_stage_acted(ground, own.stage)
    if later:
        raise WentOn(post=person.post, stage=own.stage, next=later)
    return Withdrawn(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=person.post,
        stage=own.stage,
        manifest=manifest,
        reason=reason,
    )


def override(
    ground: SignoffContext, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
) -> Overridden:
    """One of two who must both say so lets this stage pass unsigned; who may, stands in the office's file."""
    person = ground.person(by)
    require_open(ground, stage, manifest)
    may = override_candidates(ground.state, ground.office)
    if not ground.office.override:
        raise NobodyOverrides(stage=stage)
    if by in {one.by for one in ground.state.text.override_votes(stage)}:
        raise SaidToPass(post=person.post, stage=stage, who=_posts(may))
    if person not in may:
        raise MayNotOverride(post=person.post, stage=stage, who=_posts(may))
    return Overridden(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=person.post,
        stage=stage,
        manifest=manifest,
        reason=reason,
        said_at=said_at,
    )


def require_release(
    ground: SignoffContext, key: str, *, must: bool, call: Callable[[str], str] = str
) -> None:
    """A text goes out only when every stage has signed it, and for what it announces.

    ``must``: whether there has to be one at all; a letter may also be written outside the program. ``call``: what a
    step or an outcome is called.
    """
    at = ground.state
    if not at.has_text:
        if must:
            raise NoText(found=call(key))
        return
    if at.chain_changed:
        raise OtherChain(now=" → ".join(route_of(ground.chain)))
    if not at.complete or not has_required_signers(ground):
        raise NotSignedYet(stage=ground.stage, who=ground.waiting_posts)
    if at.decision not in {"", key}:
        raise OtherDecision(signed=call(at.decision), found=call(key))


def require_matching_outcome(
    ground: SignoffContext, outcome: str, rejected: str, *, call: Callable[[str], str] = str
) -> None:
    """A rejected text's case ends as ``rejected`` and not otherwise, and no other case ends so."""
    ended = ground.state.text.rejected
    if ended and outcome != rejected:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=call(rejected))
    if not ended and outcome == rejected:
        raise NotRejected(found=call(outcome))


def has_required_signers(ground: SignoffContext) -> bool:
    """Whether as many different people as there are stages stand behind the text, and none of its writers."""
    text = ground.state.text
    people = signer_ids(text.signed, text.valid_overrides)
    given = {one.by for one in text.approvals_in_force}
    return len(given) >= len(ground.chain.stages) and not people & text.writers


def require_not_ended(ground: SignoffContext) -> None:
    """Nothing more is said of a text that was rejected, or whose case is closed."""
    if ground.closed:
        raise CaseOver(case=ground.case)
    ended = ground.state.text.rejected
    if ended:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=ground.rejected)


def require_open(ground: SignoffContext, stage: str, manifest: str) -> None:
    """The act is for the stage that is open, and for the very bytes that lie there."""
    require_not_ended(ground)
    if ground.state.chain_changed:
        raise OtherChain(now=" → ".join(route_of(ground.chain)))
    require_stage(ground, stage)
    require_same_version(ground, manifest)


def require_stage(ground: SignoffContext, stage: str) -> None:
    """This stage is the one the text waits for."""
    if ground.state.stage is None:
        raise NothingLaid(case=ground.case)
    if ground.state.stage.name != stage:
        raise NothingToSign(stage=stage, waits=ground.stage)


def require_same_version(ground: SignoffContext, manifest: str) -> None:
    """What the person saw is what lies there now."""
    if manifest != ground.state.manifest:
        raise OtherText


def later_stage_acted(ground: SignoffContext, stage: str) -> str:
    """The later stage that has acted; empty where none has."""
    text = ground.state.text
    later = text.route[text.route.index(stage) + 1 :]
    given = {one.stage for one in text.approvals_in_force}
    return next((name for name in later if name in given), "")


def _require_signing_right(ground: SignoffContext, by: str, stage: str, manifest: str) -> SigningRight:
    person = ground.person(by)
    require_open(ground, stage, manifest)
    right = signing_right(ground.state, ground.office, ground.absences, person, ground.today)
    if right is None:
        raise _refusal_for(ground, person)
    return right


def _refusal_for(ground: SignoffContext, person: Person) -> Refusal:
    at, office = ground.state, ground.office
    left = signers(at, office)
    words = {
        "post": person.post,
        "stage": ground.stage,
        "who": _posts(left or override_candidates(at, office)),
    }
    if person.id in at.writers:
        return WroteIt(**words) if left else WroteItAlone(**words)
    if person.id in at.excluded:
        return SignedAlready(**words) if left else SignedItAlone(**words)
    return NotYours(**words) if left else NobodyLeft(**words)


def _posts(people: tuple[Person, ...]) -> str:
    return "、".join(person.post for person in people) or "—"


def _post(office: Office, who: str) -> str:
    return next((person.post for person in office.people if person.id == who), who)
