"""The form by which a village hands in an item, or hands it in again after it was returned.

On a telephone it opens the camera. The office enters with it what came on paper, in the village's name. Photographs
are prepared before the transaction that records the item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from starlette.responses import Response

from bot.channels.web.items.item import load_item
from bot.channels.web.request.forms import (
    TooLong,
    WebField,
    WebForm,
    day_field,
    new_idempotency_key,
    read_legal_day,
    read_text,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission, refusal_words
from bot.channels.web.request.viewer import viewing
from bot.services.villages.board import ItemState
from bot.services.villages.item_records import ItemContent, item_content, report_item, resubmit_item
from bot.services.villages.items import MAX_BODY, MAX_FILES, MAX_TITLE, ItemDraft, open_months, prepare_file
from bot.services.villages.months import NotAMonth, parse_month
from config.declarations.villages.item_fields import PAGE, PAPER
from config.declarations.villages.item_file_kinds import ITEM_FILE_KINDS, PHOTOGRAPHS, ItemFileKind
from config.errors import Refusal
from config.office.model import Village
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.villages.months import month_reference
from storage.reading.texts.handed_in_file import PreparedFile

KEEP_PREFIX = "keep."


def new_item_page(page: PageRequest) -> Response:
    """The form of a new item for one of the user's villages; the office chooses the village."""
    return _render(page, _new_form(page))


def hand_in_item(page: PageRequest) -> Response:
    """Record a new item."""
    form = _new_form(page)
    try:
        draft = _draft(page, _villages(page))
        recorded: list[int] = []

        def command(uow: UnitOfWork, _key: str) -> None:
            recorded.append(report_item(page.app, uow, draft))

        record_submission(page, command)
    except Refusal as refused:
        return _render(page, form.resubmitted(page.form, refusal_words(page, refused)), 422)
    return page.redirect(f"/items/{recorded[0]}?sent=1" if recorded else f"/months/{page.form['month']}")


def again_page(page: PageRequest) -> Response:
    """The form by which a returned item is handed in again, filled in with what was sent before."""
    form, _, reason = _again_form(page)
    return _render(page, form, reason=reason)


def hand_in_again(page: PageRequest) -> Response:
    """Record that a returned item was handed in again."""
    form, content, reason = _again_form(page)
    number = page.path_number("number")
    try:
        draft = _again_draft(page, content)
        record_submission(page, lambda uow, _key: resubmit_item(page.app, uow, number, draft), case=number)
    except Refusal as refused:
        return _render(page, form.resubmitted(page.form, refusal_words(page, refused)), 422, reason)
    return page.redirect(f"/items/{number}?sent=1")


def _villages(page: PageRequest) -> tuple[Village, ...]:
    """The villages for which the user can hand in. NoSuchPage where there is none."""
    with viewing(page) as viewer:
        own = viewer.context.reader.villages
    found = page.app.office.villages if page.may_record and not own else own
    if not found:
        raise NoSuchPage
    return tuple(village for village in found if village.exists_on(page.app.today))


def _months(page: PageRequest, villages: Sequence[Village]) -> tuple[date, ...]:
    """The months that can be chosen: the open ones of a village, and for the office the one that was asked for."""
    try:
        asked = parse_month(page.form.get("month", "") or page.query_value("month"))
    except NotAMonth:
        asked = page.app.today.replace(day=1)
    if page.may_record:
        return (asked,)
    return open_months(page.app, villages[0].id, page.app.today) or (asked,)


def _new_form(page: PageRequest) -> WebForm:
    villages = _villages(page)
    months = _months(page, villages)
    return WebForm(
        key="report",
        title=page.say("page.item.new"),
        button=page.say("page.item.send"),
        web_fields=(
            *_place_fields(page, villages, months),
            *_content_fields(page),
            *([day_field(page.say("page.item.said_on"), page.app.today)] if page.may_record else []),
        ),
        action="/items/new",
        idempotency_key=new_idempotency_key(),
    )


def _place_fields(
    page: PageRequest, villages: Sequence[Village], months: Sequence[date]
) -> tuple[WebField, ...]:
    names = tuple((village.id, village.name) for village in villages)
    counted = tuple((month_reference(month), month_reference(month)) for month in months)
    fields = (
        WebField(
            name="village",
            label=page.say("page.month.village"),
            kind="choice",
            choices=names,
            required=True,
            value=names[0][0] if len(names) == 1 else page.query_value("village"),
        ),
        WebField(
            name="month",
            label=page.say("page.item.month"),
            kind="choice",
            choices=counted,
            required=True,
            value=counted[0][0],
        ),
    )
    return tuple(
        replace(field, kind="hidden") if len(field.choices) == 1 and not page.may_record else field
        for field in fields
    )


def _content_fields(page: PageRequest, content: ItemContent | None = None) -> tuple[WebField, ...]:
    kept = tuple(
        WebField(
            name=f"{KEEP_PREFIX}{one.sha256}",
            label=page.say("page.draft.keep", name=f"{one.name} {one.alt}".strip()),
            kind="check",
            value="1",
        )
        for one in (content.manifest.attachments if content else ())
    )
    return (
        WebField(
            name="title",
            label=page.say("page.draft.title"),
            required=True,
            value=content.title if content else "",
        ),
        WebField(
            name="body",
            label=page.say("page.draft.body"),
            kind="area",
            value=content.body if content else "",
            hint=page.say("page.item.body_hint"),
        ),
        *kept,
        *(field for kind in ITEM_FILE_KINDS for field in _file_fields(page, kind)),
    )


def _file_fields(page: PageRequest, kind: ItemFileKind) -> Iterator[WebField]:
    """The field that takes the files of a kind; photographs are described in one beside it."""
    if kind is not PHOTOGRAPHS:
        yield WebField(name=kind.input, label=page.say(f"page.item.{kind.input}"), kind="files")
        return
    yield WebField(
        name=kind.input,
        label=page.say(f"page.item.{kind.input}"),
        kind="photos",
        hint=page.say("page.item.photos_hint", most=MAX_FILES),
    )
    yield WebField(
        name="alts",
        label=page.say("page.item.alts"),
        kind="area",
        hint=page.say("page.item.alts_hint"),
        rows=3,  # as many as the photographs of most items
    )


def _again_form(page: PageRequest) -> tuple[WebForm, ItemContent, str]:
    """The form, what was sent before, and the reason of the return. NoSuchPage where nothing was returned to them."""
    with viewing(page) as viewer:
        case, line = load_item(viewer, page.path_number("number"))
        mine = line.village in viewer.own_villages
        if line.state is not ItemState.RETURNED or not (mine or page.may_record):
            raise NoSuchPage
        content = item_content(viewer.context.connection, page.app, case)
    form = WebForm(
        key="again",
        title=page.say("page.item.again"),
        button=page.say("page.item.send"),
        web_fields=_content_fields(page, content),
        action=f"/items/{case.number}/again",
        seen_position=case.entries[-1].position,
        idempotency_key=new_idempotency_key(),
    )
    return form, content, line.reason


def _draft(page: PageRequest, villages: Sequence[Village]) -> ItemDraft:
    """The item that was filled in. Refusals name the field."""
    village = page.form.get("village", "")
    if village not in {one.id for one in villages}:
        raise NoSuchPage
    day = (
        read_legal_day(page.form, page.say("page.item.said_on"), page.app.today)
        if page.may_record
        else page.app.today
    )
    title, body = _words(page)
    return ItemDraft(
        village=village,
        month=parse_month(page.form.get("month", "")),
        title=title,
        body=body,
        files=_sent_files(page),
        said_on=day,
        by=page.me.id,
        means=PAPER if page.may_record else PAGE,
    )


def _again_draft(page: PageRequest, content: ItemContent) -> ItemDraft:
    title, body = _words(page)
    made_on = date.fromisoformat(content.manifest.made_on)
    before = zip(content.manifest.attachments, content.files, strict=True)
    kept = [file for one, file in before if page.form.get(f"{KEEP_PREFIX}{one.sha256}")]
    return ItemDraft(
        village=content.manifest.origin,
        month=made_on.replace(day=1),
        title=title,
        body=body,
        files=(*kept, *_sent_files(page)),
        said_on=page.app.today,
        by=page.me.id,
        means=PAGE,
    )


def _words(page: PageRequest) -> tuple[str, str]:
    title = read_text("title", page.say("page.draft.title"), page.form, required=True)
    if len(title) > MAX_TITLE:
        raise TooLong(label=page.say("page.draft.title"), most=MAX_TITLE)
    body = page.form.get("body", "")
    if len(body) > MAX_BODY:
        raise TooLong(label=page.say("page.draft.body"), most=MAX_BODY)
    return title, body


def _sent_files(page: PageRequest) -> tuple[PreparedFile, ...]:
    """The files that were sent, prepared for publication; the descriptions go to the photographs in their order."""
    prepared = [prepare_file(one.name, one.content) for one in page.files]
    alts = iter([line for line in page.form.get("alts", "").splitlines() if line])
    return tuple(replace(one, alt=next(alts, "")) if one.is_picture else one for one in prepared)


def _render(page: PageRequest, form: WebForm, status: int = 200, reason: str = "") -> Response:
    return page.render("item_form.html", status, form=form, reason=reason, most=MAX_FILES)
