"""拟稿: a text is written in the chat, looked through there, and laid before its stages with one word more.

What is sent after the word is the body, line by line; “标题：…” as its first line is another title. Where files are
taken here they go with it. A paper the program writes itself, a bulletin or the annual report, needs no words. An
answer names its applicant, and what is not disclosed is nobody's to read in a chat: both are written on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.commands.case_commands import Intent, MayNot, SeenOtherwise, confirmation_reply, transaction
from bot.dialog.forms import DRAFT, AnswerTooLong, DialogForm, discard_form, save_form
from bot.dialog.incoming_files import incoming_files
from bot.dialog.permissions import may_be_shown_in_chat, may_write
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.finding_lines import proofread_lines
from bot.publishing.generated_papers import can_generate_paper, generate_paper
from bot.publishing.submission import (
    Draft,
    SubmissionPreview,
    latest_version,
    preview_submission,
    release_step,
    submit_text,
)
from config.declarations.duty import Duty
from config.errors import Refusal
from scheduler.recording.signoff_commands import signoff_context
from scheduler.signoff.approval_state import approval_state_of_case
from scheduler.signoff.rules import require_not_ended
from scheduler.worklist.pending import assignees
from storage.events.case import Case, chain_kind
from storage.events.manifest import Manifest, ManifestAttachment, description_from, manifest_attachment

TITLE_LINE = re.compile(r"\s*(?:标题|title)\s*[:：]\s*(\S.*)", re.IGNORECASE)
MAX_BODY_LENGTH = 20_000  # characters: what is longer is no message; the page takes it
SPLIT_MESSAGE_LENGTH = (
    4000  # a longer text is cut by whoever sends it, anywhere: the next message goes on in that line
)
MAX_FINDINGS_SHOWN = 6
BODY, TITLE, FILES, DIGEST, SEEN = "body", "title", "files", "digest", "seen"


class NothingToWrite(Refusal):
    """Case {case} is a {kind}: nothing is written for it. Your own list: 待办."""


class OnThePage(Refusal):
    """Case {case} is written and read on the office's local page: it is not for a chat."""


def begin_draft(context: RequestContext, intent: Intent) -> Reply:
    """拟稿: begin a text, or its next version; with what was said behind the word."""
    case, duty = context.case(intent.case)
    _require_writer(context, case, duty)
    form = DialogForm(act=DRAFT, case=case.number, known={SEEN: f"{case.entries[-1].position}"})
    return continue_draft(context, form, intent.body, str(intent.data.get(FILES, "")))


def continue_draft(context: RequestContext, form: DialogForm, text: str, message: str = "") -> Reply:
    """More of it: words, or the files of a message. Shown with what is found in it, until it is laid down."""
    case, duty = context.case(form.case)
    form = _with_message(context, form, text, message)
    drafted = _build_draft(context, case, duty, form)
    if drafted is None:
        save_form(context, form)
        asked = context.say("talk.draft.ask", name=context.card_builder.case_title(case), case=case.number)
        return Reply(lines=(asked,), choices=(context.choice("cancel", 0),))
    foreseen = preview_submission(
        context.app, context.connection, drafted, approval_state_of_case(context.app.office, case, duty)
    )
    lines = tuple(_preview_lines(context, drafted, foreseen))
    if foreseen.must_not_go_out:  # nothing of it stays here
        save_form(context, form)
        discard_form(context)
        return Reply(lines=(*lines, context.say("page.draft.held")))
    form = form.with_answer(DIGEST, drafted.manifest.digest)
    save_form(context, form)
    choices = (context.choice("confirm", case.number, form.fingerprint), context.choice("cancel", 0))
    return Reply(lines=(*lines, context.say("talk.draft.sure")), choices=choices)


def confirm_draft(context: RequestContext, form: DialogForm) -> Reply:
    """确认: exactly what was shown is laid down. SeenOtherwise where the case has moved on since."""
    case, duty = context.case(form.case)
    _require_writer(context, case, duty)
    known, drafted = dict(form.known), _build_draft(context, case, duty, form)
    if drafted is None:
        return continue_draft(context, form, "")
    moved = known.get(SEEN) != f"{case.entries[-1].position}"
    if moved or known.get(DIGEST) != drafted.manifest.digest:
        raise SeenOtherwise(case=case.number)
    recorder = submit_text(lambda: transaction(context), drafted, case=case.number, by=context.person.id)
    discard_form(context)
    return confirmation_reply(context, recorder, case.number)


def _require_writer(context: RequestContext, case: Case, duty: Duty) -> None:
    """Whoever writes for where the text comes from; and a text that can still be changed, and be written here."""
    if not chain_kind(case, duty):
        raise NothingToWrite(case=case.number, kind=context.labels.duty(duty))
    if not may_write(context, case, duty):
        holders = case.opening and assignees(case, case.opening, duty, context.app.office, context.absences)
        posts = "、".join(context.labels.post(one) for one in holders or ()) or "—"
        raise MayNot(post=context.person.post, who=posts, case=case.number)
    if not may_be_shown_in_chat(case, duty):
        raise OnThePage(case=case.number)
    with transaction(context) as recorder:
        require_not_ended(signoff_context(recorder.context, case, duty))


def _with_message(context: RequestContext, form: DialogForm, text: str, message: str) -> DialogForm:
    """The form with what was said now: a second message goes on where the first one ended."""
    known = dict(form.known)
    first, _, rest = text.partition("\n")
    if titled := TITLE_LINE.fullmatch(first):
        known[TITLE], text = titled[1].strip(), rest
    if text.strip():
        before = known.get(BODY, "")
        joint = "" if not before or len(before) % SPLIT_MESSAGE_LENGTH > SPLIT_MESSAGE_LENGTH - 100 else "\n"
        known[BODY] = f"{before}{joint}{text.strip()}"
    if len(known.get(BODY, "")) > MAX_BODY_LENGTH:
        raise AnswerTooLong(label=context.say("page.draft.body"), most=MAX_BODY_LENGTH)
    if message:
        known[FILES] = f"{known.get(FILES, '')} {message}".strip()
    return replace(form, known=known)


def _build_draft(context: RequestContext, case: Case, duty: Duty, form: DialogForm) -> Draft | None:
    """What would be laid down; None while there is nothing yet."""
    known = dict(form.known)
    sent = incoming_files(context).of_messages(known.get(FILES, "").split())
    if not (known.get(BODY) or known.get(TITLE) or sent):
        return _generated_draft(context, case, duty) if can_generate_paper(case, duty) else None
    before = latest_version(context.connection, context.app, case) or Manifest()
    new = [manifest_attachment(one.name, one.content) for one in sent]
    manifest = Manifest(
        title=known.get(TITLE)
        or before.title
        or str(case.facts.get("title", ""))
        or context.card_builder.case_title(case),
        text=known.get(BODY) or before.text,
        attachments=tuple(_merged_attachments(before.attachments, new)),
        decision=release_step(duty),
        **description_from(case.facts),
    )
    return Draft(manifest=manifest, files=tuple(one.content for one in sent))


def _generated_draft(context: RequestContext, case: Case, duty: Duty) -> Draft:
    """The program's own paper, as everything stands now."""
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
    """The files of the version before, of which a new one of the same name takes the place; then the others."""
    named = {one.name: one for one in new}
    for one in before:
        yield named.pop(one.name, one)
    yield from named.values()


def _preview_lines(context: RequestContext, drafted: Draft, foreseen: SubmissionPreview) -> Iterator[str]:
    """What it is, what the checks say of it, and whose signatures would fall."""
    manifest, say = drafted.manifest, context.say
    yield say("talk.draft.head", title=manifest.title, count=len("".join(manifest.text.split())))
    if manifest.attachments:
        yield say("talk.draft.files", names="、".join(one.name for one in manifest.attachments))
    lines = proofread_lines(foreseen.findings, context.book)
    yield say("card.findings", count=len(lines)) if lines else say("page.draft.clean")
    yield from lines[:MAX_FINDINGS_SHOWN]
    if (more := len(lines) - MAX_FINDINGS_SHOWN) > 0:
        yield say("talk.todo.more", count=more)
    for one in foreseen.invalidated_signatures:
        yield say("page.draft.falls", post=one.post, stage=one.stage)
