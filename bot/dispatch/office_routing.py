"""Several offices on one bot: which of them an update is for, and the one question whoever is in several is asked.

An office hears only what is its own: a press of its button, its join link, a reply to its card, its group, and what
its people write. Whoever is somebody in several is asked once to whom they speak, and says so when that changes; what
they had written is done then, and until then it is kept for no office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.dialog.command_parser import VerbVocabulary, normalize_line
from bot.dialog.incoming import IncomingUpdate, UpdateKind, sanitized_update
from bot.dialog.menus import personal_menu
from bot.dialog.reply import Choice, Reply
from bot.dispatch.dispatcher import Dispatcher
from bot.language.phrasebook import Phrasebook, office_phrasebook, phrasebook
from bot.language.text_pages import abbreviate
from config.office.loader import Person
from scheduler.delivery.channel import ChannelCapabilities, MenuCommand
from storage.messaging.accounts import (
    Accounts,
    AddressState,
    Membership,
    PlaceTaken,
    memberships,
    office_of_group,
)
from storage.messaging.callback_tokens import office_of_token
from storage.messaging.dialog_state import DialogState, DialogStates, office_of_card
from storage.messaging.sessions import office_of_link

OFFICE_CHOICE_PREFIX = (
    "@"  # before an office's name on a button; no handle begins so, and who is nobody there chooses nothing
)
UNROUTED_FORM = "unheard"
"""What was written before it was known to whom: a form of no office, by the writer's address."""
UNROUTED_LIFETIME = timedelta(hours=1)
DEPARTURE_KINDS = frozenset({UpdateKind.BLOCKED, UpdateKind.LEFT, UpdateKind.MOVED})
"""What is nobody's words: it is noted and never answered."""


class RoutedReply(NamedTuple):
    """What was heard, what is said back, and in the name of which office; of none where it is about which."""

    update: IncomingUpdate
    reply: Reply
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRouter:
    """The offices of one bot; the first is whose bot it is, and answers whoever is nobody's."""

    dispatchers: Mapping[str, Dispatcher]

    def handle(
        self, connection: Connection, incoming: IncomingUpdate, abilities: ChannelCapabilities
    ) -> RoutedReply | None:
        """Let the office hear it whose it is. The connection writes for the first of them."""
        incoming = sanitized_update(incoming)
        mine = self._active_memberships(connection, incoming)
        if not incoming.private:
            return self._route_group_update(connection, incoming, abilities, mine)
        if incoming.what in DEPARTURE_KINDS:
            for one in mine:
                self._handle_in_office(connection, one.office, incoming, abilities)
            return None
        self._mark_reachable(connection, incoming, mine)
        if len(mine) > 1 and (wanted := _requested_office(incoming)) is not None:
            return self._choose_office(connection, incoming, abilities, (wanted, mine))
        office = self._target_office(connection, incoming, mine)
        if not office:
            return RoutedReply(incoming, self._ask_office(connection, incoming, mine))
        return self._routed_reply(connection, incoming, abilities, office)

    def _active_memberships(self, connection: Connection, incoming: IncomingUpdate) -> list[Membership]:
        """Where whoever speaks is somebody by now: not where they still wait to be let in."""
        found = memberships(connection, incoming.channel, incoming.sender)
        return [one for one in found if one.state is not AddressState.UNCONFIRMED and self._person(one)]

    def _person(self, one: Membership) -> Person | None:
        people = self.dispatchers[one.office].app.office.people if one.office in self.dispatchers else ()
        return next((person for person in people if person.id == one.person), None)

    def _target_office(
        self, connection: Connection, incoming: IncomingUpdate, mine: Sequence[Membership]
    ) -> str:
        """Whose it is; empty where that has to be asked."""
        offices = {one.office for one in mine}
        if incoming.what is UpdateKind.PRESSED:
            named = office_of_token(connection, incoming.callback_token)
            if named in offices:
                return named
        if incoming.payload and (named := office_of_link(connection, incoming.payload)) in self.dispatchers:
            return named
        if incoming.reply_to:
            named = office_of_card(connection, incoming.channel, incoming.chat, incoming.reply_to)
            if named in offices:
                return named
        if len(mine) > 1:
            return _current_office(mine)
        return mine[0].office if mine else self._default_office(connection, incoming)

    def _default_office(self, connection: Connection, incoming: IncomingUpdate) -> str:
        """Somebody who waits to be let in hears that from where they wait; a stranger from the bot's own office."""
        waiting = [one.office for one in memberships(connection, incoming.channel, incoming.sender)]
        return next(
            (office for office in waiting if office in self.dispatchers), next(iter(self.dispatchers))
        )

    def _route_group_update(
        self,
        connection: Connection,
        incoming: IncomingUpdate,
        abilities: ChannelCapabilities,
        mine: Sequence[Membership],
    ) -> RoutedReply | None:
        owner = office_of_group(connection, incoming.channel, incoming.chat)
        if incoming.what is UpdateKind.ADDED and mine and owner and owner not in {one.office for one in mine}:
            return self._refuse_taken_group(incoming, owner, mine)
        office = owner or (_current_office(mine) if mine else "")
        if incoming.what is UpdateKind.ADDED and mine and not office:
            return RoutedReply(incoming, replace(self._office_question(mine), to_sender_only=True))
        return (
            self._routed_reply(connection, incoming, abilities, office)
            if office in self.dispatchers
            else None
        )

    def _refuse_taken_group(
        self, incoming: IncomingUpdate, owner: str, mine: Sequence[Membership]
    ) -> RoutedReply:
        """Said to whoever tried, alone: the group is not theirs to read it in."""
        talk = self.dispatchers.get(owner)
        refused = PlaceTaken(office=talk.app.office.name if talk else owner)
        return RoutedReply(
            incoming, Reply(lines=(self._phrasebook(mine).error(refused),), to_sender_only=True)
        )

    def _routed_reply(
        self, connection: Connection, incoming: IncomingUpdate, abilities: ChannelCapabilities, office: str
    ) -> RoutedReply | None:
        reply = self._handle_in_office(connection, office, incoming, abilities)
        if reply is None:
            return None
        mine = self._active_memberships(connection, incoming)
        if len(mine) > 1 and reply.menu and incoming.private:
            reply = replace(reply, menu=(*reply.menu, self._office_menu_line(mine)))
        if (
            len(mine) > 1 and incoming.payload and not _current_office(mine)
        ):  # this link made them somebody in a second office
            asked = self._office_question(mine)
            reply = replace(reply, lines=(*reply.lines, *asked.lines), choices=asked.choices)
        return RoutedReply(incoming, reply, office)

    def _handle_in_office(
        self, connection: Connection, office: str, incoming: IncomingUpdate, abilities: ChannelCapabilities
    ) -> Reply | None:
        """Under that office's own write lock: the inbox holds only that of the first."""
        talk = self.dispatchers[office]
        with talk.app.store.savepoint(connection, office):
            return talk.handle(connection, incoming, abilities)

    def _mark_reachable(
        self, connection: Connection, incoming: IncomingUpdate, mine: Sequence[Membership]
    ) -> None:
        """Whoever speaks to one of their offices can be spoken to by all of them."""
        for one in mine:
            if one.state is not AddressState.OK and len(mine) > 1:
                app = self.dispatchers[one.office].app
                with app.store.savepoint(connection, one.office):
                    accounts = Accounts(connection, one.office)
                    accounts.mark(incoming.channel, incoming.sender, AddressState.OK, at=app.clock.now())

    def _ask_office(
        self, connection: Connection, incoming: IncomingUpdate, mine: Sequence[Membership]
    ) -> Reply:
        """Asked before anything is done; what was written is remembered, and a file has to be sent again."""
        asked, book = self._office_question(mine), self._phrasebook(mine)
        if incoming.what is not UpdateKind.TEXT or (not incoming.files and not incoming.text.strip()):
            return asked
        if incoming.files:
            return replace(asked, lines=(*asked.lines, book.say("talk.office.files_again")))
        at = self._now(mine) + UNROUTED_LIFETIME
        said = DialogState(form=UNROUTED_FORM, data={"text": incoming.text}, expires_at=at)
        DialogStates(connection, "").save(incoming.sender, incoming.channel, said)
        return replace(
            asked,
            lines=(
                *asked.lines,
                book.say("talk.office.then", said=abbreviate(normalize_line(incoming.text))),
            ),
        )

    def _take_unrouted_text(
        self, connection: Connection, incoming: IncomingUpdate, mine: Sequence[Membership]
    ) -> str:
        """What they had written last, told once."""
        rows = DialogStates(connection, "")
        found = rows.get(incoming.sender, incoming.channel, at=self._now(mine))
        rows.discard(incoming.sender, incoming.channel)
        return str(found.data["text"]) if found else ""

    def _now(self, mine: Sequence[Membership]) -> datetime:
        return self.dispatchers[mine[0].office].app.clock.now()

    def _choose_office(
        self,
        connection: Connection,
        incoming: IncomingUpdate,
        abilities: ChannelCapabilities,
        asked: tuple[str, Sequence[Membership]],
    ) -> RoutedReply:
        wanted, mine = asked
        named = [one for one in mine if wanted and wanted in {one.office, self._office_name(one.office)}]
        part = [
            one for one in mine if wanted and wanted.casefold() in self._office_name(one.office).casefold()
        ]
        found = named or part
        if len(found) != 1:
            return RoutedReply(incoming, self._office_question(mine))
        app, person = self.dispatchers[found[0].office].app, self._person(found[0])
        before = [one.chosen_at + timedelta.resolution for one in mine if one.chosen_at]
        at = max([app.clock.now(), *before])  # the last choice counts, whatever a machine's clock does
        with app.store.savepoint(connection, app.office.slug):
            Accounts(connection, app.office.slug).choose(incoming.channel, incoming.sender, at=at)
        book = self._phrasebook(found)
        menu = (*personal_menu(app.office, person, book), self._office_menu_line(found)) if person else ()
        now = book.say("talk.office.now", office=app.office.name)
        if not (said := self._take_unrouted_text(connection, incoming, mine)):
            return RoutedReply(incoming, Reply(lines=(now,), menu=menu))
        text = replace(incoming, what=UpdateKind.TEXT, text=said, callback_token="", message="")
        reply = self._handle_in_office(connection, app.office.slug, text, abilities) or Reply(lines=())
        return RoutedReply(incoming, replace(reply, lines=(now, *reply.lines), menu=menu), app.office.slug)

    def _office_question(self, mine: Sequence[Membership]) -> Reply:
        book = self._phrasebook(mine)
        word = book.say("talk.office.words").split("|")[0]
        names = {one.office: self._office_name(one.office) for one in mine}
        choices = [
            Choice(
                label=name, callback_token=f"{OFFICE_CHOICE_PREFIX}{slug}", typed_equivalent=f"{word} {name}"
            )
            for slug, name in names.items()
        ]
        line = book.say("talk.office.which", offices="、".join(names.values()), word=word)
        return Reply(lines=(line,), choices=tuple(choices), typing_hint=book.say("talk.how"))

    def _office_menu_line(self, mine: Sequence[Membership]) -> MenuCommand:
        return MenuCommand("office", self._phrasebook(mine).say("talk.office.menu"))

    def _phrasebook(self, mine: Sequence[Membership]) -> Phrasebook:
        """In the words of the office it is about; where it is about several, in those of none of them."""
        person = self._person(mine[0])
        language = person.language if person else "zh"
        if len(mine) > 1 or person is None:
            return phrasebook(language)
        return office_phrasebook(self.dispatchers[mine[0].office].app.office, language)

    def _office_name(self, office: str) -> str:
        return self.dispatchers[office].app.office.name


def _current_office(mine: Sequence[Membership]) -> str:
    """The office spoken to: the only one, or the one chosen last; empty where none was chosen."""
    if len(mine) == 1:
        return mine[0].office
    chosen = [(one.chosen_at, one.office) for one in mine if one.chosen_at]
    return max(chosen)[1] if chosen else ""


def _requested_office(incoming: IncomingUpdate) -> str | None:
    """The office on the button, or behind “切换单位”; None where nothing was said of offices."""
    if incoming.what is UpdateKind.PRESSED and incoming.callback_token.startswith(OFFICE_CHOICE_PREFIX):
        return incoming.callback_token.removeprefix(OFFICE_CHOICE_PREFIX)
    found = (
        _office_vocabulary().match_verb(normalize_line(incoming.text).removeprefix("/"))
        if incoming.what is UpdateKind.TEXT
        else None
    )
    return found[1] if found else None


def _office_vocabulary() -> VerbVocabulary:
    books = (phrasebook("zh"), phrasebook("en"))
    words = [word for book in books for word in book.say("talk.office.words").split("|")]
    return VerbVocabulary(words={word.casefold(): "office" for word in words})
