"""WeCom as one of the platforms that the office can set up."""

from __future__ import annotations

from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.platform_interface import ChatPlatform
from bot.channels.wecom.channel import MAX_FILE_BYTES, WeComChannel
from bot.channels.wecom.frames import NAME, parse_update
from bot.channels.wecom.protocol import WeComProtocol
from config.clock import Clock
from config.office.channel_secrets import ChannelAccount
from storage.web.http_results import RequestPolicy

SERVER = "wss://openws.work.weixin.qq.com"


def open_channel(account: ChannelAccount, clock: Clock) -> WeComChannel:
    """Make the channel of a bot, without connecting yet."""
    protocol = WeComProtocol(account, SERVER)
    # A server of one's own may stand in the office's network, and so may its files.
    policy = RequestPolicy(allow_private=bool(account.server), max_bytes=MAX_FILE_BYTES + 1024)
    return WeComChannel(StreamConnection(protocol, clock), protocol, policy)


PLATFORM = ChatPlatform(name=NAME, open=open_channel, parse_update=parse_update)
