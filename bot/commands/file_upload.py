"""Decides what a file sent in a chat is for: an attachment of a draft, or the evidence that a step asks for.

The words beside it, the card it replies to or the open form tell; where none does, the sender is asked, and the file
is not kept.
"""

from __future__ import annotations

from bot.commands.case_commands import take_step
from bot.commands.draft_text import FILES, begin_draft, continue_draft
from bot.dialog.command import Intent
from bot.dialog.forms import DialogForm, load_form
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import fetched_files, incoming_files
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from bot.language.verbs import Verb, VerbKind
from bot.utterances.command_parser import Command
from config.declarations.duty import Duty, FieldType
from config.errors import Refusal
from storage.content.content_store import ContentStore
from storage.events.case import chain_kind


class FileForWhat(Refusal):
    """What is this file for? Send it with a word and a number, such as “{word} 12”, or as a reply to the card."""


def evidence_step(duty: Duty) -> tuple[str, str] | None:
    """The keys of the first step of a duty that a file alone records, and of its field; None where none is.

    A step that asks for more than its paper, such as an extension with its reason, is no filing of evidence.
    """
    for step in duty.steps:
        asked = [field for field in step.fields if field.required or field.type is FieldType.FILE]
        if [field.type for field in asked] == [FieldType.FILE]:
            return step.key, asked[0].key
    return None


def store_file(archive: ContentStore, content: bytes, name: str) -> str:
    """Store a file's content. Returns the value by which a fact refers to it."""
    return f"sha256:{archive.save(content, name)}"


def handle_uploaded_file(
    context: RequestContext, update: IncomingUpdate, command: Command, body: str
) -> Reply:
    """Use the files of a message for what they were sent for. Raises FileForWhat where nothing tells."""
    files, form = fetched_files(context, update), load_form(context)
    if form and form.kind is VerbKind.DRAFT and not command.verb:
        return continue_draft(context, form, body, update.message)
    number = command.case or context.replied_to or (form.case if form else 0)
    case, duty = context.case(number) if number else (None, None)
    keys = evidence_step(duty) if duty else None
    if keys and command.verb in {None, Verb(VerbKind.STEP, keys[0])}:
        archive = ContentStore(context.connection, context.app.office.slug)
        fact = {keys[1]: store_file(archive, files[0].content, files[0].name)}
        return take_step(context, Intent(kind=VerbKind.STEP, key=keys[0], case=number, data=fact))
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
