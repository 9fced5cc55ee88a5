"""Somebody entitled is told before the legal day, or the office hears that nobody can be reached: always."""

from tests.scheduler.reminders.rosters import unheard


def test_two_thousand_rosters_leave_nobody_unheard():
    assert unheard(2_000, seed=20261125) == 0


def test_rungs_that_do_not_climb_are_caught():
    assert unheard(2_000, seed=20261125, climbs=False) > 100
