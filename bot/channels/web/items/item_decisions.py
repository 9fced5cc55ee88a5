"""Makes the forms of an item's page: what the office decides about it, and what its village can still do."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channels.web.request.forms import WebField, WebForm, new_idempotency_key, question_fields
from bot.channels.web.request.request import PageRequest
from bot.dialog.questions import field_question
from bot.services.villages.board import ItemLine, ItemState
from config.declarations.duty import FieldType, Step
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import ADOPTED, COMMISSIONED, MISTAKEN, REJECTED, RETURNED
from storage.events.case import Case

RECEIVE, WITHDRAW = "receive", "withdraw"
OPEN_STATES = frozenset({ItemState.WAITS, ItemState.RETURNED})


def item_forms(page: PageRequest, case: Case, line: ItemLine, *, of_village: bool) -> list[WebForm]:
    """The forms that the user may send about an item as it stands."""
    forms = list(_office_forms(page, case, line)) if page.may_record else []
    if line.state in OPEN_STATES and (of_village or page.may_record):
        forms.append(_form(case, WITHDRAW, page.say("page.item.withdraw")))
    return forms


def _office_forms(page: PageRequest, case: Case, line: ItemLine) -> Iterator[WebForm]:
    if line.state is ItemState.WAITS:
        yield _form(case, RECEIVE, page.say("page.item.receive"))
        yield _step_form(page, case, RETURNED)
    if line.state is ItemState.WITHDRAWN:
        return
    yield _step_form(page, case, ADOPTED)
    for key in (REJECTED, COMMISSIONED, MISTAKEN):
        step = page.app.duties[VILLAGE_ITEM_KIND].step(key)
        if step and not (step.once and case.last_step(key)):
            yield _step_form(page, case, key)


def _step_form(page: PageRequest, case: Case, key: str) -> WebForm:
    step = page.app.duties[VILLAGE_ITEM_KIND].step(key)
    if step is None:
        raise KeyError(key)
    return _form(case, key, page.labels.label(step), _step_fields(page, step))


def _step_fields(page: PageRequest, step: Step) -> tuple[WebField, ...]:
    """The fields of a step: a file is sent with the form, everything else is asked as declared."""
    asked = [field for field in step.fields if field.type is not FieldType.FILE]
    questions = [field_question(page.labels, field) for field in asked]
    files = [
        WebField(name=field.key, label=page.labels.label(field), kind="files")
        for field in step.fields
        if field.type is FieldType.FILE
    ]
    return (*question_fields(questions, page.app.today), *files)


def _form(case: Case, key: str, title: str, fields: tuple[WebField, ...] = ()) -> WebForm:
    return WebForm(
        key=key,
        title=title,
        button=title,
        web_fields=fields,
        action=f"/items/{case.number}",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )
