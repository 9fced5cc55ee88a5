"""What a channel is, seen from the core: what it can do, what it is given to say, and how that went.

A channel is one file in ``bot/channels``. The core chooses the rendering by what the channel declares and never
asks which channel it has before it; the same stories run against every set of abilities, text alone included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCapabilities:
    """What a channel can do."""

    buttons: bool = False
    edit: bool = False
    """Whether what was said can be changed in place."""
    files: bool = False
    silent: bool = False
    """Whether a message can come without a sound."""
    private: bool = True
    """Whether it reaches one person alone; a group robot does not."""
    max_length: int = 4096
    """Of a text, in UTF-16 units."""
    caption: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: what stands on it, and the handle that comes back when it is pressed (at most 64 bytes)."""

    label: str
    callback_token: str = ""
    link: str = ""
    """An address to open instead, where there is no handle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAttachment:
    """A file that goes with a message."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be said in one place. Plain text: no channel's markup."""

    text: str
    rows: Sequence[Sequence[Button]] = ()
    silent: bool = False
    file: MessageAttachment | None = None


class SendOutcome(StrEnum):
    """How a send went. UNCERTAIN: it may have arrived (the answer never came), and nobody can know."""

    SENT = "sent"
    REFUSED = "refused"  # for good: blocked, left, not found, not allowed
    NOT_ATTEMPTED = "not_attempted"  # it never left, or was turned away for now: safe to try again
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What came of one send or edit."""

    outcome: SendOutcome
    message: str = ""
    """The channel's own id of what was said, to edit it by."""
    why: str = ""
    """A key, never a text that could hold a secret or an address: ``blocked``, ``flood``, ``timeout`` …"""
    retry_after: timedelta | None = None
    moved_to: str = ""
    """The place's new address, where the channel says it moved (a group that became a supergroup)."""


class MessageRef(NamedTuple):
    """Where something was said, under the channel's own id of it."""

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
        """The menu of one chat, of all groups, or of everybody who has none of their own."""
        ...


@runtime_checkable
class SupportsGroups(Protocol):
    """A channel that reaches groups it was told of beforehand: robots."""

    @property
    def groups(self) -> Sequence[str]:
        """Their addresses."""
        ...


@runtime_checkable
class SupportsParts(Protocol):
    """A channel that says a long text in several messages, each of which counts."""

    def parts(self, message: Message) -> int:
        """How many it will be."""
        ...


class Channel(Protocol):
    """One way to reach people. Sending never raises for what the other side does: it returns a ``SendResult``."""

    @property
    def name(self) -> str:
        """Stored for ever, ASCII: ``web``, ``telegram``, ``console``, ``wecom`` …"""
        ...

    @property
    def capabilities(self) -> ChannelCapabilities:
        """What it can do."""
        ...

    def send(self, address: str, message: Message) -> SendResult:
        """Say something at an address of this channel."""
        ...

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Change what was said; only where ``abilities.edit``."""
        ...
