"""Lays the course of a case out as a line of stages, with the place where it stands.

The line follows from the declaration of the kind: opened, handled, its text written and signed where the office signs
it in stages, concluded, and each step that is recorded after the close (an answer sent, the papers filed). Beside it
stands what the last steps left open: a consent that was asked, a case that was sent back, defects that were found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import takewhile

from config.declarations.duty import Duty, Step
from config.declarations.terms import Defect, Fulfil, Reopen, SendBack
from config.office.model import Office
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.terms.deadlines import CLOSED, DueDate
from storage.events.approvals import is_published, releases
from storage.events.case import Case, chain_kind
from storage.events.events import Closed, Signed, Stepped


class StageKind(StrEnum):
    """What a stage of a case stands for."""

    OPENED = "opened"
    HANDLED = "handled"  # what the case is for, where no text is signed
    WRITTEN = "written"
    SIGNED = "signed"
    STEP = "step"  # a declared step: what releases the text, what fulfils the term, what follows the close
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStage:
    """One stage of a case: done on a day, or waited for."""

    kind: StageKind
    step: str = ""
    """The declared step it stands for."""
    done_on: date | None = None
    """The day it was done; None while it is not."""
    is_current: bool = False
    signed: tuple[Signed, ...] = ()
    stages: int = 0
    """How many stages of the chain a text passes."""


def case_stages(case: Case, duty: Duty, dated: DueDate, office: Office) -> tuple[CaseStage, ...]:
    """Return the stages of an opened case in their order; the first that is not done is the current one."""
    found = tuple(_stages(case, duty, dated, office))
    current = next((place for place, one in enumerate(found) if one.done_on is None), -1)
    return tuple(
        CaseStage(
            kind=one.kind,
            step=one.step,
            done_on=one.done_on,
            is_current=place == current,
            signed=one.signed,
            stages=one.stages,
        )
        for place, one in enumerate(found)
    )


def _stages(case: Case, duty: Duty, dated: DueDate, office: Office) -> Iterator[CaseStage]:
    opening = case.opening
    if opening is None:
        return
    closed_on = _closed_on(case) if dated.state == CLOSED else None
    yield CaseStage(kind=StageKind.OPENED, done_on=opening.happened_on)
    if chain_kind(case, duty):
        yield from _text_stages(case, duty, office, closed_on)
    yield from _main_steps(case, duty, closed_on)
    if duty.outcomes:
        yield CaseStage(kind=StageKind.CLOSED, done_on=closed_on)
    for step in steps_after_close(duty):
        taken = case.last_step(step.key)
        yield CaseStage(kind=StageKind.STEP, step=step.key, done_on=taken.happened_on if taken else None)


def steps_after_close(duty: Duty) -> tuple[Step, ...]:
    """Return the steps that conclude the file of a closed case, in their order; none of them takes it up again.

    What links it to another case (a text that is published after all) belongs to few, and is no stage of each.
    """
    return tuple(step for step in duty.steps if _concludes(step))


def _concludes(step: Step) -> bool:
    lasting = step.after_close and step.standalone and not (step.requires_approval or step.occasional)
    return lasting and not isinstance(step.effect, Reopen) and not any(one.linked_kind for one in step.fields)


def _text_stages(case: Case, duty: Duty, office: Office, closed_on: date | None) -> Iterator[CaseStage]:
    state, drafts = approval_state_of_case(office, case, duty), case.approvals
    out = is_published(case, duty) or bool(releases(case, duty)) or closed_on is not None
    written = drafts[-1].happened_on if drafts and (state.manifest or out) else closed_on
    yield CaseStage(kind=StageKind.WRITTEN, done_on=written)
    yield CaseStage(
        kind=StageKind.SIGNED,
        done_on=_signed_on(state) or closed_on if state.complete or out else None,
        signed=state.signed,
        stages=len(state.text.route),
    )


def _signed_on(state: ApprovalState) -> date | None:
    return max((one.happened_on for one in state.text.approvals_in_force), default=None)


def _main_steps(case: Case, duty: Duty, closed_on: date | None) -> Iterator[CaseStage]:
    """Yield the step the kind is for, where it has one: the release of its text, or what fulfils its term."""
    released = [step for step in duty.steps if step.requires_approval]
    fulfilling = [step for step in duty.steps if isinstance(step.effect, Fulfil)]
    steps = released or fulfilling
    if steps:
        taken = case.last_step(*(step.key for step in steps))
        done_on = taken.happened_on if taken else closed_on
        yield CaseStage(kind=StageKind.STEP, step=taken.step if taken else steps[0].key, done_on=done_on)
    elif not chain_kind(case, duty):
        yield CaseStage(kind=StageKind.HANDLED, done_on=closed_on)


def _closed_on(case: Case) -> date | None:
    return next((record.happened_on for record in reversed(case.records) if isinstance(record, Closed)), None)


def asked_consent(case: Case, duty: Duty) -> Stepped | None:
    """Return the step that asks for a consent which was neither granted nor refused since; None where none does."""
    for step in duty.steps:
        last = case.last_step(step.key, *step.consent_steps) if step.consent_steps else None
        if last and last.step == step.key:
            return last
    return None


def open_defects(case: Case, duty: Duty) -> list[Stepped]:
    """Return the unresolved defect reports, newest first, stopping at the first that differs."""
    steps = {step.key: step.effect.until for step in duty.steps if isinstance(step.effect, Defect)}
    if not steps or len(case.timeline) == 1:
        return []
    found = case.steps_taken(*steps, *(key for until in steps.values() for key in until))[::-1]
    if not found or found[0].step not in steps:
        return []
    last = found[0]
    return list(takewhile(lambda one: (one.step, one.facts) == (last.step, last.facts), found))


def sent_back_step(case: Case, duty: Duty) -> Stepped | None:
    """Return the step by which a case was sent back to whoever handed it in; None once it came again."""
    effects = {step.key: step.effect for step in duty.steps if isinstance(step.effect, SendBack)}
    last = case.last_step(*effects, *(effect.until for effect in effects.values())) if effects else None
    return last if last and last.step in effects else None
