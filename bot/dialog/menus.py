"""The menu of commands a channel may show, by what somebody holds; each name is a word the conversation knows."""

from __future__ import annotations

from bot.dialog.permissions import RECORDERS, reads_all
from bot.language.phrasebook import Phrasebook
from config.office.loader import Office, Person
from scheduler.delivery.channel import MenuLine

EVERYBODY = ("todo", "search", "away", "undo", "cancel", "feedback", "help")
ABOVE = ("year", "why", "history")
"""For whoever signs, leads or keeps the registers: a village's reporter reads a shorter list."""
KEEPING = ("licence", "penalty")
GROUP = ("search", "why", "history", "year", "help")


def menu_of(office: Office, person: Person, book: Phrasebook) -> tuple[MenuLine, ...]:
    """One person's menu, in their language."""
    names = EVERYBODY[:-1] + ABOVE + EVERYBODY[-1:] if reads_all(office, person.id) else EVERYBODY
    lines = [MenuLine(name, _says(book, name)) for name in names]
    if RECORDERS & set(person.roles):
        lines += [MenuLine(name, book.say(f"talk.menu.{name}")) for name in KEEPING]
    return tuple(lines)


def menu_of_groups(book: Phrasebook) -> tuple[MenuLine, ...]:
    """What may be asked where others read along."""
    return tuple(MenuLine(name, _says(book, name)) for name in GROUP)


def _says(book: Phrasebook, name: str) -> str:
    return book.say(f"verb.{name}").split("|")[0]
