"""Decides what a file sent in a chat is for: an attachment of a draft, or what a step or an opening asks for.

The words beside it, the card it replies to or the open form tell; where none does, the sender is asked, and the file
is not kept.
"""

from __future__ import annotations

from bot.commands.case_commands import continue_form, take_step
from bot.commands.draft_text import FILES, begin_draft, continue_draft
from bot.dialog.command import Intent
from bot.dialog.form_questions import next_question
from bot.dialog.forms import DialogForm, load_form
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import fetched_files, incoming_files
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, VerbKind
from bot.utterances.command_parser import Command
from config.declarations.duty import Duty, Field, FieldType, Step
from config.declarations.terms import SendBack, Wait
from config.errors import Refusal
from storage.content.content_store import ContentStore
from storage.events.case import Case, chain_kind


class FileForWhat(Refusal):
    """What is this file for? Send it with a word and a number, such as “{word} 12”, or as a reply to the card."""


def evidence_step(case: Case, duty: Duty) -> tuple[Step, tuple[Field, ...]] | None:
    """The step that files alone record now, and its fields for them; None where none is.

    One that is waited for comes first. A step that asks for more than its papers, such as an extension with its
    reason, is no filing of evidence.
    """
    found = []
    for step in duty.steps:
        asked = tuple(field for field in step.fields if field.required or field.type is FieldType.FILE)
        if asked and all(field.type is FieldType.FILE for field in asked):
            found.append((step, asked))
    askers = {step.effect.until: step.key for step in duty.steps if isinstance(step.effect, Wait | SendBack)}
    awaited = [one for one in found if _is_awaited(case, askers.get(one[0].key), one[0].key)]
    taken = {one.step for one in case.steps}
    possible = [one for one in found if one[0].key not in askers and _may_follow(one[0], taken)]
    return next(iter((*awaited, *possible)), None)


def _is_awaited(case: Case, asker: str | None, answer: str) -> bool:
    last = case.last_step(asker, answer) if asker else None
    return last is not None and last.step == asker


def _may_follow(step: Step, taken: set[str]) -> bool:
    done = step.once and step.key in taken
    return not done and (not step.prerequisites or bool(taken & set(step.prerequisites)))


def store_file(archive: ContentStore, content: bytes, name: str) -> str:
    """Store a file's content. Returns the value by which a fact refers to it."""
    return f"sha256:{archive.save(content, name)}"


def handle_uploaded_file(
    context: RequestContext, update: IncomingUpdate, command: Command, body: str
) -> Reply:
    """Use the files of a message for what they were sent for. Raises FileForWhat where nothing tells."""
    form = load_form(context)
    files = fetched_files(context, update, of_item=context.speaks_for_village)
    if form and form.kind is VerbKind.DRAFT and not command.verb:
        return continue_draft(context, form, body, update.message)
    archive = context.app.contents(context.connection)
    asked = next_question(context, form) if form and form.kind in {VerbKind.STEP, VerbKind.OPEN} else None
    if form and asked and asked.type is FieldType.FILE and not command.verb:
        value = store_file(archive, files[0].content, files[0].name)
        return continue_form(context, form.with_answer(asked.key, value))
    number = command.case or context.replied_to or (form.case if form else 0)
    case, duty = context.case(number) if number else (None, None)
    declared = evidence_step(case, duty) if case and duty else None
    if declared and command.verb in {None, Verb(VerbKind.STEP, declared[0].key)}:
        facts = {
            field.key: store_file(archive, file.content, file.name)
            for field, file in zip(declared[1], files, strict=False)
        }
        return take_step(context, Intent(kind=VerbKind.STEP, key=declared[0].key, case=number, data=facts))
    if case and duty and chain_kind(case, duty) and command.verb in {None, Verb(VerbKind.DRAFT)}:
        data = {FILES: update.message}
        return begin_draft(context, Intent(kind=VerbKind.DRAFT, case=number, body=body, data=data))
    raise FileForWhat(word=context.word(VerbKind.DRAFT))


def discard_unused_files(context: RequestContext, update: IncomingUpdate) -> None:
    """Delete the files of a message unless the open draft has them."""
    if update.message not in _draft_message_ids(load_form(context)):
        incoming_files(context).drop([update.message])


def _draft_message_ids(form: DialogForm | None) -> list[str]:
    kept = {VerbKind.DRAFT, VerbKind.ITEM}  # both keep the ids of their messages under the same key
    return form.known.get(FILES, "").split() if form and form.kind in kept else []
