"""Binds chat addresses to people by join links, confirms them, and records who blocked us and which groups are ours.

A link is for one person and works once. A signer's address counts only after a register keeper has confirmed it. The
addresses that the person had before are notified.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.dialog.command import Intent
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.menus import group_menu, personal_menu
from bot.dialog.recipients import parse_recipient
from bot.dialog.reply import ChatMenu, Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.phrasebook import office_phrasebook
from bot.language.verbs import VerbKind
from bot.services.app import OfficeApp
from bot.services.office_notices import address_recipient, notify_register_keepers, queue_notices
from config.errors import Refusal
from config.office.loader import Office, Person
from storage.channels.join_words import JoinWords
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.sessions import SessionStore


class NobodyToLetIn(Refusal):
    """{post} has not asked to come in, or is in already. gongkai user list shows who is."""


class NobodyWaits(Refusal):
    """Nobody waits to be let in now. Whoever wants to come in needs a link from the clerk first."""


class NotOneself(Refusal):
    """Nobody lets themselves in: another person who holds the registers has to do it."""


def join_by_link(app: OfficeApp, connection: Connection, update: IncomingUpdate) -> Reply:
    """Bind the address to the person of its join link. Raises LinkUsed or LinkExpired."""
    now, office = app.clock.now(), app.office
    sessions = SessionStore(connection, office.slug)
    person = office.person(sessions.find_invitation(update.payload, at=now).person)
    sessions.use_invitation(update.payload, at=now)
    return _bind_address(app, connection, update, person)


def join_by_word(app: OfficeApp, connection: Connection, update: IncomingUpdate) -> Reply:
    """Bind the address to the person of the six-digit word it sent. Raises WordUnknown or TooManyGuesses.

    A refusal must not undo the transaction: wrong words are counted in it.
    """
    word, office = "".join(update.text.split()), app.office
    words = JoinWords(connection, office.slug)
    person = words.use(word, update.channel, update.sender, at=app.clock.now())
    return _bind_address(app, connection, update, office.person(person))


def _bind_address(app: OfficeApp, connection: Connection, update: IncomingUpdate, person: Person) -> Reply:
    now, office = app.clock.now(), app.office
    accounts = Accounts(connection, office.slug)
    state = AddressState.UNCONFIRMED if is_signer(office, person) else AddressState.OK
    replaced = accounts.bind(person.id, update.channel, update.sender, at=now, state=state)
    old = [address_recipient(one.channel, one.address) for one in replaced if one.address != update.sender]
    queue_notices(app, connection, old, "rebound", basis=person.id)
    if state is AddressState.UNCONFIRMED:
        notify_register_keepers(app, connection, "waits_to_join", person.id, but=person.id)
    book = office_phrasebook(office, person.language)
    key = "talk.joined" if state is AddressState.OK else "talk.join_waits"
    menu = personal_menu(office, person, book) if state is AddressState.OK else ()
    return Reply(lines=(book.say(key, post=person.post, office=office.name),), menu=menu)


def is_signer(office: Office, person: Person) -> bool:
    """Whether a person can sign a stage of any chain, themselves or as the deputy named in the office's file."""
    stages = [stage for chain in office.chains for stage in chain.stages]
    signers = {one.id for stage in stages for one in office.eligible(stage)}
    return person.id in signers or any(one.deputy == person.id for one in office.people if one.id in signers)


def confirm_join(context: RequestContext, intent: Intent) -> Reply:
    """确认加入: confirm as a register keeper who somebody is. Raises NotForYou, NotOneself or NobodyToLetIn."""
    person, _ = parse_recipient(context, str(intent.data.get("to", "")) or intent.rest)
    if person is None:
        return _ask_whom_to_confirm(context)
    if person.id == context.person.id:
        raise NotOneself
    accounts = Accounts(context.connection, context.app.office.slug)
    waiting = [one for one in accounts.of_person(person.id) if one.state is AddressState.UNCONFIRMED]
    if not waiting:
        raise NobodyToLetIn(post=person.post)
    now = context.app.clock.now()
    queue_notices(context.app, context.connection, [person.id], "let_in")
    for one in waiting:
        accounts.mark(one.channel, one.address, AddressState.OK, at=now, why=f"by {context.person.id}")
    office = context.app.office
    menu = personal_menu(office, person, office_phrasebook(office, person.language))
    menus = tuple(ChatMenu(one.channel, one.address, menu) for one in waiting)
    return Reply(lines=(context.say("talk.let_in", post=person.post),), menus=menus)


def pending_join_choices(context: RequestContext) -> tuple[Choice, ...]:
    """A button for each other person whose join waits for a confirmation."""
    accounts = Accounts(context.connection, context.app.office.slug)
    waiting = sorted({account.person for account in accounts.unconfirmed()} - {context.person.id})
    word = context.word(VerbKind.LET_IN)
    labels = {person: f"{word} {context.labels.post(person)}" for person in waiting}
    choices = (context.choice(VerbKind.LET_IN, 0, to=person, label=labels[person]) for person in waiting)
    return tuple(choices)


def _ask_whom_to_confirm(context: RequestContext) -> Reply:
    choices = pending_join_choices(context)
    if not choices:
        raise NobodyWaits
    return Reply(lines=(context.say("talk.let_in_whom"),), choices=choices)


def record_membership_change(
    app: OfficeApp, connection: Connection, update: IncomingUpdate, person: Person | None
) -> Reply | None:
    """Record that an address blocked us, or that a group added, removed or moved us; nothing is answered in words.

    Returns the menu of a group that is now ours, in the language of the person who added us.
    """
    now, office = app.clock.now(), app.office.slug
    accounts, groups = Accounts(connection, office), ChatGroups(connection, office)
    if update.what is UpdateKind.BLOCKED:
        changed = accounts.mark(update.channel, update.sender, AddressState.BLOCKED, at=now, why="blocked")
        if changed and person:
            notify_register_keepers(app, connection, "unreachable", person.id, but=person.id)
    elif update.what is UpdateKind.LEFT:
        if groups.mark(update.channel, update.chat, AddressState.LEFT, at=now, why="left"):
            notify_register_keepers(app, connection, "place_left", update.title or update.chat)
    elif update.what is UpdateKind.MOVED:
        groups.change_address(update.channel, update.chat, update.moved_to, at=now)
    elif update.what is UpdateKind.ADDED and person:
        groups.claim(update.channel, update.chat, update.title, at=now)
        return Reply(lines=(), menu=group_menu(office_phrasebook(app.office, person.language)))
    return None


STATE_BY_REFUSAL_REASON: Mapping[str, AddressState] = {
    "blocked": AddressState.BLOCKED,
    "left": AddressState.LEFT,
    "kicked": AddressState.LEFT,
    "not_found": AddressState.NOT_FOUND,
}
"""The state of an address after a send failed for a reason; every other reason counts as blocked."""
