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

from bot.dialog.command_parser import Vocabulary, plain
from bot.dialog.incoming import Heard, What, cleaned
from bot.dialog.menus import menu_of
from bot.dialog.reply import Choice, Reply
from bot.dispatch.dispatcher import Conversation
from bot.language.phrasebook import Phrasebook, book_of, phrasebook
from bot.language.text_pages import brief
from config.office.loader import Person
from scheduler.delivery.channel import Abilities, MenuLine
from storage.messaging.accounts import Accounts, Membership, PlaceTaken, State, memberships, office_of_place
from storage.messaging.callback_tokens import office_of_handle
from storage.messaging.dialog_state import Dialogue, Dialogues, office_of_card
from storage.messaging.sessions import office_of_link

CHOSEN = (
    "@"  # before an office's name on a button; no handle begins so, and who is nobody there chooses nothing
)
UNHEARD = "unheard"
"""What was written before it was known to whom: a form of no office, by the writer's address."""
UNHEARD_LASTS = timedelta(hours=1)
GOINGS = frozenset({What.BLOCKED, What.LEFT, What.MOVED})
"""What is nobody's words: it is noted and never answered."""


class Answered(NamedTuple):
    """What was heard, what is said back, and in the name of which office; of none where it is about which."""

    heard: Heard
    reply: Reply
    office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switchboard:
    """The offices of one bot; the first is whose bot it is, and answers whoever is nobody's."""

    talks: Mapping[str, Conversation]

    def hear(self, connection: Connection, heard: Heard, abilities: Abilities) -> Answered | None:
        """Let the office hear it whose it is. The connection writes for the first of them."""
        heard = cleaned(heard)
        mine = self._of(connection, heard)
        if not heard.private:
            return self._in_group(connection, heard, abilities, mine)
        if heard.what in GOINGS:
            for one in mine:
                self._heard_by(connection, one.office, heard, abilities)
            return None
        self._reached(connection, heard, mine)
        if len(mine) > 1 and (wanted := _wanted(heard)) is not None:
            return self._chosen(connection, heard, abilities, (wanted, mine))
        office = self._office(connection, heard, mine)
        if not office:
            return Answered(heard, self._to_whom(connection, heard, mine))
        return self._answered(connection, heard, abilities, office)

    def _of(self, connection: Connection, heard: Heard) -> list[Membership]:
        """Where whoever speaks is somebody by now: not where they still wait to be let in."""
        found = memberships(connection, heard.channel, heard.sender)
        return [one for one in found if one.state is not State.UNCONFIRMED and self._person(one)]

    def _person(self, one: Membership) -> Person | None:
        people = self.talks[one.office].works.office.people if one.office in self.talks else ()
        return next((person for person in people if person.id == one.person), None)

    def _office(self, connection: Connection, heard: Heard, mine: Sequence[Membership]) -> str:
        """Whose it is; empty where that has to be asked."""
        offices = {one.office for one in mine}
        if heard.what is What.PRESSED:
            named = office_of_handle(connection, heard.handle)
            if named in offices:
                return named
        if heard.payload and (named := office_of_link(connection, heard.payload)) in self.talks:
            return named
        if heard.reply_to:
            named = office_of_card(connection, heard.channel, heard.place, heard.reply_to)
            if named in offices:
                return named
        if len(mine) > 1:
            return _current(mine)
        return mine[0].office if mine else self._nobody_s(connection, heard)

    def _nobody_s(self, connection: Connection, heard: Heard) -> str:
        """Somebody who waits to be let in hears that from where they wait; a stranger from the bot's own office."""
        waiting = [one.office for one in memberships(connection, heard.channel, heard.sender)]
        return next((office for office in waiting if office in self.talks), next(iter(self.talks)))

    def _in_group(
        self, connection: Connection, heard: Heard, abilities: Abilities, mine: Sequence[Membership]
    ) -> Answered | None:
        owner = office_of_place(connection, heard.channel, heard.place)
        if heard.what is What.ADDED and mine and owner and owner not in {one.office for one in mine}:
            return self._taken(heard, owner, mine)
        office = owner or (_current(mine) if mine else "")
        if heard.what is What.ADDED and mine and not office:
            return Answered(heard, replace(self._question(mine), aside=True))
        return self._answered(connection, heard, abilities, office) if office in self.talks else None

    def _taken(self, heard: Heard, owner: str, mine: Sequence[Membership]) -> Answered:
        """Said to whoever tried, alone: the group is not theirs to read it in."""
        talk = self.talks.get(owner)
        refused = PlaceTaken(office=talk.works.office.name if talk else owner)
        return Answered(heard, Reply(lines=(self._book(mine).error(refused),), aside=True))

    def _answered(
        self, connection: Connection, heard: Heard, abilities: Abilities, office: str
    ) -> Answered | None:
        reply = self._heard_by(connection, office, heard, abilities)
        if reply is None:
            return None
        mine = self._of(connection, heard)
        if len(mine) > 1 and reply.menu and heard.private:
            reply = replace(reply, menu=(*reply.menu, self._line(mine)))
        if (
            len(mine) > 1 and heard.payload and not _current(mine)
        ):  # this link made them somebody in a second office
            asked = self._question(mine)
            reply = replace(reply, lines=(*reply.lines, *asked.lines), choices=asked.choices)
        return Answered(heard, reply, office)

    def _heard_by(
        self, connection: Connection, office: str, heard: Heard, abilities: Abilities
    ) -> Reply | None:
        """Under that office's own write lock: the inbox holds only that of the first."""
        talk = self.talks[office]
        with talk.works.store.within(connection, office):
            return talk.hear(connection, heard, abilities)

    def _reached(self, connection: Connection, heard: Heard, mine: Sequence[Membership]) -> None:
        """Whoever speaks to one of their offices can be spoken to by all of them."""
        for one in mine:
            if one.state is not State.OK and len(mine) > 1:
                works = self.talks[one.office].works
                with works.store.within(connection, one.office):
                    accounts = Accounts(connection, one.office)
                    accounts.mark(heard.channel, heard.sender, State.OK, at=works.clock.now())

    def _to_whom(self, connection: Connection, heard: Heard, mine: Sequence[Membership]) -> Reply:
        """Asked before anything is done; what was written is remembered, and a file has to be sent again."""
        asked, book = self._question(mine), self._book(mine)
        if heard.what is not What.TEXT or (not heard.files and not heard.text.strip()):
            return asked
        if heard.files:
            return replace(asked, lines=(*asked.lines, book.say("talk.office.files_again")))
        at = self._now(mine) + UNHEARD_LASTS
        said = Dialogue(form=UNHEARD, data={"text": heard.text}, expires_at=at)
        Dialogues(connection, "").keep(heard.sender, heard.channel, said)
        return replace(
            asked, lines=(*asked.lines, book.say("talk.office.then", said=brief(plain(heard.text))))
        )

    def _unheard(self, connection: Connection, heard: Heard, mine: Sequence[Membership]) -> str:
        """What they had written last, told once."""
        rows = Dialogues(connection, "")
        found = rows.of(heard.sender, heard.channel, at=self._now(mine))
        rows.leave(heard.sender, heard.channel)
        return str(found.data["text"]) if found else ""

    def _now(self, mine: Sequence[Membership]) -> datetime:
        return self.talks[mine[0].office].works.clock.now()

    def _chosen(
        self,
        connection: Connection,
        heard: Heard,
        abilities: Abilities,
        asked: tuple[str, Sequence[Membership]],
    ) -> Answered:
        wanted, mine = asked
        named = [one for one in mine if wanted and wanted in {one.office, self._name(one.office)}]
        part = [one for one in mine if wanted and wanted.casefold() in self._name(one.office).casefold()]
        found = named or part
        if len(found) != 1:
            return Answered(heard, self._question(mine))
        works, person = self.talks[found[0].office].works, self._person(found[0])
        before = [one.chosen_at + timedelta.resolution for one in mine if one.chosen_at]
        at = max([works.clock.now(), *before])  # the last choice counts, whatever a machine's clock does
        with works.store.within(connection, works.office.slug):
            Accounts(connection, works.office.slug).choose(heard.channel, heard.sender, at=at)
        book = self._book(found)
        menu = (*menu_of(works.office, person, book), self._line(found)) if person else ()
        now = book.say("talk.office.now", office=works.office.name)
        if not (said := self._unheard(connection, heard, mine)):
            return Answered(heard, Reply(lines=(now,), menu=menu))
        text = replace(heard, what=What.TEXT, text=said, handle="", message="")
        reply = self._heard_by(connection, works.office.slug, text, abilities) or Reply(lines=())
        return Answered(heard, replace(reply, lines=(now, *reply.lines), menu=menu), works.office.slug)

    def _question(self, mine: Sequence[Membership]) -> Reply:
        book = self._book(mine)
        word = book.say("talk.office.words").split("|")[0]
        names = {one.office: self._name(one.office) for one in mine}
        choices = [
            Choice(label=name, handle=f"{CHOSEN}{slug}", twin=f"{word} {name}")
            for slug, name in names.items()
        ]
        line = book.say("talk.office.which", offices="、".join(names.values()), word=word)
        return Reply(lines=(line,), choices=tuple(choices), how=book.say("talk.how"))

    def _line(self, mine: Sequence[Membership]) -> MenuLine:
        return MenuLine("office", self._book(mine).say("talk.office.menu"))

    def _book(self, mine: Sequence[Membership]) -> Phrasebook:
        """In the words of the office it is about; where it is about several, in those of none of them."""
        person = self._person(mine[0])
        language = person.language if person else "zh"
        if len(mine) > 1 or person is None:
            return phrasebook(language)
        return book_of(self.talks[mine[0].office].works.office, language)

    def _name(self, office: str) -> str:
        return self.talks[office].works.office.name


def _current(mine: Sequence[Membership]) -> str:
    """The office spoken to: the only one, or the one chosen last; empty where none was chosen."""
    if len(mine) == 1:
        return mine[0].office
    chosen = [(one.chosen_at, one.office) for one in mine if one.chosen_at]
    return max(chosen)[1] if chosen else ""


def _wanted(heard: Heard) -> str | None:
    """The office on the button, or behind “切换单位”; None where nothing was said of offices."""
    if heard.what is What.PRESSED and heard.handle.startswith(CHOSEN):
        return heard.handle.removeprefix(CHOSEN)
    found = _words().heard(plain(heard.text).removeprefix("/")) if heard.what is What.TEXT else None
    return found[1] if found else None


def _words() -> Vocabulary:
    books = (phrasebook("zh"), phrasebook("en"))
    words = [word for book in books for word in book.say("talk.office.words").split("|")]
    return Vocabulary(words={word.casefold(): "office" for word in words})
