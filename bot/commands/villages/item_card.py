"""Writes the card of an item that is being gathered: its lines, its buttons and what was recorded of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.commands.villages.month_questions import month_of
from bot.dialog.forms import DialogForm
from bot.dialog.recorded_words import month_timing
from bot.dialog.reply import CardKey, Choice
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.services.villages.items import ItemDraft, ItemProposal, check_item, missing_items
from config.declarations.villages.item_file_kinds import file_counts
from config.findings import Severity
from scheduler.villages.months import month_reference
from storage.eventlog.log import Log
from storage.messaging.sessions import SESSION_CHANNEL
from storage.reading.texts.handed_in_file import PreparedFile

DO = "do"
TITLE_ASKED, MORE_ASKED, SPLIT, JOIN, ADD, NEW, MONTH_CHOSEN = (
    "title",
    "more",
    "split",
    "join",
    "add",
    "new",
    "month",
)
MAX_FINDINGS = 2
ITEM_CARD = "item"


def card_lines(context: RequestContext, draft: ItemDraft) -> tuple[tuple[str, ...], bool]:
    """The lines of the card, and whether the checks hold the item back."""
    found = check_item(context.app, draft)
    blocking = [finding for finding in found if finding.severity is Severity.ERROR]
    village = next(one.name for one in context.app.office.villages if one.id == draft.village)
    with_files = (
        context.say("talk.item.with_files", files=files_text(context, draft.files)) if draft.files else ""
    )
    length = len("".join(draft.body.split()))
    about = context.say(
        "talk.item.about", village=village, month=draft.month.month, count=length, with_files=with_files
    )
    lines = [context.say("talk.item.head", title=draft.title), about, *_body_lines(draft)]
    shown = context.book.finding_lines(blocking or found)
    if blocking:
        lines.append(context.say("talk.item.blocked"))
    elif shown:
        lines.append(context.say("card.findings", count=len(shown)))
    lines += shown[:MAX_FINDINGS]
    lines.append(missing_line(context, draft))
    if not blocking:
        lines.append(context.say("talk.item.sure", word=context.say("talk.item.send")))
    return tuple(lines), bool(blocking)


def _body_lines(draft: ItemDraft) -> Iterator[str]:
    """The beginning of the text."""
    if draft.body:
        yield abbreviate(" ".join(draft.body.split()), 60)


def missing_line(context: RequestContext, draft: ItemDraft) -> str:
    """How many items the month still misses."""
    missing = missing_items(context.app, draft.village, draft.month, office_log(context))
    return context.say("talk.item.missing", count=missing) if missing else context.say("talk.item.enough")


def recorded_lines(context: RequestContext, draft: ItemDraft) -> Iterator[str]:
    """What was handed in, for which month, and how many are still missing."""
    yield context.say(
        "talk.item.recorded", title=draft.title, month=draft.month.month, when=_when(context, draft)
    )
    yield missing_line(context, draft)


def _when(context: RequestContext, draft: ItemDraft) -> str:
    """Whether an item was in time for its month."""
    month = month_of(context, draft.village, draft.month)
    return month_timing(context, month, draft.said_on) if month else ""


def card_choices(
    context: RequestContext, form: DialogForm, proposal: ItemProposal, *, blocked: bool
) -> Iterator[Choice]:
    """The buttons: hand in, change the title, add more, another month, leave."""
    if not blocked:
        send = context.say("talk.item.send")
        choice = context.choice(VerbKind.CONFIRM, form.case, form.fingerprint, label=send)
        yield choice._replace(typed_equivalent=send)
    yield item_choice(context, TITLE_ASKED, "retitle")
    if context.channel != SESSION_CHANNEL:  # the page takes files in its own form
        yield item_choice(context, MORE_ASKED, "add_more")
    for month in proposal.months if not form.case else ():
        if month != proposal.draft.month:
            yield item_choice(
                context, MONTH_CHOSEN, "other_month", value=month_reference(month), month=month.month
            )
    yield cancel_choice(context)


def asked_for_item(context: RequestContext) -> str:
    """The question for an item's words and photographs; the page says where it takes photographs."""
    return context.say("talk.item.ask_page" if context.channel == SESSION_CHANNEL else "talk.item.ask")


def item_choice(context: RequestContext, do: str, key: str, *, value: str = "", **words: object) -> Choice:
    """A button of the card that changes the draft, with its words as what may be typed."""
    label = context.say(f"talk.item.{key}", **words)
    data = {DO: do} | ({"value": value} if value else {})
    return context.choice(VerbKind.ITEM, 0, label=label, **data)._replace(typed_equivalent=label)


def cancel_choice(context: RequestContext) -> Choice:
    """The button that leaves the item unsent."""
    return context.choice(VerbKind.CANCEL, 0)


def card_key_of(form: DialogForm) -> CardKey:
    """The key by which the card of this form is changed in place."""
    return CardKey(0, ITEM_CARD, form.fingerprint)


def files_text(context: RequestContext, files: tuple[PreparedFile, ...]) -> str:
    """How many photographs and other files there are."""
    return counts_text(context, (file.name for file in files))


def counts_text(context: RequestContext, names: Iterable[str]) -> str:
    """How many files of each kind there are, by their names."""
    counts = file_counts(names).items()
    return "、".join(context.say(f"talk.item.{key}", count=count) for key, count in counts)


def office_log(context: RequestContext) -> Log:
    """The log of the office, on the connection of this request."""
    return Log(context.connection, context.app.office.slug)
