"""Coming in by a link, leaving, and groups: who somebody at an address is, and whose a group is.

A link is for one person and works once. Whoever signs is let in by a second person, who holds the registers; until
then the address is nobody's. Whoever had the account before is told.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.commands.case_commands import Wish
from bot.commands.office_commands import require_recorder
from bot.dialog.incoming import Heard, What
from bot.dialog.menus import menu_of, menu_of_groups
from bot.dialog.recipients import named
from bot.dialog.reply import Choice, MenuAt, Reply
from bot.dialog.turn import Turn
from bot.language.phrasebook import book_of
from bot.services.app import Works
from bot.services.office_notices import at_address, tell, tell_keepers
from config.errors import Refusal
from config.office.loader import Office, Person
from storage.messaging.accounts import Accounts, Places, State
from storage.messaging.sessions import People


class NobodyToLetIn(Refusal):
    """{post} has not asked to come in, or is in already. gongkai user list shows who is."""


class NobodyWaits(Refusal):
    """Nobody waits to be let in now. Whoever wants to come in needs a link from the clerk first."""


class NotOneself(Refusal):
    """Nobody lets themselves in: another person who holds the registers has to do it."""


def came(works: Works, connection: Connection, heard: Heard) -> Reply:
    """Somebody opened the chat by a join link. LinkUsed and LinkExpired say what to do."""
    now, office = works.clock.now(), works.office
    people, accounts = People(connection, office.slug), Accounts(connection, office.slug)
    invited = people.invited(heard.payload, at=now)
    person = office.person(invited.person)
    people.use(heard.payload, at=now)
    state = State.UNCONFIRMED if signs(office, person) else State.OK
    replaced = accounts.bind(person.id, heard.channel, heard.sender, at=now, state=state)
    old = [at_address(one.channel, one.address) for one in replaced if one.address != heard.sender]
    tell(works, connection, old, "rebound", basis=person.id)
    if state is State.UNCONFIRMED:
        tell_keepers(works, connection, "waits_to_join", person.id, but=person.id)
    book = book_of(office, person.language)
    key = "talk.joined" if state is State.OK else "talk.join_waits"
    menu = menu_of(office, person, book) if state is State.OK else ()
    return Reply(lines=(book.say(key, post=person.post, office=office.name),), menu=menu)


def signs(office: Office, person: Person) -> bool:
    """Whether somebody can sign a stage of any chain, themselves or as a deputy by the office's file."""
    stages = [stage for chain in office.chains for stage in chain.stages]
    signers = {one.id for stage in stages for one in office.eligible(stage)}
    return person.id in signers or any(one.deputy == person.id for one in office.people if one.id in signers)


def let_in(turn: Turn, wish: Wish) -> Reply:
    """确认加入: a second person confirms that this is who they say they are."""
    require_recorder(turn)
    person, _ = named(turn, str(wish.data.get("to", "")) or wish.rest)
    if person is None:
        return _whom(turn)
    if person.id == turn.person.id:
        raise NotOneself
    accounts = Accounts(turn.connection, turn.works.office.slug)
    waiting = [one for one in accounts.of(person.id) if one.state is State.UNCONFIRMED]
    if not waiting:
        raise NobodyToLetIn(post=person.post)
    now = turn.works.clock.now()
    tell(turn.works, turn.connection, [person.id], "let_in")
    for one in waiting:
        accounts.mark(one.channel, one.address, State.OK, at=now, why=f"by {turn.person.id}")
    office = turn.works.office
    menu = menu_of(office, person, book_of(office, person.language))
    menus = tuple(MenuAt(one.channel, one.address, menu) for one in waiting)
    return Reply(lines=(turn.say("talk.let_in", post=person.post),), menus=menus)


def waiting_choices(turn: Turn) -> tuple[Choice, ...]:
    """Whoever came by a link and waits for a colleague's word."""
    accounts = Accounts(turn.connection, turn.works.office.slug)
    waiting = sorted({one.person for one in accounts.unconfirmed()} - {turn.person.id})
    labels = {one: f"{turn.word('let_in')} {turn.labels.post(one)}" for one in waiting}
    return tuple(turn.choice("let_in", 0, to=one, label=label) for one, label in labels.items())


def _whom(turn: Turn) -> Reply:
    choices = waiting_choices(turn)
    if not choices:
        raise NobodyWaits
    return Reply(lines=(turn.say("talk.let_in_whom"),), choices=choices)


def noted(works: Works, connection: Connection, heard: Heard, person: Person | None) -> Reply | None:
    """What became of an address or a group: no act of the office, and never answered in words.

    A group that is ours now shows our commands, in the language of whoever took us in.
    """
    now, office = works.clock.now(), works.office.slug
    accounts, places = Accounts(connection, office), Places(connection, office)
    if heard.what is What.BLOCKED:
        news = accounts.mark(heard.channel, heard.sender, State.BLOCKED, at=now, why="blocked")
        if news and person:
            tell_keepers(works, connection, "unreachable", person.id, but=person.id)
    elif heard.what is What.LEFT:
        if places.mark(heard.channel, heard.place, State.LEFT, at=now, why="left"):
            tell_keepers(works, connection, "place_left", heard.title or heard.place)
    elif heard.what is What.MOVED:
        places.moved(heard.channel, heard.place, heard.moved_to, at=now)
    elif heard.what is What.ADDED and person:
        places.claim(heard.channel, heard.place, heard.title, at=now)
        return Reply(lines=(), menu=menu_of_groups(book_of(works.office, person.language)))
    return None


STATES: Mapping[str, State] = {
    "blocked": State.BLOCKED,
    "left": State.LEFT,
    "kicked": State.LEFT,
    "not_found": State.NOT_FOUND,
}
"""What an address is marked as when a send was refused for this reason; every other one is as if blocked."""
