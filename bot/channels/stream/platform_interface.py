"""What a platform tells about its long connection: how to open it, what a frame means, how it is kept alive.

A new platform is one folder beside this one: a ``StreamProtocol``, a channel, and a ``ChatPlatform`` that names both
in its module ``platform``, where ``platform_loading.py`` finds it; its extra and its line among the channels of
``pyproject.toml``; its words ``[channels]`` and ``[page.people.channel]``; and, where it may carry an office's files,
its name in ``FILE_CHANNELS`` of ``config/office/model.py``. Everything else (reconnecting, storing, acknowledging,
one process at a time, gaps) is in ``connection.py``; what a channel and a protocol need beside it is in
``web_socket.py``, ``message_parts.py`` and ``http_interface.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from bot.dialog.incoming import IncomingUpdate
from config.clock import Clock
from config.errors import GongkaiError
from config.office.channel_secrets import ChannelAccount
from scheduler.delivery.channel import Channel
from storage.messaging.inbox import RawUpdate

if TYPE_CHECKING:
    from bot.channels.stream.connection import StreamConnection

Frame = str | bytes
REFUSED_FOR = frozenset(
    {"token", "no_connection", "timeout", "busy", "refused", "too_many_connections", "garbled"}
)
"""Why a platform does not let us in."""
DOWN_FOR = REFUSED_FOR | {"silent", "closed", "unsubscribed", "displaced", "held", "fault"}
"""Why a connection is down. Each has its words."""


class ConnectionRefused(GongkaiError):
    """{platform} refuses the connection ({why}). Correct it in the settings; it is tried again by itself."""


class ConnectionLost(GongkaiError):
    """The connection to {platform} is down ({why}). It is opened again by itself."""


class ConnectionDisplaced(GongkaiError):
    """Another program connected to {platform} with the same bot, so this one stood back for {minutes} minutes."""


class ConnectionHeldElsewhere(GongkaiError):
    """Another process of this office holds the connection to {platform}. This one stands by."""


class ClockDiffers(GongkaiError):
    """The clock of this machine is {minutes} minutes behind that of {platform}. Set it right: dates depend on it."""


class PlatformError(Exception):
    """The platform cannot be connected to now; ``why`` is a key and never a text of the platform."""

    def __init__(self, why: str, *, permanent: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.permanent = permanent
        """Whether somebody has to correct something first, such as the secret."""


class Socket(Protocol):
    """An open connection that carries frames (``websockets``)."""

    async def send(self, message: Frame) -> None:
        """Send a frame."""
        ...

    async def recv(self) -> Frame:
        """Wait for the next frame."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFrame:
    """The meaning of one frame."""

    updates: tuple[RawUpdate, ...] = ()
    """To be stored before anything else is done."""
    acknowledgement: Frame | None = None
    """Sent once the updates are stored, or at once where there are none."""
    answers: str = ""
    """The id of our own request that this frame answers."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """The frame itself, where it answers a request."""
    said_at: datetime | None = None
    """When the platform says that this was written."""
    displaced: bool = False
    """True where another connection of the same bot took this one's place."""
    ending: bool = False
    """True where the platform is about to close this connection: a new one is opened first."""


class StreamProtocol(Protocol):
    """How one platform's connection works. ``open`` and ``read`` are called on the connection's own thread."""

    @property
    def name(self) -> str:
        """The name of the channel."""
        ...

    @property
    def heartbeat_seconds(self) -> float:
        """How long the connection may be silent before a heartbeat is sent."""
        ...

    async def open(self) -> Socket:
        """Open a connection that delivers from now on. Raises PlatformError, OSError or the library's errors."""
        ...

    def read(self, frame: Frame, received_at: datetime) -> ReceivedFrame:
        """Return what a frame means. A frame that makes no sense means nothing and raises nothing."""
        ...

    def heartbeat(self) -> Frame | None:
        """A frame that the platform answers; None where the ping of the WebSocket serves."""
        ...


class StreamChannel(Channel, Protocol):
    """A channel over a long connection."""

    @property
    def connection(self) -> StreamConnection:
        """The connection, which is opened by its ``start``."""
        ...

    def close(self) -> None:
        """Close whatever the channel opened besides its connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlatform:
    """One platform, as the rest of the program finds it in the module ``platform`` of its folder."""

    name: str
    """The name of the channel: stored for ever, ASCII."""
    open: Callable[[ChannelAccount, Clock], StreamChannel]
    """Makes the channel, without connecting yet."""
    parse_update: Callable[[str], IncomingUpdate | None]
    """Translates a stored update."""
    keeps_for: timedelta = timedelta(0)
    """How long the platform keeps what it cannot deliver; after a longer gap people are asked to send again."""
    chat_link: Callable[[ChannelAccount], str] = lambda _account: ""
    """The address that opens the chat with the bot; empty where the platform has none."""
