"""Connections to the stand-in of a platform, which is the ``server`` of whoever asks for them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.channels.stream.connection import ConnectionTiming
from bot.channels.stream.platform_loading import load_platform
from bot.services.app import OfficeApp
from config.clock import SystemClock
from tests.bot.channels.stream.line_server import PlatformServer
from tests.bot.channels.stream.lines import QUICK, Line, eventually


@pytest.fixture
def make_line(app: OfficeApp, server: PlatformServer) -> Iterator[Callable[..., Line]]:
    """Makes connections to the stand-in on the machine's clock, by which gaps are measured; closes them at the end."""
    made: list[Line] = []

    def make(
        *, secret: str = "", timing: ConnectionTiming = QUICK, heartbeat: float = 0.2, of: OfficeApp = app
    ) -> Line:
        office = replace(of, clock=SystemClock())
        account = replace(server.account, secret=secret or server.account.secret)
        channel = load_platform(account.platform).open(account, office.clock)
        channel.connection.timing = timing
        channel.connection.protocol.heartbeat_seconds = heartbeat
        made.append(Line(office, channel).open())
        return made[-1]

    yield make
    for line in made:
        line.close()


@pytest.fixture
def line(make_line: Callable[..., Line]) -> Line:
    found = make_line()
    eventually(found.up)
    return found
