"""全文 and 附件: whoever signs on a telephone reads there what they sign, page by page, and its files where they may.

A chat carries what may be published. An answer names its applicant, and a text of another class goes nowhere: both
are read on the page.
"""

from __future__ import annotations

from bot.commands.case_commands import Wish
from bot.commands.draft_text import OnThePage
from bot.dialog.incoming_files import takes_files
from bot.dialog.permissions import goes_in_chats, may_open_files, sees
from bot.dialog.reply import Choice, Reply
from bot.dialog.turn import NotThere, Turn
from bot.language.text_pages import pages
from bot.publishing.submission import version_before
from config.errors import Refusal
from scheduler.worklist.pending import What
from storage.content.content_store import Archive
from storage.events.manifest import Manifest

ON_A_PAGE = 1200  # UTF-16 units: what is read on a telephone without losing the place
PAGE = "page"
KILOBYTE = 1024


class NothingToRead(Refusal):
    """Case {case} has no text yet. Lay one down with: {word} {case}."""


def text(turn: Turn, wish: Wish) -> Reply:
    """全文: the words that would be signed, or went out."""
    manifest = _manifest(turn, wish)
    parts = list(pages(manifest.text, ON_A_PAGE)) if manifest.text else [turn.say("talk.text.no_words")]
    asked = str(wish.data.get(PAGE, "")) or wish.rest
    page = int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked) <= len(parts) else 1
    head = turn.say("talk.text.head", title=manifest.title, page=page, pages=len(parts))
    files = [_named(turn, manifest)] if manifest.attachments and page == len(parts) else []
    choices = [_next(turn, wish.case, page + 1)] if page < len(parts) else _signs(turn, wish.case)
    return Reply(lines=(head, parts[page - 1], *files), choices=tuple(choices))


def files(turn: Turn, wish: Wish) -> Reply:
    """附件: the files of the text that would be signed; by name alone where none may come here."""
    manifest = _manifest(turn, wish)
    if not manifest.attachments:
        return Reply(lines=(turn.say("talk.text.no_files", case=wish.case),))
    if not takes_files(turn):
        return Reply(lines=(_named(turn, manifest), turn.say("talk.text.on_the_page", case=wish.case)))
    kept = Archive(turn.connection, turn.works.office.slug).files(manifest)
    sent = tuple((one.name, kept[one.sha256]) for one in manifest.attachments if one.sha256 in kept)
    return Reply(lines=(_named(turn, manifest),), files=sent)


def _manifest(turn: Turn, wish: Wish) -> Manifest:
    """The last version that was laid down, for whoever may read it here."""
    case, duty = turn.case(wish.case)
    if not sees(turn, case, duty) or not may_open_files(turn, case, duty):
        raise NotThere(case=wish.case)
    if not goes_in_chats(case, duty):
        raise OnThePage(case=wish.case)
    found = version_before(turn.connection, turn.works, case)
    if found is None:
        raise NothingToRead(case=wish.case, word=turn.word("draft"))
    return found


def _named(turn: Turn, manifest: Manifest) -> str:
    """Its files with their sizes, in a line."""
    each = [
        turn.say("talk.text.file", name=one.name, size=f"{one.size / KILOBYTE:.1f}")
        for one in manifest.attachments
    ]
    return turn.say("talk.draft.files", names="、".join(each))


def _next(turn: Turn, case: int, page: int) -> Choice:
    found = turn.choice("text", case, page=page, label=turn.word(PAGE))
    return found._replace(twin=f"{turn.word('text')} {case} {page}")


def _signs(turn: Turn, number: int) -> list[Choice]:
    """Below its last page: what to do about it, for whom it waits."""
    case, duty = turn.case(number)
    mine = next((one for one in turn.mine(case, duty) if one.wait.what is What.SIGN), None)
    return list(turn.offered(mine)) if mine else []
