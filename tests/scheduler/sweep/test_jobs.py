"""The sweep job runs again, whatever a sweep does, and tells a fault once instead of each minute."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event

from config.clock import manual_clock
from scheduler.sweep.jobs import run_jobs
from scheduler.sweep.results import SweepFailure, SweepResult

BEAT = timedelta(milliseconds=20)
CLOCK = manual_clock(date(2026, 11, 23))
NOTHING = SweepResult(actions=(), failures=())


def scripted_sweep(results: list[SweepResult | Exception]) -> tuple[Callable[[], SweepResult], Event]:
    """A sweep that gives these in turn, and an event for when all were given."""
    done = Event()

    def sweep() -> SweepResult:
        if len(results) == 1:
            done.set()
        result = results.pop(0) if results else NOTHING
        if isinstance(result, Exception):
            raise result
        return result

    return sweep, done


def test_it_sweeps_at_once_and_again() -> None:
    sweep, done = scripted_sweep([NOTHING, NOTHING, NOTHING])
    with run_jobs(sweep, print, BEAT, clock=CLOCK):
        assert done.wait(10)


def test_a_sweep_that_fails_is_told_and_the_next_one_comes() -> None:
    told: list[Exception] = []
    sweep, done = scripted_sweep([ValueError("one"), ValueError("two"), NOTHING])
    with run_jobs(sweep, told.append, BEAT, clock=CLOCK):
        assert done.wait(10)
    assert [str(fault) for fault in told] == ["one", "two"]


def test_what_stays_stuck_is_told_once() -> None:
    told: list[Exception] = []
    stuck = SweepResult(
        actions=(), failures=(SweepFailure(reference="2026-11/jia", error=ValueError("poison")),)
    )
    sweep, done = scripted_sweep([stuck, stuck, NOTHING, stuck, NOTHING])
    with run_jobs(sweep, told.append, BEAT, clock=CLOCK):
        assert done.wait(10)
    assert len(told) == 2  # when it got stuck, and when it got stuck again


def test_nothing_beats_after_its_end() -> None:
    swept: list[int] = []

    def sweep() -> SweepResult:
        swept.append(1)
        return NOTHING

    with run_jobs(sweep, print, BEAT, clock=CLOCK):
        Event().wait(0.1)
    before = len(swept)
    Event().wait(0.1)
    assert len(swept) == before > 1
