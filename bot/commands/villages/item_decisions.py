"""Receives and adopts a village's item in the chat (收下, 采用).

Adoption opens a publication text and lays it before its reviewers. What it would open is shown first: on the item's
card, whose button then adopts it at once, or else as a question that is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.commands.case_commands import NotOfThisKind
from bot.commands.signing import SeenOtherwise
from bot.commands.villages.item_card import counts_text
from bot.dialog.command import (
    Intent,
    case_heading,
    confirmation_reply,
    require_access,
    status_lines,
    transaction,
)
from bot.dialog.forms import DialogForm, discard_form, save_form
from bot.dialog.reply import Reply
from bot.dialog.task_cards import PROPOSED
from bot.dialog.turn import RequestContext
from bot.language.text_pages import abbreviate
from bot.language.verbs import VerbKind
from bot.publishing.item_adoption import (
    TakenUpAlready,
    live_publication,
    proposal_line,
    proposed_text,
    take_up_item,
)
from bot.publishing.submission import Draft
from bot.services.villages.board import RECEIVABLE_STATES, TAKEABLE_STATES, ItemState, item_state
from bot.services.villages.item_records import receive_item
from config.declarations.keys import VILLAGE_ITEM_KIND
from config.errors import Refusal
from config.office.roles import AccessLevel
from scheduler.recording.entry_guard import ForTheOffice
from scheduler.recording.unit_of_work import UnitOfWork
from storage.events.case import Case
from storage.events.manifest import Manifest

BODY_SHOWN = 60  # characters


class ItemDecided(Refusal):
    """Item {case} is {state} already: nothing is left to decide here."""


def receive(context: RequestContext, intent: Intent) -> Reply:
    """收下: receive an item as it stands. Raises ForTheOffice, NotForYou, NotOfThisKind or ItemDecided."""
    case = _item_in(context, intent, RECEIVABLE_STATES)
    with transaction(context) as uow:
        receive_item(uow, case.number)
    reply = confirmation_reply(context, uow, case.number, undo=True)
    return replace(reply, choices=(context.choice(VerbKind.TAKE_UP, case.number), *reply.choices))


def take_up(context: RequestContext, intent: Intent) -> Reply:
    """采用: adopt an item as its card proposed it; where no card did, show the proposal and ask.

    Raises ForTheOffice, NotForYou, NotOfThisKind, ItemDecided or TakenUpAlready.
    """
    case = _item_in(context, intent, TAKEABLE_STATES)
    with transaction(context) as uow:
        known = live_publication(context.app, uow, case.number)
        uow.discard()
    if known:
        raise TakenUpAlready(item=case.number, case=known)
    text = proposed_text(context.connection, context.app, case)
    if intent.data.get(PROPOSED) == text.digest:
        return _adopt(context, case, text)
    return _ask(context, DialogForm(verb=intent.verb, case=case.number, known={PROPOSED: text.digest}), text)


def proceed_with_adoption(context: RequestContext, form: DialogForm) -> Reply:
    """确认: adopt exactly what was shown. Raises SeenOtherwise where the item has changed since."""
    case = _item_in(context, Intent(kind=form.kind, case=form.case), TAKEABLE_STATES)
    text = proposed_text(context.connection, context.app, case)
    if not form.confirmed:
        return _ask(context, form, text)
    if form.known.get(PROPOSED) != text.digest:
        raise SeenOtherwise(case=case.number)
    discard_form(context)
    return _adopt(context, case, text)


def _item_in(context: RequestContext, intent: Intent, states: frozenset[ItemState]) -> Case:
    """The item that is meant, if the sender may decide about it and it is in one of these states."""
    word = context.word(intent.kind)
    if context.speaks_for_village:
        raise ForTheOffice(step=word, post=context.person.post)
    require_access(context, AccessLevel.RECORD)
    case, duty = context.case(intent.case)
    if duty.kind != VILLAGE_ITEM_KIND:
        steps = context.word(VerbKind.STEPS)
        raise NotOfThisKind(case=case.number, kind=context.labels.duty(duty), step=word, word=steps)
    state = item_state(case, duty)
    if state not in states:
        raise ItemDecided(case=case.number, state=context.say(f"item.state.{state}"))
    return case


def _ask(context: RequestContext, form: DialogForm, text: Manifest) -> Reply:
    """Show the text that would be laid down, and ask whether it is to be."""
    save_form(context, form)
    case, duty = context.case(form.case)
    proposal = proposal_line(context.app, context.labels, case, text, context.person.id)
    lines = [case_heading(context, case, duty), *_text_lines(context, text), proposal]
    lines.append(context.say("talk.adopt.sure", page=context.say("page.item.edit_first")))
    confirm = context.choice(VerbKind.CONFIRM, form.case, form.fingerprint)
    choices = (confirm, context.choice(VerbKind.TEXT, form.case), context.choice(VerbKind.CANCEL, 0))
    return Reply(lines=tuple(lines), choices=choices)


def _text_lines(context: RequestContext, text: Manifest) -> Iterator[str]:
    """The title, the beginning of the words, and how many photographs and files there are."""
    yield context.say("talk.draft.head", title=text.title, count=len("".join(text.text.split())))
    if text.text:
        yield abbreviate(" ".join(text.text.split()), BODY_SHOWN)
    if text.attachments:
        yield counts_text(context, (one.name for one in text.attachments))


def _adopt(context: RequestContext, case: Case, text: Manifest) -> Reply:
    """Open the text and lay it before its reviewers; say where it stands."""
    opened: list[UnitOfWork] = []

    @contextmanager
    def sit() -> Iterator[UnitOfWork]:
        with transaction(context) as uow:
            opened.append(uow)
            yield uow

    draft, me = Draft(manifest=text), context.person.id
    number = take_up_item(context.app, sit, case, draft, by=me, original=text)
    reply = confirmation_reply(context, opened[-1], case.number)
    return replace(reply, lines=(reply.lines[0], *status_lines(context, number)))
