"""Writes the answer of a request from its letter and submits it for signing, below its findings.

The outcome is chosen on the case's page; what the letter still needs is asked for here. The words of the letter and
its findings are shown before it is submitted, and only what was shown is submitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from bot.channels.web.case_steps.letters import (
    date_field,
    letter_fields,
    problem_lines,
    read_counts,
    read_said,
    readable_matter,
)
from bot.channels.web.request.forms import WebForm, new_idempotency_key
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.channels.web.texts.file_text import file_lines
from bot.channels.web_chat import WEB_CHANNEL
from bot.dialog.permissions import may_write
from bot.publishing.submission import (
    Draft,
    SubmissionPreview,
    letter_outcomes,
    preview_submission,
    submit_text,
)
from bot.services.letters.case_letters import ANSWER, LetterInput, chosen_letter, letter_file_name
from config.errors import GongkaiError, Refusal
from scheduler.signoff.approval_state import approval_state_of_case
from storage.documents.letters.catalogue import LetterSource
from storage.eventlog.log import MovedOn
from storage.events.case import chain_kind
from storage.events.manifest import Manifest, description_from, manifest_attachment

OUTCOME, SUBMIT = "outcome", "lay"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDraft:
    """An answer as it would be submitted, and what is to be known of it before that."""

    draft: Draft
    foreseen: SubmissionPreview
    words: Sequence[str]
    """The letter's text, paragraph by paragraph."""


def answer_page(page: PageRequest) -> Response:
    """The answer of the outcome in the address: its words and findings, or what is still missing for it."""
    matter, paper = _matter(page, page.query_value(OUTCOME))
    return _render(page, matter, paper, *_drafted(page, matter, paper))


def submit_answer(page: PageRequest) -> Response:
    """Write the answer anew with what was said; submit it where exactly this was shown before."""
    matter, paper = _matter(page, page.form.get(OUTCOME, ""))
    written, problems = _drafted(page, matter, paper)
    if written is None or page.form.get("act") != SUBMIT:
        return _render(page, matter, paper, written, problems)
    if page.form.get("checked", "") != written.draft.manifest.digest:
        return _render(page, matter, paper, written, problems)
    try:
        _submit(page, matter, written.draft)
    except Refusal as refused:
        return _render(page, matter, paper, written, (page.labels.book.error(refused),))
    return page.redirect(f"/texts/{matter.case.number}")


def _matter(page: PageRequest, outcome: str) -> tuple[LetterInput, LetterSource]:
    """The case and the letter of the outcome. NoSuchPage where the user may not write it, or there is none."""
    matter = readable_matter(page)
    case, duty = matter.case, matter.duty
    with viewing(page) as viewer:
        writes = chain_kind(case, duty) and may_write(viewer.context, case, duty)
    if not writes or duty.outcome(outcome) is None:
        raise NoSuchPage
    return matter, chosen_letter(matter, f"{ANSWER}.{outcome}")


def _drafted(
    page: PageRequest, matter: LetterInput, paper: LetterSource
) -> tuple[AnswerDraft | None, tuple[str, ...]]:
    """The answer with its findings; or None and what is missing."""
    app, case, duty = page.app, matter.case, matter.duty
    try:
        content = matter.write(paper, read_said(page, paper), read_counts(page))
    except GongkaiError as refused:
        return None, problem_lines(page, refused)
    file = manifest_attachment(letter_file_name(case, paper), content)
    manifest = Manifest(
        title=paper.label,
        attachments=(file,),
        decision=paper.outcome if paper.outcome in letter_outcomes(duty) else "",
        **description_from(case.facts),
    )
    draft = Draft(manifest=manifest, files=(content,))
    with app.store.reading() as connection:
        state = approval_state_of_case(app.office, case, duty)
        foreseen = preview_submission(
            app, connection, draft, state, case=case.number, chain=chain_kind(case, duty), by=page.me.id
        )
    words = file_lines(file.name, content)
    return AnswerDraft(draft=draft, foreseen=foreseen, words=words), ()


def _submit(page: PageRequest, matter: LetterInput, draft: Draft) -> None:
    """Submit the answer on the version of the case that was shown. MovedOn, HeldBack."""
    app, number, me = page.app, matter.case.number, page.me.id
    with app.store.writing(app.office.slug) as connection:
        sit = partial(
            app.recorder.transaction, actor=me, means=WEB_CHANNEL, account=page.account, within=connection
        )
        with sit() as uow:
            if str(uow.context.case(number).entries[-1].position) != page.form.get("seen", ""):
                raise MovedOn(position=uow.context.log.end().position)
        submit_text(sit, draft, case=number, by=me)


def _render(
    page: PageRequest,
    matter: LetterInput,
    paper: LetterSource,
    written: AnswerDraft | None,
    problems: tuple[str, ...],
) -> Response:
    posted = page.request.method == "POST"
    form = WebForm(
        key="check",
        title=paper.label,
        button=page.say("write_answer.write"),
        web_fields=(*letter_fields(page, matter, paper), date_field(page, paper)),
        action=f"/cases/{matter.case.number}/answer",
        seen_position=int(page.form["seen"])
        if page.form.get("seen", "").isdecimal()
        else matter.case.last_position,
        idempotency_key=new_idempotency_key(),
    )
    findings = page.labels.book.finding_lines(written.foreseen.findings) if written else ()
    return page.render(
        "answer.html",
        422 if problems and posted else 200,
        case=matter.case,
        form=form,
        outcome=paper.outcome,
        written=written,
        findings=list(findings),
        problems=problems,
        unconfirmed=paper.unconfirmed,
    )
