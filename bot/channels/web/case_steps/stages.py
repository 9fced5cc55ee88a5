"""Words the stages of a case for its page: what each is called, when it was done, what the current one waits for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.web.request.request import PageRequest
from config.declarations.duty import Duty
from scheduler.terms.deadlines import DueDate
from scheduler.worklist.case_stages import CaseStage, StageKind, case_stages
from storage.events.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """A stage as the line shows it: done, now or ahead, with its name and a note below it."""

    state: str
    name: str
    note: str


def stage_views(page: PageRequest, case: Case, duty: Duty, dated: DueDate) -> tuple[StageView, ...]:
    """The stages of a case, with today's place."""
    return tuple(
        StageView(state=_state(one), name=_name(page, duty, one), note=_note(page, dated, one))
        for one in case_stages(case, duty, dated, page.app.office)
    )


def _state(one: CaseStage) -> str:
    return "now" if one.is_current else "done" if one.done_on else "ahead"


def _name(page: PageRequest, duty: Duty, one: CaseStage) -> str:
    step = duty.step(one.step) if one.kind is StageKind.STEP else None
    if step:
        return page.labels.label(step)
    received = one.kind is StageKind.OPENED and duty.receipt
    return page.say("stage.received" if received else f"stage.{one.kind}")


def _note(page: PageRequest, dated: DueDate, one: CaseStage) -> str:
    """The day it was done; of the current one how far the signing is, or what the case waits for."""
    if one.done_on and not one.is_current:
        return page.labels.day(one.done_on)
    if one.kind is StageKind.SIGNED and one.is_current:
        return page.say("stage.signatures", count=len(one.signed), of=one.stages)
    if one.is_current and dated.external_waits:
        return page.say(f"clock.state.{dated.state}")
    return ""
