"""Makes the forms of a draft: a new text with its class and origin, or the next version in its case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.channels.web.request.forms import (
    FACT_PREFIX,
    WebField,
    WebForm,
    new_idempotency_key,
    question_fields,
)
from bot.channels.web.request.request import PageRequest
from bot.dialog.questions import field_question, outcome_question
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType
from config.declarations.keys import ORIGIN_FIELD
from storage.events.case import Case
from storage.events.manifest import DESCRIPTION_KEYS, Manifest

CHECK = "check"
KEEP_PREFIX = "keep."
PREPARED = "prepared"


def description_fields(duty: Duty) -> tuple[Field, ...]:
    """The declared fields that describe both the case and its text."""
    return tuple(field for field in duty.fields if field.key in DESCRIPTION_KEYS)


def matter_fields(page: PageRequest, duty: Duty) -> tuple[Field, ...]:
    """The declared fields that name a matter of the office's catalogue; none without a catalogue."""
    return tuple(field for field in duty.fields if page.labels.matters(field))


def new_draft_form(page: PageRequest, duty: Duty, places: Sequence[tuple[str, str]]) -> WebForm:
    """The form of a new text."""
    fields = [
        _title_field(page, ""),
        *_description_web_fields(page, duty, places),
        *question_fields(
            [field_question(page.labels, one) for one in matter_fields(page, duty)], page.app.today
        ),
        _body_field(page, ""),
        _files_field(page),
    ]
    return WebForm(
        key=CHECK,
        title=page.say("page.draft.new"),
        note=duty.article,
        button=page.say("page.draft.check"),
        web_fields=tuple(fields),
        action="/texts/new",
        topics=(duty.kind,),
        idempotency_key=new_idempotency_key(),
    )


def item_draft_form(
    page: PageRequest, duty: Duty, places: Sequence[tuple[str, str]], *, item: int, proposed: Manifest
) -> WebForm:
    """The form of the text that a village's item becomes, filled in with what the item proposes."""
    known = {f"{FACT_PREFIX}{key}": value for key, value in proposed.description.items()}
    described = [
        replace(field, value=known.get(field.name, field.value))
        for field in _description_web_fields(page, duty, places)
    ]
    return WebForm(
        key=CHECK,
        title=page.say("page.item.edit_first"),
        note=duty.article,
        button=page.say("page.draft.check"),
        web_fields=(
            _title_field(page, proposed.title),
            *described,
            _body_field(page, proposed.text),
            *_kept_file_fields(page, proposed),
            _files_field(page),
        ),
        action=f"/items/{item}/draft",
        topics=(duty.kind,),
        idempotency_key=new_idempotency_key(),
    )


def draft_version_form(
    page: PageRequest,
    case: Case,
    *,
    title: str,
    before: Manifest | None,
    letters: Sequence[CaseOutcome],
    prepares: bool,
) -> WebForm:
    """The form of a case's next version: its words and its files; its description is in the case."""
    prepare = WebField(name=PREPARED, label=page.say("page.draft.prepared"), kind="check")
    fields = [
        *([prepare] if prepares else []),
        _title_field(page, title, required=not prepares),
        *_decision_fields(page, letters, before),
        _body_field(page, before.text if before else ""),
        *_kept_file_fields(page, before),
        _files_field(page),
    ]
    return WebForm(
        key=CHECK,
        title=page.say("page.draft.version"),
        button=page.say("page.draft.check"),
        web_fields=tuple(fields),
        action=f"/texts/{case.number}/draft",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )


def _title_field(page: PageRequest, value: str, *, required: bool = True) -> WebField:
    return WebField(name="title", label=page.say("page.draft.title"), required=required, value=value)


def _body_field(page: PageRequest, value: str) -> WebField:
    hint = page.say("page.draft.body_hint")
    return WebField(name="body", label=page.say("page.draft.body"), kind="area", value=value, hint=hint)


def _files_field(page: PageRequest) -> WebField:
    hint = page.say("page.draft.files_hint")
    return WebField(name="files", label=page.say("page.draft.files"), kind="files", hint=hint)


def _description_web_fields(
    page: PageRequest, duty: Duty, places: Sequence[tuple[str, str]]
) -> Iterator[WebField]:
    """The description as its kind declares it; the origin is one of the ``places``, the day not in the future."""
    today = page.app.today
    for field in description_fields(duty):
        question = field_question(page.labels, field)
        if field.key == ORIGIN_FIELD:
            only = places[0][0] if len(places) == 1 else ""
            question = replace(question, choices=tuple(places), required=True, default=only)
        web_field = question_fields([question], today)[0]
        is_day = field.type is FieldType.DAY
        yield replace(web_field, value=today.isoformat(), latest=today.isoformat()) if is_day else web_field


def _decision_fields(
    page: PageRequest, letters: Sequence[CaseOutcome], before: Manifest | None
) -> Iterator[WebField]:
    if letters:
        question = replace(outcome_question(page.labels, letters, articles=True), key="decision")
        recorded = {question.key: before.decision} if before else {}
        yield from question_fields([question], page.app.today, facts=recorded)


def _kept_file_fields(page: PageRequest, before: Manifest | None) -> Iterator[WebField]:
    for one in before.attachments if before else ():
        label = page.say("page.draft.keep", name=one.name)
        yield WebField(name=KEEP_PREFIX + one.sha256, label=label, kind="check", value="1")
