"""Gathers an item of a village from its messages, shows it as one card, and hands it in once it is confirmed.

A photograph with words under it, an album, several messages within two minutes, a forwarded article and a document
become one draft. Nothing is recorded before 报送 is pressed on the card that shows all of it.
"""

from __future__ import annotations

import json
from dataclasses import replace

from bot.commands.villages import gathered_item as gathered
from bot.commands.villages.gathered_item import Part
from bot.commands.villages.item_card import (
    ADD,
    DO,
    JOIN,
    MONTH_CHOSEN,
    MORE_ASKED,
    NEW,
    SPLIT,
    TITLE_ASKED,
    asked_for_item,
    cancel_choice,
    card_choices,
    card_key_of,
    card_lines,
    files_text,
    item_choice,
    office_log,
    recorded_lines,
)
from bot.commands.villages.month_questions import current_months
from bot.dialog.command import Intent, confirmation_reply, transaction
from bot.dialog.forms import DialogForm, discard_form, load_form, save_form
from bot.dialog.incoming import IncomingUpdate
from bot.dialog.incoming_files import fetched_files, incoming_files, prepared_files
from bot.dialog.reply import Reply
from bot.dialog.turn import NotThere, RequestContext
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.services.villages.item_records import item_content, report_item, resubmit_item
from bot.services.villages.items import (
    ItemDraft,
    ItemProposal,
    NoTitle,
    NotYourVillage,
    ReturnedItem,
    open_months,
    propose_item,
    returned_items,
)
from scheduler.villages.months import month_reference
from storage.reading.texts.handed_in_file import PreparedFile

WORDS_LEAD = " \t:：,，、。"  # signs between the verb and the words of an item


def begin_item(context: RequestContext, intent: Intent) -> Reply:
    """报送: begin an item with the words behind the verb, or go on with the one that is open."""
    form = load_form(context)
    if form and form.kind is VerbKind.ITEM and DO in intent.data:
        return _do(context, form, intent)
    if returned := _returned(context, intent.case):
        save_form(context, gathered.new_form(returned.number))
        line = context.say("talk.item.again_ask", title=returned.title, reason=returned.reason)
        return Reply(lines=(line,), choices=(cancel_choice(context),))
    if intent.case and intent.case not in _own_months(context):
        raise NotThere(case=intent.case)  # a number that is none of the village's months is another village's
    words = (intent.rest if intent.case else intent.body or intent.full_text).lstrip(WORDS_LEAD)
    if not words:
        if form and form.kind is VerbKind.ITEM and (gathered.texts_of(form) or gathered.files_of(form)):
            return hand_in(context, replace(form, confirmed=True))
        require_reporter(context)
        save_form(context, gathered.new_form())
        return Reply(lines=(asked_for_item(context),), choices=(cancel_choice(context),))
    return gather(context, Part(message=f"said {context.sent_at.isoformat()}", text=words)) or Reply(lines=())


def require_reporter(context: RequestContext) -> None:
    """Refuse whoever reports for no village. Raises NotYourVillage."""
    if not may_report(context):
        raise NotYourVillage(post=context.app.office.post_of(context.person.id))


def may_report(context: RequestContext) -> bool:
    """Whether the sender reports for a village."""
    return any(village.exists_on(context.today) for village in context.reader.villages)


def gather_update(context: RequestContext, update: IncomingUpdate, words: str) -> Reply | None:
    """Add a message to the item that is being gathered, or begin one with it; None where nothing is to be said."""
    return gather(
        context,
        Part(
            message=update.message or f"said {context.sent_at.isoformat()}",
            text=words,
            has_files=bool(update.files),
        ),
    )


def gather_files(context: RequestContext, update: IncomingUpdate, words: str) -> Reply | None:
    """Add a message with files to the item. Raises NoFiles, AwaitingFiles, FileUnfetched or FileTooLarge."""
    fetched_files(context, update, of_item=True)
    return gather_update(context, update, words)


def gather(context: RequestContext, part: Part) -> Reply | None:
    """Add a part to the open item, or begin one; ask where it comes long after the others."""
    require_reporter(context)
    found = load_form(context)
    form = found if found and found.kind is VerbKind.ITEM else gathered.new_form()
    if form.known.get(gathered.ASKED) == TITLE_ASKED and part.text and not part.has_files:
        return show_item(
            context, gathered.without(form.with_answer(gathered.TITLE, part.text.strip()), gathered.ASKED)
        )
    asked_for = form.known.get(gathered.ASKED) == MORE_ASKED
    if not asked_for and not gathered.belongs_to(form, context.sent_at):
        return _ask_where(context, form, part)
    was_complete = gathered.SHOWN in form.known
    form = gathered.without(gathered.with_part(form, part, context.sent_at), gathered.ASKED)
    if was_complete and not context.capabilities.edits_any_time and not asked_for:
        save_form(context, form.with_answer(gathered.LATER, "1"))
        return None  # the card cannot be changed, and a second one for each part would only disturb
    return show_item(context, form)


def read_item_words(context: RequestContext, form: DialogForm, intent: Intent) -> DialogForm:
    """The form with a message as its next words."""
    part = Part(message=f"said {context.sent_at.isoformat()}", text=intent.body or intent.full_text)
    return gathered.with_part(form, part, context.sent_at)


def show_item(context: RequestContext, form: DialogForm) -> Reply:
    """The card of what has been gathered, or the question for what is missing."""
    items = gathered.listed_items(gathered.texts_of(form)) if JOIN not in form.known else []
    if items and not form.case:
        save_form(context, form)
        return _ask_split(context, items)
    again = gathered.PLACED in form.known
    form = form.with_answer(gathered.PLACED, "1")
    try:
        proposal = _proposal(context, form)
    except NoTitle:
        save_form(context, form)
        return Reply(
            lines=(_ask_words(context, form),),
            choices=(cancel_choice(context),),
            card_key=card_key_of(form),
            in_place=again,
        )
    form = gathered.without(form.with_answer(gathered.SHOWN, "1"), gathered.LATER)
    save_form(context, form)
    lines, blocked = card_lines(context, proposal.draft)
    choices = tuple(card_choices(context, form, proposal, blocked=blocked))
    return Reply(lines=lines, choices=choices, card_key=card_key_of(form), in_place=again)


def hand_in(context: RequestContext, form: DialogForm) -> Reply:
    """Record a confirmed item; where more came after the card was shown, show it again first."""
    if not form.confirmed:
        return show_item(context, form)
    if gathered.LATER in form.known or gathered.SHOWN not in form.known:
        shown = show_item(context, form)
        return replace(shown, lines=(context.say("talk.item.changed"), *shown.lines), in_place=False)
    draft = _proposal(context, form).draft
    with transaction(context) as uow:
        if form.case:
            resubmit_item(context.app, uow, form.case, draft)
            number = form.case
        else:
            number = report_item(context.app, uow, draft)
    rest = json.loads(form.known.get(gathered.QUEUE, "[]"))
    discard_form(context)
    reply = confirmation_reply(context, uow, number, undo=not form.case)
    lines = (*reply.lines[:1], *recorded_lines(context, draft))
    return _with_next(context, replace(reply, lines=lines), rest)


def _do(context: RequestContext, form: DialogForm, intent: Intent) -> Reply:
    """Do what a button of the card says."""
    wanted = str(intent.data[DO])
    if wanted in {TITLE_ASKED, MORE_ASKED}:
        save_form(context, form.with_answer(gathered.ASKED, wanted))
        return Reply(lines=(context.say(f"talk.item.{wanted}"),), choices=(cancel_choice(context),))
    if wanted == MONTH_CHOSEN:
        return show_item(context, form.with_answer(gathered.MONTH, str(intent.data["value"])))
    if wanted == JOIN:
        return show_item(context, form.with_answer(JOIN, "1"))
    if wanted == SPLIT:
        return _split(context, form)
    part = gathered.held_part(form)
    form = gathered.without(form, gathered.HELD)
    if part is None:
        return show_item(context, form)
    if wanted == NEW:
        incoming_files(context).drop(gathered.files_of(form))
        form = gathered.new_form()
    return show_item(
        context, gathered.without(gathered.with_part(form, part, context.sent_at), gathered.SHOWN)
    )


def typed_choice(context: RequestContext, form: DialogForm, text: str) -> Intent | None:
    """The button of the item's card that a text writes out; None where it is none."""
    count = len(gathered.listed_items(gathered.texts_of(form)))
    labels = {
        TITLE_ASKED: "retitle",
        MORE_ASKED: "add_more",
        SPLIT: "split",
        JOIN: "join",
        ADD: "add",
        NEW: "new",
    }
    said = text.strip()
    for do, key in labels.items():
        if said == context.say(f"talk.item.{key}", count=count):
            return Intent(kind=VerbKind.ITEM, data={DO: do})
    for month in open_months(context.app, context.reader.villages[0].id, context.today, office_log(context)):
        if said == context.say("talk.item.other_month", month=month.month):
            return Intent(kind=VerbKind.ITEM, data={DO: MONTH_CHOSEN, "value": month_reference(month)})
    return None


def _ask_where(context: RequestContext, form: DialogForm, part: Part) -> Reply:
    """Ask if a part that came later belongs to the item or begins another."""
    save_form(context, gathered.holding(form, part))
    title = gathered.texts_of(form)
    line = context.say("talk.item.held", title=abbreviate(title[0].splitlines()[0] if title else "…"))
    choices = (item_choice(context, ADD, "add"), item_choice(context, NEW, "new"), cancel_choice(context))
    return Reply(lines=(line,), choices=choices)


def _ask_split(context: RequestContext, items: list[str]) -> Reply:
    lines = [
        context.say("talk.item.several", count=len(items)),
        *(f"{place}. {abbreviate(one)}" for place, one in enumerate(items, 1)),
    ]
    split = item_choice(context, SPLIT, "split", count=len(items))
    return Reply(
        lines=tuple(lines), choices=(split, item_choice(context, JOIN, "join"), cancel_choice(context))
    )


def _split(context: RequestContext, form: DialogForm) -> Reply:
    """Take the first item of a list, with the files; the others wait for it."""
    first, *rest = gathered.listed_items(gathered.texts_of(form)) or gathered.texts_of(form)
    alone = gathered.without(form, gathered.TEXTS, gathered.SHOWN).with_answer(JOIN, "1")
    alone = gathered.with_part(alone, Part(message="1", text=first), gathered.said_at(form, context.sent_at))
    return show_item(context, alone.with_answer(gathered.QUEUE, json.dumps(rest, ensure_ascii=False)))


def _with_next(context: RequestContext, reply: Reply, rest: list[str]) -> Reply:
    """The reply about a recorded item, followed by the card of the next one of a list."""
    if not rest:
        return reply
    form = (
        gathered.new_form()
        .with_answer(JOIN, "1")
        .with_answer(gathered.QUEUE, json.dumps(rest[1:], ensure_ascii=False))
    )
    card = show_item(context, gathered.with_part(form, Part(message="1", text=rest[0]), context.sent_at))
    lines = (*reply.lines, context.say("talk.item.next"), *card.lines)
    return replace(reply, lines=lines, choices=card.choices, card_key=card.card_key)


def _proposal(context: RequestContext, form: DialogForm) -> ItemProposal:
    """The item as the program reads it. Raises NoTitle and what else ``propose_item`` refuses."""
    at = gathered.said_at(form, context.sent_at)
    files = _files(context, form)
    found = propose_item(
        context.app,
        context.person.id,
        _texts(context, form),
        files,
        at,
        log=office_log(context),
        again=bool(form.case),
    )
    months = {month_reference(month): month for month in found.months}
    draft = replace(
        found.draft,
        title=form.known.get(gathered.TITLE) or found.draft.title,
        month=months.get(form.known.get(gathered.MONTH, ""), found.draft.month),
    )
    if form.case:
        draft = _kept_parts(context, form, draft)
    return replace(found, draft=draft)


def _texts(context: RequestContext, form: DialogForm) -> list[str]:
    """The words that came; of a returned item for which only photographs came, its own."""
    texts = gathered.texts_of(form)
    if texts or not form.case or not gathered.files_of(form):
        return texts
    content = item_content(context.connection, context.app, context.case(form.case)[0])
    return [f"{content.title}\n{content.body}"]


def _kept_parts(context: RequestContext, form: DialogForm, draft: ItemDraft) -> ItemDraft:
    """A returned item's draft: its month and village stay, and its files where no others came."""
    case = context.case(form.case)[0]
    files = draft.files or item_content(context.connection, context.app, case).files
    return replace(draft, files=files)


def _files(context: RequestContext, form: DialogForm) -> tuple[PreparedFile, ...]:
    return prepared_files(incoming_files(context).of_messages(gathered.files_of(form)))


def _ask_words(context: RequestContext, form: DialogForm) -> str:
    files = _files(context, form)
    if not files:
        return asked_for_item(context)
    return context.say("talk.item.words", pictures=files_text(context, files))


def _returned(context: RequestContext, number: int) -> ReturnedItem | None:
    found = returned_items(context.app, context.person.id, office_log(context)) if number else ()
    return next((one for one in found if one.number == number), None)


def _own_months(context: RequestContext) -> frozenset[int]:
    return frozenset(one.month.case.number for one in current_months(context, context.reader.villages))
