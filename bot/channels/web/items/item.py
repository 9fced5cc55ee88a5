"""Shows one item of a village with its photographs and what became of it, and records what is decided about it.

The office receives, returns, adopts or refuses it; its village can still withdraw it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from starlette.responses import Response

from bot.channels.web.request.forms import (
    WebField,
    WebForm,
    new_idempotency_key,
    question_fields,
    read_facts,
    read_text,
)
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import (
    RecordCommand,
    confirmation_notice,
    record_submission,
    refusal_words,
)
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.downloads import BINARY_MEDIA_TYPE, as_download, as_picture
from bot.channels.web.texts.file_text import ShownFile, show_file, show_file_page
from bot.channels.web_chat import WEB_CHANNEL
from bot.commands.file_upload import store_file
from bot.dialog.questions import field_question
from bot.language.event_history import event_rows
from bot.publishing.item_adoption import proposed_manifest, take_up_item
from bot.publishing.submission import Draft
from bot.publishing.texts import text_duty
from bot.services.villages.board import TAKEABLE_STATES, ItemLine, ItemState, item_line
from bot.services.villages.item_records import ItemContent, item_content, receive_item, withdraw_item
from config.declarations.duty import FieldType, Step
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.declarations.villages.item_fields import (
    ADOPTED,
    COMMISSIONED,
    EVIDENCE_FIELD,
    MISTAKEN,
    REJECTED,
    RETURNED,
)
from config.errors import Refusal
from config.findings import Finding
from scheduler.recording.unit_of_work import UnitOfWork
from storage.events.case import Case
from storage.proofread.review import Manuscript, proofread_text

RECEIVE, WITHDRAW, TAKE_UP = "receive", "withdraw", "take_up"
OPEN_STATES = frozenset({ItemState.WAITS, ItemState.RETURNED})


def load_item(viewer: Viewer, number: int) -> tuple[Case, ItemLine]:
    """An item the user may see, and how it stands. NoSuchPage."""
    case, duty = viewer.case(number)
    if duty.kind != VILLAGE_ITEM_KIND:
        raise NoSuchPage
    return case, item_line(case, duty)


def item_page(page: PageRequest) -> Response:
    """The page of an item."""
    return _render(page)


def submit_item_form(page: PageRequest) -> Response:
    """Record what was decided about an item: receive, return, adopt, record an adoption, refuse, withdraw."""
    number, act = page.path_number("number"), page.form.get("act", "")
    with viewing(page) as viewer:
        case, _ = load_item(viewer, number)
        content = item_content(viewer.context.connection, page.app, case)
    try:
        if act == TAKE_UP:
            return page.redirect(f"/texts/{_take_up(page, case, content)}?taken=1")
        position = record_submission(page, _command(page, number, act), case=number)
    except Refusal as refused:
        return _render(page, refusal_words(page, refused))
    return page.redirect(f"/items/{number}?noted={position}")


def item_file(page: PageRequest) -> Response:
    """A photograph of an item, shown; or another of its files, as a download. NoSuchPage where it has none such."""
    digest = page.request.path_params["digest"]
    with viewing(page) as viewer:
        case, _ = load_item(viewer, page.path_number("number"))
        content = item_content(viewer.context.connection, page.app, case)
    for one, file in zip(content.manifest.attachments, content.files, strict=True):
        if one.sha256 == digest:
            return (
                as_picture(file.content)
                if one.original
                else as_download(file.content, one.name, BINARY_MEDIA_TYPE)
            )
    raise NoSuchPage


def item_file_text(page: PageRequest) -> Response:
    """Another file of an item, as it looks and read as text. NoSuchPage where it has none such."""
    return show_file(page, _other_file(page))


def item_file_page(page: PageRequest) -> Response:
    """One page of an item's .pdf as a picture. NoSuchPage where there is none such."""
    return show_file_page(page, _other_file(page))


def _other_file(page: PageRequest) -> ShownFile:
    number, digest = page.path_number("number"), page.request.path_params["digest"]
    with viewing(page) as viewer:
        case, _ = load_item(viewer, number)
        content = item_content(viewer.context.connection, page.app, case)
    for one, file in zip(content.manifest.attachments, content.files, strict=True):
        if one.sha256 == digest and not one.original:
            path = f"/items/{number}/files/{digest}"
            return ShownFile(
                name=one.name, content=file.content, path=path, back=f"/items/{number}", title=content.title
            )
    raise NoSuchPage


def _take_up(page: PageRequest, case: Case, content: ItemContent) -> int:
    """Open the text of an item as it stands. Returns its number."""
    if not page.may_record:
        raise NoSuchPage
    app, me = page.app, page.me.id
    original = proposed_manifest(app, content.manifest)
    with app.store.writing(app.office.slug) as connection:
        sit = partial(app.recorder.transaction, actor=me, means=WEB_CHANNEL, within=connection)
        return take_up_item(app, sit, case, Draft(manifest=original), by=me, original=original)


def _command(page: PageRequest, number: int, act: str) -> RecordCommand:
    """The command that a form of the page stands for. NoSuchPage where it stands for none."""
    if act == WITHDRAW:
        return lambda uow, _key: withdraw_item(page.app, uow, number)
    if not page.may_record:
        raise NoSuchPage
    if act == RECEIVE:
        return lambda uow, _key: receive_item(uow, number)
    step = page.app.duties[VILLAGE_ITEM_KIND].step(act)
    if step is None or not step.standalone:
        raise NoSuchPage
    return _step_command(page, number, step)


def _step_command(page: PageRequest, number: int, step: Step) -> RecordCommand:
    facts = read_facts(step.fields, page.form, page.labels, page.app.today)
    if step.key == RETURNED:
        facts = {"reason": read_text("fact.reason", page.say("page.reason"), page.form, required=True)}

    def command(uow: UnitOfWork, key: str) -> None:
        if step.key != RETURNED:
            receive_item(uow, number)
        filed = dict(facts)
        if step.key == ADOPTED and page.files:
            store = uow.context.contents
            filed[EVIDENCE_FIELD] = store_file(store, page.files[0].content, page.files[0].name)
        uow.cases.step(number, step.key, uow.context.today, filed, key=key)

    return command


def _render(page: PageRequest, problem: str = "") -> Response:
    with viewing(page) as viewer:
        case, line = load_item(viewer, page.path_number("number"))
        content = item_content(viewer.context.connection, page.app, case)
        mine = line.village in viewer.own_villages
        publication = _publication_number(viewer, line)
        forms = _item_forms(page, case, line, of_village=mine)
        duty = page.app.duties[VILLAGE_ITEM_KIND]
        rows = list(event_rows(case.entries, duty, page.labels))
    sent = page.form.get("act", "")
    forms = [form.resubmitted(page.form, problem) if problem and form.key == sent else form for form in forms]
    placed = any(form.problem for form in forms)
    return page.render(
        "item.html",
        422 if problem else 200,
        case=case,
        item=line,
        village=page.labels.place(line.village),
        content=content,
        pictures=[one for one in content.manifest.attachments if one.original],
        others=[one for one in content.manifest.attachments if not one.original],
        forms=forms,
        findings=page.labels.book.finding_lines(_findings(page, content)) if page.may_record else (),
        publication=publication,
        may_take_up=page.may_record and publication == 0 and line.state in TAKEABLE_STATES,
        may_resend=line.state is ItemState.RETURNED and (mine or page.may_record),
        rows=rows,
        problem="" if placed else problem,
        noted=confirmation_notice(page, {entry.position for entry in case.entries}),
        just_sent=page.query_value("sent") == "1",
    )


def _findings(page: PageRequest, content: ItemContent) -> tuple[Finding, ...]:
    words = Manuscript(title=content.title, body=content.body)
    return proofread_text(words, page.app.office, page.app.wordlist())


def _publication_number(viewer: Viewer, line: ItemLine) -> int:
    """The number of the text that the item became; 0 where there is none, or none that the user may see."""
    duty, index = text_duty(viewer.page_request.app), viewer.context.index
    return index.find(duty.kind, [line.publication]).get(line.publication, 0) if line.publication else 0


def _item_forms(page: PageRequest, case: Case, line: ItemLine, *, of_village: bool) -> list[WebForm]:
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
