"""A channel against the stand-in. Whatever was said and not expected fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.channels.dingtalk.channel import DingTalkChannel, token_fetcher
from bot.channels.dingtalk.protocol import DingTalkProtocol
from bot.channels.stream.access_token import AccessToken
from bot.channels.stream.connection import ConnectionTiming, StreamConnection
from bot.services.app import OfficeApp
from config.clock import SystemClock
from storage.web.api_client import ApiClient
from storage.web.http_results import RequestPolicy
from tests.bot.channels.dingtalk.stand_in import StandIn
from tests.bot.channels.stream.lines import QUICK, Line, eventually


@pytest.fixture
def app(app: OfficeApp) -> OfficeApp:
    """The office on the machine's clock: gaps are measured by it."""
    return replace(app, clock=SystemClock())


@pytest.fixture
def server() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    stand_in.assert_nothing_else()


@pytest.fixture
def make_line(app: OfficeApp, server: StandIn) -> Iterator[Callable[..., Line]]:
    """Makes connections to the stand-in, which are closed at the end."""
    made: list[Line] = []

    def make(*, secret: str = "", timing: ConnectionTiming = QUICK, heartbeat: float = 0.2) -> Line:
        account = replace(server.account, secret=secret or server.account.secret)
        api = ApiClient(account.server, read_seconds=2.0)
        protocol = DingTalkProtocol(account, api)
        protocol.heartbeat_seconds = heartbeat
        connection = StreamConnection(protocol, app.clock, timing)
        channel = DingTalkChannel(
            connection=connection,
            robot=account.id,
            api=api,
            media=ApiClient(account.server, read_seconds=2.0),
            token=AccessToken(token_fetcher(api, account)),
            policy=RequestPolicy(allow_private=True),
        )
        made.append(Line(app, channel).open())
        return made[-1]

    yield make
    for line in made:
        line.close()


@pytest.fixture
def line(make_line: Callable[..., Line]) -> Line:
    found = make_line()
    eventually(found.up)
    return found
