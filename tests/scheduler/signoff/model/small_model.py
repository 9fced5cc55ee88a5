"""A small world, tried to the end: 3 stages, 4 people, 3 versions, every act by everybody, to a depth.

Whatever the rules let through is entered in a ledger that knows nothing of them, and the ledger says what must not have
been. States that differ only in how they were reached are one. The same search must catch each guard taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations, product
from typing import NamedTuple

from config.errors import Refusal
from config.office.model import Chain, Contacts, LeadingGroup, Office, Person, ReportPlan, Stage
from scheduler.signoff import acts as signoff_acts
from scheduler.signoff.acts import SignoffContext
from scheduler.signoff.approval_state import approval_state_from_text
from storage.events.approvals import ApprovalHistory
from storage.events.delegations import Absences, Delegation
from storage.events.manifest import Manifest

PEOPLE, STAGES = ("a", "b", "c", "d"), ("1", "2", "3")
TEXTS = tuple(Manifest(text=words, decision="out") for words in ("x", "y", "z"))
TODAY = date(2026, 11, 23)
RUNS, OVER = TODAY, TODAY - timedelta(days=1)
WORLDS = {
    "each": {
        "1": ("a",),
        "2": ("b",),
        "3": ("c",),
    },  # one person for each stage, and one more who may only write
    "all": dict.fromkeys(STAGES, PEOPLE),  # everybody may do everything: only the rules keep them apart
}
Pair = tuple[str, str]


class Act(NamedTuple):
    """Somebody tries something."""

    what: str
    by: str
    stage: str = ""
    text: int = 0
    to: str = ""


class Given(NamedTuple):
    """A signature in the ledger."""

    stage: str
    by: str
    stood_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What happened, by a clerk who only writes it down."""

    text: int = -1
    wrote: frozenset[str] = frozenset()
    given: frozenset[Given] = frozenset()
    ended: bool = False
    handed: Pair = ("", "")
    away: frozenset[Pair] = frozenset()

    def after(self, act: Act, stood_for: str) -> Ledger:
        """The ledger with one more line."""
        now = self
        match act.what:
            case "edit":
                now = Ledger(text=act.text, wrote=self.wrote | {act.by}, away=self.away)
            case "sign":
                now = replace(self, given=self.given | {Given(act.stage, act.by, stood_for)})
            case "return":
                kept = frozenset(one for one in self.given if act.to and one.stage < act.to)
                now = replace(self, given=kept, text=self.text if act.to else -1, handed=("", ""))
            case "reject":
                now = replace(self, ended=True)
            case "withdraw":
                mine = next((one.stage for one in self.given if one.by == act.by), "")
                handed = self.handed if self.handed[0] == mine else ("", "")  # the next stage has no text now
                now = replace(
                    self, given=self.given - {one for one in self.given if one.by == act.by}, handed=handed
                )
            case "pass":
                now = replace(self, handed=(act.stage, act.to))
            case _:
                left = frozenset(one for one in self.away if one[0] != act.by)
                now = replace(self, away=left | ({(act.by, act.to)} if act.stage == "runs" else set()))
        return now

    @property
    def open(self) -> str:
        """The first stage nobody has signed."""
        return next((stage for stage in STAGES if stage not in {one.stage for one in self.given}), "")

    def wrong(self, act: Act, stood_for: str, world: dict[str, tuple[str, ...]]) -> str:
        """Why an act that was let through must not have been; empty where it may."""
        acted = {one.by for one in self.given} | {one.stood_for for one in self.given} - {""}
        right = stood_for or act.by
        if act.what in {"sign", "return", "reject", "pass"}:
            checks = {
                "the text had ended": self.ended,
                "other bytes": act.text != self.text,
                "not the open stage": act.stage != self.open or not self.open,
                "by a writer": {act.by, right} & self.wrote,
                "by somebody who acted already": {act.by, right} & acted,
                "not theirs": right not in world.get(act.stage, ()),
                "for somebody who is not away": stood_for and (stood_for, act.by) not in self.away,
                "handed to another": self.handed[0] == act.stage and right != self.handed[1],
            }
            return next((why for why, holds in checks.items() if holds), "")
        if act.what == "withdraw":
            mine = [one.stage for one in self.given if one.by == act.by]
            later = mine and any(one.stage > mine[0] for one in self.given)
            return "took back what the next stage stood on" if not mine or later or self.ended else ""
        return "written after its end" if act.what == "edit" and self.ended else ""

    def must_not_go_out(self) -> str:
        """Why this text must not go out; empty where it may."""
        people = {one.by for one in self.given}
        if self.text < 0 or self.ended or {one.stage for one in self.given} != set(STAGES):
            return "went out unsigned"
        return "went out by too few" if len(people) < len(STAGES) or people & self.wrote else ""


class State(NamedTuple):
    """What the rules know, and what the ledger does."""

    text: ApprovalHistory
    ledger: Ledger


class Found(NamedTuple):
    """What a search has seen."""

    states: int
    steps: int
    refused: int
    out: int
    """In how many states the text could go out."""
    wrong: str = ""
    path: tuple[Act, ...] = ()


def office_of(world: dict[str, tuple[str, ...]]) -> tuple[Office, Chain]:
    """A town of four, and its chain."""
    roles = {person: tuple(f"r{stage}" for stage, who in world.items() if person in who) for person in PEOPLE}
    office = Office(
        slug="small",
        name="",
        short_name="",
        level="",
        county="",
        scope="agency",
        people=tuple(Person(id=person, post=person, roles=roles[person]) for person in PEOPLE),
        leading_group=LeadingGroup(head="d"),
        departments=(),
        villages=(),
        chains=(),
        report=ReportPlan(),
        contacts=Contacts(),
        dates=(),
    )
    return office, Chain(kind="small", stages=tuple(Stage(name=stage, by=ROLE[stage]) for stage in STAGES))


ROLE = {"1": "secrecy_reviewer", "2": "office_head", "3": "leader"}


def acts() -> Iterator[Act]:
    """Everything anybody can try."""
    texts = range(len(TEXTS))
    for by in PEOPLE:
        yield from (Act("edit", by, text=text) for text in texts)
        yield from (Act("sign", by, stage, text) for stage, text in product(STAGES, texts))
        yield from (Act("return", by, text=text, to=to) for text, to in product(texts[:2], ("", *STAGES)))
        yield from (Act("reject", by, text=text) for text in texts[:2])
        yield Act("withdraw", by)
        others = [other for other in PEOPLE if other != by]
        yield from (Act("pass", by, text=text, to=to) for text, to in product(texts[:2], PEOPLE))
        yield from (Act("delegate", by, "runs", to=to) for to in others)
        yield Act("delegate", by, "over", to=others[-1])


ACTS = tuple(acts())
NAMES = [{"": "", **dict(zip(PEOPLE, order, strict=True))} for order in permutations(PEOPLE)]


class Search:
    """Breadth first, so the first wrong path is a shortest one."""

    def __init__(self, name: str) -> None:
        self.world = WORLDS[name]
        self.office, self.chain = office_of(self.world)
        people = tuple(
            replace(one, roles=tuple(ROLE[stage] for stage in STAGES if one.id in self.world[stage]))
            for one in self.office.people
        )
        self.office = replace(self.office, people=people)
        self.symmetric = name == "all"

    def run(self, depth: int) -> Found:
        """Try everything from everywhere, so many acts deep."""
        start = State(ApprovalHistory(), Ledger())
        seen, frontier = {self._key(start)}, [(start, ())]
        steps = refused = out = 0
        for _ in range(depth):
            following: list[tuple[State, tuple[Act, ...]]] = []
            for state, path in frontier:
                ground = self._ground(state)
                for act in ACTS:
                    try:
                        after, why = self._try(ground, state, act)
                    except Refusal:
                        refused += 1
                        continue
                    steps += 1
                    key = self._key(after)
                    if key in seen and not why:
                        continue
                    seen.add(key)
                    goes = self._goes_out(after)
                    why = why or (after.ledger.must_not_go_out() if goes else "")
                    if why:
                        return Found(len(seen), steps, refused, out, why, (*path, act))
                    out += goes
                    following.append((after, (*path, act)))
            frontier = following
        return Found(len(seen), steps, refused, out)

    def _ground(self, state: State) -> SignoffContext:
        away = (
            Delegation(position=place, person=person, deputy=deputy.lower(), first=OVER, last=_last(deputy))
            for place, (person, deputy) in enumerate(sorted(state.ledger.away | self._over(state)), 1)
        )
        return SignoffContext(
            case=1,
            chain=self.chain,
            office=self.office,
            absences=Absences(delegations=tuple(away)),
            today=TODAY,
            said_on=TODAY,
            state=approval_state_from_text(self.chain, self.office, state.text),
            rejected="rejected",
        )

    def _over(self, state: State) -> set[Pair]:
        """Everybody was away until yesterday, and the next one acted: it must let nobody sign today."""
        away = {person for person, _ in state.ledger.away}
        return {
            (person, PEOPLE[place - 1].upper()) for place, person in enumerate(PEOPLE) if person not in away
        }

    def _try(self, ground: SignoffContext, state: State, act: Act) -> tuple[State, str]:
        """What comes of an act, and why it was wrong to let it through. Refusal where the rules refuse it."""
        text, ledger, stood_for = state.text, state.ledger, ""
        if act.what != "delegate":
            act = act._replace(stage=act.stage or ground.stage)
            fact = self._say(ground, act)
            stood_for = getattr(fact, "deputy_for", "")
            text = text.apply(fact)
        why = ledger.wrong(act, stood_for, self.world)
        return State(text, ledger.after(act, stood_for)), why

    def _say(self, ground: SignoffContext, act: Act):
        manifest = TEXTS[act.text].digest
        match act.what:
            case "edit":
                return signoff_acts.draft(ground, act.by, TEXTS[act.text])
            case "sign":
                return signoff_acts.sign(ground, act.by, act.stage, manifest)
            case "return":
                return signoff_acts.send_back(ground, act.by, manifest, "?", act.to)
            case "reject":
                return signoff_acts.reject(ground, act.by, manifest, "?")
            case "withdraw":
                return signoff_acts.withdraw(ground, act.by, ground.state.manifest, "?")
            case _:
                return signoff_acts.reassign_stage(ground, act.by, manifest, act.to)

    def _goes_out(self, state: State) -> bool:
        try:
            signoff_acts.require_release(self._ground(state), "out", must=True)
        except Refusal:
            return False
        return True

    def _key(self, state: State) -> object:
        """Two states with one key have the same future: numbers of versions and past texts are forgotten.

        Where everybody may do everything, so is who is who.
        """
        names = NAMES if self.symmetric else NAMES[:1]
        return min(_named(state, name) for name in names)


def _named(state: State, name: dict[str, str]) -> tuple[object, ...]:
    text, ledger = state.text, state.ledger
    passed = (text.reassigned.stage, name[text.reassigned.to]) if text.reassigned else ("", "")
    signed = tuple(sorted((one.stage, name[one.by], name[one.deputy_for]) for one in text.signed))
    given = tuple(sorted((one.stage, name[one.by], name[one.stood_for]) for one in ledger.given))
    away = tuple(sorted((name[person], name[deputy]) for person, deputy in ledger.away))
    flags = (bool(text.manifest), ledger.text >= 0, bool(text.version), bool(text.rejected), ledger.ended)
    writers = (
        tuple(sorted(name[one] for one in text.writers)),
        tuple(sorted(name[one] for one in ledger.wrote)),
    )
    return flags, writers, signed, given, passed, (ledger.handed[0], name[ledger.handed[1]]), away


def _last(deputy: str) -> date:
    return OVER if deputy.isupper() else RUNS
