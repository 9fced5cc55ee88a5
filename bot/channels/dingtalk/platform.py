"""DingTalk as one of the platforms that the office can set up."""

from __future__ import annotations

from bot.channels.dingtalk.channel import MAX_FILE_BYTES, DingTalkChannel, token_fetcher
from bot.channels.dingtalk.frames import NAME, parse_update
from bot.channels.dingtalk.protocol import DingTalkProtocol
from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.http_interface import AccessToken
from bot.channels.stream.platform_interface import ChatPlatform
from config.clock import Clock
from config.office.channel_secrets import ChannelAccount
from storage.web.api_client import ApiClient
from storage.web.http_results import RequestPolicy

SERVER, MEDIA_SERVER = "https://api.dingtalk.com", "https://oapi.dingtalk.com"


def open_channel(account: ChannelAccount, clock: Clock) -> DingTalkChannel:
    """Make the channel of a bot, without connecting yet."""
    api = ApiClient(account.server or SERVER)
    return DingTalkChannel(
        connection=StreamConnection(DingTalkProtocol(account, api), clock),
        robot=account.id,
        api=api,
        media=ApiClient(account.server or MEDIA_SERVER),
        token=AccessToken(token_fetcher(api, account)),
        # A server of one's own may stand in the office's network, and so may its files.
        policy=RequestPolicy(allow_private=bool(account.server), max_bytes=MAX_FILE_BYTES),
    )


PLATFORM = ChatPlatform(name=NAME, open=open_channel, parse_update=parse_update)
