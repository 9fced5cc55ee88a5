"""Gathers what a table of a case says of it as a whole: its term, what happened, what is proposed, who approves it.

A 呈批单 circulates inside the office (``config/data/letters``): the proposal is the outcome that its text announces,
or the consent that is asked for, and it names the people who decide on that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from config.declarations.duty import CaseOutcome, Duty, Field, FieldType, Step
from config.office.model import Office
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case, stage_holders
from scheduler.terms.deadlines import CLOSED, DueDate, chronological
from storage.documents.letters.catalogue import chinese_day
from storage.events.case import Case, chain_kind, date_field
from storage.events.events import Closed, Facts, Stepped


def field_words(asked: Field, facts: Facts) -> str:
    """What was filled in, as papers write it: a day in Chinese, a choice by its label; empty where nothing was."""
    if asked.key not in facts:
        return ""
    if asked.type is FieldType.DAY:
        day = date_field(facts, asked.key)
        return chinese_day(day) if day else ""
    found = str(facts[asked.key])
    return asked.choices.get(found, "") if asked.type is FieldType.CHOICE else found


@dataclass(frozen=True, kw_only=True)
class CaseSheet:
    """A case with the words in which a table tells of it (``[sheet]`` of its shared file)."""

    case: Case
    duty: Duty
    office: Office
    due: DueDate
    words: Mapping[str, str]

    def facts(self) -> dict[str, str]:
        """What it says, by source; empty where nothing recorded tells."""
        return {
            "sheet.history": self._history(),
            "sheet.proposal": self._proposal(),
            "sheet.approvers": "\n".join(self._approvers()),
        }

    def term(self, day: str) -> str:
        """The term in words: ``day``, its last day as papers write it, or what is waited for."""
        if day:
            return self.words["term"].format(day=day)
        waits = [self._label(wait.step) for wait in self.due.external_waits]
        if not waits:
            return self.words["none"]
        waiting = self.words["waiting"].format(step="、".join(dict.fromkeys(waits)))
        if self.due.latest is None:
            return waiting
        return self.words["latest"].format(waiting=waiting, day=chinese_day(self.due.latest))

    def _label(self, step: str) -> str:
        declared = self.duty.step(step)
        return declared.label if declared else step

    def _history(self) -> str:
        """The steps in force as they are replayed, each with its main field."""
        steps = [one for one in chronological(self.case.records, self.duty) if isinstance(one, Stepped)]
        lines = [
            self.words["history"].format(
                day=chinese_day(step.happened_on), step=self._label(step.step), detail=self._detail(step)
            )
            for step in steps
        ]
        return self.words["then"].join(lines) or self.words["no_history"]

    def _detail(self, taken: Stepped) -> str:
        """What its main field says; a day and a number with what they are."""
        step = self.duty.step(taken.step)
        asked = next((one for one in step.fields if one.key == step.main_field), None) if step else None
        found = field_words(asked, taken.facts) if asked else ""
        if not asked or not found:
            return ""
        labelled = asked.type in {FieldType.DAY, FieldType.NUMBER}
        return self.words["dated" if labelled else "detail"].format(label=asked.label, found=found)

    def _proposal(self) -> str:
        """The consent that is waited for, else the outcome that was recorded or that the text announces."""
        asked = self._consent_asked
        if asked:
            taken, step = asked
            facts = "；".join(self._step_words(step, taken))
            return self.words["consent"].format(step=step.label, facts=facts)
        outcome = self._outcome
        if outcome is None:
            return ""
        return self.words["outcome"].format(outcome=outcome.label, article=outcome.article)

    def _step_words(self, step: Step, taken: Stepped) -> Iterator[str]:
        for field in step.fields:
            found = "" if field.type is FieldType.FILE else field_words(field, taken.facts)
            if found:
                yield self.words["fact"].format(label=field.label, found=found)

    @property
    def _consent_asked(self) -> tuple[Stepped, Step] | None:
        """The newest request for a consent that was neither granted nor refused since."""
        for step in self.duty.steps:
            taken = self.case.last_step(step.key, *step.consent_steps) if step.consent_steps else None
            if taken and taken.step == step.key and self.due.state != CLOSED:
                return taken, step
        return None

    @property
    def _outcome(self) -> CaseOutcome | None:
        ends = [record.outcome for record in self.case.records if isinstance(record, Closed)]
        state = self._approval
        key = ends[-1] if ends and self.due.state == CLOSED else state.decision if state else ""
        return self.duty.outcome(key) if key else None

    @property
    def _approval(self) -> ApprovalState | None:
        if not chain_kind(self.case, self.duty):
            return None
        return approval_state_of_case(self.office, self.case, self.duty)

    def _approvers(self) -> Iterator[str]:
        """Those who decide on what is proposed, one line each: of a consent its field's role, else every stage."""
        asked = self._consent_asked
        granting = self.duty.step(asked[1].consent_steps[0]) if asked else None
        if granting:
            yield from (self._consenting(field) for field in granting.fields if field.consent)
            return
        state = self._approval
        if state is None:
            return
        for stage in self.office.chain(chain_kind(self.case, self.duty)).stages:
            people = stage_holders(stage, self.office, self.case.facts)
            line = self._line(stage.name, [person.post for person in people])
            signed = next((one for one in state.signed if one.stage == stage.name), None)
            if signed:
                day = chinese_day(signed.happened_on)
                line = self.words["signed"].format(approver=line, post=signed.post, day=day)
            yield line

    def _consenting(self, field: Field) -> str:
        return self._line(field.label, [person.post for person in self.office.holders(field.role)])

    def _line(self, stage: str, posts: list[str]) -> str:
        return self.words["approver"].format(
            stage=stage, posts="、".join(dict.fromkeys(posts)) or self.words["nobody"]
        )
