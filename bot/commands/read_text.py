"""Shows the text that waits for signatures in the chat, page by page (全文), and sends its attachments (附件).

A chat shows only what may be published. Answers name the applicant, and texts of another class stay in the office:
both are read on the web page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.circulation import comment_choices
from bot.commands.draft_text import OnThePage
from bot.commands.signing import mark_read
from bot.dialog.command import Intent
from bot.dialog.incoming_files import may_send_files
from bot.dialog.permissions import may_open_files
from bot.dialog.reply import Choice, Reply
from bot.dialog.task_cards import card_reply, proposal
from bot.dialog.turn import AssignedAction, NotThere, RequestContext
from bot.language.text_pages import split_text
from bot.language.verbs import VerbKind
from bot.publishing.submission import latest_version
from bot.publishing.texts import may_be_shown_in_chat
from bot.services.villages.item_records import current_manifest
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.errors import Refusal
from scheduler.delivery.channel import MessageAttachment
from scheduler.worklist.pending import WaitKind
from storage.events.manifest import Manifest, pictures_of

UNITS_PER_PAGE = 1200  # UTF-16 units that are comfortable to read on a telephone
PAGE = "page"  # the page's number in the data of a button
KILOBYTE = 1024


class NothingToRead(Refusal):
    """Case {case} has no text yet. Lay one down with: {word} {case}."""


def read_text(context: RequestContext, intent: Intent) -> Reply:
    """全文: one page of the latest version's words; below the last page, its photographs and the buttons."""
    manifest = _readable_manifest(context, intent)
    text = manifest.text or context.say("talk.text.no_words")
    parts = list(split_text(text, UNITS_PER_PAGE))
    page = _page_number(str(intent.data.get(PAGE, "")) or intent.rest, len(parts))
    head = context.say("talk.text.head", title=manifest.title, page=page, pages=len(parts))
    if page < len(parts):
        following = _next_page_choice(context, intent.case, page + 1)
        return Reply(lines=(head, parts[page - 1]), choices=(following,))
    mark_read(context, manifest.digest)
    pending = _pending_decision(context, intent.case)
    proposed = filter(None, [proposal(context, pending)] if pending else [])
    return Reply(
        lines=(head, parts[page - 1], *_file_lines(context, intent.case, manifest), *proposed),
        choices=tuple(_decision_choices(context, intent.case, pending)),
        pictures=tuple(_pictures(context, intent.case, manifest)),
        pictures_elsewhere=context.say("talk.text.pictures_lost", case=intent.case),
    )


def _file_lines(context: RequestContext, number: int, manifest: Manifest) -> Iterator[str]:
    """The names of the attachments, and where photographs are seen that this chat does not show."""
    if manifest.attachments:
        yield _attachment_line(context, manifest)
    count = len(pictures_of(manifest))
    if count and not may_send_files(context, context.case(number)[0]):
        yield context.say("talk.text.pictures_on_page", count=count, case=number)


def _pictures(context: RequestContext, number: int, manifest: Manifest) -> Iterator[MessageAttachment]:
    """The photographs of a text as they would be published, where this chat shows them."""
    if not may_send_files(context, context.case(number)[0]):
        return
    store = context.app.contents(context.connection)
    for one in pictures_of(manifest):
        yield MessageAttachment(name=one.name, content=store.read(one.sha256), is_picture=True, alt=one.alt)


def _page_number(wanted: str, pages: int) -> int:
    """The page that somebody asks for; the first where they ask for none that exists."""
    return int(wanted) if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= pages else 1


def send_files(context: RequestContext, intent: Intent) -> Reply:
    """附件: the attachments of the latest version; only their names where the chat takes no files."""
    manifest = _readable_manifest(context, intent)
    if not manifest.attachments:
        return Reply(lines=(context.say("talk.text.no_files", case=intent.case),))
    if not may_send_files(context, context.case(intent.case)[0]):
        on_the_page = context.say("talk.text.on_the_page", case=intent.case)
        return Reply(lines=(_attachment_line(context, manifest), on_the_page))
    contents = context.app.contents(context.connection).files(manifest)
    sent = tuple((one.name, contents[one.sha256]) for one in manifest.attachments if one.sha256 in contents)
    return Reply(lines=(_attachment_line(context, manifest),), files=sent)


def _readable_manifest(context: RequestContext, intent: Intent) -> Manifest:
    """The latest submitted version, or an item of a village. Raises NotThere, OnThePage or NothingToRead."""
    case, duty = context.case(intent.case)
    if duty.kind == VILLAGE_ITEM_KIND:
        return current_manifest(context.connection, context.app, case)
    if not may_open_files(context, case, duty):
        raise NotThere(case=intent.case)
    if not may_be_shown_in_chat(case, duty):
        raise OnThePage(case=intent.case)
    latest = latest_version(context.connection, context.app, case)
    if latest is None:
        raise NothingToRead(case=intent.case, word=context.word(VerbKind.DRAFT))
    return latest


def _attachment_line(context: RequestContext, manifest: Manifest) -> str:
    """The names and sizes (in KB) of the attachments, in one line."""
    names = [
        context.say("talk.text.file", name=one.name, size=f"{one.size / KILOBYTE:.1f}")
        for one in manifest.attachments
    ]
    return context.say("talk.draft.files", names="、".join(names))


def _next_page_choice(context: RequestContext, case: int, page: int) -> Choice:
    choice = context.choice(VerbKind.TEXT, case, page=page, label=context.word(VerbKind.PAGE))
    return choice._replace(typed_equivalent=f"{context.word(VerbKind.TEXT)} {case} {page}")


def _pending_decision(context: RequestContext, number: int) -> AssignedAction | None:
    """The signature of the text, or the decision about the item, that waits for the sender."""
    case, duty = context.case(number)
    decided = WaitKind.ACT if duty.kind == VILLAGE_ITEM_KIND else WaitKind.SIGN
    actions = context.pending_for_actor(case, duty)
    return next((action for action in actions if action.wait.what is decided), None)


def _decision_choices(
    context: RequestContext, number: int, pending: AssignedAction | None
) -> Sequence[Choice]:
    """The buttons of the task card; of whoever the text was shown to, those to answer with."""
    if pending:
        return card_reply(context, pending).choices
    return comment_choices(context, context.case(number)[0])
