"""A small sample of ``make proof``: what was pressed is recorded once, whenever the program is killed."""

import pytest

from tests.bot.channels.telegram.crash.kills import press_under_kills


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_a_press_survives_kill_9_and_is_recorded_once(tmp_path, mode):
    found = press_under_kills(tmp_path, presses=20, kills=3, mode=mode, seed=20261123)
    assert (found.lost, found.doubled, found.unfounded) == (0, 0, 0)
