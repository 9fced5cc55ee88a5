"""Feishu as one of the platforms that the office can set up."""

from __future__ import annotations

from datetime import timedelta

from bot.channels.feishu.channel import FeishuChannel, token_fetcher
from bot.channels.feishu.events import NAME, parse_update
from bot.channels.feishu.protocol import FeishuProtocol
from bot.channels.stream.connection import StreamConnection
from bot.channels.stream.http_interface import AccessToken
from bot.channels.stream.platform_interface import ChatPlatform
from config.clock import Clock
from config.office.channel_secrets import ChannelAccount
from storage.web.api_client import ApiClient

SERVER = "https://open.feishu.cn"
KEEPS_FOR = timedelta(hours=7)
"""What is not acknowledged comes again after 15 seconds, 5 minutes, an hour and six hours."""


def open_channel(account: ChannelAccount, clock: Clock) -> FeishuChannel:
    """Make the channel of a bot, without connecting yet."""
    api = ApiClient(account.server or SERVER)
    connection = StreamConnection(FeishuProtocol(account, api), clock)
    return FeishuChannel(connection, api, AccessToken(token_fetcher(api, account)))


def chat_link(account: ChannelAccount) -> str:
    """The address that opens the chat with the bot in Feishu."""
    return f"https://applink.feishu.cn/client/bot/open?appId={account.id}"


PLATFORM = ChatPlatform(
    name=NAME, open=open_channel, parse_update=parse_update, keeps_for=KEEPS_FOR, chat_link=chat_link
)
