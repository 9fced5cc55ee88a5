"""What may be said about a text, as facts or refusals. Pure: the desk asks here under its lock, and records.

Every act at a stage passes the same gate (``_require_turn``): it is for this stage, for these very bytes, and by
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
    Mandate,
    Standing,
    acted,
    mandate,
    overriders,
    route_of,
    signers,
    takers,
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
from storage.events.events import Drafted, Overridden, Passed, Rejected, Returned, Signed, Withdrawn
from storage.events.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an act about a case's text stands on."""

    case: int
    chain: Chain
    office: Office
    absences: Absences
    today: date
    at: Standing
    rejected: str = ""
    """The outcome by which a rejected text's case ends; empty where none of its texts may be rejected."""
    out: bool = False
    """Whether this version has gone out."""
    closed: bool = False

    def person(self, who: str) -> Person:
        """A person of the office. LeftOffice for one who is so no more."""
        found = next((person for person in self.office.people if person.id == who), None)
        if found is None:
            raise LeftOffice(person=who, who=self.who)
        return found

    @property
    def who(self) -> str:
        """Whom it waits for, by post."""
        return _posts(signers(self.at, self.office))

    @property
    def stage(self) -> str:
        """The stage it waits for."""
        return self.at.stage.name if self.at.stage else "—"


def draft(ground: Ground, by: str, manifest: Manifest) -> Drafted:
    """A new version. The same bytes would be none: laying them down again would void what was signed."""
    ground.person(by)
    require_unended(ground)
    same = (ground.at.manifest, ground.at.decision) == (manifest.digest, manifest.decision)
    if same and not ground.at.rerouted:
        raise SameText(stage=ground.at.stage.name if ground.at.stage else "✓")
    return Drafted(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        manifest=manifest.digest,
        route=route_of(ground.chain),
        title=manifest.title,
        decision=manifest.decision,
        facts=manifest.described,
    )


def sign(ground: Ground, by: str, stage: str, manifest: str, *, said_at: str = "") -> Signed:
    """A person approves exactly this text at this stage."""
    right = _require_turn(ground, by, stage, manifest)
    away = right.deputy_for
    return Signed(
        case=ground.case,
        happened_on=ground.today,
        by=by,
        post=right.person.post,
        stage=stage,
        manifest=manifest,
        meaning=ground.at.stage.meaning if ground.at.stage else "",
        deputy_for=away.id if away else "",
        deputy_for_post=away.post if away else "",
        said_at=said_at,
    )


def send_back(ground: Ground, by: str, manifest: str, reason: str, to: str = WRITER) -> Returned:
    """A person whose turn it is returns the text to a stage that has acted, or to its writer."""
    right = _require_turn(ground, by, ground.stage, manifest)
    given = {one.stage for one in ground.at.signed} | ground.at.text.overridden
    known = [name for name in ground.at.text.route if name in given]
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


def reject(ground: Ground, by: str, manifest: str, reason: str) -> Rejected:
    """A person whose turn it is ends the text's way, where its kind knows such an end."""
    right = _require_turn(ground, by, ground.stage, manifest)
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


def pass_on(ground: Ground, by: str, manifest: str, to: str, reason: str = "") -> Passed:
    """A person whose turn it is hands the stage to somebody else whose stage it is too."""
    right = _require_turn(ground, by, ground.stage, manifest)
    if ground.at.stage and ground.at.stage.rule == "all":
        raise AllMustSign(stage=ground.stage)
    own = right.deputy_for.id if right.deputy_for else by
    others = tuple(person for person in takers(ground.at, ground.office) if person.id not in {by, own})
    if not others:
        raise NobodyElse(stage=ground.stage)
    if to not in {person.id for person in others}:
        raise NotTheirs(stage=ground.stage, to=_post(ground.office, to), who=_posts(others))
    return Passed(
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


def withdraw(ground: Ground, by: str, manifest: str, reason: str) -> Withdrawn:
    """A person takes their own signature back, while no later stage has acted and the text has not gone out."""
    person, text = ground.person(by), ground.at.text
    require_unended(ground)
    require_same(ground, manifest)
    own = next((one for one in text.signed if one.by == by), None)
    if own is None:
        raise NothingToWithdraw(post=person.post, stage=ground.stage)
    if ground.out:
        raise WentOut
    later = went_on_from(ground, own.stage)
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
    ground: Ground, by: str, stage: str, manifest: str, reason: str, *, said_at: str = ""
) -> Overridden:
    """One of two who must both say so lets this stage pass unsigned; who may, stands in the office's file."""
    person = ground.person(by)
    require_open(ground, stage, manifest)
    may = overriders(ground.at, ground.office)
    if not ground.office.override:
        raise NobodyOverrides(stage=stage)
    if by in {one.by for one in ground.at.text.said_to_pass(stage)}:
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


def require_release(ground: Ground, key: str, *, must: bool, call: Callable[[str], str] = str) -> None:
    """A text goes out only when every stage has signed it, and for what it announces.

    ``must``: whether there has to be one at all; a letter may also be written outside the program. ``call``: what a
    step or an outcome is called.
    """
    at = ground.at
    if not at.begun:
        if must:
            raise NoText(found=call(key))
        return
    if at.rerouted:
        raise OtherChain(now=" → ".join(route_of(ground.chain)))
    if not at.complete or not enough(ground):
        raise NotSignedYet(stage=ground.stage, who=ground.who)
    if at.decision not in {"", key}:
        raise OtherDecision(signed=call(at.decision), found=call(key))


def require_ending(ground: Ground, outcome: str, rejected: str, *, call: Callable[[str], str] = str) -> None:
    """A rejected text's case ends as ``rejected`` and not otherwise, and no other case ends so."""
    ended = ground.at.text.rejected
    if ended and outcome != rejected:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=call(rejected))
    if not ended and outcome == rejected:
        raise NotRejected(found=call(outcome))


def enough(ground: Ground) -> bool:
    """Whether as many different people as there are stages stand behind the text, and none of its writers."""
    text = ground.at.text
    people = acted(text.signed, text.overriding)
    given = {one.by for one in text.given}
    return len(given) >= len(ground.chain.stages) and not people & text.writers


def require_unended(ground: Ground) -> None:
    """Nothing more is said of a text that was rejected, or whose case is closed."""
    if ground.closed:
        raise CaseOver(case=ground.case)
    ended = ground.at.text.rejected
    if ended:
        raise EndedText(post=ended.post, stage=ended.stage, outcome=ground.rejected)


def require_open(ground: Ground, stage: str, manifest: str) -> None:
    """The act is for the stage that is open, and for the very bytes that lie there."""
    require_unended(ground)
    if ground.at.rerouted:
        raise OtherChain(now=" → ".join(route_of(ground.chain)))
    require_stage(ground, stage)
    require_same(ground, manifest)


def require_stage(ground: Ground, stage: str) -> None:
    """This stage is the one the text waits for."""
    if ground.at.stage is None:
        raise NothingLaid(case=ground.case)
    if ground.at.stage.name != stage:
        raise NothingToSign(stage=stage, waits=ground.stage)


def require_same(ground: Ground, manifest: str) -> None:
    """What the person saw is what lies there now."""
    if manifest != ground.at.manifest:
        raise OtherText


def went_on_from(ground: Ground, stage: str) -> str:
    """The later stage that has acted; empty where none has."""
    text = ground.at.text
    later = text.route[text.route.index(stage) + 1 :]
    given = {one.stage for one in text.given}
    return next((name for name in later if name in given), "")


def _require_turn(ground: Ground, by: str, stage: str, manifest: str) -> Mandate:
    person = ground.person(by)
    require_open(ground, stage, manifest)
    right = mandate(ground.at, ground.office, ground.absences, person, ground.today)
    if right is None:
        raise _why_not(ground, person)
    return right


def _why_not(ground: Ground, person: Person) -> Refusal:
    at, office = ground.at, ground.office
    left = signers(at, office)
    words = {"post": person.post, "stage": ground.stage, "who": _posts(left or overriders(at, office))}
    if person.id in at.writers:
        return WroteIt(**words) if left else WroteItAlone(**words)
    if person.id in at.barred:
        return SignedAlready(**words) if left else SignedItAlone(**words)
    return NotYours(**words) if left else NobodyLeft(**words)


def _posts(people: tuple[Person, ...]) -> str:
    return "、".join(person.post for person in people) or "—"


def _post(office: Office, who: str) -> str:
    return next((person.post for person in office.people if person.id == who), who)
