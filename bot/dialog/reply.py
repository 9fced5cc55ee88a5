"""What is said back, as a value: lines, buttons, and which card it is; a channel's abilities choose the rendering.

Where a channel has no buttons the same choices stand below the text as words to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.language.text_pages import split_text, utf16_length
from scheduler.delivery.channel import Button, ChannelCapabilities, MenuCommand, Message

BUTTONS_PER_ROW = 2


class Choice(NamedTuple):
    """One thing that can be done next: what its button says, the handle behind it, and what one may write instead."""

    label: str
    callback_token: str
    typed_equivalent: str


class CardKey(NamedTuple):
    """Which task a card is about: one live card for each person and task."""

    case: int
    what: str
    version: str


class ChatMenu(NamedTuple):
    """A menu of commands for another chat."""

    channel: str
    address: str
    menu: tuple[MenuCommand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message back to whoever spoke; without lines nothing is said, and only a menu is shown."""

    lines: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    card_key: CardKey | None = None
    outdated_cases: tuple[int, ...] = ()
    """Cases that moved on: their live cards lose their buttons."""
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    menu: tuple[MenuCommand, ...] = ()
    """The commands that a channel which has a menu shows in this chat."""
    menus: tuple[ChatMenu, ...] = ()
    """Those it shows somebody else."""
    typing_hint: str = ""
    """Introduces the words to write, where there are no buttons."""
    to_sender_only: bool = False
    """Said to whoever spoke and to nobody else, beside the card they pressed: that stays as it is."""
    callback_answer: str = ""
    """What the pressed button answers at once; one short line."""

    @property
    def text(self) -> str:
        """All of it as plain text, without choices."""
        return "\n".join(self.lines)


def render_reply(reply: Reply, abilities: ChannelCapabilities) -> Message:
    """The reply as this channel can show it."""
    if abilities.buttons:
        return Message(text=truncate_text(reply.text, abilities.max_length), rows=button_rows(reply.choices))
    twins = [choice.typed_equivalent for choice in reply.choices if choice.typed_equivalent]
    below = f"\n{reply.typing_hint}{' / '.join(twins)}" if twins else ""
    return Message(text=truncate_text(reply.text, abilities.max_length - utf16_length(below)) + below)


def button_rows(choices: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
    """Choices as buttons, so many beside each other."""
    buttons = [Button(label=choice.label, callback_token=choice.callback_token) for choice in choices]
    return tuple(tuple(buttons[at : at + BUTTONS_PER_ROW]) for at in range(0, len(buttons), BUTTONS_PER_ROW))


def truncate_text(text: str, longest: int) -> str:
    """A text within so many UTF-16 units, cut at a line where it can be."""
    if utf16_length(text) <= longest:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if utf16_length("\n".join([*kept, line, "…"])) > longest:
            break
        kept.append(line)
    whole = "\n".join([*kept, "…"]) if kept else ""
    return whole or _truncate_inside_line(text, longest)


def _truncate_inside_line(text: str, longest: int) -> str:
    return next(split_text(text, max(2, longest - 1))) + "…"
