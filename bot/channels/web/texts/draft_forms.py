"""The forms a text is written in: a new one with its class and its origin, or another version in its case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.channels.web.cases.case_forms import outcome_field
from bot.channels.web.request.forms import WebField, WebForm, declared_web_fields, new_idempotency_key
from bot.channels.web.request.request import PageRequest
from config.declarations.duty import CaseOutcome, Duty, Field, FieldType
from storage.events.case import Case
from storage.events.manifest import DESCRIPTION_KEYS, Manifest

CHECK = "check"
KEEP_PREFIX = "keep."
PREPARED = "prepared"


def description_fields(duty: Duty) -> tuple[Field, ...]:
    """What a case and its text both know of it."""
    return tuple(field for field in duty.fields if field.key in DESCRIPTION_KEYS)


def new_draft_form(visit: PageRequest, duty: Duty, places: Sequence[tuple[str, str]]) -> WebForm:
    """Everything about a new text."""
    blanks = [
        _title_field(visit, ""),
        *_description_web_fields(visit, duty, places),
        _body_field(visit, ""),
        _files_field(visit),
    ]
    return WebForm(
        key=CHECK,
        title=visit.say("page.draft.new"),
        note=duty.article,
        button=visit.say("page.draft.check"),
        web_fields=tuple(blanks),
        action="/texts/new",
        idempotency_key=new_idempotency_key(),
    )


def draft_version_form(
    visit: PageRequest,
    case: Case,
    *,
    title: str,
    before: Manifest | None,
    letters: Sequence[CaseOutcome],
    prepares: bool,
) -> WebForm:
    """The words and the files of a case's next version; what is decided about it stands in its case."""
    prepare = WebField(name=PREPARED, label=visit.say("page.draft.prepared"), kind="check")
    blanks = [
        *([prepare] if prepares else []),
        _title_field(visit, title, required=not prepares),
        *_decision_fields(visit, letters, before),
        _body_field(visit, before.text if before else ""),
        *_kept_file_fields(visit, before),
        _files_field(visit),
    ]
    return WebForm(
        key=CHECK,
        title=visit.say("page.draft.version"),
        button=visit.say("page.draft.check"),
        web_fields=tuple(blanks),
        action=f"/texts/{case.number}/draft",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )


def _title_field(visit: PageRequest, value: str, *, required: bool = True) -> WebField:
    return WebField(name="title", label=visit.say("page.draft.title"), required=required, value=value)


def _body_field(visit: PageRequest, value: str) -> WebField:
    hint = visit.say("page.draft.body_hint")
    return WebField(name="body", label=visit.say("page.draft.body"), kind="area", value=value, hint=hint)


def _files_field(visit: PageRequest) -> WebField:
    hint = visit.say("page.draft.files_hint")
    return WebField(name="files", label=visit.say("page.draft.files"), kind="files", hint=hint)


def _description_web_fields(
    visit: PageRequest, duty: Duty, places: Sequence[tuple[str, str]]
) -> Iterator[WebField]:
    """As its kind declares them; the place is chosen from those there are, the day is none to come."""
    for blank in declared_web_fields(description_fields(duty), visit.labels):
        field = next(field for field in duty.fields if blank.name.endswith(f".{field.key}"))
        if field.key == "origin":
            value = places[0][0] if len(places) == 1 else ""
            yield WebField(
                name=blank.name,
                label=blank.label,
                kind="choice",
                choices=tuple(places),
                required=True,
                value=value,
            )
        elif field.type is FieldType.DAY:
            today = visit.app.today.isoformat()
            yield WebField(
                name=blank.name,
                label=blank.label,
                kind="date",
                required=field.required,
                value=today,
                latest=today,
            )
        else:
            yield blank


def _decision_fields(
    visit: PageRequest, letters: Sequence[CaseOutcome], before: Manifest | None
) -> Iterator[WebField]:
    if letters:
        yield outcome_field(visit, tuple(letters), before.decision if before else "", name="decision")


def _kept_file_fields(visit: PageRequest, before: Manifest | None) -> Iterator[WebField]:
    for one in before.attachments if before else ():
        label = visit.say("page.draft.keep", name=one.name)
        yield WebField(name=KEEP_PREFIX + one.sha256, label=label, kind="check", value="1")
