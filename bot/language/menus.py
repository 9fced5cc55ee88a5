"""Builds the menu of commands that a channel shows, by a person's roles; every name is a word the parser knows."""

from __future__ import annotations

from bot.language.phrasebook import Phrasebook
from bot.language.verbs import VerbKind
from config.office.model import Office, Person
from config.office.roles import READER_ROLES, REGISTER_KEEPER_ROLES
from scheduler.delivery.channel import MenuCommand

COMMON_COMMANDS = (
    VerbKind.TODO,
    VerbKind.SEARCH,
    VerbKind.AWAY,
    VerbKind.UNDO,
    VerbKind.CANCEL,
    VerbKind.FEEDBACK,
    VerbKind.HELP,
)
READER_COMMANDS = (VerbKind.YEAR, VerbKind.WHY, VerbKind.HISTORY)
"""Added before the last command for those who read every case; everybody else gets the shorter list."""
REGISTER_COMMANDS = ("licence", "penalty")
"""Keys of registers, as words of the vocabulary."""
GROUP_COMMANDS = (VerbKind.SEARCH, VerbKind.WHY, VerbKind.HISTORY, VerbKind.HELP)


def personal_menu(office: Office, person: Person, book: Phrasebook) -> tuple[MenuCommand, ...]:
    """The menu of a person's private chat, in their language."""
    read_all = READER_COMMANDS if office.roles_of(person.id) & READER_ROLES else ()
    names = (*COMMON_COMMANDS[:-1], *read_all, *COMMON_COMMANDS[-1:])
    lines = [MenuCommand(name, _command_label(book, name)) for name in names]
    if REGISTER_KEEPER_ROLES & set(person.roles):
        lines += [MenuCommand(name, book.say(f"talk.menu.{name}")) for name in REGISTER_COMMANDS]
    return tuple(lines)


def group_menu(book: Phrasebook) -> tuple[MenuCommand, ...]:
    """The menu of a group: the questions that may be asked where others read along."""
    return tuple(MenuCommand(name, _command_label(book, name)) for name in GROUP_COMMANDS)


def _command_label(book: Phrasebook, name: VerbKind) -> str:
    return book.say(f"verb.{name}").split("|")[0]
