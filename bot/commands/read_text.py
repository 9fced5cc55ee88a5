"""全文 and 附件: whoever signs on a telephone reads there what they sign, page by page, and its files where they may.

A chat carries what may be published. An answer names its applicant, and a text of another class goes nowhere: both
are read on the page.
"""

from __future__ import annotations

from bot.commands.case_commands import Intent
from bot.commands.draft_text import OnThePage
from bot.dialog.incoming_files import accepts_files
from bot.dialog.permissions import can_view, may_be_shown_in_chat, may_open_files
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.language.text_pages import split_text
from bot.publishing.submission import latest_version
from config.errors import Refusal
from scheduler.worklist.pending import WaitKind
from storage.content.content_store import ContentStore
from storage.events.manifest import Manifest

UNITS_PER_PAGE = 1200  # UTF-16 units: what is read on a telephone without losing the place
PAGE = "page"
KILOBYTE = 1024


class NothingToRead(Refusal):
    """Case {case} has no text yet. Lay one down with: {word} {case}."""


def read_text(context: RequestContext, intent: Intent) -> Reply:
    """全文: the words that would be signed, or went out."""
    manifest = _readable_manifest(context, intent)
    parts = (
        list(split_text(manifest.text, UNITS_PER_PAGE))
        if manifest.text
        else [context.say("talk.text.no_words")]
    )
    asked = str(intent.data.get(PAGE, "")) or intent.rest
    page = int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(parts) else 1
    head = context.say("talk.text.head", title=manifest.title, page=page, pages=len(parts))
    files = [_attachment_line(context, manifest)] if manifest.attachments and page == len(parts) else []
    choices = (
        [_next_page_choice(context, intent.case, page + 1)]
        if page < len(parts)
        else _signing_choices(context, intent.case)
    )
    return Reply(lines=(head, parts[page - 1], *files), choices=tuple(choices))


def send_files(context: RequestContext, intent: Intent) -> Reply:
    """附件: the files of the text that would be signed; by name alone where none may come here."""
    manifest = _readable_manifest(context, intent)
    if not manifest.attachments:
        return Reply(lines=(context.say("talk.text.no_files", case=intent.case),))
    if not accepts_files(context):
        return Reply(
            lines=(
                _attachment_line(context, manifest),
                context.say("talk.text.on_the_page", case=intent.case),
            )
        )
    kept = ContentStore(context.connection, context.app.office.slug).files(manifest)
    sent = tuple((one.name, kept[one.sha256]) for one in manifest.attachments if one.sha256 in kept)
    return Reply(lines=(_attachment_line(context, manifest),), files=sent)


def _readable_manifest(context: RequestContext, intent: Intent) -> Manifest:
    """The last version that was laid down, for whoever may read it here."""
    case, duty = context.case(intent.case)
    if not can_view(context, case, duty) or not may_open_files(context, case, duty):
        raise NotThere(case=intent.case)
    if not may_be_shown_in_chat(case, duty):
        raise OnThePage(case=intent.case)
    found = latest_version(context.connection, context.app, case)
    if found is None:
        raise NothingToRead(case=intent.case, word=context.word("draft"))
    return found


def _attachment_line(context: RequestContext, manifest: Manifest) -> str:
    """Its files with their sizes, in a line."""
    each = [
        context.say("talk.text.file", name=one.name, size=f"{one.size / KILOBYTE:.1f}")
        for one in manifest.attachments
    ]
    return context.say("talk.draft.files", names="、".join(each))


def _next_page_choice(context: RequestContext, case: int, page: int) -> Choice:
    found = context.choice("text", case, page=page, label=context.word(PAGE))
    return found._replace(typed_equivalent=f"{context.word('text')} {case} {page}")


def _signing_choices(context: RequestContext, number: int) -> list[Choice]:
    """Below its last page: what to do about it, for whom it waits."""
    case, duty = context.case(number)
    mine = next(
        (one for one in context.pending_for_actor(case, duty) if one.wait.what is WaitKind.SIGN), None
    )
    return list(context.action_buttons(mine)) if mine else []
