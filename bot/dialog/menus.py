"""The menu of commands a channel may show, by what somebody holds; each name is a word the conversation knows."""

from __future__ import annotations

from bot.dialog.permissions import REGISTER_KEEPER_ROLES, is_office_staff
from bot.language.phrasebook import Phrasebook
from config.office.loader import Office, Person
from scheduler.delivery.channel import MenuCommand

COMMON_COMMANDS = ("todo", "search", "away", "undo", "cancel", "feedback", "help")
STAFF_COMMANDS = ("year", "why", "history")
"""For whoever signs, leads or keeps the registers: a village's reporter reads a shorter list."""
REGISTER_COMMANDS = ("licence", "penalty")
GROUP_COMMANDS = ("search", "why", "history", "year", "help")


def personal_menu(office: Office, person: Person, book: Phrasebook) -> tuple[MenuCommand, ...]:
    """One person's menu, in their language."""
    names = (
        COMMON_COMMANDS[:-1] + STAFF_COMMANDS + COMMON_COMMANDS[-1:]
        if is_office_staff(office, person.id)
        else COMMON_COMMANDS
    )
    lines = [MenuCommand(name, _command_label(book, name)) for name in names]
    if REGISTER_KEEPER_ROLES & set(person.roles):
        lines += [MenuCommand(name, book.say(f"talk.menu.{name}")) for name in REGISTER_COMMANDS]
    return tuple(lines)


def group_menu(book: Phrasebook) -> tuple[MenuCommand, ...]:
    """What may be asked where others read along."""
    return tuple(MenuCommand(name, _command_label(book, name)) for name in GROUP_COMMANDS)


def _command_label(book: Phrasebook, name: str) -> str:
    return book.say(f"verb.{name}").split("|")[0]
