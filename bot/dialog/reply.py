"""What is said back, as a value: lines, buttons, and which card it is; a channel's abilities choose the rendering.

Where a channel has no buttons the same choices stand below the text as words to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.language.text_pages import pages, units
from scheduler.delivery.channel import Abilities, Button, MenuLine, Message

IN_A_ROW = 2


class Choice(NamedTuple):
    """One thing that can be done next: what its button says, the handle behind it, and what one may write instead."""

    label: str
    handle: str
    twin: str


class Task(NamedTuple):
    """Which task a card is about: one live card for each person and task."""

    case: int
    what: str
    version: str


class MenuAt(NamedTuple):
    """A menu of commands for another chat."""

    channel: str
    address: str
    menu: tuple[MenuLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message back to whoever spoke; without lines nothing is said, and only a menu is shown."""

    lines: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    task: Task | None = None
    ends: tuple[int, ...] = ()
    """Cases that moved on: their live cards lose their buttons."""
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    menu: tuple[MenuLine, ...] = ()
    """The commands that a channel which has a menu shows in this chat."""
    menus: tuple[MenuAt, ...] = ()
    """Those it shows somebody else."""
    how: str = ""
    """Introduces the words to write, where there are no buttons."""
    aside: bool = False
    """Said to whoever spoke and to nobody else, beside the card they pressed: that stays as it is."""
    notice: str = ""
    """What the pressed button answers at once; one short line."""

    @property
    def text(self) -> str:
        """All of it as plain text, without choices."""
        return "\n".join(self.lines)


def rendered(reply: Reply, abilities: Abilities) -> Message:
    """The reply as this channel can show it."""
    if abilities.buttons:
        return Message(text=cut(reply.text, abilities.longest), rows=in_rows(reply.choices))
    twins = [choice.twin for choice in reply.choices if choice.twin]
    below = f"\n{reply.how}{' / '.join(twins)}" if twins else ""
    return Message(text=cut(reply.text, abilities.longest - units(below)) + below)


def in_rows(choices: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
    """Choices as buttons, so many beside each other."""
    buttons = [Button(label=choice.label, handle=choice.handle) for choice in choices]
    return tuple(tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW))


def cut(text: str, longest: int) -> str:
    """A text within so many UTF-16 units, cut at a line where it can be."""
    if units(text) <= longest:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if units("\n".join([*kept, line, "…"])) > longest:
            break
        kept.append(line)
    whole = "\n".join([*kept, "…"]) if kept else ""
    return whole or _head(text, longest)


def _head(text: str, longest: int) -> str:
    return next(pages(text, max(2, longest - 1))) + "…"
