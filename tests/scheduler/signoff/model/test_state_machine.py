"""Anything anybody can do to a text, in any order, through the real recorder and in the real database, on both engines.

A ledger that knows nothing of the rules says after each act what must not have been; a text goes out only when four
others have signed those bytes. At the end the log is whole and every derived row is what a rebuild would make.
"""

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import IntegrityError

from bot.services.app import OfficeApp
from config.errors import Refusal
from scheduler.signoff.approval_state import ApprovalState, approval_state
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.events.events import Drafted, Returned, Signed, Withdrawn
from tests.scheduler.signoff.town import DAY, FACTS, SIGNERS, STAGES, TEXT

WRITERS = ("clerk", "finance_director", "archivist")
PEOPLE = (*SIGNERS, *WRITERS[::2], "executive_deputy_mayor", "mayor", "secretary")
TEXTS = tuple(replace(TEXT, text=words) for words in ("甲", "乙", "丙"))
WHO, TEXT_OF = st.sampled_from(PEOPLE), st.sampled_from(TEXTS)


class Office(RuleBasedStateMachine):
    """The sample town, one text, and everybody who may or may not touch it; each story is one transaction."""

    app: OfficeApp
    numbers = iter(range(1, 1_000_000))
    tally: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize()
    def begin(self) -> None:
        self.connection = self.stack.enter_context(self.app.store.writing(self.app.office.slug))
        with self._transaction("clerk") as uow:
            self.case = uow.cases.open("publication", f"M{next(self.numbers)}", DAY, FACTS)
        self.edit("clerk", TEXTS[0])

    def teardown(self) -> None:
        if hasattr(self, "connection"):
            log = Log(self.connection, self.app.office.slug)
            assert list(log.verify()) == []
            assert CaseProjections(self.connection, self.app.office.slug, self.app.duties).differences() == []
        self.stack.close()

    @rule(by=st.sampled_from(WRITERS), text=TEXT_OF)
    def edit(self, by, text) -> None:
        self._try(by, lambda uow: uow.signoff.draft(self.case, by, text))

    @rule(by=WHO, text=TEXT_OF, stage=st.sampled_from(STAGES))
    def sign_anything(self, by, text, stage) -> None:
        self._try(by, lambda uow: uow.signoff.sign(self.case, by, stage, text.digest))

    @rule(place=st.integers(0, 3))
    def sign_in_turn(self, place) -> None:
        at = self._at()
        by = SIGNERS[STAGES.index(at.stage.name)] if at.stage else SIGNERS[place]
        self._try(
            by, lambda uow: uow.signoff.sign(self.case, by, at.stage.name if at.stage else "", at.manifest)
        )

    @rule(upto=st.integers(2, 4), writer=st.sampled_from(WRITERS[::2]), text=TEXT_OF)
    def go_on(self, upto, writer, text) -> None:
        """What mostly happens: written where there is nothing, and signed by those whose turn it is."""
        if not self._at().manifest:
            self.edit(writer, text)
        for place in range(upto):
            self.sign_in_turn(place)

    @rule(writer=st.sampled_from(WRITERS[::2]), text=TEXT_OF)
    def see_it_out(self, writer, text) -> None:
        """And then it goes out, where nothing came in between."""
        self.go_on(len(STAGES), writer, text)
        self.publish()

    @rule(by=WHO, to=st.sampled_from(("", *STAGES)))
    def send_back(self, by, to) -> None:
        at = self._at()
        self._try(by, lambda uow: uow.signoff.send_back(self.case, by, at.manifest, "请改", to))

    @rule(by=WHO)
    def withdraw(self, by) -> None:
        self._try(by, lambda uow: uow.signoff.withdraw(self.case, by, "看漏"))

    @rule(by=WHO, to=WHO)
    def hand_on(self, by, to) -> None:
        at = self._at()
        self._try(by, lambda uow: uow.signoff.reassign_stage(self.case, by, to, at.manifest))

    @rule(by=WHO, to=WHO, days=st.integers(0, 3))
    def delegate(self, by, to, days) -> None:
        self._try(by, lambda uow: uow.office.delegate(by, to, DAY, DAY + timedelta(days=days)))

    @rule(by=st.sampled_from(("mayor", "secretary", "executive_deputy_mayor", "clerk")))
    def override(self, by) -> None:
        at = self._at()
        stage = at.stage.name if at.stage else ""
        self._try(by, lambda uow: uow.signoff.override(self.case, by, stage, at.manifest, "无人可签"))

    @rule(by=WHO, really=st.integers(0, 20))
    def reject(self, by, really) -> None:
        at = self._at()
        if not really:  # seldom: nothing comes after it
            self._try(by, lambda uow: uow.signoff.reject(self.case, by, at.manifest, "不宜公开"))

    @rule()
    def publish(self) -> None:
        address = {"address": "https://www.zhaoduba.example/1.html"}
        if self._try("clerk", lambda uow: uow.cases.step(self.case, "published", DAY, address)):
            self._require_signed()
            self.tally["out"] += 1

    @rule(outcome=st.sampled_from(("rejected", "archived")))
    def close(self, outcome) -> None:
        self._try("clerk", lambda uow: uow.cases.close(self.case, outcome, DAY))

    @invariant()
    def nobody_signed_wrongly(self) -> None:
        """Every signature is for the bytes that lay there, by somebody who wrote none and signed nothing else."""
        if not hasattr(self, "case"):
            return
        manifest, writers, acted = "", set(), {}
        for fact in self._case().approvals:
            match fact:
                case Drafted():
                    manifest, acted = fact.manifest, {}
                    writers.add(fact.by)
                case Signed():
                    people = {fact.by, fact.deputy_for} - {""}
                    assert fact.manifest == manifest
                    assert not people & (writers | {one for some in acted.values() for one in some})
                    acted[fact.stage] = people
                case Withdrawn():
                    acted.pop(fact.stage)
                case Returned(to=to):
                    order = STAGES.index(to) if to else 0
                    acted = {stage: who for stage, who in acted.items() if STAGES.index(stage) < order}

    def _require_signed(self) -> None:
        text = self._at().text
        people = {one.by for one in (*text.signed, *text.valid_overrides)}
        stages = {one.stage for one in (*text.signed, *text.valid_overrides)}
        assert stages == set(STAGES)
        assert len(people) >= len(STAGES)
        assert not people & text.writers
        assert {one.manifest for one in text.signed} == {text.manifest}

    def _at(self):
        return approval_state(self.app.office.chain("publication"), self.app.office, self._case().approvals)

    def _case(self):
        return CaseProjections(self.connection, self.app.office.slug, self.app.duties).cases([self.case])[
            self.case
        ]

    def _transaction(self, who):
        return self.app.recorder.transaction(actor=who, means="test", within=self.connection)

    def _try(self, who, act) -> bool:
        try:
            with self._transaction(who) as uow:
                act(uow)
        except Refusal:
            self.tally["refused"] += 1
            return False
        self.tally["kept"] += 1
        return True


def run_machine(app: OfficeApp, examples: int, steps: int) -> Counter[str]:
    """So many stories of so many acts each; how many acts were kept and refused, and how many texts went out."""
    Office.tally.clear()
    kind = type("Machine", (Office,), {"app": app})
    health = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=health,
        phases=(Phase.explicit, Phase.generate),  # a found story is long enough to read as it is
        derandomize=True,
        database=None,
    )
    run_state_machine_as_test(kind, settings=profile)
    return Counter(Office.tally)


def test_no_story_lets_out_what_others_have_not_signed(app: OfficeApp) -> None:
    tally = run_machine(app, examples=8, steps=20)
    assert min(tally["kept"], tally["refused"]) > 20
    assert tally["out"] > 0


def test_the_stories_notice_when_writers_may_sign(app: OfficeApp) -> None:
    """By the ledger, or by the database, whichever is reached first."""
    nobody = patch.object(ApprovalState, "excluded", property(lambda _at: frozenset()))
    with nobody, pytest.raises((AssertionError, IntegrityError, ExceptionGroup)):
        run_machine(app, examples=20, steps=20)
