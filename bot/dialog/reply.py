"""Describes a reply as a value (lines, buttons, card), and renders it as a channel's capabilities allow.

Where a channel has no buttons, the choices stand below the text as words to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.language.text_pages import split_text, utf16_length
from scheduler.delivery.channel import Button, ChannelCapabilities, MenuCommand, Message, MessageAttachment

BUTTONS_PER_ROW = 2


class Choice(NamedTuple):
    """One possible next step: its button's label and callback token, and the words to write instead of pressing."""

    label: str
    callback_token: str
    typed_equivalent: str


class CardKey(NamedTuple):
    """Identifies the task a card is about: a person has one live card for each."""

    case: int
    what: str
    version: str


class ChatMenu(NamedTuple):
    """A menu of commands to show in another chat."""

    channel: str
    address: str
    menu: tuple[MenuCommand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message back to the sender; without lines no message is sent, and only a menu is shown."""

    lines: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    card_key: CardKey | None = None
    in_place: bool = False
    """True if it replaces the live card of its key, where the channel can edit."""
    outdated_cases: tuple[int, ...] = ()
    """Numbers of the cases that changed: their live cards lose their buttons."""
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    pictures: tuple[MessageAttachment, ...] = field(default=(), repr=False)
    """Photographs to show below it."""
    pictures_elsewhere: str = ""
    """What is said where they could not be shown."""
    menu: tuple[MenuCommand, ...] = ()
    """The commands that a channel with menus shows in this chat."""
    menus: tuple[ChatMenu, ...] = ()
    """Menus to show in the chats of other people."""
    typing_hint: str = ""
    """The phrase before the words to write, where there are no buttons."""
    to_sender_only: bool = False
    """Sent to the sender alone, as a new message: the card whose button they pressed is not edited."""
    callback_answer: str = ""
    """One short line that the channel shows at the pressed button."""
    records: bool = False
    """True if it says what was recorded: it is owed until it was said."""
    late_prefix: str = ""
    """The line that stands before it where it could not be said at once."""
    owed: str = ""
    """The id under which it is owed."""

    @property
    def text(self) -> str:
        """The lines as plain text, without choices."""
        return "\n".join(self.lines)


def render_reply(reply: Reply, abilities: ChannelCapabilities) -> Message:
    """The reply as a message that the channel's capabilities can show."""
    if abilities.buttons:
        return Message(text=truncate_text(reply.text, abilities.max_length), rows=button_rows(reply.choices))
    words = [choice.typed_equivalent for choice in reply.choices if choice.typed_equivalent]
    below = f"\n{reply.typing_hint}{' / '.join(words)}" if words else ""
    return Message(text=truncate_text(reply.text, abilities.max_length - utf16_length(below)) + below)


def button_rows(choices: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
    """Choices as buttons, at most ``BUTTONS_PER_ROW`` in a row."""
    buttons = [
        Button(label=choice.label, callback_token=choice.callback_token, words=choice.typed_equivalent)
        for choice in choices
    ]
    starts = range(0, len(buttons), BUTTONS_PER_ROW)
    return tuple(tuple(buttons[start : start + BUTTONS_PER_ROW]) for start in starts)


def truncate_text(text: str, max_length: int) -> str:
    """The text cut to ``max_length`` UTF-16 units, after a whole line where possible."""
    if utf16_length(text) <= max_length:
        return text
    lines: list[str] = []
    for line in text.split("\n"):
        if utf16_length("\n".join([*lines, line, "…"])) > max_length:
            break
        lines.append(line)
    return "\n".join([*lines, "…"]) if lines else _truncate_inside_line(text, max_length)


def _truncate_inside_line(text: str, max_length: int) -> str:
    return next(split_text(text, max(2, max_length - 1))) + "…"
