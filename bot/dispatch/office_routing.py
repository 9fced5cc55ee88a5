"""Routes the updates of a bot that several offices share to the office that each is for.

An office gets the presses of its own buttons, its join links, the replies to its cards, its groups, and the messages
of its people. Somebody who belongs to several offices is asked once which they mean, and says so to change it; what
they wrote before is handled then, and until then no office gets it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.dialog.incoming import IncomingUpdate, UpdateKind, sanitized_update
from bot.dialog.reply import Choice, Reply
from bot.dispatch.dispatcher import Dispatcher
from bot.language.menus import personal_menu
from bot.language.phrasebook import LANGUAGES, Phrasebook, office_phrasebook, phrasebook
from bot.language.text_pages import abbreviate
from bot.services.app import OfficeApp
from bot.utterances.command_parser import match_word, normalize_line
from config.office.model import Person
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
from storage.messaging.sessions import office_of_link, waiting_offices

OFFICE_CHOICE_PREFIX = "@"
"""Begins the token of a button that chooses an office; no callback token begins so."""
UNROUTED_FORM = "unheard"
"""The form that keeps a message until its office is known: of no office, by the sender's address."""
UNROUTED_LIFETIME = timedelta(hours=1)
DEPARTURE_KINDS = frozenset({UpdateKind.BLOCKED, UpdateKind.LEFT, UpdateKind.MOVED})
"""Updates that are recorded in every office of the sender, and never answered."""


class RoutedReply(NamedTuple):
    """An update, the reply to it, and the office that sends it; no office where the reply asks which is meant."""

    update: IncomingUpdate
    reply: Reply
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRouter:
    """The offices of one bot, by their key; the first owns the bot and answers unknown senders."""

    dispatchers: Mapping[str, Dispatcher]

    def handle(
        self, connection: Connection, incoming: IncomingUpdate, abilities: ChannelCapabilities
    ) -> RoutedReply | None:
        """Have the update handled by its office. The connection holds the write lock of the first office."""
        incoming = sanitized_update(incoming)
        own = self._active_memberships(connection, incoming)
        if not incoming.private:
            return self._route_group_update(connection, incoming, abilities, own)
        if incoming.what in DEPARTURE_KINDS:
            for one in own:
                self._handle_in_office(connection, one.office, incoming, abilities)
            return None
        self._mark_reachable(connection, incoming, own)
        if len(own) > 1 and (wanted := _requested_office(incoming)) is not None:
            return self._choose_office(connection, incoming, abilities, (wanted, own))
        office = self._target_office(connection, incoming, own)
        if not office:
            return RoutedReply(incoming, self._ask_office(connection, incoming, own))
        return self._routed_reply(connection, incoming, abilities, office)

    def _active_memberships(self, connection: Connection, incoming: IncomingUpdate) -> list[Membership]:
        """The sender's offices; where their join waits for a second person, they are nobody yet."""
        found = memberships(connection, incoming.channel, incoming.sender)
        return [one for one in found if self._person(one)]

    def _person(self, one: Membership) -> Person | None:
        people = self.dispatchers[one.office].app.office.people if one.office in self.dispatchers else ()
        return next((person for person in people if person.id == one.person), None)

    def _target_office(
        self, connection: Connection, incoming: IncomingUpdate, own: Sequence[Membership]
    ) -> str:
        """The key of the office that an update is for; empty where the sender has to be asked."""
        offices = {one.office for one in own}
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
        if len(own) > 1:
            return _current_office(own)
        return own[0].office if own else self._default_office(connection, incoming)

    def _default_office(self, connection: Connection, incoming: IncomingUpdate) -> str:
        """The office where the sender's join waits for a confirmation, else the one that owns the bot."""
        waiting = waiting_offices(connection, incoming.channel, incoming.sender)
        return next(
            (office for office in waiting if office in self.dispatchers), next(iter(self.dispatchers))
        )

    def _route_group_update(
        self,
        connection: Connection,
        incoming: IncomingUpdate,
        abilities: ChannelCapabilities,
        own: Sequence[Membership],
    ) -> RoutedReply | None:
        owner = office_of_group(connection, incoming.channel, incoming.chat)
        if incoming.what is UpdateKind.ADDED and own and owner and owner not in {one.office for one in own}:
            return self._refuse_taken_group(incoming, owner, own)
        office = owner or (_current_office(own) if own else "")
        if incoming.what is UpdateKind.ADDED and own and not office:
            return RoutedReply(incoming, replace(self._office_question(own), to_sender_only=True))
        return (
            self._routed_reply(connection, incoming, abilities, office)
            if office in self.dispatchers
            else None
        )

    def _refuse_taken_group(
        self, incoming: IncomingUpdate, owner: str, own: Sequence[Membership]
    ) -> RoutedReply:
        """Tell the sender alone that the group belongs to another office."""
        dispatcher = self.dispatchers.get(owner)
        refused = PlaceTaken(office=dispatcher.app.office.name if dispatcher else owner)
        return RoutedReply(
            incoming, Reply(lines=(self._phrasebook(own).error(refused),), to_sender_only=True)
        )

    def _routed_reply(
        self, connection: Connection, incoming: IncomingUpdate, abilities: ChannelCapabilities, office: str
    ) -> RoutedReply | None:
        reply = self._handle_in_office(connection, office, incoming, abilities)
        if reply is None:
            return None
        own = self._active_memberships(connection, incoming)
        if len(own) > 1 and reply.menu and incoming.private:
            reply = replace(reply, menu=(*reply.menu, self._office_menu_line(own)))
        if (
            len(own) > 1 and incoming.payload and not _current_office(own)
        ):  # this link made them somebody in a second office
            asked = self._office_question(own)
            reply = replace(reply, lines=(*reply.lines, *asked.lines), choices=asked.choices)
        return RoutedReply(incoming, reply, office)

    def _handle_in_office(
        self, connection: Connection, office: str, incoming: IncomingUpdate, abilities: ChannelCapabilities
    ) -> Reply | None:
        """Handle the update under that office's own write lock; the inbox holds only the first office's."""
        dispatcher = self.dispatchers[office]
        with dispatcher.app.store.savepoint(connection, office):
            return dispatcher.handle(connection, incoming, abilities)

    def _mark_reachable(
        self, connection: Connection, incoming: IncomingUpdate, own: Sequence[Membership]
    ) -> None:
        """Mark the sender's address as reachable in all of their offices."""
        for one in own:
            if one.state is not AddressState.OK and len(own) > 1:
                app = self.dispatchers[one.office].app
                with app.store.savepoint(connection, one.office):
                    accounts = Accounts(connection, one.office)
                    accounts.mark(incoming.channel, incoming.sender, AddressState.OK, at=app.clock.now())

    def _ask_office(
        self, connection: Connection, incoming: IncomingUpdate, own: Sequence[Membership]
    ) -> Reply:
        """Ask which office is meant; the message is kept until then, but its files have to be sent again."""
        asked, book = self._office_question(own), self._phrasebook(own)
        if incoming.what is not UpdateKind.TEXT or (not incoming.files and not incoming.text.strip()):
            return asked
        if incoming.files:
            return replace(asked, lines=(*asked.lines, book.say("talk.office.files_again")))
        at = self._now(own) + UNROUTED_LIFETIME
        state = DialogState(form=UNROUTED_FORM, data={"text": incoming.text}, expires_at=at)
        DialogStates(connection, "").save(incoming.sender, incoming.channel, state)
        then = book.say("talk.office.then", said=abbreviate(normalize_line(incoming.text)))
        return replace(asked, lines=(*asked.lines, then))

    def _take_unrouted_text(
        self, connection: Connection, incoming: IncomingUpdate, own: Sequence[Membership]
    ) -> str:
        """The message kept while the office was unknown, which is then deleted; empty where there is none."""
        rows = DialogStates(connection, "")
        found = rows.get(incoming.sender, incoming.channel, at=self._now(own))
        rows.discard(incoming.sender, incoming.channel)
        return str(found.data["text"]) if found else ""

    def _now(self, own: Sequence[Membership]) -> datetime:
        return self.dispatchers[own[0].office].app.clock.now()

    def _choose_office(
        self,
        connection: Connection,
        incoming: IncomingUpdate,
        abilities: ChannelCapabilities,
        asked: tuple[str, Sequence[Membership]],
    ) -> RoutedReply:
        """Make the office that was asked for the current one, and handle there what was written before."""
        wanted, own = asked
        chosen = self._memberships_named(wanted, own)
        if len(chosen) != 1:
            return RoutedReply(incoming, self._office_question(own))
        office, person, book = chosen[0].office, self._person(chosen[0]), self._phrasebook(chosen)
        app = self.dispatchers[office].app
        self._save_choice(connection, incoming, app, own)
        menu = (*personal_menu(app.office, person, book), self._office_menu_line(chosen)) if person else ()
        now = book.say("talk.office.now", office=app.office.name)
        if not (earlier := self._take_unrouted_text(connection, incoming, own)):
            return RoutedReply(incoming, Reply(lines=(now,), menu=menu))
        text = replace(incoming, what=UpdateKind.TEXT, text=earlier, callback_token="", message="")
        reply = self._handle_in_office(connection, office, text, abilities) or Reply(lines=())
        return RoutedReply(incoming, replace(reply, lines=(now, *reply.lines), menu=menu), office)

    def _memberships_named(self, wanted: str, own: Sequence[Membership]) -> list[Membership]:
        """The offices with exactly this key or name, else those whose name contains the words."""
        names = {one.office: self._office_name(one.office) for one in own}
        exact = [one for one in own if wanted and wanted in {one.office, names[one.office]}]
        partial = [one for one in own if wanted and wanted.casefold() in names[one.office].casefold()]
        return exact or partial

    def _save_choice(
        self, connection: Connection, incoming: IncomingUpdate, app: OfficeApp, own: Sequence[Membership]
    ) -> None:
        """Store the choice as the latest one, whatever the machine's clock shows."""
        earlier = [one.chosen_at + timedelta.resolution for one in own if one.chosen_at]
        at = max([app.clock.now(), *earlier])
        with app.store.savepoint(connection, app.office.slug):
            Accounts(connection, app.office.slug).choose(incoming.channel, incoming.sender, at=at)

    def _office_question(self, own: Sequence[Membership]) -> Reply:
        book = self._phrasebook(own)
        word = book.say("talk.office.words").split("|")[0]
        names = {one.office: self._office_name(one.office) for one in own}
        choices = [
            Choice(
                label=name, callback_token=f"{OFFICE_CHOICE_PREFIX}{slug}", typed_equivalent=f"{word} {name}"
            )
            for slug, name in names.items()
        ]
        line = book.say("talk.office.which", offices="、".join(names.values()), word=word)
        return Reply(lines=(line,), choices=tuple(choices), typing_hint=book.say("talk.how"))

    def _office_menu_line(self, own: Sequence[Membership]) -> MenuCommand:
        return MenuCommand("office", self._phrasebook(own).say("talk.office.menu"))

    def _phrasebook(self, own: Sequence[Membership]) -> Phrasebook:
        """The phrases of the only office in question; those of none where there are several."""
        person = self._person(own[0])
        language = person.language if person else "zh"
        if len(own) > 1 or person is None:
            return phrasebook(language)
        return office_phrasebook(self.dispatchers[own[0].office].app.office, language)

    def _office_name(self, office: str) -> str:
        return self.dispatchers[office].app.office.name


def _current_office(own: Sequence[Membership]) -> str:
    """The only office, or the one chosen last; empty where none was chosen."""
    if len(own) == 1:
        return own[0].office
    chosen = [(one.chosen_at, one.office) for one in own if one.chosen_at]
    return max(chosen)[1] if chosen else ""


def _requested_office(incoming: IncomingUpdate) -> str | None:
    """The office on the pressed button, or behind “切换单位”; None where the update chooses no office."""
    if incoming.what is UpdateKind.PRESSED and incoming.callback_token.startswith(OFFICE_CHOICE_PREFIX):
        return incoming.callback_token.removeprefix(OFFICE_CHOICE_PREFIX)
    if incoming.what is not UpdateKind.TEXT:
        return None
    matched = match_word(_office_words(), normalize_line(incoming.text).removeprefix("/"))
    return matched[1] if matched else None


def _office_words() -> list[str]:
    """The casefolded words that change the office, in every language."""
    phrases = [phrasebook(language).say("talk.office.words") for language in LANGUAGES]
    return [word.casefold() for phrase in phrases for word in phrase.split("|")]
