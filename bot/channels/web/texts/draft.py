"""A text is written and laid before those who sign it; what the checks find is shown first, and what would fall.

A text is laid down only by the button below its own findings: that button carries its fingerprint, and of anything
else (a word changed meanwhile, another file) the findings are shown first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from bot.channels.web.request.forms import NotFilled, TooLong, WebForm, read_facts, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest, UploadedFile
from bot.channels.web.request.submission import IDEMPOTENCY_KEY, MEANS
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.draft_forms import (
    KEEP_PREFIX,
    PREPARED,
    description_fields,
    draft_version_form,
    new_draft_form,
)
from bot.dialog.permissions import may_write, villages_of
from bot.language.finding_lines import proofread_lines
from bot.publishing.generated_papers import can_generate_paper, generate_paper
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
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.signoff.approval_state import ApprovalState, approval_state_of_case
from scheduler.signoff.refusals import OtherText
from storage.content.content_store import MAX_FILE_BYTES, MEGABYTE, FileTooLarge
from storage.eventlog.log import MovedOn
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, ManifestAttachment, description_from, manifest_attachment

SUBMIT = "lay"
MAX_BODY_LENGTH = 100_000  # characters: no text of a township comes near


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContext:
    """What a draft is written for: a case with what stands in it, or none yet."""

    duty: Duty
    case: Case | None = None
    approval: ApprovalState | None = None
    previous: Manifest | None = None
    """The last version, whose files can be kept."""
    origin_choices: tuple[tuple[str, str], ...] = ()


def new_draft_page(visit: PageRequest) -> Response:
    """A new text for the website."""
    return _render_page(visit, _new_draft_context(visit))


def submit_new_draft(visit: PageRequest) -> Response:
    """Look through it; and open its case and lay it down in one, once its findings were seen."""
    return _check_or_submit(visit, _new_draft_context(visit))


def draft_version_page(visit: PageRequest) -> Response:
    """Another version of a case's text, or its first."""
    return _render_page(visit, _case_draft_context(visit))


def submit_draft_version(visit: PageRequest) -> Response:
    """The same for a case that is there."""
    return _check_or_submit(visit, _case_draft_context(visit))


def _new_draft_context(visit: PageRequest) -> DraftContext:
    duty = text_duty(visit.app)
    with viewing(visit) as sight:
        return DraftContext(duty=duty, origin_choices=_origin_choices(sight))


def _case_draft_context(visit: PageRequest) -> DraftContext:
    with viewing(visit) as sight:
        case, duty = sight.case(visit.path_number("number"))
        if not chain_kind(case, duty) or not may_write(sight.context, case, duty):
            raise NoSuchPage
        before = latest_version(sight.context.connection, visit.app, case)
    return DraftContext(
        duty=duty, case=case, approval=approval_state_of_case(visit.app.office, case, duty), previous=before
    )


def _origin_choices(sight: Viewer) -> tuple[tuple[str, str], ...]:
    """Where a text may come from: people of a village write for their own."""
    office = sight.page_request.app.office
    departments = tuple((row.id, row.name) for row in office.departments) if sight.can_view_all else ()
    villages = tuple(row for row in office.villages if row.exists_on(sight.context.today))
    own = villages if sight.can_view_all else villages_of(sight.context)
    return (*departments, *((row.id, row.name) for row in own))


def _check_or_submit(visit: PageRequest, recorder: DraftContext) -> Response:
    draft: Draft | None = None
    try:
        draft = _read_draft(visit, recorder)
        if visit.form.get("act") != SUBMIT or visit.form.get("checked", "") != draft.manifest.digest:
            return _render_page(visit, recorder, draft)
        number = _submit_draft(visit, recorder, draft)
    except Refusal as refused:
        return _render_page(visit, recorder, draft, visit.labels.book.error(refused))
    return visit.redirect(f"/texts/{number}")


def _read_draft(visit: PageRequest, recorder: DraftContext) -> Draft:
    """What was filled in. Refusals name the field."""
    case, duty = recorder.case, recorder.duty
    facts = description_from(case.facts) if case else _description_facts(visit, recorder)
    paper = generate_paper(visit.app, case, duty) if case and visit.form.get(PREPARED) else None
    sent = [*visit.files, *([UploadedFile(name=paper.name, content=paper.content)] if paper else [])]
    for one in sent:
        if len(one.content) > MAX_FILE_BYTES:
            size = f"{len(one.content) / MEGABYTE:.1f}"
            raise FileTooLarge(name=one.name, size=size, most=MAX_FILE_BYTES // MEGABYTE)
    title = read_text("title", visit.say("page.draft.title"), visit.form, required=paper is None)
    body = visit.form.get("body", "")
    if len(body) > MAX_BODY_LENGTH:
        raise TooLong(label=visit.say("page.draft.body"), most=MAX_BODY_LENGTH)
    files = (
        *_kept_attachments(visit, recorder),
        *(manifest_attachment(one.name, one.content) for one in sent),
    )
    if not body and not files:
        raise NotFilled(label=visit.say("page.draft.body"))
    manifest = Manifest(
        title=title or (paper.title if paper else ""),
        text=body,
        attachments=files,
        decision=_decision(visit, recorder),
        **facts,
    )
    return Draft(manifest=manifest, files=tuple(one.content for one in sent), paper=paper)


def _description_facts(visit: PageRequest, recorder: DraftContext) -> dict[str, str]:
    """Its class, its subject, the day it was made, and where it comes from."""
    fields = description_fields(recorder.duty)
    facts = {key: str(value) for key, value in read_facts(fields, visit.form, visit.labels).items()}
    for field in fields:
        if field.required and not facts.get(field.key):
            raise NotFilled(label=visit.labels.label(field))
    if facts.get("origin") not in {place for place, _ in recorder.origin_choices}:
        origin = next(field for field in fields if field.key == "origin")
        raise NotFilled(label=visit.labels.label(origin))
    return facts


def _kept_attachments(visit: PageRequest, recorder: DraftContext) -> Sequence[ManifestAttachment]:
    """The files of the version before that stay."""
    known = recorder.previous.attachments if recorder.previous else ()
    return [one for one in known if visit.form.get(KEEP_PREFIX + one.sha256)]


def _decision(visit: PageRequest, recorder: DraftContext) -> str:
    """What is asked for: one of the outcomes that are written to somebody, or the step that lets it out."""
    if letters := letter_outcomes(recorder.duty):
        found = read_text("decision", visit.say("page.outcome"), visit.form)
        return found if found in letters else ""
    return release_step(recorder.duty)


def _submit_draft(visit: PageRequest, recorder: DraftContext, draft: Draft) -> int:
    """Open its case where it has none, and lay it before the stages: both, or nothing."""
    app, me = visit.app, visit.me.id
    once = visit.form.get("once", "")
    key = f"page:{once}" if IDEMPOTENCY_KEY.fullmatch(once) else ""
    with app.store.writing(app.office.slug) as connection:
        sit = partial(app.recorder.transaction, actor=me, means=MEANS, within=connection)
        with sit() as uow:
            number = _open_case(visit, recorder, draft, uow, key)
        submit_text(sit, draft, case=number, by=me)
    return number


def _open_case(visit: PageRequest, recorder: DraftContext, draft: Draft, uow: UnitOfWork, key: str) -> int:
    if recorder.case:
        entries = uow.case(recorder.case.number).entries
        if str(entries[-1].position) != visit.form.get("seen", ""):
            raise MovedOn(position=uow.log.end().position)
        return recorder.case.number
    if key and uow.log.known_keys([key]):
        raise OtherText  # the button was pressed twice: the text is there
    facts = {"title": draft.manifest.title, **draft.manifest.description}
    known = {name: value for name, value in facts.items() if recorder.duty.field(name)}
    reference = text_reference(uow, recorder.duty, draft.manifest.title, draft.manifest.made_on)
    return uow.open(recorder.duty.kind, reference, visit.app.today, known, key=key)


def _render_page(
    visit: PageRequest, recorder: DraftContext, draft: Draft | None = None, problem: str = ""
) -> Response:
    form = _draft_form(visit, recorder)
    if visit.form:
        form = form.resubmitted(visit.form, problem)
    foreseen: SubmissionPreview | None = None
    if draft:
        with visit.app.store.reading() as connection:
            foreseen = preview_submission(visit.app, connection, draft, recorder.approval)
    return visit.render(
        "draft.html",
        422 if problem else 200,
        form=form,
        draft=draft,
        foreseen=foreseen,
        findings=proofread_lines(foreseen.findings, visit.labels.book) if foreseen else (),
        case=recorder.case,
        prepares=bool(recorder.case and can_generate_paper(recorder.case, recorder.duty)),
        facts=visit.labels.facts(recorder.duty.fields, recorder.case.facts) if recorder.case else (),
        problem=problem,
        most=MAX_FILE_BYTES // MEGABYTE,
    )


def _draft_form(visit: PageRequest, recorder: DraftContext) -> WebForm:
    if recorder.case is None:
        return new_draft_form(visit, recorder.duty, recorder.origin_choices)
    letters = [outcome for outcome in recorder.duty.outcomes if outcome.required_paragraphs]
    known = recorder.case.facts
    title = (
        recorder.previous.title
        if recorder.previous
        else str(known.get("title", "")) or recorder.case.facts.get("name", "")
    )
    return draft_version_form(
        visit,
        recorder.case,
        title=str(title),
        before=recorder.previous,
        letters=letters,
        prepares=can_generate_paper(recorder.case, recorder.duty),
    )
