"""A channel against the stand-in. Whatever was said and not expected fails the test."""

from collections.abc import Iterator

import pytest

from tests.bot.channels.feishu.stand_in import StandIn


@pytest.fixture
def server() -> Iterator[StandIn]:
    stand_in = StandIn()
    yield stand_in
    stand_in.close()
    stand_in.assert_nothing_else()
