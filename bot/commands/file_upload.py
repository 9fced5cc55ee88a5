"""What a file is for that somebody sends in a chat: a text before its stages, or the evidence a step asks for.

It is told by the word beside it, by the card it answers, or by the form that stands open; where none of them tells,
it is asked, and the file does not stay.
"""

from __future__ import annotations

from bot.commands.case_commands import Intent, take_step
from bot.commands.draft_text import FILES, begin_draft, continue_draft
from bot.dialog.command_parser import Command
from bot.dialog.forms import DRAFT, STEP, DialogForm, load_form
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import fetched_files, incoming_files
from bot.dialog.reply import Reply
from bot.dialog.turn import RequestContext
from config.declarations.duty import Duty, FieldType
from config.errors import Refusal
from storage.content.content_store import ContentStore
from storage.events.case import chain_kind


class FileForWhat(Refusal):
    """What is this file for? Send it with a word and a number, such as “{word} 12”, or as a reply to the card."""


def evidence_step(duty: Duty) -> tuple[str, str] | None:
    """The step of a kind that names a file, and its field."""
    found = (
        (step.key, field.key) for step in duty.steps for field in step.fields if field.type is FieldType.FILE
    )
    return next(found, None)


def store_file(archive: ContentStore, content: bytes, name: str) -> str:
    """A file as a fact names it; its content is kept."""
    return f"sha256:{archive.save(content, name)}"


def handle_uploaded_file(
    context: RequestContext, update: IncomingUpdate, command: Command, body: str
) -> Reply:
    """Do with a file what it was sent for. Whatever it is not kept for does not stay."""
    here, form = fetched_files(context, update), load_form(context)
    writing = form is not None and form.act == DRAFT
    if form and writing and not command.verb:
        return continue_draft(context, form, body, update.message)
    number = command.case or context.replied_to or (form.case if form else 0)
    _case, duty = context.case(number) if number else (None, None)
    names = evidence_step(duty) if duty else None
    if names and command.verb in {"", f"{STEP}:{names[0]}"}:
        archive = ContentStore(context.connection, context.app.office.slug)
        fact = {names[1]: store_file(archive, here[0].content, here[0].name)}
        return take_step(context, Intent(verb=f"{STEP}:{names[0]}", case=number, data=fact))
    if number and command.verb in {"", DRAFT} and _has_approval_chain(context, number):
        return begin_draft(context, Intent(verb=DRAFT, case=number, body=body, data={FILES: update.message}))
    raise FileForWhat(word=context.word(DRAFT))


def discard_unused_files(context: RequestContext, update: IncomingUpdate) -> None:
    """Whatever a message brought and no open form waits to lay down is forgotten."""
    form = load_form(context)
    if update.message not in _draft_message_ids(form):
        incoming_files(context).drop([update.message])


def _draft_message_ids(form: DialogForm | None) -> list[str]:
    return str(dict(form.known).get(FILES, "")).split() if form and form.act == DRAFT else []


def _has_approval_chain(context: RequestContext, number: int) -> bool:
    case, duty = context.case(number)
    return bool(chain_kind(case, duty))
