"""A channel against the stand-in. Whatever was said and not expected fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.channels.stream.connection import ConnectionTiming, StreamConnection
from bot.channels.wecom.channel import MAX_FILE_BYTES, WeComChannel
from bot.channels.wecom.protocol import WeComProtocol
from bot.services.app import OfficeApp
from config.clock import SystemClock
from config.office.channel_accounts import ChannelAccount
from storage.web.http_results import RequestPolicy
from tests.bot.channels.stream.lines import QUICK, Line, eventually
from tests.bot.channels.wecom.stand_in import BOT_ID, SECRET, StandIn


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

    def make(
        *, secret: str = SECRET, timing: ConnectionTiming = QUICK, heartbeat: float = 0.2, of: OfficeApp = app
    ) -> Line:
        account = ChannelAccount(platform="wecom", id=BOT_ID, secret=secret, server=server.url)
        protocol = WeComProtocol(account, server.url)
        protocol.heartbeat_seconds = heartbeat
        connection = StreamConnection(protocol, of.clock, timing)
        policy = RequestPolicy(allow_private=True, max_bytes=MAX_FILE_BYTES)
        made.append(Line(of, WeComChannel(connection, protocol, policy)).open())
        return made[-1]

    yield make
    for line in made:
        line.close()


@pytest.fixture
def line(make_line: Callable[..., Line]) -> Line:
    found = make_line()
    eventually(found.up)
    return found


@pytest.fixture
def wecom(line: Line) -> WeComChannel:
    return line.channel
