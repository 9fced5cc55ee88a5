"""Writes a text and submits it for approval, after showing its findings and the signatures it would void.

A text is submitted only by the button below its own findings, which carries the digest of the checked manifest. Where
anything else comes (a word changed meanwhile, another file), its findings are shown first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from bot.channels.web.request.forms import FACT_PREFIX, NotFilled, TooLong, WebForm, read_facts, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest, UploadedFile
from bot.channels.web.request.submission import refusal_words, submission_key
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.draft_forms import (
    KEEP_PREFIX,
    PREPARED,
    description_fields,
    draft_version_form,
    item_draft_form,
    matter_fields,
    new_draft_form,
)
from bot.channels.web_chat import WEB_CHANNEL
from bot.dialog.permissions import may_write
from bot.publishing.generated_papers import can_generate_paper, generate_paper
from bot.publishing.item_adoption import proposed_manifest, take_up_item
from bot.publishing.submission import (
    Draft,
    SubmissionPreview,
    latest_version,
    letter_outcomes,
    preview_submission,
    release_step,
    submit_text,
)
from bot.publishing.texts import text_duty, text_reference
from bot.services.villages.item_records import current_manifest
from config.declarations.duty import Duty
from config.declarations.keys import (
    MATTER_FIELD,
    NAME_FIELD,
    ORIGIN_FIELD,
    SUBJECT_FIELD,
    TITLE_FIELD,
    VILLAGE_ITEM_KIND,
)
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.signoff.refusals import OtherText
from storage.content.content_store import MAX_FILE_BYTES, MEGABYTE, FileTooLarge
from storage.eventlog.log import MovedOn
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, ManifestAttachment, description_from, manifest_attachment
from storage.reading.texts.handed_in_file import prepare_file

SUBMIT = "lay"
MAX_BODY_LENGTH = 100_000  # characters: no text of a township comes near


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContext:
    """What a draft is written for: a case with its approval state, or no case yet."""

    duty: Duty
    case: Case | None = None
    approval: ApprovalState | None = None
    previous: Manifest | None = None
    """The last version, or the text that ``item`` proposes; its attachments can be kept."""
    origin_choices: tuple[tuple[str, str], ...] = ()
    item: Case | None = None
    """The village's item that the text is made from."""


def new_draft_page(page: PageRequest) -> Response:
    """The form of a new text for the website."""
    return _render_page(page, _new_draft_context(page))


def submit_new_draft(page: PageRequest) -> Response:
    """Check a new text; once its findings were shown, open its case and submit it in one transaction."""
    return _check_or_submit(page, _new_draft_context(page))


def draft_version_page(page: PageRequest) -> Response:
    """The form of the next version of a case's text, or of its first."""
    return _render_page(page, _case_draft_context(page))


def submit_draft_version(page: PageRequest) -> Response:
    """Check the next version of an existing case's text, or submit it."""
    return _check_or_submit(page, _case_draft_context(page))


def item_draft_page(page: PageRequest) -> Response:
    """The form of the text that an item becomes, filled in with the item, to be edited before it is laid down."""
    return _render_page(page, _item_draft_context(page))


def submit_item_draft(page: PageRequest) -> Response:
    """Check the edited text of an item; once its findings were shown, adopt the item with it."""
    return _check_or_submit(page, _item_draft_context(page))


def _item_draft_context(page: PageRequest) -> DraftContext:
    with viewing(page) as viewer:
        item, duty = viewer.case(page.path_number("number"))
        if duty.kind != VILLAGE_ITEM_KIND:
            raise NoSuchPage
        original = proposed_manifest(page.app, current_manifest(viewer.context.connection, page.app, item))
        places = tuple(one for one in _origin_choices(viewer) if one[0] == original.origin)
    return DraftContext(duty=text_duty(page.app), previous=original, origin_choices=places, item=item)


def _new_draft_context(page: PageRequest) -> DraftContext:
    duty = text_duty(page.app)
    with viewing(page) as viewer:
        return DraftContext(duty=duty, origin_choices=_origin_choices(viewer))


def _case_draft_context(page: PageRequest) -> DraftContext:
    with viewing(page) as viewer:
        case, duty = viewer.case(page.path_number("number"))
        if not chain_kind(case, duty) or not may_write(viewer.context, case, duty):
            raise NoSuchPage
        before = latest_version(viewer.context.connection, page.app, case)
    return DraftContext(
        duty=duty, case=case, approval=approval_state_of_case(page.app.office, case, duty), previous=before
    )


def _origin_choices(viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """The origins a text may have: people of a village alone choose their own; whoever is of a department, any."""
    office, today = viewer.page_request.app.office, viewer.context.today
    places = [(row.id, row.name) for row in office.departments]
    places += [(row.id, row.name) for row in office.villages if row.exists_on(today)]
    own = viewer.context.reader.places
    chooses = viewer.can_view_all or any(row.id in own for row in office.departments)
    return tuple((place, name) for place, name in places if chooses or place in own)


def _check_or_submit(page: PageRequest, draft_context: DraftContext) -> Response:
    draft: Draft | None = None
    try:
        draft = _read_draft(page, draft_context)
        if page.form.get("act") != SUBMIT or page.form.get("checked", "") != draft.manifest.digest:
            return _render_page(page, draft_context, draft)
        number = _submit_draft(page, draft_context, draft)
    except Refusal as refused:
        return _render_page(page, draft_context, draft, refusal_words(page, refused))
    return page.redirect(f"/texts/{number}")


def _read_draft(page: PageRequest, draft_context: DraftContext) -> Draft:
    """Read the submitted draft. Refusals name the field."""
    case, duty = draft_context.case, draft_context.duty
    facts = description_from(case.facts) if case else _description_facts(page, draft_context)
    paper = generate_paper(page.app, case, duty) if case and page.form.get(PREPARED) else None
    sent = [*page.files, *([UploadedFile(name=paper.name, content=paper.content)] if paper else [])]
    for one in sent:
        if len(one.content) > MAX_FILE_BYTES:
            size = f"{len(one.content) / MEGABYTE:.1f}"
            raise FileTooLarge(name=one.name, size=size, most=MAX_FILE_BYTES // MEGABYTE)
    prepared = [prepare_file(one.name, one.content) for one in sent]
    title = read_text("title", page.say("page.draft.title"), page.form, required=paper is None)
    body = page.form.get("body", "")
    if len(body) > MAX_BODY_LENGTH:
        raise TooLong(label=page.say("page.draft.body"), most=MAX_BODY_LENGTH)
    files = (
        *_kept_attachments(page, draft_context),
        *(manifest_attachment(one.name, one.content, original=one.original) for one in prepared),
    )
    if not body and not files:
        raise NotFilled(label=page.say("page.draft.body"))
    manifest = Manifest(
        title=title or (paper.title if paper else ""),
        text=body,
        attachments=files,
        decision=_decision(page, draft_context),
        **facts,
    )
    contents = (content for one in prepared for content in (one.content, one.original) if content)
    return Draft(manifest=manifest, files=tuple(contents), paper=paper)


def _description_facts(page: PageRequest, draft_context: DraftContext) -> dict[str, str]:
    """Read the text's disclosure class, subject, day and origin. NotFilled, TooLong."""
    fields = description_fields(draft_context.duty)
    facts = {
        key: str(value) for key, value in read_facts(fields, page.form, page.labels, page.app.today).items()
    }
    for field in fields:
        if field.required and not facts.get(field.key):
            raise NotFilled(label=page.labels.label(field))
    if subject := facts.get(SUBJECT_FIELD) or _subject_of_matter(page):
        facts[SUBJECT_FIELD] = subject
    if facts.get(ORIGIN_FIELD) not in {place for place, _ in draft_context.origin_choices}:
        origin = next(field for field in fields if field.key == ORIGIN_FIELD)
        raise NotFilled(label=page.labels.label(origin))
    return facts


def _subject_of_matter(page: PageRequest) -> str:
    """The subject of the catalogue's matter that is named; empty where none is."""
    named = page.form.get(FACT_PREFIX + MATTER_FIELD, "")
    return next((one.subject for one in page.app.office.matters if one.name == named), "")


def _kept_attachments(page: PageRequest, draft_context: DraftContext) -> Sequence[ManifestAttachment]:
    """The attachments of the previous version that are kept."""
    known = draft_context.previous.attachments if draft_context.previous else ()
    return [one for one in known if page.form.get(KEEP_PREFIX + one.sha256)]


def _decision(page: PageRequest, draft_context: DraftContext) -> str:
    """The decision that is asked for: an outcome that has a letter, or the step that releases the text."""
    if letters := letter_outcomes(draft_context.duty):
        found = read_text("decision", page.say("page.outcome"), page.form)
        return found if found in letters else ""
    return release_step(draft_context.duty)


def _submit_draft(page: PageRequest, draft_context: DraftContext, draft: Draft) -> int:
    """Open its case where it has none, and lay it before the stages: both, or nothing."""
    app, me = page.app, page.me.id
    with app.store.writing(app.office.slug) as connection:
        sit = partial(app.recorder.transaction, actor=me, means=WEB_CHANNEL, within=connection)
        if draft_context.item and draft_context.previous:
            original = draft_context.previous
            return take_up_item(app, sit, draft_context.item, draft, by=me, original=original)
        with sit() as uow:
            number = _open_case(page, draft_context, draft, uow, submission_key(page))
        submit_text(sit, draft, case=number, by=me)
    return number


def _open_case(
    page: PageRequest, draft_context: DraftContext, draft: Draft, uow: UnitOfWork, key: str
) -> int:
    if draft_context.case:
        entries = uow.context.case(draft_context.case.number).entries
        if str(entries[-1].position) != page.form.get("seen", ""):
            raise MovedOn(position=uow.context.log.end().position)
        return draft_context.case.number
    if key and uow.context.log.known_keys([key]):
        raise OtherText  # the button was pressed twice: the text is there
    facts = {TITLE_FIELD: draft.manifest.title, **draft.manifest.description}
    known = {name: value for name, value in facts.items() if draft_context.duty.field(name)}
    named = read_facts(matter_fields(page, draft_context.duty), page.form, page.labels, page.app.today)
    reference = text_reference(uow, draft_context.duty, draft.manifest.title, draft.manifest.made_on)
    return uow.cases.open(draft_context.duty.kind, reference, page.app.today, known | named, key=key)


def _render_page(
    page: PageRequest, draft_context: DraftContext, draft: Draft | None = None, problem: str = ""
) -> Response:
    form = _draft_form(page, draft_context)
    if page.form:
        form = form.resubmitted(page.form, problem)
    foreseen: SubmissionPreview | None = None
    if draft:
        with page.app.store.reading() as connection:
            foreseen = preview_submission(
                page.app,
                connection,
                draft,
                draft_context.approval,
                case=draft_context.case.number if draft_context.case else 0,
                chain=chain_kind(draft_context.case or Case(number=0), draft_context.duty),
                by=page.me.id,
            )
    return page.render(
        "draft.html",
        422 if problem else 200,
        form=form,
        draft=draft,
        foreseen=foreseen,
        findings=page.labels.book.finding_lines(foreseen.findings) if foreseen else (),
        case=draft_context.case,
        facts=page.labels.facts(draft_context.duty.fields, draft_context.case.facts)
        if draft_context.case
        else (),
        problem=problem,
        most=MAX_FILE_BYTES // MEGABYTE,
    )


def _draft_form(page: PageRequest, draft_context: DraftContext) -> WebForm:
    if draft_context.item and draft_context.previous:
        return item_draft_form(
            page,
            draft_context.duty,
            draft_context.origin_choices,
            item=draft_context.item.number,
            proposed=draft_context.previous,
        )
    if draft_context.case is None:
        return new_draft_form(page, draft_context.duty, draft_context.origin_choices)
    letters = [outcome for outcome in draft_context.duty.outcomes if outcome.required_paragraphs]
    known = draft_context.case.facts
    title = (
        draft_context.previous.title
        if draft_context.previous
        else str(known.get(TITLE_FIELD, "")) or known.get(NAME_FIELD, "")
    )
    return draft_version_form(
        page,
        draft_context.case,
        title=str(title),
        before=draft_context.previous,
        letters=letters,
        prepares=can_generate_paper(draft_context.case, draft_context.duty),
    )
