"""Concludes a case in one form: its outcome, and at once what follows it, such as sending the answer.

What follows stays optional here: an answer that is sent on another day is recorded by its own step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from bot.channels.web.request.forms import FACT_PREFIX, WebField, question_fields, read_facts
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.submission import RecordCommand
from bot.dialog.questions import step_questions
from config.declarations.duty import Duty, Step
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.worklist.case_stages import steps_after_close
from storage.events.case import Case

FOLLOW_UP_PREFIX = "then."


def follow_up_fields(page: PageRequest, duty: Duty, case: Case) -> Iterator[WebField]:
    """The fields of the steps that may follow the close on the same day; a step without fields is a tick."""
    group = page.say("conclude.group")
    for step in _untaken(duty, case):
        asked = [one for one in step_questions(page.labels, step) if one.field]
        prefix = f"{FOLLOW_UP_PREFIX}{step.key}."
        if not asked:
            label = page.say("conclude.also", step=page.labels.label(step))
            yield WebField(name=prefix, label=label, kind="check", group=group)
        for field in question_fields(asked, page.app.today):
            name = prefix + field.name.removeprefix(FACT_PREFIX)
            label = page.say("conclude.field", step=page.labels.label(step), field=field.label)
            yield replace(
                field, name=name, label=label, required=False, value="", group=group, article=step.article
            )


def conclude(page: PageRequest, duty: Duty, case: Case, outcome: str, day: date) -> RecordCommand:
    """The command that closes the case and records the steps that the form also names, in one transaction."""
    steps = [(step, facts) for step in _untaken(duty, case) if (facts := _facts(page, step)) is not None]

    def command(uow: UnitOfWork, key: str) -> None:
        uow.cases.close(case.number, outcome, day, key=key)
        for step, facts in steps:
            uow.cases.step(case.number, step.key, day, facts)

    return command


def _facts(page: PageRequest, step: Step) -> dict[str, str | int] | None:
    """What the form says of a step; None where it says nothing of it."""
    prefix = f"{FOLLOW_UP_PREFIX}{step.key}."
    if not step.fields:
        return {} if page.form.get(prefix) else None
    sent = {
        FACT_PREFIX + name.removeprefix(prefix): value
        for name, value in page.form.items()
        if name.startswith(prefix)
    }
    return read_facts(step.fields, sent, page.labels, page.app.today) or None


def _untaken(duty: Duty, case: Case) -> list[Step]:
    taken = {step.step for step in case.steps}
    return [step for step in steps_after_close(duty) if step.key not in taken]
