"""Lets people in by join links and confirms them, and records who blocked us and which groups are ours.

A link is for one person and works once. Where a second person has to confirm it, the chat shows a code, and a keeper
of the registers who did not send the link writes it behind 确认加入.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from bot.dialog.command import Intent, WordsMissing, require_access
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dialog.recipients import parse_recipient
from bot.dialog.reply import ChatMenu, Choice, Reply
from bot.dialog.turn import RequestContext
from bot.language.menus import group_menu, personal_menu
from bot.language.phrasebook import office_phrasebook
from bot.language.verbs import VerbKind
from bot.services.accounts.accounts import AccountService, JoinedAccount
from bot.services.app import OfficeApp
from bot.services.office.joining import waiting_join
from bot.services.office_notices import notify_register_keepers
from config.errors import Refusal
from config.office.model import Person
from config.office.roles import AccessLevel
from config.settings import machine_settings
from storage.channels.join_words import TooManyGuesses, WordUnknown
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.sessions import (
    MIN_LINK_LIFETIME,
    SESSION_CHANNEL,
    JoinRequest,
    JoinRequests,
    LinkExpired,
    LinkUsed,
)


class NobodyToLetIn(Refusal):
    """{post} has not asked to come in, or is in already. gongkai user list shows who is."""


class NobodyWaits(Refusal):
    """Nobody waits to be let in now. Whoever wants to come in needs a link from the clerk first."""


class CodeMissing(WordsMissing):
    """Have {post} read out the six digits on their screen, and write them: {word} {post} 123456."""


class SignInElsewhere(Refusal):
    """Write this in your own chat, not in the chat of the page: who has no other chat asks a colleague."""


def join_by_link(app: OfficeApp, connection: Connection, update: IncomingUpdate) -> Reply:
    """Let somebody in by their join link, or let them wait for a second person."""
    service = AccountService(app=app, connection=connection, means=update.channel)
    return _join(app, connection, lambda: service.join_on_chat(update.payload, update.sender))


def join_by_word(app: OfficeApp, connection: Connection, update: IncomingUpdate) -> Reply:
    """Let somebody in by the six-digit word they sent, as by a link."""
    word = "".join(update.text.split())
    service = AccountService(app=app, connection=connection, means=update.channel)
    return _join(app, connection, lambda: service.join_by_word(word, update.sender))


def _join(app: OfficeApp, connection: Connection, use: Callable[[], JoinedAccount]) -> Reply:
    """The answer to a link or a word. A refusal is answered and not raised, so that the recorded attempt stays."""
    try:
        joined = use()
    except (LinkUsed, LinkExpired, WordUnknown, TooManyGuesses) as refused:
        return Reply(lines=(office_phrasebook(app.office, "zh").error(refused),))
    if joined.request:
        return waiting_reply(app, connection, joined.request)
    book = office_phrasebook(app.office, joined.person.language)
    line = book.say("talk.joined", post=joined.person.post, office=app.office.name)
    return Reply(lines=(line,), menu=personal_menu(app.office, joined.person, book))


def waiting_reply(app: OfficeApp, connection: Connection, request: JoinRequest) -> Reply:
    """What whoever waits for a second person reads: their code, and to whom it is read out."""
    person = app.office.person(request.person)
    book = office_phrasebook(app.office, person.language)
    waiting = waiting_join(app, connection, request)
    words = {"post": person.post, "code": waiting.code}
    if not waiting.confirmers:
        return Reply(lines=(book.say("talk.join_waits_terminal", person=person.id, **words),))
    who = book.say("page.or").join(one.post for one in waiting.confirmers)
    return Reply(lines=(book.say("talk.join_waits", who=who, **words),))


def confirm_join(context: RequestContext, intent: Intent) -> Reply:
    """确认加入: confirm by the code on their screen who somebody is.

    Raises NotForYou, NobodyToLetIn, NobodyWaits or CodeMissing; what the rules refuse is answered, so that the
    recorded attempt stays.
    """
    person, code = _asked_for(context, intent)
    if person is None or person.id != context.person.id:
        require_access(context, AccessLevel.RECORD)
    if person is None:
        return _ask_whom_to_confirm(context)
    request = _request_of(context, person, intent, code)
    if not code:
        raise CodeMissing(post=person.post, word=context.word(VerbKind.LET_IN))
    try:
        _account_service(context).confirm(request, code)
    except Refusal as refused:
        sentence = context.book.error(refused)
        return Reply(lines=(sentence,), callback_answer=sentence)
    line = context.say("talk.let_in", post=person.post, code=code)
    return Reply(lines=(line,), menus=_menus_of(context, person, request))


def give_sign_in(context: RequestContext, intent: Intent) -> Reply:
    """登录: six digits that let their person in at the page once, and a link where the page has a public address.

    Both last a quarter of an hour. Raises SignInElsewhere on the page itself: whoever sits at it may be anybody.
    """
    del intent
    if context.channel == SESSION_CHANNEL:
        raise SignInElsewhere
    service = _account_service(context)
    word = service.invite_by_word(context.person.id)
    lines = [context.say("talk.sign_in", word=f"{word[:3]} {word[3:]}")]
    if base := machine_settings().public_url.rstrip("/"):
        token = service.invite(context.person.id, MIN_LINK_LIFETIME)
        lines.append(context.say("talk.sign_in_link", link=f"{base}/join/{token}"))
    return Reply(lines=tuple(lines))


def _account_service(context: RequestContext) -> AccountService:
    """The accounts of the office, changed by the sender."""
    return AccountService(
        app=context.app,
        connection=context.connection,
        means=context.channel,
        actor=context.person.id,
        account=context.account,
    )


def _asked_for(context: RequestContext, intent: Intent) -> tuple[Person | None, str]:
    """Whom the words or the button name, and the code behind it."""
    words = intent.rest or intent.full_text
    if intent.basis.isdecimal():
        request = _requests(context).find(int(intent.basis))
        person = context.app.office.find_person(request.person) if request else None
        return person, _digits(words)
    person, rest = parse_recipient(context, str(intent.data.get("to", "")) or words)
    return person, _digits(rest)


def _digits(words: str) -> str:
    return "".join(sign for sign in words if sign.isdecimal())


def _request_of(context: RequestContext, person: Person, intent: Intent, code: str) -> JoinRequest:
    """The person's request: the one of the button, the one with this code, else the newest."""
    waiting = _requests(context).of_person(person.id)
    if not waiting:
        raise NobodyToLetIn(post=person.post)
    named = [one for one in waiting if str(one.joined) == intent.basis or one.code == code]
    return (named or waiting)[-1]


def _requests(context: RequestContext) -> JoinRequests:
    return JoinRequests(context.connection, context.app.office.slug)


def _menus_of(context: RequestContext, person: Person, request: JoinRequest) -> tuple[ChatMenu, ...]:
    office = context.app.office
    account = Accounts(context.connection, office.slug).at(request.channel, request.address)
    if account is None:  # a browser session has no menu
        return ()
    menu = personal_menu(office, person, office_phrasebook(office, person.language))
    return (ChatMenu(request.channel, request.address, menu),)


def pending_join_choices(context: RequestContext) -> tuple[Choice, ...]:
    """A button for each account that waits for a second person, but for those the sender may not confirm."""
    me, word = context.person.id, context.word(VerbKind.LET_IN)
    waiting = [one for one in _requests(context).waiting() if me not in {one.person, one.invited_by}]
    labels = {one.joined: f"{word} {context.labels.post(one.person)}" for one in waiting}
    choices = (
        context.choice(VerbKind.LET_IN, 0, str(one.joined), label=labels[one.joined], to=one.person)
        for one in waiting
    )
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
