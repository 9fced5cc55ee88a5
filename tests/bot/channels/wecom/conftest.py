"""A channel against the stand-in. Whatever was said and not expected fails the test."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.channels.wecom.channel import WeComChannel
from bot.services.app import OfficeApp
from config.clock import SystemClock
from tests.bot.channels.stream.lines import Line
from tests.bot.channels.wecom.stand_in import StandIn


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
def wecom(line: Line) -> WeComChannel:
    return line.channel
