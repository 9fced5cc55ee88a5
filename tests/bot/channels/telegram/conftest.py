"""The channel against the stand-in, over HTTP. Whatever was said and not expected fails the test."""

from collections.abc import Iterator

import pytest

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.client import TelegramClient
from tests.bot.channels.telegram.stand_in.server import TOKEN, StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    stand_in.assert_nothing_else()


@pytest.fixture
def client(server: StandIn) -> Iterator[TelegramClient]:
    client = TelegramClient(TOKEN, server=server.url, read_seconds=0.5)
    yield client
    client.close()


@pytest.fixture
def telegram(client: TelegramClient) -> TelegramChannel:
    return TelegramChannel(client)
