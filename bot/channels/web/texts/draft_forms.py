"""The forms a text is written in: a new one with its class and its origin, or another version in its case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.channels.web.cases.case_forms import outcome_blank
from bot.channels.web.request.forms import Blank, Form, field_blanks, new_once
from bot.channels.web.request.request import Visit
from config.declarations.duty import Duty, Field, FieldType, Outcome
from storage.events.case import Case
from storage.events.manifest import DESCRIBED, Manifest

CHECK = "check"
KEEP = "keep."
PREPARED = "prepared"


def described_fields(duty: Duty) -> tuple[Field, ...]:
    """What a case and its text both know of it."""
    return tuple(field for field in duty.fields if field.key in DESCRIBED)


def new_form(visit: Visit, duty: Duty, places: Sequence[tuple[str, str]]) -> Form:
    """Everything about a new text."""
    blanks = [_title(visit, ""), *_described(visit, duty, places), _body(visit, ""), _files(visit)]
    return Form(
        key=CHECK,
        title=visit.say("page.draft.new"),
        note=duty.article,
        button=visit.say("page.draft.check"),
        blanks=tuple(blanks),
        action="/texts/new",
        once=new_once(),
    )


def existing_form(
    visit: Visit,
    case: Case,
    *,
    title: str,
    before: Manifest | None,
    letters: Sequence[Outcome],
    prepares: bool,
) -> Form:
    """The words and the files of a case's next version; what is decided about it stands in its case."""
    prepare = Blank(name=PREPARED, label=visit.say("page.draft.prepared"), kind="check")
    blanks = [
        *([prepare] if prepares else []),
        _title(visit, title, required=not prepares),
        *_letters(visit, letters, before),
        _body(visit, before.text if before else ""),
        *_kept(visit, before),
        _files(visit),
    ]
    return Form(
        key=CHECK,
        title=visit.say("page.draft.version"),
        button=visit.say("page.draft.check"),
        blanks=tuple(blanks),
        action=f"/texts/{case.number}/draft",
        seen=case.entries[-1].position,
        once=new_once(),
    )


def _title(visit: Visit, value: str, *, required: bool = True) -> Blank:
    return Blank(name="title", label=visit.say("page.draft.title"), required=required, value=value)


def _body(visit: Visit, value: str) -> Blank:
    hint = visit.say("page.draft.body_hint")
    return Blank(name="body", label=visit.say("page.draft.body"), kind="area", value=value, hint=hint)


def _files(visit: Visit) -> Blank:
    hint = visit.say("page.draft.files_hint")
    return Blank(name="files", label=visit.say("page.draft.files"), kind="files", hint=hint)


def _described(visit: Visit, duty: Duty, places: Sequence[tuple[str, str]]) -> Iterator[Blank]:
    """As its kind declares them; the place is chosen from those there are, the day is none to come."""
    for blank in field_blanks(described_fields(duty), visit.labels):
        field = next(field for field in duty.fields if blank.name.endswith(f".{field.key}"))
        if field.key == "origin":
            value = places[0][0] if len(places) == 1 else ""
            yield Blank(
                name=blank.name,
                label=blank.label,
                kind="choice",
                choices=tuple(places),
                required=True,
                value=value,
            )
        elif field.type is FieldType.DAY:
            today = visit.works.today.isoformat()
            yield Blank(
                name=blank.name,
                label=blank.label,
                kind="date",
                required=field.required,
                value=today,
                latest=today,
            )
        else:
            yield blank


def _letters(visit: Visit, letters: Sequence[Outcome], before: Manifest | None) -> Iterator[Blank]:
    if letters:
        yield outcome_blank(visit, tuple(letters), before.decision if before else "", name="decision")


def _kept(visit: Visit, before: Manifest | None) -> Iterator[Blank]:
    for one in before.attachments if before else ():
        label = visit.say("page.draft.keep", name=one.name)
        yield Blank(name=KEEP + one.sha256, label=label, kind="check", value="1")
