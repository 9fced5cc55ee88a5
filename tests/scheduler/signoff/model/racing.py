"""Many at once through the real recorder: edits and signatures interleaved, two reviewers together, one button pressed often."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.services.app import OfficeApp
from config.errors import Refusal
from scheduler.signoff.approval_state import approval_state
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.events import Drafted, Signed
from tests.scheduler.signoff.town import DAY, FACTS, SIGNERS, STAGES, TEXT

Look = tuple[str, str]


class Raced(NamedTuple):
    """How many ran, how many acts were kept and refused, how many went out, and what was wrong."""

    runs: int
    kept: int
    refused: int
    out: int
    wrong: tuple[str, ...] = ()


def interleave(app: OfficeApp, runs: int, seed: int) -> Raced:
    """So many schedules: editors and signers, each looking first and acting later on what they saw, in an order of
    chance; then whoever still may sign does. Every schedule has a text of its own.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    kept = refused = out = 0
    wrong: list[str] = []
    for run in range(runs):
        with app.store.writing(app.office.slug) as connection:
            table = Table(app, connection, f"R{run}", chance)
            table.play()
            kept, refused, out = kept + table.kept, refused + table.refused, out + table.out
            wrong += table.wrong()
    return Raced(runs, kept, refused, out, tuple(wrong))


class Table:
    """One text and those around it, in one transaction of which each act is a part."""

    def __init__(self, app: OfficeApp, connection: Connection, reference: str, chance: random.Random) -> None:
        self.app, self.connection, self.chance = app, connection, chance
        self.kept = self.refused = self.stopped = self.out = 0
        with self._transaction("clerk") as uow:
            self.case = uow.cases.open("publication", reference, DAY, FACTS)
        self._try(lambda: self._edit("clerk", 0))
        self.seen: dict[str, Look] = {}

    def play(self) -> None:
        """Everybody looks and acts in an order of chance, those who sign mostly in their turn."""
        people = [*SIGNERS, self.chance.choice(SIGNERS), "clerk"]
        moves = [(who, what) for who in people for what in ("look", "act")]
        self.chance.shuffle(moves)
        for place, (who, what) in enumerate(moves):
            if what == "look":
                self._look(who)
            elif who == "clerk" or self.chance.random() < 0.05:
                self._try(lambda who=who, place=place: self._edit(who, place + 1))
            else:
                self._try(lambda who=who: self._sign(who))
        for who in SIGNERS:
            self._look(who)
            self._try(lambda who=who: self._sign(who))
        self._try(self._publish)

    def _look(self, who: str) -> None:
        at = self._standing()
        self.seen[who] = (at.manifest, at.stage.name if at.stage else "")

    def wrong(self) -> list[str]:
        """What must not be: a stale signature, two of one person, one by a writer, a release of too few; or a text
        that waits although each stage has somebody who wrote nothing and has looked at it.
        """
        case = self._case()
        manifest, signed, writers, found = "", [], set(), ["stopped by the database"] * self.stopped
        for fact in case.approvals:
            if isinstance(fact, Drafted):
                manifest, signed = fact.manifest, []
                writers.add(fact.by)
            if isinstance(fact, Signed):
                if fact.manifest != manifest:
                    found.append("stale")
                if fact.by in writers or fact.by in signed or fact.stage != STAGES[len(signed)]:
                    found.append("not theirs")
                signed.append(fact.by)
        out = any(step.step == "published" for step in case.steps)
        if out and len(set(signed) - writers) < len(STAGES):
            found.append("too few")
        if not out and not writers & set(SIGNERS):
            found.append("stuck")
        return found

    def _standing(self):
        case = self._case()
        return approval_state(self.app.office.chain("publication"), self.app.office, case.approvals)

    def _case(self) -> Case:
        return CaseProjections(self.connection, self.app.office.slug, self.app.duties).cases([self.case])[
            self.case
        ]

    def _edit(self, who: str, number: int) -> None:
        with self._transaction(who) as uow:
            uow.signoff.draft(self.case, who, replace(TEXT, text=f"第{number}稿"))

    def _sign(self, who: str) -> None:
        manifest, stage = self.seen.get(who, (TEXT.digest, STAGES[0]))
        with self._transaction(who) as uow:
            uow.signoff.sign(self.case, who, stage, manifest)

    def _publish(self) -> None:
        with self._transaction("clerk") as uow:
            uow.cases.step(self.case, "published", DAY, {"address": "https://www.zhaoduba.example/1.html"})
        self.out += 1

    def _transaction(self, who: str):
        return self.app.recorder.transaction(actor=who, means="test", within=self.connection)

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Refusal:
            self.refused += 1
        except IntegrityError:  # the rules let it pass; the database did not
            self.stopped += 1
        else:
            self.kept += 1


def at_once(acts: Sequence[Callable[[], None]]) -> Counter[str]:
    """Everything at the same moment, each in a thread of its own; how each ended, by the name of its refusal."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], None]) -> str:
        ready.wait()
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        return "kept"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))
