"""Defines channels for the core: their capabilities, the messages they are given, and the result of a send.

A channel is one file in ``bot/channels``. The core chooses the rendering by the capabilities a channel declares and
never by which channel it is; the same stories are tested with every set of capabilities, text alone included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable

from storage.messaging.rate_limits import RateLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCapabilities:
    """The capabilities a channel declares."""

    buttons: bool = False
    edit: bool = False
    """Whether a sent message can be changed."""
    edit_after_press: bool = False
    """Whether that holds only for a moment after a press on it; every other change is a new message."""
    files: bool = False
    silent: bool = False
    """Whether a message can arrive without a sound."""
    mentions: bool = False
    """Whether it is spoken to in a group by its name; otherwise by commands that begin with a stroke."""
    private: bool = True
    """Whether it reaches one person alone; a group robot does not."""
    max_length: int = 4096
    """Of a text, in UTF-16 units."""
    caption: int = 1024
    """The longest text of a message with a file, in UTF-16 units."""

    @property
    def edits_any_time(self) -> bool:
        """Whether a card that nobody has just pressed can be changed."""
        return self.edit and not self.edit_after_press


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: its label, and the callback token that comes back when it is pressed (at most 64 bytes)."""

    label: str
    callback_token: str = ""
    link: str = ""
    """A web address to open instead, where there is no token."""
    words: str = ""
    """What to write instead of pressing it; shown by channels whose presses may not come through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAttachment:
    """A file that goes with a message."""

    name: str
    content: bytes = field(repr=False)
    is_picture: bool = False
    """Whether it is shown as a photograph, and not offered as a file to be saved."""
    alt: str = ""
    """What a photograph shows; it stands below it where the channel can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to send. Plain text: no channel's markup."""

    text: str
    rows: Sequence[Sequence[Button]] = ()
    silent: bool = False
    file: MessageAttachment | None = None
    pictures: Sequence[MessageAttachment] = ()
    """Photographs below the text, at most ten: one album where the channel has albums."""
    topic: str = ""
    """The topic of a group in which it is said; empty for the group as a whole."""
    listed: Sequence[int] = ()
    """The cases of its numbered lines by their places, 0 for a line about none: a number may mean a place."""


class SendOutcome(StrEnum):
    """The outcome of a send. UNCERTAIN: it may have arrived (no answer came), and nobody can know."""

    SENT = "sent"
    REFUSED = "refused"  # for good: blocked, left, not found, not allowed
    NOT_ATTEMPTED = "not_attempted"  # it never left, or was turned away for now: safe to try again
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """The result of one send or edit."""

    outcome: SendOutcome
    message: str = ""
    """The channel's own id of the message, by which it can be edited."""
    why: str = ""
    """A key, never a text that could hold a secret or an address: ``blocked``, ``flood``, ``timeout`` …"""
    retry_after: timedelta | None = None
    moved_to: str = ""
    """The new address of a chat, where the channel says it moved (a group that became a supergroup)."""
    shown_at: datetime | None = None
    """When the recipient was shown it at the latest, by the channel's own clock; None where the channel has none.

    What people say carries the time of that same clock, so the two can be compared whatever our clock shows.
    """


class MessageRef(NamedTuple):
    """A sent message, under the channel's own id of it."""

    channel: str
    address: str
    message: str


class MenuCommand(NamedTuple):
    """One line of a menu of commands."""

    name: str
    """Lower-case Latin letters; the Chinese words work as texts."""
    says: str


@runtime_checkable
class SupportsMenu(Protocol):
    """A channel that can show a menu of commands."""

    def show_commands(
        self, commands: Sequence[MenuCommand], *, address: str = "", groups: bool = False
    ) -> SendResult:
        """Set the menu of one chat, of all groups, or of everybody who has none of their own."""
        ...


@runtime_checkable
class SupportsGroups(Protocol):
    """A channel that reaches groups configured beforehand: robots."""

    @property
    def groups(self) -> Sequence[str]:
        """Their addresses."""
        ...


@runtime_checkable
class SupportsParts(Protocol):
    """A channel that sends a long text as several messages, each of which counts against the rate limit."""

    def parts(self, message: Message) -> int:
        """How many messages it will be."""
        ...


@runtime_checkable
class SupportsRateLimits(Protocol):
    """A channel whose platform limits messages otherwise than by the limits that hold for all others."""

    @property
    def rate_limits(self) -> RateLimits:
        """Its limits."""
        ...


def limits_of(channel: Channel, others: RateLimits) -> RateLimits:
    """The limits of a channel: its own, or those of all ``others``."""
    return channel.rate_limits if isinstance(channel, SupportsRateLimits) else others


class Channel(Protocol):
    """One means to reach people. Sending never raises for what the other side does: it returns a ``SendResult``."""

    @property
    def name(self) -> str:
        """Stored for ever, ASCII: ``web``, ``telegram``, ``console``, ``wecom`` …"""
        ...

    @property
    def capabilities(self) -> ChannelCapabilities:
        """What it is able to do."""
        ...

    def send(self, address: str, message: Message) -> SendResult:
        """Send a message to an address of this channel."""
        ...

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change a sent message; only where ``capabilities.edit``."""
        ...
