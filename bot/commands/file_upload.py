"""What a file is for that somebody sends in a chat: a text before its stages, or the evidence a step asks for.

It is told by the word beside it, by the card it answers, or by the form that stands open; where none of them tells,
it is asked, and the file does not stay.
"""

from __future__ import annotations

from bot.commands.case_commands import Wish, step_taken
from bot.commands.draft_text import FILES, draft, go_on
from bot.dialog.command_parser import Command
from bot.dialog.forms import DRAFT, STEP, Form, kept
from bot.dialog.incoming import Heard
from bot.dialog.incoming_files import arrivals, brought
from bot.dialog.reply import Reply
from bot.dialog.turn import Turn
from config.declarations.duty import Duty, FieldType
from config.errors import Refusal
from storage.content.content_store import Archive
from storage.events.case import chain_kind


class FileForWhat(Refusal):
    """What is this file for? Send it with a word and a number, such as “{word} 12”, or as a reply to the card."""


def filing_step(duty: Duty) -> tuple[str, str] | None:
    """The step of a kind that names a file, and its field."""
    found = (
        (step.key, field.key) for step in duty.steps for field in step.fields if field.type is FieldType.FILE
    )
    return next(found, None)


def kept_as(archive: Archive, content: bytes, name: str) -> str:
    """A file as a fact names it; its content is kept."""
    return f"sha256:{archive.keep(content, name)}"


def filed(turn: Turn, heard: Heard, command: Command, body: str) -> Reply:
    """Do with a file what it was sent for. Whatever it is not kept for does not stay."""
    here, form = brought(turn, heard), kept(turn)
    writing = form is not None and form.act == DRAFT
    if form and writing and not command.verb:
        return go_on(turn, form, body, heard.message)
    number = command.case or turn.replied_to or (form.case if form else 0)
    _case, duty = turn.case(number) if number else (None, None)
    names = filing_step(duty) if duty else None
    if names and command.verb in {"", f"{STEP}:{names[0]}"}:
        archive = Archive(turn.connection, turn.works.office.slug)
        fact = {names[1]: kept_as(archive, here[0].content, here[0].name)}
        return step_taken(turn, Wish(verb=f"{STEP}:{names[0]}", case=number, data=fact))
    if number and command.verb in {"", DRAFT} and _is_written(turn, number):
        return draft(turn, Wish(verb=DRAFT, case=number, body=body, data={FILES: heard.message}))
    raise FileForWhat(word=turn.word(DRAFT))


def settled(turn: Turn, heard: Heard) -> None:
    """Whatever a message brought and no open form waits to lay down is forgotten."""
    form = kept(turn)
    if heard.message not in _waiting(form):
        arrivals(turn).drop([heard.message])


def _waiting(form: Form | None) -> list[str]:
    return str(dict(form.known).get(FILES, "")).split() if form and form.act == DRAFT else []


def _is_written(turn: Turn, number: int) -> bool:
    case, duty = turn.case(number)
    return bool(chain_kind(case, duty))
