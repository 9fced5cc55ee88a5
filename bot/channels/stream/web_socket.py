"""Opens the WebSocket of a long connection: what every platform's has in common, and which addresses are taken."""

from __future__ import annotations

from websockets.asyncio.client import ClientConnection, connect

from bot.channels.stream.platform_interface import PlatformError
from config.office.channel_secrets import ChannelAccount
from storage.web.guarded_transport import trusted_context

CLOSE_SECONDS = 2.0


async def open_web_socket(address: str, *, max_bytes: int) -> ClientConnection:
    """Connect; a frame may have ``max_bytes``. Raises OSError and the library's errors.

    Neither proxy nor certificate is taken from the environment, and heartbeats are left to ``StreamConnection``.
    """
    return await connect(
        address,
        ssl=trusted_context() if address.startswith("wss:") else None,
        ping_interval=None,
        close_timeout=CLOSE_SECONDS,
        max_size=max_bytes,
        max_queue=None,  # what arrives is stored at once
        compression=None,
        proxy=None,
    )


def socket_address(told: object, account: ChannelAccount) -> str:
    """The address of a connection as the platform told it: without TLS only on a server of one's own.

    Raises PlatformError where it is none.
    """
    schemes = ("wss://", "ws://") if account.server else ("wss://",)
    if not isinstance(told, str) or not told.startswith(schemes):
        raise PlatformError("garbled")
    return told
