"""Drafts a text in the chat (拟稿): the user writes it, sees a preview, and submits it for signing with 确认.

The words behind the verb are the body, line by line; a first line “标题：…” changes the title, and files become
attachments where the chat takes them. The program's own papers, the bulletin and the annual report, need no words.
Answers to requests name the applicant, and texts that are not disclosed belong in no chat: both are written on the
web page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.commands.signing import SeenOtherwise
from bot.dialog.command import Intent, MayNot, NotUnderstood, confirmation_reply, posts_of, transaction
from bot.dialog.form_questions import AnswerTooLong
from bot.dialog.forms import DialogForm, discard_form, save_form
from bot.dialog.incoming_files import incoming_files
from bot.dialog.permissions import may_write
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from bot.language.verbs import Verb, VerbKind
from bot.publishing.generated_papers import can_generate_paper, generate_paper
from bot.publishing.submission import (
    Draft,
    SubmissionPreview,
    latest_version,
    preview_submission,
    release_step,
    submit_text,
)
from bot.publishing.texts import may_be_shown_in_chat
from config.declarations.duty import Duty
from config.declarations.keys import TITLE_FIELD
from config.errors import Refusal
from scheduler.recording.signoff_commands import signoff_context
from scheduler.signoff.acts import require_not_ended
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.worklist.pending import assignees
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, ManifestAttachment, description_from, manifest_attachment

TITLE_LINE = re.compile(r"\s{0,9}(?:标题|title)\s{0,4}[:：]\s{0,9}(\S.*)", re.IGNORECASE)
MAX_BODY_LENGTH = 20_000  # characters; the web page takes longer texts
SPLIT_MESSAGE_LENGTH = 4000  # characters after which a channel cuts a text, in the middle of a line
SPLIT_MARGIN = 100  # characters by which a cut message may be shorter
MAX_FINDINGS_SHOWN = 6
BODY, TITLE, FILES, DIGEST, SEEN = "body", "title", "files", "digest", "seen"


class NothingToWrite(Refusal):
    """Case {case} is a {kind}: nothing is written for it. Your own list: 待办."""


class OnThePage(Refusal):
    """Case {case} is written and read on the office's local page: it is not for a chat."""


def begin_draft(context: RequestContext, intent: Intent) -> Reply:
    """拟稿: begin a text or its next version, with the words behind the verb and the files of the message."""
    case, duty = context.case(intent.case)
    _require_writer(context, case, duty)
    known = {SEEN: f"{case.entries[-1].position}"}
    form = DialogForm(verb=Verb(VerbKind.DRAFT), case=case.number, known=known)
    return continue_draft(context, form, intent.body, str(intent.data.get(FILES, "")))


def continue_draft(context: RequestContext, form: DialogForm, text: str, message: str = "") -> Reply:
    """Add words, or the files of a message, to the draft, and show it."""
    return show_draft(context, _with_message(context, form, text, message))


def read_draft_words(context: RequestContext, form: DialogForm, intent: Intent) -> DialogForm:
    """The draft with a message as its next lines. Raises NotUnderstood for “填”, which answers no question here."""
    if intent.full_text and not intent.body:
        raise NotUnderstood(said=abbreviate(intent.full_text))
    return _with_message(context, form, intent.body, "")


def proceed_with_draft(context: RequestContext, form: DialogForm) -> Reply:
    """Submit a confirmed draft; show the preview of any other."""
    return confirm_draft(context, form) if form.confirmed else show_draft(context, form)


def show_draft(context: RequestContext, form: DialogForm) -> Reply:
    """The preview of a draft with its findings and the button to submit it, or the question for its words."""
    case, duty = context.case(form.case)
    drafted = _build_draft(context, case, duty, form)
    if drafted is None:
        save_form(context, form)
        question = context.say("talk.draft.ask", name=context.card_builder.case_title(case), case=case.number)
        return Reply(lines=(question,), choices=(context.choice(VerbKind.CANCEL, 0),))
    state = approval_state_of_case(context.app.office, case, duty)
    chain, me = chain_kind(case, duty), context.person.id
    preview = preview_submission(
        context.app, context.connection, drafted, state, case=case.number, chain=chain, by=me
    )
    lines = tuple(_preview_lines(context, drafted, preview))
    if preview.must_not_go_out:  # the chat keeps nothing of it
        save_form(context, form)
        discard_form(context)
        return Reply(lines=(*lines, context.say("page.draft.held")))
    form = form.with_answer(DIGEST, drafted.manifest.digest)
    save_form(context, form)
    confirm = context.choice(VerbKind.CONFIRM, case.number, form.fingerprint)
    choices = (confirm, context.choice(VerbKind.CANCEL, 0))
    return Reply(lines=(*lines, context.say("talk.draft.sure")), choices=choices)


def confirm_draft(context: RequestContext, form: DialogForm) -> Reply:
    """确认: submit exactly what was shown. Raises SeenOtherwise where the case has changed since."""
    case, duty = context.case(form.case)
    _require_writer(context, case, duty)
    drafted = _build_draft(context, case, duty, form)
    if drafted is None:
        return show_draft(context, form)
    changed = form.known.get(SEEN) != f"{case.entries[-1].position}"
    if changed or form.known.get(DIGEST) != drafted.manifest.digest:
        raise SeenOtherwise(case=case.number)
    uow = submit_text(lambda: transaction(context), drafted, case=case.number, by=context.person.id)
    discard_form(context)
    return confirmation_reply(context, uow, case.number)


def _require_writer(context: RequestContext, case: Case, duty: Duty) -> None:
    """Require a text that can still be changed in a chat, and a sender who may write it.

    Raises NothingToWrite, MayNot, OnThePage, or what the rules of signing refuse.
    """
    if not chain_kind(case, duty):
        raise NothingToWrite(case=case.number, kind=context.labels.duty(duty))
    if not may_write(context, case, duty):
        holders = case.opening and assignees(case, case.opening, duty, context.app.office, context.absences)
        raise MayNot(post=context.person.post, who=posts_of(context, holders or ()), case=case.number)
    if not may_be_shown_in_chat(case, duty):
        raise OnThePage(case=case.number)
    with transaction(context) as uow:
        require_not_ended(signoff_context(uow.context, case, duty))


def _with_message(context: RequestContext, form: DialogForm, text: str, message: str) -> DialogForm:
    """The form with a message's words and files added; a cut text goes on in the line where it was cut."""
    known = dict(form.known)
    first, _, rest = text.partition("\n")
    if titled := TITLE_LINE.fullmatch(first):
        known[TITLE], text = titled[1].strip(), rest
    if text.strip():
        before = known.get(BODY, "")
        is_cut = len(before) % SPLIT_MESSAGE_LENGTH > SPLIT_MESSAGE_LENGTH - SPLIT_MARGIN
        separator = "" if not before or is_cut else "\n"
        known[BODY] = f"{before}{separator}{text.strip()}"
    if len(known.get(BODY, "")) > MAX_BODY_LENGTH:
        raise AnswerTooLong(label=context.say("page.draft.body"), most=MAX_BODY_LENGTH)
    if message:
        known[FILES] = f"{known.get(FILES, '')} {message}".strip()
    return replace(form, known=known)


def _build_draft(context: RequestContext, case: Case, duty: Duty, form: DialogForm) -> Draft | None:
    """The text that would be submitted; None while nothing is written."""
    known = dict(form.known)
    sent = incoming_files(context).of_messages(known.get(FILES, "").split())
    if not (known.get(BODY) or known.get(TITLE) or sent):
        return _generated_draft(context, case, duty) if can_generate_paper(case, duty) else None
    before = latest_version(context.connection, context.app, case) or Manifest()
    new = [manifest_attachment(one.name, one.content) for one in sent]
    former_title = before.title or str(case.facts.get(TITLE_FIELD, ""))
    manifest = Manifest(
        title=known.get(TITLE) or former_title or context.card_builder.case_title(case),
        text=known.get(BODY) or before.text,
        attachments=tuple(_merged_attachments(before.attachments, new)),
        decision=release_step(duty),
        **description_from(case.facts),
    )
    return Draft(manifest=manifest, files=tuple(one.content for one in sent))


def _generated_draft(context: RequestContext, case: Case, duty: Duty) -> Draft:
    """The paper that the program writes itself, from what is recorded now."""
    paper = generate_paper(context.app, case, duty)
    manifest = Manifest(
        title=paper.title,
        attachments=(manifest_attachment(paper.name, paper.content),),
        decision=release_step(duty),
        **description_from(case.facts),
    )
    return Draft(manifest=manifest, files=(paper.content,), paper=paper)


def _merged_attachments(
    before: Sequence[ManifestAttachment], new: Sequence[ManifestAttachment]
) -> Iterator[ManifestAttachment]:
    """The attachments of the former version, replaced by new ones of the same name, and then the other new ones."""
    named = {one.name: one for one in new}
    for one in before:
        yield named.pop(one.name, one)
    yield from named.values()


def _preview_lines(context: RequestContext, drafted: Draft, preview: SubmissionPreview) -> Iterator[str]:
    """The draft's title and files, what the text checks found, and whose signatures become invalid."""
    manifest, say = drafted.manifest, context.say
    yield say("talk.draft.head", title=manifest.title, count=len("".join(manifest.text.split())))
    if manifest.attachments:
        yield say("talk.draft.files", names="、".join(one.name for one in manifest.attachments))
    lines = context.book.finding_lines(preview.findings)
    yield say("card.findings", count=len(lines)) if lines else say("page.draft.clean")
    yield from lines[:MAX_FINDINGS_SHOWN]
    if (more := len(lines) - MAX_FINDINGS_SHOWN) > 0:
        yield say("talk.todo.more", count=more)
    for one in preview.invalidated_signatures:
        yield say("page.draft.falls", post=one.post, stage=one.stage)
    if preview.empty_stage:
        yield say("page.draft.nobody", stage=preview.empty_stage)
