"""Several processes at once, one of them stopped past its claim: every notice arrives once."""

import pytest

from tests.scheduler.delivery.racing import EACH_ITS_OWN, race

RUNGS = 120


def test_several_processes_say_each_notice_once(both_apps):
    arrived = race(both_apps.home.path, RUNGS, 2, {})
    assert arrived == dict.fromkeys(range(1, RUNGS + 1), 1)


def test_without_the_unique_key_the_same_race_is_lost(app):
    arrived = race(app.home.path, RUNGS, 2, {EACH_ITS_OWN: "1"})
    with pytest.raises(AssertionError):
        assert arrived == dict.fromkeys(range(1, RUNGS + 1), 1)
    assert set(arrived.values()) == {2}
