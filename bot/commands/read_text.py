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


def read_text(turn: RequestContext, wish: Intent) -> Reply:
    """全文: the words that would be signed, or went out."""
    manifest = _readable_manifest(turn, wish)
    parts = (
        list(split_text(manifest.text, UNITS_PER_PAGE)) if manifest.text else [turn.say("talk.text.no_words")]
    )
    asked = str(wish.data.get(PAGE, "")) or wish.rest
    page = int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(parts) else 1
    head = turn.say("talk.text.head", title=manifest.title, page=page, pages=len(parts))
    files = [_attachment_line(turn, manifest)] if manifest.attachments and page == len(parts) else []
    choices = (
        [_next_page_choice(turn, wish.case, page + 1)]
        if page < len(parts)
        else _signing_choices(turn, wish.case)
    )
    return Reply(lines=(head, parts[page - 1], *files), choices=tuple(choices))


def send_files(turn: RequestContext, wish: Intent) -> Reply:
    """附件: the files of the text that would be signed; by name alone where none may come here."""
    manifest = _readable_manifest(turn, wish)
    if not manifest.attachments:
        return Reply(lines=(turn.say("talk.text.no_files", case=wish.case),))
    if not accepts_files(turn):
        return Reply(
            lines=(_attachment_line(turn, manifest), turn.say("talk.text.on_the_page", case=wish.case))
        )
    kept = ContentStore(turn.connection, turn.works.office.slug).files(manifest)
    sent = tuple((one.name, kept[one.sha256]) for one in manifest.attachments if one.sha256 in kept)
    return Reply(lines=(_attachment_line(turn, manifest),), files=sent)


def _readable_manifest(turn: RequestContext, wish: Intent) -> Manifest:
    """The last version that was laid down, for whoever may read it here."""
    case, duty = turn.case(wish.case)
    if not can_view(turn, case, duty) or not may_open_files(turn, case, duty):
        raise NotThere(case=wish.case)
    if not may_be_shown_in_chat(case, duty):
        raise OnThePage(case=wish.case)
    found = latest_version(turn.connection, turn.works, case)
    if found is None:
        raise NothingToRead(case=wish.case, word=turn.word("draft"))
    return found


def _attachment_line(turn: RequestContext, manifest: Manifest) -> str:
    """Its files with their sizes, in a line."""
    each = [
        turn.say("talk.text.file", name=one.name, size=f"{one.size / KILOBYTE:.1f}")
        for one in manifest.attachments
    ]
    return turn.say("talk.draft.files", names="、".join(each))


def _next_page_choice(turn: RequestContext, case: int, page: int) -> Choice:
    found = turn.choice("text", case, page=page, label=turn.word(PAGE))
    return found._replace(typed_equivalent=f"{turn.word('text')} {case} {page}")


def _signing_choices(turn: RequestContext, number: int) -> list[Choice]:
    """Below its last page: what to do about it, for whom it waits."""
    case, duty = turn.case(number)
    mine = next((one for one in turn.pending_for_actor(case, duty) if one.wait.what is WaitKind.SIGN), None)
    return list(turn.action_buttons(mine)) if mine else []
