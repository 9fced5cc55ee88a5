"""A small sample of ``make proof``: what is said is recorded once, or noticed as lost and asked for."""

import pytest

from tests.bot.channels.stream.crash.kills import forking, send_under_kills


@pytest.fixture(scope="module")
def forks():
    with forking() as process:
        yield process


@pytest.mark.parametrize("platform", ["wecom", "feishu", "dingtalk"])
def test_what_is_said_under_kills_and_cuts_is_recorded_once_or_asked_for(tmp_path, forks, platform):
    found = send_under_kills(tmp_path, platform, forks, messages=10, kills=2, cuts=2, seed=20261129)
    assert (found.doubled, found.unnoticed, found.unasked) == (0, 0, 0)
    assert platform != "feishu" or found.lost == 0
